package sanitize

import (
	"finpages/ingest/render/internal/dom"

	"golang.org/x/net/html"
)

// Mark is a place in the HTML that is written.
type Mark struct {
	Offset  int        // of the start tag, in bytes
	IsBlock bool       // no element is around it: the page may be cut here
	Heading *html.Node // what the heading that begins here was in the tree; nil if it is another block
	Level   int        // of the heading in the document, where it begins a part of it; else 0
}

// mark notes that the element of a frame begins here.
func (w *writer) mark(at int) {
	m := Mark{Offset: w.out.Len(), IsBlock: true, Heading: w.frames[at].heading}
	isBoxed := false
	for i := range w.frames[:at] {
		f := &w.frames[i]
		if m.IsBlock && f.tag != "" && m.Heading == nil {
			return
		}
		m.IsBlock = m.IsBlock && f.tag == ""
		isBoxed = isBoxed || f.isBox
	}
	if m.Heading != nil && m.IsBlock && !isBoxed {
		m.Level = dom.HeadingLevel(m.Heading)
	}
	if m.IsBlock || m.Heading != nil {
		w.marks = append(w.marks, m)
	}
}
