// Package htmldoc reads HTML into a tree and finds in it what a reader came
// for: the main content and the title.
package htmldoc

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"finpages/ingest/render/internal/confluence"
)

// Kind tells how much of a page the markup may hold.
type Kind int

const (
	Fragment Kind = iota // content only, made by us or by an author
	Page                 // maybe a web page with everything around the content
	Export               // a page of a wiki's export, with everything around the content
	Body                 // what a wiki shows as the content, and nothing around it
)

// Document is markup as a tree.
type Document struct {
	Root  *html.Node // its children are the content
	Title string     // of the head; "" if none
	Base  string     // href of <base>; "" if none

	Warnings []string // what of the page could not be shown

	heading *html.Node
}

// Parse reads markup, whole or a fragment.
func Parse(markup string, kind Kind) (*Document, error) {
	if kind == Export || kind == Body {
		markup = closeEmpty(markup)
	}
	root, err := parseTree(markup)
	if err != nil {
		return nil, err
	}
	page := goquery.NewDocumentFromNode(root)
	d := &Document{Root: page.Find("body").Get(0)}
	if d.Root == nil {
		d.Root = root
	}
	if kind != Fragment {
		isWiki := kind == Body || confluence.Content(d.Root) != nil
		d.Base = page.Find("base[href]").First().AttrOr("href", "")
		d.Title = pageTitle(page)
		if kind != Body {
			d.Root = mainContent(page, d.Root)
		}
		d.Warnings = confluence.View(d.Root)
		content := goquery.NewDocumentFromNode(d.Root)
		openTabs(content)
		quoteBoxes(content)
		if isWiki { // all that is left is the author's
			confluence.ShowControls(d.Root)
		} else {
			prune(d.Root)
		}
	}
	unlink(d.Root)
	d.heading = firstHeading(d.Root)
	if d.Title != "" && !d.titled() {
		d.heading = nil
	}
	return d, nil
}

// Of makes a document of a tree that holds nothing but content.
func Of(root *html.Node) *Document {
	unlink(root)
	return &Document{Root: root, heading: firstHeading(root)}
}

// titled tells whether the first h1 is the page's title, not a section's: it
// is the only one, or the title of the head agrees.
func (d *Document) titled() bool {
	count := 0
	for n := range d.Root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "h1" {
			count++
		}
	}
	return count == 1 && !isWiki(d.Root) || d.heading != nil && strings.Contains(strings.ToLower(d.Title), strings.ToLower(collapse(Text(d.heading))))
}

// isWiki finds the content of Confluence pages, whose title stands outside.
func isWiki(root *html.Node) bool {
	return attr(root, "id") == "ConfluenceContent" || strings.Contains(attr(root, "class"), "wiki-content")
}

// Heading is the text of the h1 at the top of the content, "" if none.
func (d *Document) Heading() string {
	if d.heading == nil {
		return ""
	}
	return Text(d.heading)
}

// RemoveHeading takes the h1 at the top out of the content.
func (d *Document) RemoveHeading() {
	if d.heading != nil && d.heading.Parent != nil {
		d.heading.Parent.RemoveChild(d.heading)
	}
	d.heading = nil
}

// Unescape decodes entities.
func Unescape(s string) string { return html.UnescapeString(s) }

// Text is all text below a node, words of neighbouring blocks apart.
func Text(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			out.WriteString(d.Data)
		case d.Type == html.ElementNode && d.Data == "br":
			out.WriteByte(' ')
		case d.Type == html.ElementNode && d.Data == "img":
			out.WriteString(attr(d, "alt"))
		}
	}
	return out.String()
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// nearTop is how many bytes of text may stand before a heading that is still
// the title: badges, a breadcrumb, a line of metadata.
const nearTop = 300

func firstHeading(root *html.Node) *html.Node {
	before := 0
	for n := range root.Descendants() {
		switch {
		case n.Type == html.TextNode:
			before += len(strings.TrimSpace(n.Data))
		case n.Type == html.ElementNode && n.Data == "h1" && strings.TrimSpace(Text(n)) != "":
			return n
		}
		if before > nearTop {
			return nil
		}
	}
	return nil
}
