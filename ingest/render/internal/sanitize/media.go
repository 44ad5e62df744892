package sanitize

import (
	"path"
	"strings"

	"finpages/ingest/render/internal/dom"
	"finpages/ingest/render/internal/emoticon"

	"golang.org/x/net/html"
)

// image writes the alternative text, without a word that is not the author's.
func (s *sanitizer) image(n *html.Node) {
	alt, _ := dom.Lookup(n, "alt")
	if strings.Trim(alt, spaces) == "" {
		alt, _ = dom.Lookup(n, "title")
	}
	alt = strings.Trim(alt, spaces)
	sign := emoticon.InBrackets(alt)
	switch {
	case alt == "":
		s.warnImage(n)
	case sign != "":
		s.text(sign)
	default:
		s.name(alt)
	}
}

func (s *sanitizer) warnImage(n *html.Node) {
	s.images++
	src, _ := dom.Lookup(n, "src")
	if src == "" || strings.HasPrefix(src, "data:") {
		s.warn("image without alt text left out")
		return
	}
	src, _, _ = strings.Cut(src, "?")
	s.warn("image without alt text left out: " + path.Base(src))
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

// notDrawn are the parts of a drawing that nobody sees.
var notDrawn = dom.Set("desc", "metadata", "defs")

// labels are the words that a part of a drawing shows. A switch shows the
// first of its alternatives: https://svgwg.org/svg2-draft/struct.html#SwitchElement
func labels(n *html.Node, isLabel bool) (words []string) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode && isLabel:
			words = append(words, strings.Fields(c.Data)...)
		case c.Type == html.ElementNode && !isHidden(c) && !dropped[c.Data] && !notDrawn[c.Data]:
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
	src := mediaSource(n)
	href := s.resolve(src)
	label, _ := dom.Lookup(n, "title")
	if label == "" {
		label, _ = dom.Lookup(n, "aria-label")
	}
	if n.Data != "iframe" {
		s.children(n)
	}
	if !strings.HasPrefix(href, "http") {
		s.text(label)
		return
	}
	if label == "" {
		label = addressLabel(src, href)
	}
	s.block(frame{kind: flow}, func() {
		s.inline("a", attr("href", href), func() { s.text(label) })
	})
}

// addressLabel is what a link to an address shows: of a file of the author's its
// name, as where that lies is not the author's word.
func addressLabel(src, href string) string {
	file, _, _ := strings.Cut(strings.TrimSpace(src), "?")
	if strings.Contains(src, "://") || strings.HasPrefix(src, "//") || path.Ext(file) == "" {
		return href
	}
	return path.Base(file)
}

func mediaSource(n *html.Node) string {
	for _, key := range []string{"src", "data"} {
		if v, ok := dom.Lookup(n, key); ok {
			return v
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Data == "source" {
			v, _ := dom.Lookup(c, "src")
			return v
		}
	}
	return ""
}
