package htmldoc

import (
	"strings"

	"finpages/ingest/render/internal/dom"

	"github.com/PuerkitoBio/goquery"
)

// OpenFolds shows what a browser shows after a click, each tab under its label,
// and turns admonitions into quotes.
func (d *Document) OpenFolds() {
	content := goquery.NewDocumentFromNode(d.Root)
	openTabs(content)
	quoteBoxes(content)
}

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
			panel.PrependNodes(dom.BoldLine(dom.Collapse(labels.Eq(i).Text())))
		})
		list.Remove()
	})
}

// maxTabLists bounds the searches, each of which may run over the whole page.
const maxTabLists = 200

// quoteBoxes turns admonitions into quotes under a bold first line.
func quoteBoxes(doc *goquery.Document) {
	doc.Find(".admonition, .theme-admonition, .starlight-aside, .markdown-alert").Each(func(_ int, box *goquery.Selection) {
		dom.Rename(box.Get(0), "blockquote")
		title := box.Find(".admonition-title, [class*=admonitionHeading], .admonition-heading, " +
			".starlight-aside__title, .markdown-alert-title").First()
		if text := dom.Collapse(title.Text()); text != "" {
			title.ReplaceWithNodes(dom.BoldLine(strings.ToUpper(text[:1]) + text[1:]))
		}
	})
}
