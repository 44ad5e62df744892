package render

import (
	"context"
	"fmt"

	"finpages/ingest/render/internal/confluence"
	"finpages/ingest/render/internal/dialect"
	"finpages/ingest/render/internal/htmldoc"
	"finpages/ingest/render/internal/markdown"
	"finpages/ingest/render/internal/sanitize"
	"finpages/sources"

	"golang.org/x/net/html"
)

// body is a document as a tree of HTML, before it is cut down to what Fin reads.
type body struct {
	doc       *htmldoc.Document
	links     linker
	notes     *warnings
	included  []string
	evaluated string   // the document, once Liquid is; "" if there is none
	others    []string // the texts that it includes
	noted     int      // bytes of these
	verbatim  bool     // code is kept as it is, with blank lines around it
}

func renderBody(ctx context.Context, in Input, metaURL, text string, notes *warnings) (*body, error) {
	b := &body{notes: notes, links: newLinker(in, metaURL, notes.add), verbatim: isConfluence(in.Document.Format)}
	err := b.read(ctx, text, in)
	return b, budgetError(err)
}

// read makes a tree of the document.
func (b *body) read(ctx context.Context, text string, in Input) error {
	switch in.Document.Format {
	case sources.Markdown, sources.MDX:
		evaluated := b.liquid(text, in)
		doc, err := markdown.Read(evaluated, in.Document.Format == sources.MDX, b.includes(in), b.notes.add)
		if err != nil {
			return fmt.Errorf("read Markdown: %w", err)
		}
		if evaluated != text {
			b.evaluated = evaluated
			unguard(doc.Root)
		}
		b.fragment(doc)
		return inTime(ctx)
	case sources.Text:
		doc, err := htmldoc.Parse(textHTML(text))
		if err != nil {
			return fmt.Errorf("read HTML: %w", err)
		}
		b.fragment(doc)
		return nil
	case sources.HTML:
		return b.page(ctx, text, false)
	case sources.Content:
		return b.content(text)
	case sources.ConfluenceExport:
		return b.page(ctx, htmldoc.CloseEmpty(text), false)
	case sources.ConfluenceView:
		return b.page(ctx, htmldoc.CloseEmpty(text), true)
	case sources.ConfluenceStorage:
		return b.storage(text, in.Document.Address)
	}
	return fmt.Errorf("unknown document format %q", in.Document.Format)
}

// fragment takes a document that is all content, made by us or by an author.
func (b *body) fragment(doc *htmldoc.Document) {
	doc.OpenCards()
	b.finish(doc)
}

// content reads the markup of a converter: nothing in it is a site's, whatever it
// is called.
func (b *body) content(markup string) error {
	doc, err := htmldoc.Parse(markup)
	if err != nil {
		return fmt.Errorf("read HTML: %w", err)
	}
	doc.OpenFolds()
	b.finish(doc)
	return nil
}

// page reads a web page, most often with a site's furniture around the content.
// isContent says that there is none, as a wiki shows the content by itself.
func (b *body) page(ctx context.Context, markup string, isContent bool) error {
	doc, err := htmldoc.Parse(markup)
	if err != nil {
		return fmt.Errorf("read HTML: %w", err)
	}
	doc.ReadHead()
	wikiContent := confluence.Content(doc.Root)
	switch {
	case isContent:
	case wikiContent != nil:
		doc.Root = wikiContent
	default:
		doc.ChooseMain()
	}
	b.verbatim = b.verbatim || wikiContent != nil || confluence.HasCode(doc.Root)
	warnings, err := confluence.View(ctx, doc.Root)
	if err != nil {
		return inTime(ctx)
	}
	b.warn(warnings)
	doc.PlainCode()
	doc.OpenFolds()
	if isContent || wikiContent != nil { // all that is left is the author's
		confluence.ShowControls(doc.Root)
	} else {
		doc.Prune()
	}
	b.finish(doc)
	b.links.rebase(doc.Base)
	return nil
}

// storage reads what a wiki keeps.
func (b *body) storage(markup string, address func(sources.Reference) string) error {
	root, warnings, err := confluence.Storage(markup, address, b.fromMarkdown)
	if err != nil {
		return fmt.Errorf("read storage format: %w", err)
	}
	b.warn(warnings)
	b.finish(htmldoc.Of(root))
	return nil
}

// fromMarkdown makes a tree of the Markdown that a wiki's page holds; nil if it
// cannot be read.
func (b *body) fromMarkdown(text string) *html.Node {
	doc, err := markdown.Read(text, false, dialect.Includes{}, b.notes.add)
	if err != nil {
		return nil
	}
	return doc.Root
}

func (b *body) finish(doc *htmldoc.Document) {
	doc.PlainCode()
	doc.UnlinkFootnotes()
	doc.FindHeading(confluence.IsContent(doc.Root))
	b.doc = doc
}

func (b *body) warn(list []string) {
	for _, text := range list {
		b.notes.add(text)
	}
}

// html writes what Fin reads, with the places where it may be cut.
func (b *body) html() sanitize.Written {
	return sanitize.Write(b.doc.Root, b.verbatim, b.links.resolve, b.notes.add)
}
