package confluence

import (
	"strings"

	"finpages/ingest/render/internal/dom"

	"golang.org/x/net/html"
)

// body writes a macro's body in place.
func (c *converter) body(dst *html.Node, m macro) {
	for _, n := range dom.Children(m.node) {
		switch {
		case dom.IsElement(n, "ac:rich-text-body") && dom.HasBlock(n):
			c.in(dst, "div", n)
		case dom.IsElement(n, "ac:rich-text-body"):
			c.children(dst, n)
		case dom.IsElement(n, "ac:plain-text-body"):
			writePlain(dst, dom.Text(n))
		case n.Type == html.TextNode && strings.TrimSpace(n.Data) == "", n.Type == html.ElementNode && silent[n.Data]:
		default:
			c.node(dst, n) // no place for it, but text all the same
		}
	}
}

// writePlain writes text of several lines as it is, and one line as text.
func writePlain(dst *html.Node, s string) {
	switch {
	case strings.TrimSpace(s) == "":
	case strings.Contains(strings.TrimSpace(s), "\n"):
		dst.AppendChild(dom.CodeBlock(s, ""))
	default:
		dst.AppendChild(dom.TextNode(s))
	}
}

// code writes code as it is, under its title.
func (c *converter) code(dst *html.Node, m macro) {
	if title := m.param("title"); title != "" {
		dst.AppendChild(dom.BoldLine(title))
	}
	if m.plain == nil && m.rich == nil {
		c.body(dst, m)
		return
	}
	language := strings.ToLower(m.param("language", ""))
	if !languageName(language) {
		language = ""
	}
	dst.AppendChild(dom.CodeBlock(m.source(), language))
}

// languageName tells a language from words for none.
func languageName(s string) bool {
	if s == "" || s == "none" || s == "text" || s == "plain" || len(s) > 30 {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789+#._-") == ""
}

func (c *converter) boxMacro(dst *html.Node, m macro) {
	name := strings.ToLower(m.name)
	kind := boxLabels[name]
	if first := firstLine(m.rich); kind != "" && m.param("title") == "" && strings.EqualFold(first, kind) {
		kind = "" // the author has written it
	}
	c.box(dst, boxLabel(kind, m.param("title")), m.node)
}

// firstLine is the text of the first block in n.
func firstLine(n *html.Node) string {
	if n == nil {
		return ""
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if line := dom.Collapse(dom.Text(c)); c.Type == html.ElementNode || line != "" {
			return line
		}
	}
	return ""
}

var boxLabels = map[string]string{
	"info": "Info", "note": "Note", "tip": "Tip", "warning": "Warning", "success": "Success", "error": "Error",
}

// boxLabel is the line that opens a box: what kind it is and its title.
func boxLabel(kind, title string) string {
	switch {
	case title == "":
		return kind
	case kind == "" || strings.HasPrefix(strings.ToLower(title), strings.ToLower(kind)):
		return title
	}
	return kind + ": " + title
}

// box writes a quote under a label, if it has one.
func (c *converter) box(dst *html.Node, label string, n *html.Node) {
	quote := dom.Element("blockquote")
	if label != "" {
		quote.AppendChild(dom.BoldLine(label))
	}
	dst.AppendChild(quote)
	if strings.HasSuffix(n.Data, "macro") {
		c.body(quote, readMacro(n))
		return
	}
	c.children(quote, n)
}

// titled opens what a click would open: an expand, a tab, a card.
func (c *converter) titled(dst *html.Node, m macro) {
	if title := m.param("title", "name", "label", "heading", ""); title != "" {
		dst.AppendChild(dom.BoldLine(title))
	}
	out := dom.Element("div")
	dst.AppendChild(out)
	c.body(out, m)
}

// hideable leaves out what its author has hidden from readers of the page.
func (c *converter) hideable(dst *html.Node, m macro) {
	if strings.EqualFold(m.param("hidden"), "true") {
		if m.source() != "" {
			c.warn("hidden %s left out", strings.ToLower(m.name))
		}
		return
	}
	c.body(dst, m)
}

// markup writes the HTML that a macro holds as text.
func (c *converter) markup(dst *html.Node, m macro) {
	source := m.source()
	if strings.TrimSpace(source) == "" {
		source = m.markupParam()
	}
	c.markupText(dst, source)
}

func (c *converter) markupText(dst *html.Node, source string) {
	tree, err := parse(source)
	if err != nil {
		writePlain(dst, source)
		return
	}
	out := dom.Element("div")
	dst.AppendChild(out)
	c.plainMarkup(out, tree)
}

// plainMarkup copies HTML in which elements of Confluence mean nothing.
func (c *converter) plainMarkup(dst, src *html.Node) {
	for n := src.FirstChild; n != nil; n = n.NextSibling {
		switch {
		case n.Type == html.TextNode:
			dst.AppendChild(dom.TextNode(n.Data))
		case silent[n.Data]:
		case strings.Contains(n.Data, ":"):
			c.plainMarkup(dst, n)
		default:
			out := dom.Element(n.Data, n.Attr...)
			dst.AppendChild(out)
			c.plainMarkup(out, n)
		}
	}
}
