package confluence

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func element(name string, attrs ...html.Attribute) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: name, DataAtom: atom.Lookup([]byte(name)), Attr: attrs}
}

func textNode(s string) *html.Node { return &html.Node{Type: html.TextNode, Data: s} }

// wrap makes an element around text.
func wrap(name, text string, attrs ...html.Attribute) *html.Node {
	n := element(name, attrs...)
	n.AppendChild(textNode(text))
	return n
}

// boldLine is a paragraph in bold: the heading of a box.
func boldLine(text string) *html.Node {
	p := element("p")
	p.AppendChild(wrap("strong", text))
	return p
}

// codeBlock is text that is kept as it is.
func codeBlock(code, language string) *html.Node {
	pre, inner := element("pre"), wrap("code", code)
	if language != "" {
		inner.Attr = []html.Attribute{{Key: "class", Val: "language-" + language}}
	}
	pre.AppendChild(inner)
	return pre
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

func isElement(n *html.Node, name string) bool {
	return n != nil && n.Type == html.ElementNode && n.Data == name
}

// children yields the nodes directly below n, which may be moved meanwhile.
func children(n *html.Node) []*html.Node {
	var list []*html.Node
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		list = append(list, c)
	}
	return list
}

// child returns the first element of the name directly below n, nil if none.
func child(n *html.Node, name string) *html.Node {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if isElement(c, name) {
			return c
		}
	}
	return nil
}

// firstElement returns the first element directly below n, nil if none.
func firstElement(n *html.Node) *html.Node {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			return c
		}
	}
	return nil
}

// find returns the first element below n that match takes, nil if none.
func find(n *html.Node, match func(*html.Node) bool) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && match(d) {
			return d
		}
	}
	return nil
}

// text is all text below a node as it is.
func text(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			out.WriteString(d.Data)
		case isElement(d, "br"):
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// lines is the text below a node as it is, each of its blocks on lines of its
// own.
func lines(n *html.Node) string {
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
	ofBlocks := slices.ContainsFunc(children(n), func(c *html.Node) bool { return c.Type == html.ElementNode && blocks[c.Data] })
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case ofBlocks && c.Type == html.TextNode && strings.TrimSpace(c.Data) == "":
		case c.Type == html.TextNode:
			out.WriteString(c.Data)
		case c.Data == "br":
			out.WriteByte('\n')
		case blocks[c.Data]:
			part()
			writeLines(out, c)
			part()
		default:
			writeLines(out, c)
		}
	}
}

func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

// moveChildren appends what is below from to to.
func moveChildren(to, from *html.Node) {
	for c := from.FirstChild; c != nil; c = from.FirstChild {
		from.RemoveChild(c)
		to.AppendChild(c)
	}
}

func replace(old *html.Node, with ...*html.Node) {
	if old.Parent == nil {
		return
	}
	for _, n := range with {
		old.Parent.InsertBefore(n, old)
	}
	old.Parent.RemoveChild(old)
}

func remove(n *html.Node) { replace(n) }

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, name := range names {
		m[name] = true
	}
	return m
}

// blocks are the elements of HTML that part the text in them from the text
// around them.
var blocks = set("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead",
	"tbody", "tfoot", "tr", "td", "th", "caption", "blockquote", "pre", "hr", "section", "article", "figure", "figcaption",
	"details", "summary")

func hasBlock(n *html.Node) bool {
	return find(n, func(d *html.Node) bool { return blocks[d.Data] }) != nil
}
