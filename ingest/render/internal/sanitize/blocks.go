package sanitize

import (
	"strconv"
	"strings"

	"finpages/ingest/render/internal/dom"

	"golang.org/x/net/html"
)

// structure writes a block, a container or a heading.
func (s *sanitizer) structure(n *html.Node, e element) {
	body := func() { s.children(n) }
	switch e.role {
	case isContainer:
		s.containerOf(e.frame, body)
	case isHeading:
		level := min(6, dom.HeadingLevel(n)+s.shift)
		s.block(frame{tag: headingTags[level], kind: phrasing, heading: n}, body)
	default:
		if e.numbered != "" {
			e.attrs = numberAttr(n, e.numbered)
		}
		s.member(e.frame, body)
	}
}

var headingTags = [...]string{1: "h1", "h2", "h3", "h4", "h5", "h6"}

// container parts its content from what is around it, except where the
// element around takes only members of its own kind.
func (s *sanitizer) container(body func()) { s.containerOf(frame{kind: flow}, body) }

func (s *sanitizer) containerOf(f frame, body func()) {
	if _, strict := impliedBy(s.top().kind); strict {
		body()
		return
	}
	s.block(f, body)
}

// member writes an element that belongs into a list or table; anywhere else
// it is a container.
func (s *sanitizer) member(f frame, body func()) {
	if !isMember(f.tag) || s.hasPlace(f.tag) {
		s.block(f, body)
		return
	}
	s.container(body)
}

func isMember(tag string) bool {
	return belongs(tag, listing) || belongs(tag, pairs) || belongs(tag, rows) || belongs(tag, cells)
}

// hasPlace tells whether the element around, or around implied ones, takes tag.
func (s *sanitizer) hasPlace(tag string) bool {
	for i := len(s.frames) - 1; i > 0; i-- {
		f := s.frames[i]
		if belongs(tag, f.kind) {
			return true
		}
		if !f.implied {
			return false
		}
	}
	return false
}

// numberAttr keeps an attribute that is a small whole number.
func numberAttr(n *html.Node, key string) string {
	text, ok := dom.Lookup(n, key)
	if !ok {
		return ""
	}
	number, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || number < -9999 || number > 999999 {
		return ""
	}
	return attr(key, strconv.Itoa(number))
}

// table drops tables without content; one around a single cell is layout.
func (s *sanitizer) table(n *html.Node) {
	if !hasText(n) {
		return
	}
	if cell := onlyCell(n); cell != nil {
		s.container(func() { s.children(cell) })
		return
	}
	s.block(frame{tag: "table", kind: rows}, func() { s.children(n) })
}

// onlyCell returns the cell of a table that has one and nothing else.
func onlyCell(table *html.Node) *html.Node {
	var only *html.Node
	if cells := countCells(table, &only); cells != 1 {
		return nil
	}
	return only
}

// countCells counts the cells of a table, or of a part of it, up to two: what is none
// counts as two. Storage format may have rows without a group.
func countCells(n *html.Node, last **html.Node) (count int) {
	for c := n.FirstChild; c != nil && count < 2; c = c.NextSibling {
		if c.Type != html.ElementNode {
			if c.Type == html.TextNode && strings.Trim(c.Data, spaces) != "" {
				return 2
			}
			continue
		}
		switch c.Data {
		case "td", "th":
			count++
			*last = c
		case "tr", "thead", "tbody", "tfoot":
			count += countCells(c, last)
		case "colgroup", "col":
		default:
			return 2
		}
	}
	return count
}

// cell is written even if empty: it holds a place in its row.
func (s *sanitizer) cell(n *html.Node) {
	attrs := span(n, "colspan") + span(n, "rowspan")
	s.member(frame{tag: n.Data, kind: item, attrs: attrs}, func() {
		if s.top().tag == n.Data {
			s.writeFrames()
		}
		s.children(n)
	})
}

func span(n *html.Node, key string) string {
	text, ok := dom.Lookup(n, key)
	if !ok {
		return ""
	}
	number, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || number < 2 || number > 1000 {
		return ""
	}
	return attr(key, strconv.Itoa(number))
}

// summary is the heading of a part that is shown opened.
func (s *sanitizer) summary(n *html.Node) {
	for d := range n.Descendants() {
		if dom.HeadingLevel(d) > 0 {
			s.container(func() { s.children(n) })
			return
		}
	}
	s.block(frame{kind: flow}, func() {
		s.inline("strong", "", func() { s.children(n) })
	})
}
