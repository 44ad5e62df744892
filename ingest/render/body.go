package render

import (
	"fmt"

	"finpages/ingest/render/internal/confluence"
	"finpages/ingest/render/internal/htmldoc"
	"finpages/ingest/render/internal/markdown"
	"finpages/ingest/render/internal/sanitize"
	"finpages/sources"
)

// body is a document as a tree of HTML, before it is cut down to what Fin reads.
type body struct {
	doc      *htmldoc.Document
	links    linker
	notes    *warnings
	verbatim bool // code is kept as it is, with blank lines around it
}

func renderBody(in Input, metaURL, text string, notes *warnings) (body, error) {
	b := body{notes: notes, links: newLinker(in, metaURL), verbatim: isConfluence(in.Document.Format)}
	markup, kind := text, htmldoc.Fragment
	switch in.Document.Format {
	case sources.Markdown, sources.MDX:
		var err error
		if markup, err = markdown.Convert(text, in.Document.Format == sources.MDX, notes.add); err != nil {
			return body{}, fmt.Errorf("read Markdown: %w", err)
		}
	case sources.Text:
		markup = textHTML(text)
	case sources.HTML:
		kind = htmldoc.Page
	case sources.ConfluenceExport:
		kind = htmldoc.Export
	case sources.ConfluenceView:
		kind = htmldoc.Body
	case sources.ConfluenceStorage:
		return storageBody(b, text, in.Document.Address)
	default:
		return body{}, fmt.Errorf("unknown document format %q", in.Document.Format)
	}
	doc, err := htmldoc.Parse(markup, kind)
	if err != nil {
		return body{}, fmt.Errorf("read HTML: %w", err)
	}
	b.doc = doc
	for _, w := range doc.Warnings {
		notes.add(w)
	}
	b.links.rebase(doc.Base)
	return b, nil
}

func (b *body) html() string {
	return sanitize.HTML(b.doc.Root, b.verbatim, b.links.resolve, b.notes.add)
}

func storageBody(b body, text string, address func(sources.Reference) string) (body, error) {
	root, warnings, err := confluence.Storage(text, address)
	if err != nil {
		return body{}, fmt.Errorf("read storage format: %w", err)
	}
	for _, w := range warnings {
		b.notes.add(w)
	}
	b.doc = htmldoc.Of(root)
	return b, nil
}
