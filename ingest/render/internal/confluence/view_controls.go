package confluence

import (
	"slices"
	"strings"

	"finpages/ingest/render/internal/dom"

	"golang.org/x/net/html"
)

// ShowControls writes, in place, the controls of forms below root as what a
// browser shows of them: the words on a button, the options of a list, the
// text in a field. [View] has taken out those that are the wiki's.
func ShowControls(root *html.Node) {
	for _, n := range selectIn(root, "button, select, textarea") {
		switch n.Data {
		case "button":
			n.Data, n.DataAtom = "span", 0
		case "select":
			showOptions(n)
		case "textarea":
			showField(n)
		}
	}
}

func showOptions(list *html.Node) {
	var words []string
	for d := range list.Descendants() {
		if dom.IsElement(d, "optgroup") {
			words = append(words, firstOf(dom.Attr(d, "label")))
		}
		if dom.IsElement(d, "option") {
			words = append(words, firstOf(dom.Text(d), dom.Attr(d, "label")))
		}
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	showAs(list, "span", dom.TextNode(strings.Join(words, ", ")))
}

// showField keeps the lines of a field.
func showField(field *html.Node) {
	var lines []*html.Node
	for line := range strings.SplitSeq(strings.Trim(dom.Text(field), "\n"), "\n") {
		if len(lines) > 0 {
			lines = append(lines, dom.Element("br"))
		}
		lines = append(lines, dom.TextNode(line))
	}
	showAs(field, "div", lines...)
}

// showAs makes another element of a control, which stays hidden if it is.
func showAs(n *html.Node, name string, content ...*html.Node) {
	out := dom.Element(name, n.Attr...)
	for _, c := range content {
		out.AppendChild(c)
	}
	dom.Replace(n, out)
}
