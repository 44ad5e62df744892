package htmldoc

import (
	"strings"

	"finpages/ingest/render/internal/dom"
	regexp "finpages/sources/lazyregexp"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// mayHoldCards tells whether markup may have what [Document.OpenCards] is for.
func mayHoldCards(markup string) bool {
	return strings.Contains(markup, "data-hidden") || strings.Contains(markup, `class="fa-`)
}

var iconName = regexp.MustCompile(`^\s*:[a-z0-9-]+:\s*$`)

// OpenCards reads what GitBook keeps for its own use: columns of a table that it does
// not show, of which one leads where the row does, and the names of icons.
func (d *Document) OpenCards() {
	if !d.mayHoldCards {
		return
	}
	doc := goquery.NewDocumentFromNode(d.Root)
	doc.Find(`i[class^="fa-"]`).Each(func(_ int, s *goquery.Selection) {
		if iconName.MatchString(s.Text()) {
			s.Remove()
		}
	})
	doc.Find("table").Each(func(_ int, table *goquery.Selection) {
		heads := table.Find("tr").First().Children()
		hidden := map[int]bool{}
		target := -1
		heads.Each(func(i int, head *goquery.Selection) {
			if _, is := head.Attr("data-hidden"); is {
				hidden[i] = true
				if _, is := head.Attr("data-card-target"); is {
					target = i
				}
			}
		})
		if len(hidden) == 0 {
			return
		}
		table.Find("tr").Each(func(_ int, row *goquery.Selection) { hideCells(row, hidden, target) })
	})
}

// hideCells takes the hidden cells out of a row, whose first text becomes the link
// of the target.
func hideCells(row *goquery.Selection, hidden map[int]bool, target int) {
	var shown, out []*html.Node
	href := ""
	row.Children().Each(func(i int, cell *goquery.Selection) {
		if i == target {
			href = cell.Find("a").AttrOr("href", "")
		}
		if hidden[i] {
			out = append(out, cell.Get(0))
		} else {
			shown = append(shown, cell.Get(0))
		}
	})
	if len(shown) == 0 {
		return
	}
	for _, cell := range out {
		dom.Remove(cell)
	}
	for _, cell := range shown {
		isLinked := dom.Find(cell, func(n *html.Node) bool { return n.Data == "a" }) != nil
		if href != "" && !isLinked && !dom.HasBlock(cell) && strings.TrimSpace(dom.Text(cell)) != "" {
			link := dom.Element("a", html.Attribute{Key: "href", Val: href})
			dom.MoveChildren(link, cell)
			cell.AppendChild(link)
			return
		}
	}
}
