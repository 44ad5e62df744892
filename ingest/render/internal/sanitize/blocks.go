package sanitize

import (
	"strconv"
	"strings"

	"finpages/ingest/render/internal/dom"

	"golang.org/x/net/html"
)

// containers part what is in them from what is around them. All elements that
// no table here names are phrasing elements, as browsers take them.
var containers = dom.Set("div", "section", "article", "main", "header", "footer", "aside", "nav", "figure", "figcaption",
	"address", "center", "details", "fieldset", "form", "hgroup", "legend", "body", "html", "dialog", "search",
	"option", "optgroup", "marquee")

// closed are the containers that a reader takes for one: a heading in them
// begins no part of the page.
var closed = dom.Set("details", "aside", "dialog", "figure", "fieldset")

// blocks are the elements that are kept, by their kind.
var blocks = map[string]frame{
	"p": {tag: "p", kind: phrasing}, "blockquote": {tag: "blockquote", kind: flow},
	"ul": {tag: "ul", kind: listing}, "ol": {tag: "ol", kind: listing}, "menu": {tag: "ul", kind: listing},
	"dir": {tag: "ul", kind: listing}, "dl": {tag: "dl", kind: pairs},
	"caption": {tag: "caption", kind: item}, "thead": {tag: "thead", kind: rows}, "tbody": {tag: "tbody", kind: rows},
	"tfoot": {tag: "tfoot", kind: rows}, "tr": {tag: "tr", kind: cells},
}

func (s *sanitizer) structure(n *html.Node) {
	body := func() { s.children(n) }
	if f, ok := blocks[n.Data]; ok {
		if n.Data == "ol" {
			f.attrs = numberAttr(n, "start")
		}
		s.member(f, body)
		return
	}
	switch name := n.Data; {
	case containers[name]:
		s.containerOf(frame{kind: flow, isBox: closed[name]}, body)
	case name == "li":
		s.member(frame{tag: "li", kind: item, attrs: numberAttr(n, "value")}, body)
	case name == "dt", name == "dd":
		s.member(frame{tag: name, kind: item}, body)
	case name == "td", name == "th":
		s.cell(n)
	case name == "table":
		s.table(n)
	case name == "summary":
		s.summary(n)
	case name == "pre", name == "listing", name == "xmp", name == "plaintext":
		s.code(n)
	case name == "hr":
		s.void("hr")
	case dom.HeadingLevel(n) > 0:
		tag := "h" + strconv.Itoa(min(6, dom.HeadingLevel(n)+s.shift))
		s.block(frame{tag: tag, kind: phrasing, heading: n}, body)
	default:
		body()
	}
}

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
	number, err := strconv.Atoi(strings.TrimSpace(text))
	if !ok || err != nil || number < -9999 || number > 999999 {
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
	cells, rest := contentOf(table)
	if len(cells) != 1 || rest {
		return nil
	}
	return cells[0]
}

// contentOf returns the cells of a table, or of a part of it, and whether
// there is more than cells. Storage format may have rows without a group.
func contentOf(n *html.Node) (cells []*html.Node, rest bool) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			rest = rest || c.Type == html.TextNode && strings.Trim(c.Data, spaces) != ""
			continue
		}
		switch c.Data {
		case "td", "th":
			cells = append(cells, c)
		case "tr", "thead", "tbody", "tfoot":
			inner, more := contentOf(c)
			cells, rest = append(cells, inner...), rest || more
		case "colgroup", "col":
		default:
			rest = true
		}
	}
	return cells, rest
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
	text, _ := dom.Lookup(n, key)
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
