package render_test

import (
	"html"
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

func textOf(n *nethtml.Node) string { return new(htmlReader).textOf(n) }

// textOf is the text of a node; names of emojis that stand for pictures are noted.
func (r *htmlReader) textOf(n *nethtml.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == nethtml.TextNode && d.Parent.Data != "code":
			out.WriteString(withoutEmoji(d.Data, &r.reading))
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

// shownColumns is a table of GitBook's without the columns that it does not show.
func (r *reading) shownColumns(table string) string {
	root, err := nethtml.Parse(strings.NewReader(table))
	if err != nil {
		return table
	}
	var hidden []bool
	var shown strings.Builder
	for row := range root.Descendants() {
		if row.Data != "tr" {
			continue
		}
		i := 0
		for cell := range row.ChildNodes() {
			if cell.Data == "th" {
				hidden = append(hidden, strings.Contains(attrNames(cell), "data-hidden"))
			}
			if text := textOf(cell); i < len(hidden) && hidden[i] {
				r.other = append(r.other, wordsOf(text)...)
			} else {
				shown.WriteString(html.EscapeString(text) + " ")
			}
			i++
		}
	}
	return shown.String()
}

func attrNames(n *nethtml.Node) (names string) {
	for _, a := range n.Attr {
		names += " " + a.Key
	}
	return names
}
