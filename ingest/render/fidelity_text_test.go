package render_test

import (
	"strings"

	nethtml "golang.org/x/net/html"
)

func attrOf(n *nethtml.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func textOf(n *nethtml.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == nethtml.TextNode:
			out.WriteString(d.Data)
		case d.Data == "br":
			out.WriteByte('\n')
		case d.Type == nethtml.ElementNode && d.Data != "span" && d.Data != "a" && d.Data != "b" && d.Data != "strong" &&
			d.Data != "em" && d.Data != "code":
			out.WriteByte(' ')
		}
	}
	return out.String()
}

// codeOf is the text of a block of code, whose lines may be elements.
func codeOf(n *nethtml.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == nethtml.TextNode:
			out.WriteString(d.Data)
		case d.Data == "br":
			out.WriteByte('\n')
		}
	}
	return out.String()
}
