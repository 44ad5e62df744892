// Package sanitize writes a tree of any HTML as clean HTML: well-formed, from
// a short list of elements and attributes, without anything that runs, loads
// or hides.
//
// Elements that are not on the list give way to their content. Containers
// such as div become paragraphs, so that no two words that stood apart are
// joined. Images become their alternative text, as Fin does not read them.
package sanitize

import (
	"strings"

	"finpages/ingest/render/internal/dom"
	regexp "finpages/sources/lazyregexp"

	"golang.org/x/net/html"
)

// Written is clean HTML, and what is to be known of it.
type Written struct {
	HTML   string
	Marks  []Mark // where its headings and its outermost blocks begin, in their order
	Images int    // that were left out, as they have no text
}

// Write cleans what is below root; the HTML is "" where that holds no text.
// resolve returns the absolute address of a reference, "" where it has none;
// warn is told what is left out.
//
// Where there is an h1 left, all headings go one level down: the page's title
// is its only h1. Blank lines around code, and spaces at its end, are written
// only if verbatim is set.
func Write(root *html.Node, verbatim bool, resolve func(ref string) string, warn func(string)) Written {
	s := sanitizer{resolve: resolve, warn: warn, verbatim: verbatim}
	if hasH1(root) {
		s.shift = 1
	}
	s.frames = []frame{{kind: flow}, {kind: flow}} // the first is never popped
	s.out.Grow(size(root) * 17 / 16)
	s.marks = make([]Mark, 0, 64)
	s.children(root)
	for len(s.frames) > 1 {
		s.pop()
	}
	if !s.words {
		return Written{Images: s.images}
	}
	return Written{s.out.String(), s.marks, s.images}
}

type sanitizer struct {
	writer
	resolve  func(string) string
	warn     func(string)
	verbatim bool
	shift    int // levels that headings go down
	images   int // that were left out
}

// size is about how many bytes it takes to write what is below a node.
func size(n *html.Node) (bytes int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			bytes += len(c.Data)
			continue
		}
		bytes += len("<></>\n") + 2*len(c.Data) + size(c)
		for _, a := range c.Attr {
			bytes += len(a.Val)
		}
	}
	return bytes
}

func hasH1(root *html.Node) bool {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "h1" && hasText(n) {
			return true
		}
	}
	return false
}

func (s *sanitizer) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			s.text(c.Data)
		case html.ElementNode:
			s.element(c)
		}
	}
}

func (s *sanitizer) element(n *html.Node) {
	e := elements[n.Data]
	switch {
	case e.role == isDropped || isHidden(n):
	case isBox(n, e):
		s.container(func() { s.shown(n, e) })
	default:
		s.shown(n, e)
	}
}

// shown writes an element that a reader sees.
func (s *sanitizer) shown(n *html.Node, e element) {
	switch e.role {
	case isMark:
		s.inline(e.tag, "", func() { s.children(n) })
	case isBlock, isContainer, isHeading:
		s.structure(n, e)
	case isCell:
		s.cell(n)
	case isTable:
		s.table(n)
	case isCode:
		s.code(n)
	case isLink:
		s.anchor(n)
	case isImage:
		s.image(n)
	case isBreak:
		s.lineBreak()
	case isRule:
		s.void("hr")
	case isSummary:
		s.summary(n)
	case isRare:
		s.rare(n)
	default:
		s.children(n)
	}
}

// rare writes one of the elements that few pages have.
func (s *sanitizer) rare(n *html.Node) {
	switch n.Data {
	case "svg":
		s.drawing(n)
	case "input":
		s.checkbox(n)
	case "q":
		s.around(n, "“", "”")
	case "rt":
		s.ruby(n)
	case "math":
		s.math(n)
	case "time":
		s.time(n)
	default:
		s.embedded(n)
	}
}

func isHidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return a.Val != "until-found" && !isTabPanel(n)
		case "aria-hidden":
			return strings.EqualFold(a.Val, "true") && !isTabPanel(n)
		case "style":
			style := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
			if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") ||
				strings.Contains(style, "mso-hide:all") {
				return !isTabPanel(n)
			}
		}
	}
	return false
}

// boxStyle finds the style of an element that parts what is in it from what
// is around it, although it is not of that kind.
var boxStyle = regexp.MustCompile(`(?i)(?:^|;)\s*display\s*:\s*(?:block|flex|grid|table|list-item)\s*(?:;|!|$)`)

// isBox tells whether a phrasing element stands by itself.
func isBox(n *html.Node, e element) bool {
	if len(n.Attr) == 0 || n.Data != "span" && e.role != isLink && e.role != isMark {
		return false
	}
	style, ok := dom.Lookup(n, "style")
	return ok && boxStyle.MatchString(style)
}

// isTabPanel finds content that is one click away: tabs are shown opened.
func isTabPanel(n *html.Node) bool {
	role, _ := dom.Lookup(n, "role")
	return role == "tabpanel"
}

func (s *sanitizer) anchor(n *html.Node) {
	href := ""
	if ref, ok := dom.Lookup(n, "href"); ok {
		href = s.resolve(ref)
	}
	if href == "" {
		s.children(n)
		return
	}
	s.inline("a", attr("href", href), func() { s.children(n) })
}

func (s *sanitizer) around(n *html.Node, before, after string) {
	s.text(before)
	s.children(n)
	s.text(after)
}

// ruby puts a reading into brackets where the author has not.
func (s *sanitizer) ruby(n *html.Node) {
	if n.PrevSibling != nil && n.PrevSibling.Data == "rp" {
		s.children(n)
		return
	}
	s.around(n, "(", ")")
}

// math writes a formula's source where it is at hand.
func (s *sanitizer) math(n *html.Node) {
	for d := range n.Descendants() {
		if encoding, _ := dom.Lookup(d, "encoding"); d.Data == "annotation" && strings.Contains(encoding, "tex") {
			s.children(d)
			return
		}
	}
	s.children(n)
}

func (s *sanitizer) time(n *html.Node) {
	if !hasText(n) {
		when, _ := dom.Lookup(n, "datetime")
		s.text(when)
	}
	s.children(n)
}

// checkbox says whether a task is done; other inputs are not read.
func (s *sanitizer) checkbox(n *html.Node) {
	if kind, _ := dom.Lookup(n, "type"); !strings.EqualFold(kind, "checkbox") {
		return
	}
	if _, checked := dom.Lookup(n, "checked"); checked {
		s.text("☑ ")
	} else {
		s.text("☐ ")
	}
}

func hasText(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.Type == html.TextNode && strings.Trim(d.Data, spaces) != "" {
			return true
		}
		if d.Data == "img" || d.Data == "input" || d.Data == "iframe" {
			return true
		}
	}
	return false
}
