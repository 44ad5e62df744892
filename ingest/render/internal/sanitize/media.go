package sanitize

import (
	"path"
	"strings"

	"golang.org/x/net/html"

	"finpages/ingest/render/internal/emoticon"
)

// image writes the alternative text; where the image stands alone, with a
// word to say what it was.
func (s *sanitizer) image(n *html.Node) {
	alt, _ := attribute(n, "alt")
	if strings.Trim(alt, spaces) == "" {
		alt, _ = attribute(n, "title")
	}
	alt = strings.Trim(alt, spaces)
	if before := n.PrevSibling; before != nil && before.Type == html.ElementNode && before.Data == "img" {
		s.space = true // two names are no word
	}
	sign := emoticon.InBrackets(alt)
	switch {
	case alt == "":
		s.warnImage(n)
	case sign != "":
		s.text(sign)
	case isAlone(n):
		s.text("Image: " + alt)
	default:
		s.text(alt)
	}
}

func (s *sanitizer) warnImage(n *html.Node) {
	src, _ := attribute(n, "src")
	if src == "" || strings.HasPrefix(src, "data:") {
		s.warn("image without alt text left out")
		return
	}
	src, _, _ = strings.Cut(src, "?")
	s.warn("image without alt text left out: " + path.Base(src))
}

// isAlone tells whether nothing but the image stands in its block, and it is
// no link's text.
func isAlone(n *html.Node) bool {
	for p := n; p.Parent != nil; p = p.Parent {
		if isText(p, func(c *html.Node) *html.Node { return c.PrevSibling }) || isText(p, func(c *html.Node) *html.Node { return c.NextSibling }) {
			return false
		}
		switch name := p.Parent.Data; {
		case name == "p", containers[name], name == "#document-fragment":
			return true
		case name != "span" && name != "picture":
			return false
		}
	}
	return false
}

// isText tells whether the next thing on one side of a node is text, and not
// the border of a block.
func isText(n *html.Node, next func(*html.Node) *html.Node) bool {
	for c := next(n); c != nil; c = next(c) {
		switch {
		case c.Type == html.CommentNode, c.Data == "source":
		case c.Type == html.TextNode && strings.Trim(c.Data, spaces) == "":
		case c.Type == html.TextNode:
			return true
		default:
			_, isBlock := blocks[c.Data]
			return !isBlock && !containers[c.Data] && headingLevel(c.Data) == 0 && c.Data != "br" && c.Data != "hr" && c.Data != "pre" && c.Data != "table"
		}
	}
	return false
}

// drawing writes the labels of a diagram. An icon has none, and those of a
// formula stand in its source.
func (s *sanitizer) drawing(n *html.Node) {
	if n.Parent != nil && n.Parent.Data == "mjx-container" {
		return
	}
	var labels []string
	for d := range n.Descendants() {
		if d.Type == html.TextNode && isLabel(d, n) {
			labels = append(labels, strings.Fields(d.Data)...)
		}
	}
	if len(labels) > 0 {
		s.container(func() { s.text(strings.Join(labels, " ")) })
	}
}

// isLabel tells whether text in a drawing is shown.
func isLabel(text, drawing *html.Node) bool {
	label := false
	for p := text.Parent; p != drawing; p = p.Parent {
		if isHidden(p) || dropped[p.Data] || p.Data == "desc" || p.Data == "metadata" || p.Data == "defs" {
			return false
		}
		label = label || p.Data == "text" || p.Data == "foreignObject"
	}
	return label
}

// embedded writes a link in place of what a page embeds.
func (s *sanitizer) embedded(n *html.Node) {
	href := s.resolve(mediaSource(n))
	label, _ := attribute(n, "title")
	if label == "" {
		label, _ = attribute(n, "aria-label")
	}
	if n.Data != "iframe" {
		s.children(n)
	}
	if !strings.HasPrefix(href, "http") {
		s.text(label)
		return
	}
	if label == "" {
		label = href
	}
	s.block(frame{kind: flow}, func() {
		s.inline("a", attr("href", href), func() { s.text(label) })
	})
}

func mediaSource(n *html.Node) string {
	for _, key := range []string{"src", "data"} {
		if v, ok := attribute(n, key); ok {
			return v
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Data == "source" {
			v, _ := attribute(c, "src")
			return v
		}
	}
	return ""
}
