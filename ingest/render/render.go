// Package render turns a document of a source into the page that Fin reads: a
// plain-text title and clean HTML.
//
// Rendering is a pure function of its [Input]: no clock, no network, no order
// of maps.
//
// # What becomes of what
//
// Images become their alternative text, as Fin does not read them; one without
// is left out with a warning. Drawings become their labels. Tabs, accordions and
// admonitions are opened, with their labels in bold. Frames and videos become
// links. Links become absolute or lose their address; what a wiki's stored form
// names becomes a link where the document knows the address. Of an export's
// relative links remain those to its pages. The title is the
// page's only h1: the heading that gave it leaves the page, and others go one
// level down.
//
// # Front matter
//
// Markdown, HTML and plain text may begin with YAML between "---" lines, TOML between
// "+++" lines, or a JSON object. Of its keys count title, id, url (absolute, or from the root of
// the page's site), draft, published and fin; their case does not matter.
// Broken front matter is an error. A page is withheld in case of doubt: by any
// draft that is not false, no, off, 0 or empty; by published: false; by fin:
// false, or anything under fin that is neither true nor false or has an
// unknown key. Unless fin is true, it is withheld by what keeps it from all or
// some of a tool's readers, too: hidden, unlisted, publish: false, Hugo's
// build.render: never, ReadMe's privacy.view, password, rbac, GitBook's
// if: visitor…, and Mintlify's groups.
package render

import (
	"context"
	"fmt"
	"html"
	"runtime/debug"
	"strings"
	"unicode"
	"unicode/utf8"

	"finpages/ingest/render/internal/frontmatter"
	"finpages/ingest/render/loss"
	"finpages/sources"
	"finpages/sources/charset"
)

// Version names the behavior of this package. It is raised whenever the
// output for any document may change.
const Version = "16"

// Input is a document and what is known of its place.
type Input struct {
	Document sources.Document

	// URL is the page's own absolute web address, "" if it has none.
	URL string

	// Link returns the absolute web address of another document or file by
	// its slash path within the source, "" if unknown. Nil knows none.
	Link func(path string) string

	// Named returns the slash path of the document in the source that this one
	// links by a name, "Note" or "folder/Note", with or without its extension; ""
	// if there is none. Nil knows none, and links by name lead where their paths do.
	Named func(name string) string

	// Dialect names the documentation tool that the document is written for, one
	// of [Dialects]; "" or "auto" has it found out.
	Dialect string

	// Tool returns which tool's settings lie beside the document or above, one of
	// [Dialects], "" if none do. It is asked where Dialect does not say and the
	// document holds what one tool alone would read as markup. Nil knows nothing.
	Tool func() string

	// Exists tells whether the source has a file at a slash path. Nil knows nothing.
	Exists func(path string) bool

	// Split says how the page is cut into parts.
	Split Split

	// Include returns another document or file of the source by its slash
	// path, for the text that the document includes; false if there is none,
	// or it must not be shown. Nil knows none. Page.Included tells what was
	// asked for.
	Include func(path string) ([]byte, bool)

	front frontmatter.Fields // of the document, once it is read
	head  string             // the same, as it is written
}

// Page is what Fin gets, and what people should know of it.
type Page struct {
	Title string // plain text on one line, 1 to 255 runes
	HTML  string // well-formed, from a short list of elements; never empty
	Empty bool   // the document has no text, and HTML is its title
	Meta  Meta

	// Parts are what the page is cut into, none where it stays whole.
	Parts []Part

	// Loss is what the page, with its parts, lacks of the document.
	Loss loss.Loss

	// Headings are the ids of the headings in the document, as those of parts, in
	// their order.
	Headings []string

	// Included are the paths of the files that the document includes, in the
	// order in which they were looked for, whether they are there or not: the
	// page changes when one of them appears, changes or vanishes.
	Included []string

	// Warnings tell what was lost or looks wrong, each once, in short
	// sentences for people; at most maxWarnings.
	Warnings []string

	withheld string
}

// Meta is what the front matter of a document says about its page.
type Meta struct {
	ID    string
	URL   string // absolute
	Draft bool

	// Who of Fin may answer from the page; nil leaves it to the source.
	AIAgent, AICopilot, AISalesAgent *bool
}

// Withheld says why the page must not be in Fin, "" if it may.
func (p Page) Withheld() string { return p.withheld }

// Render turns a document into a page, however long it takes; see [RenderContext].
func Render(in Input) (Page, error) { return RenderContext(context.Background(), in) }

