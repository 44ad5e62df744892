package htmldoc

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// openTabs puts each tab's label before what it shows, and shows it.
func openTabs(doc *goquery.Document) {
	doc.Find("[role=tablist], .tabbed-labels, .tabs-menu").Each(func(i int, list *goquery.Selection) {
		if i >= maxTabLists {
			return
		}
		labels := list.Find("[role=tab], label, .menu-item")
		panels := list.Parent().Find("[role=tabpanel], .tabbed-block, .tabs-pane")
		if labels.Length() == 0 || labels.Length() != panels.Length() {
			return
		}
		panels.Each(func(i int, panel *goquery.Selection) {
			panel.RemoveAttr("hidden").RemoveAttr("aria-hidden").RemoveAttr("style")
			panel.PrependNodes(boldLine(collapse(labels.Eq(i).Text())))
		})
		list.Remove()
	})
}

// maxTabLists bounds the searches, each of which may run over the whole page.
const maxTabLists = 200

func boldLine(text string) *html.Node {
	p := element("p", atom.P)
	b := element("strong", atom.Strong)
	b.AppendChild(&html.Node{Type: html.TextNode, Data: text})
	p.AppendChild(b)
	return p
}

func element(name string, a atom.Atom) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: name, DataAtom: a}
}

func rename(s *goquery.Selection, name string, a atom.Atom) {
	for _, n := range s.Nodes {
		n.Data, n.DataAtom = name, a
	}
}

// quoteBoxes turns admonitions into quotes under a bold first line.
func quoteBoxes(doc *goquery.Document) {
	doc.Find(".admonition, .theme-admonition, .starlight-aside, .markdown-alert").Each(func(_ int, box *goquery.Selection) {
		rename(box, "blockquote", atom.Blockquote)
		title := box.Find(".admonition-title, [class*=admonitionHeading], .admonition-heading, .starlight-aside__title, .markdown-alert-title").First()
		if text := collapse(title.Text()); text != "" {
			title.ReplaceWithNodes(boldLine(strings.ToUpper(text[:1]) + text[1:]))
		}
	})
}
