package confluence

import (
	"strings"

	"finpages/ingest/render/internal/dom"

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
		for _, c := range dom.Children(n) {
			if c.Type == html.ElementNode && dom.HasClass(c, "title") {
				label = boxLabel(label, dom.Visible(c))
				dom.Remove(c)
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
	if dom.IsElement(first, "b") && dom.IsElement(first.NextSibling, "br") {
		label = boxLabel(label, dom.Visible(first))
		dom.Remove(first.NextSibling)
		dom.Remove(first)
	}
	box := dom.Element("blockquote", table.Attr...)
	dom.MoveChildren(box, cell)
	dom.Replace(table, box)
	quote(box, label)
}

func classLabel(n *html.Node) string {
	for _, class := range strings.Fields(dom.Attr(n, "class")) {
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
		n.InsertBefore(dom.BoldLine(label), n.FirstChild)
	}
}

// panels turns panels into quotes under their title. Those around code need
// no quote.
func (v *view) panels() {
	v.each(".panel", func(n *html.Node) {
		if dom.HasClass(n, "code") || dom.HasClass(n, "preformatted") || !hasChildOf(n, "panelContent") {
			return
		}
		label := ""
		for _, c := range dom.Children(n) {
			if c.Type == html.ElementNode && dom.HasClass(c, "panelHeader") {
				label = dom.Visible(c)
				dom.Remove(c)
			}
		}
		quote(n, label)
	})
}

func hasChildOf(n *html.Node, class string) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && dom.HasClass(c, class) {
			return true
		}
	}
	return false
}

// columns takes the tables away that only lay out a page.
func (v *view) columns() {
	v.each("table.sectionMacro, table.layout, table.contentLayoutTable, table.columnLayout", func(table *html.Node) {
		for _, c := range dom.Children(table) {
			flattenTable(c)
		}
		rename(table, "div")
	})
}

func flattenTable(n *html.Node) {
	switch n.Data {
	case "colgroup", "col":
		dom.Remove(n)
	case "tbody", "thead", "tfoot", "tr":
		for _, c := range dom.Children(n) {
			flattenTable(c)
		}
		rename(n, "div")
	case "td", "th", "caption":
		rename(n, "div")
	}
}