// RenderContext turns a document into a page. An error means that the document
// cannot be understood, such as a binary file or broken front matter, and names
// the place. It wraps
//   - [sources.ErrNoDocument] where a wiki's page has no text,
//   - [ErrBudget] where the document would take too much time or memory: ctx
//     is done, or there is too much in it,
//   - [*PanicError] where the document makes the renderer fail.
//
// The context is looked at between the steps of the work, each of which takes
// a time that grows with the document's size and no faster.
func RenderContext(ctx context.Context, in Input) (page Page, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			page, err = Page{}, &PanicError{Fault: fault, Stack: debug.Stack()}
		}
	}()
	return render(ctx, in)
}

func render(ctx context.Context, in Input) (Page, error) {
	text, err := charset.Text(in.Document.Body, isMarkup(in.Document.Format))
	if err != nil {
		return Page{}, err
	}
	whole := text
	front, text, err := splitFrontMatter(in.Document.Format, text)
	if err != nil {
		return Page{}, fmt.Errorf("read front matter: %w", err)
	}
	in.front, in.head = front, whole[:len(whole)-len(text)]
	text = homePage(in.Document.Format, front) + text
	var notes warnings
	page, err := metaPage(front, in, &notes)
	if err != nil {
		return Page{}, fmt.Errorf("read front matter: %w", err)
	}
	if name := charset.Guessed(in.Document.Body, isMarkup(in.Document.Format)); name != "" {
		notes.add("no encoding is declared: read as " + name)
	}
	body, err := renderBody(ctx, in, page.Meta.URL, text, &notes)
	if err != nil {
		return Page{}, err
	}
	if err := inTime(ctx); err != nil {
		return Page{}, err
	}
	heading := body.doc.TopHeading()
	page.Title = strings.Clone(pageTitle(front.Text("title"), in.Document, body.doc)) // not a part of all the markup
	written := body.html()
	page.HTML, page.Included = written.HTML, body.included
	switch length := textLength(page.HTML, nearlyEmpty); {
	case length == 0 && isConfluence(in.Document.Format):
		return Page{}, notes.noText()
	case length == 0:
		notes.add("the page has no text")
		page.Empty = true
		page.HTML = "<p>" + html.EscapeString(page.Title) + "</p>\n"
	case length < nearlyEmpty:
		notes.add("the page has hardly any text")
	}
	if heading != nil && heading.Parent != nil {
		heading = nil // it is still in the page
	}
	page.split(written, heading, in)
	others := append(body.others, in.Document.Path, in.Document.Title, front.Text("title"))
	if heading == nil {
		others = append(others, page.Title) // the page may have it once more
	}
	if body.evaluated != "" {
		text = body.evaluated
	}
	page.Loss = loss.Measure(loss.Input{Format: in.Document.Format, Source: text, Title: page.Title, Page: page.HTML,
		Others: others})
	page.Loss.DeadLinks, page.Loss.Images = body.links.dead, written.Images
	page.Warnings = notes.list
	body.doc.Release()
	return page, nil
}

// splitFrontMatter parts the front matter from a document that may have one.
func splitFrontMatter(format sources.Format, text string) (front frontmatter.Fields, rest string, err error) {
	switch {
	case !hasFrontMatter(format):
		return front, text, nil
	case format == sources.Text:
		return frontmatter.SplitText(text)
	}
	return frontmatter.Split(text)
}

// nearlyEmpty is the length of a text, in bytes, that answers no question.
const nearlyEmpty = 20

// textLength counts the bytes of our own HTML that a reader sees, up to a limit:
// neither markup nor white space nor what has no width.
func textLength(markup string, limit int) int {
	n, inTag := 0, false
	for _, r := range markup {
		if n >= limit {
			break
		}
		switch {
		case r == '<':
			inTag = true
		case r == '>':
			inTag = false
		case r < utf8.RuneSelf:
			if !inTag && r > ' ' && r < 0x7f {
				n++
			}
		case !inTag && unicode.IsGraphic(r) && !unicode.IsSpace(r):
			n += utf8.RuneLen(r)
		}
	}
	return n
}

func isMarkup(f sources.Format) bool {
	return f != sources.Markdown && f != sources.MDX && f != sources.Text
}

func isConfluence(f sources.Format) bool {
	return f == sources.ConfluenceExport || f == sources.ConfluenceView || f == sources.ConfluenceStorage
}

func hasFrontMatter(f sources.Format) bool {
	return f == sources.Markdown || f == sources.MDX || f == sources.HTML || f == sources.Text
}
