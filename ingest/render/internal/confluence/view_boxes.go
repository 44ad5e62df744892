package confluence

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

func selectIn(n *html.Node, selector string) []*html.Node {
	return goquery.NewDocumentFromNode(n).Find(selector).Nodes
}

// viewLabels are the boxes by the classes that the versions gave them: from 6
// on, 4 and 5, and before.
var viewLabels = map[string]string{
	"confluence-information-macro-information": "Info", "confluence-information-macro-note": "Note",
	"confluence-information-macro-tip": "Tip", "confluence-information-macro-warning": "Warning",
	"hint": "Info", "warning": "Note", "success": "Tip", "problem": "Warning",
	"infoMacro": "Info", "noteMacro": "Note", "tipMacro": "Tip", "warningMacro": "Warning",
}

// boxes turns info, note, tip and warning into quotes under a label.
func (v *view) boxes() {
	v.each(".confluence-information-macro, .aui-message.information-macro", func(n *html.Node) {
		label := classLabel(n)
		for _, c := range children(n) {
			if c.Type == html.ElementNode && hasClass(c, "title") {
				label = boxLabel(label, visible(c))
				remove(c)
				break
			}
		}
		quote(n, label)
	})
	v.each(".panelMacro > table", func(n *html.Node) {
		cells := selectIn(n, "tr > td")
		if label := classLabel(n); label != "" && len(cells) >= 2 {
			v.oldBox(n, cells[1], label)
		}
	})
}

// oldBox turns a table with an icon in its first cell and text in its second
// into a quote. Bold text on a line of its own in front is the title.
func (v *view) oldBox(table, cell *html.Node, label string) {
	first := cell.FirstChild
	for first != nil && first.Type == html.TextNode && strings.TrimSpace(first.Data) == "" {
		first = first.NextSibling
	}
	if isElement(first, "b") && isElement(first.NextSibling, "br") {
		label = boxLabel(label, visible(first))
		remove(first.NextSibling)
		remove(first)
	}
	box := element("blockquote", table.Attr...)
	moveChildren(box, cell)
	replace(table, box)
	quote(box, label)
}

func classLabel(n *html.Node) string {
	for _, class := range strings.Fields(attr(n, "class")) {
		if label := viewLabels[class]; label != "" {
			return label
		}
	}
	return ""
}

// quote makes a quote of n, under a label.
func quote(n *html.Node, label string) {
	rename(n, "blockquote")
	if label != "" {
		n.InsertBefore(boldLine(label), n.FirstChild)
	}
}

// panels turns panels into quotes under their title. Those around code need
// no quote.
func (v *view) panels() {
	v.each(".panel", func(n *html.Node) {
		if hasClass(n, "code") || hasClass(n, "preformatted") || !hasChildOf(n, "panelContent") {
			return
		}
		label := ""
		for _, c := range children(n) {
			if c.Type == html.ElementNode && hasClass(c, "panelHeader") {
				label = visible(c)
				remove(c)
			}
		}
		quote(n, label)
	})
}

func hasChildOf(n *html.Node, class string) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && hasClass(c, class) {
			return true
		}
	}
	return false
}

// columns takes the tables away that only lay out a page.
func (v *view) columns() {
	v.each("table.sectionMacro, table.layout, table.contentLayoutTable, table.columnLayout", func(table *html.Node) {
		for _, c := range children(table) {
			flattenTable(c)
		}
		rename(table, "div")
	})
}

func flattenTable(n *html.Node) {
	switch n.Data {
	case "colgroup", "col":
		remove(n)
	case "tbody", "thead", "tfoot", "tr":
		for _, c := range children(n) {
			flattenTable(c)
		}
		rename(n, "div")
	case "td", "th", "caption":
		rename(n, "div")
	}
}
