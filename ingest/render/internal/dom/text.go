package dom

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Blocks are the elements of HTML that part the text in them from the text
// around them.
var Blocks = Set("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead",
	"tbody", "tfoot", "tr", "td", "th", "caption", "blockquote", "pre", "hr", "section", "article", "figure", "figcaption",
	"details", "summary")

// HasBlock tells whether there is an element of [Blocks] below n.
func HasBlock(n *html.Node) bool {
	return Find(n, func(d *html.Node) bool { return Blocks[d.Data] }) != nil
}

// Collapse writes text on one line with single spaces.
func Collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

// Text is all text below a node as it is.
func Text(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			out.WriteString(d.Data)
		case IsElement(d, "br"):
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// Visible is the text below n that a reader sees, on one line.
func Visible(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if IsText(d) {
			out.WriteString(d.Data)
			continue
		}
		if Blocks[d.Data] || d.Data == "br" {
			out.WriteByte(' ')
		}
	}
	return Collapse(out.String())
}

// IsText tells whether n is text that is not part of a script or style.
func IsText(n *html.Node) bool {
	return n.Type == html.TextNode && !IsElement(n.Parent, "script") && !IsElement(n.Parent, "style")
}

// Lines is the text below a node as it is, each of its blocks on lines of its
// own.
func Lines(n *html.Node) string {
	var out strings.Builder
	writeLines(&out, n)
	return strings.TrimSuffix(out.String(), "\n")
}

func writeLines(out *strings.Builder, n *html.Node) {
	part := func() {
		if s := out.String(); s != "" && !strings.HasSuffix(s, "\n") {
			out.WriteByte('\n')
		}
	}
	ofBlocks := slices.ContainsFunc(Children(n), func(c *html.Node) bool { return c.Type == html.ElementNode && Blocks[c.Data] })
	for c := range n.ChildNodes() {
		switch {
		case ofBlocks && c.Type == html.TextNode && strings.TrimSpace(c.Data) == "":
		case c.Type == html.TextNode:
			out.WriteString(c.Data)
		case c.Data == "br":
			out.WriteByte('\n')
		case Blocks[c.Data]:
			part()
			writeLines(out, c)
			part()
		default:
			writeLines(out, c)
		}
	}
}
