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
	sign := emoticon.InBrackets(alt)
	switch {
	case alt == "":
		s.warnImage(n)
	case sign != "":
		s.text(sign)
	case isAlone(n):
		s.text("Image: " + alt)
	default:
		s.name(alt)
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
	if words := labels(n, false); len(words) > 0 {
		s.container(func() { s.text(strings.Join(words, " ")) })
	}
}

// labels are the words that a part of a drawing shows. A switch shows the
// first of its alternatives: https://svgwg.org/svg2-draft/struct.html#SwitchElement
func labels(n *html.Node, isLabel bool) (words []string) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode && isLabel:
			words = append(words, strings.Fields(c.Data)...)
		case c.Type == html.ElementNode && !isHidden(c) && !dropped[c.Data] && c.Data != "desc" && c.Data != "metadata" && c.Data != "defs":
			words = append(words, labels(c, isLabel || c.Data == "text" || c.Data == "foreignObject")...)
		}
		if c.Type == html.ElementNode && n.Data == "switch" {
			break
		}
	}
	return words
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
