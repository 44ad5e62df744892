// Package dom reads and changes trees of HTML: what the packages that turn a
// document into a page share.
package dom

import (
	"errors"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// ErrTooLarge is wrapped by errors of documents whose tree would be too large.
var ErrTooLarge = errors.New("too large")

// Set is a set of names.
func Set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, name := range names {
		m[name] = true
	}
	return m
}

// Element makes an element without content.
func Element(name string, attrs ...html.Attribute) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: name, DataAtom: atom.Lookup([]byte(name)), Attr: attrs}
}

// TextNode makes a text node.
func TextNode(s string) *html.Node { return &html.Node{Type: html.TextNode, Data: s} }

// Wrap makes an element around text.
func Wrap(name, text string, attrs ...html.Attribute) *html.Node {
	n := Element(name, attrs...)
	n.AppendChild(TextNode(text))
	return n
}

// BoldLine makes a paragraph in bold: the heading of a box or a tab.
func BoldLine(text string) *html.Node {
	p := Element("p")
	p.AppendChild(Wrap("strong", text))
	return p
}

// CodeBlock makes a block of text that is kept as it is. The language may be "".
func CodeBlock(code, language string) *html.Node {
	pre, inner := Element("pre"), Wrap("code", code)
	if language != "" {
		inner.Attr = []html.Attribute{{Key: "class", Val: "language-" + language}}
	}
	pre.AppendChild(inner)
	return pre
}

// Lookup returns the value of an attribute, and whether it is there.
func Lookup(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val, true
		}
	}
	return "", false
}

// Attr returns the value of an attribute, "" if there is none.
func Attr(n *html.Node, key string) string {
	value, _ := Lookup(n, key)
	return value
}

// DropAttr takes an attribute away.
func DropAttr(n *html.Node, key string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// HasClass tells whether an element is of a class.
func HasClass(n *html.Node, class string) bool {
	return slices.Contains(strings.Fields(Attr(n, "class")), class)
}

// IsElement tells whether n is an element of the name; nil is none.
func IsElement(n *html.Node, name string) bool {
	return n != nil && n.Type == html.ElementNode && n.Data == name
}

// HeadingLevel is 1 to 6 for h1 to h6, else 0.
func HeadingLevel(n *html.Node) int {
	if n.Type == html.ElementNode && len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
		return int(n.Data[1] - '0')
	}
	return 0
}

// Children returns the nodes directly below n, which may be moved meanwhile.
func Children(n *html.Node) []*html.Node { return slices.Collect(n.ChildNodes()) }

// Child returns the first element of the name directly below n, nil if none.
func Child(n *html.Node, name string) *html.Node {
	for c := range n.ChildNodes() {
		if IsElement(c, name) {
			return c
		}
	}
	return nil
}

// FirstElement returns the first element directly below n, nil if none.
func FirstElement(n *html.Node) *html.Node {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode {
			return c
		}
	}
	return nil
}

// Find returns the first element below n that match takes, nil if none.
func Find(n *html.Node, match func(*html.Node) bool) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && match(d) {
			return d
		}
	}
	return nil
}

// MoveChildren appends what is below from to to.
func MoveChildren(to, from *html.Node) {
	for c := from.FirstChild; c != nil; c = from.FirstChild {
		from.RemoveChild(c)
		to.AppendChild(c)
	}
}

// Replace puts nodes in the place of one that is part of a tree.
func Replace(old *html.Node, with ...*html.Node) {
	if old.Parent == nil {
		return
	}
	for _, n := range with {
		old.Parent.InsertBefore(n, old)
	}
	old.Parent.RemoveChild(old)
}

// Remove takes a node out of its tree.
func Remove(n *html.Node) { Replace(n) }

// Rename makes another element of n.
func Rename(n *html.Node, name string) { n.Data, n.DataAtom = name, atom.Lookup([]byte(name)) }
