package htmldoc

import (
	"strings"

	"finpages/ingest/render/internal/dom"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// mainPlaces are where pages keep what they are about, the surest first. What
// is share of the text around it may be there by another reason.
var mainPlaces = []struct {
	selector string
	share    float64 // of the page's text that the place must hold
}{
	{"main, [role=main]", 0.1},
	{"article", 0.4},
	{"#main-content, .wiki-content, .markdown-body, .theme-doc-markdown, .md-content, [itemprop=articleBody]", 0.4},
	{"#content, .content, #main, .main", 0.5},
}

// ChooseMain takes for the content what holds what the page is about.
func (d *Document) ChooseMain() {
	d.Root = mainContent(goquery.NewDocumentFromNode(pageOf(d.Root)), d.Root)
}

func mainContent(page *goquery.Document, body *html.Node) *html.Node {
	all := textLength(body)
	for _, place := range mainPlaces {
		best, length := longest(page.Find(place.selector).Nodes)
		if best != nil && float64(length) >= place.share*float64(all) {
			return best
		}
	}
	return body
}

// longest returns the node with the most text; nodes within others of the
// list are not looked at.
func longest(nodes []*html.Node) (best *html.Node, length int) {
	seen := make(map[*html.Node]bool, len(nodes))
	for _, n := range nodes {
		inside := false
		for p := n.Parent; p != nil && !inside; p = p.Parent {
			inside = seen[p] || chrome[p.Data]
		}
		if inside {
			continue
		}
		seen[n] = true
		if l := textLength(n); l > length {
			best, length = n, l
		}
	}
	return best, length
}

// chrome are the parts of a page that are about the site.
var chrome = dom.Set("nav", "footer", "aside", "script", "style", "noscript", "template", "head")

// textLength counts the bytes of text that a reader of the page may see.
func textLength(n *html.Node) int {
	if n == nil || n.Type == html.ElementNode && chrome[n.Data] {
		return 0
	}
	if n.Type == html.TextNode {
		return len(strings.TrimSpace(n.Data))
	}
	sum := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		sum += textLength(c)
	}
	return sum
}

// pageTitle is the title of a page whose content has no h1: an h1 around the
// content, else the title of its head without the site's name.
func pageTitle(page *goquery.Document) string {
	title := dom.Collapse(page.Find("head title").First().Text())
	if text := dom.Collapse(page.Find("#title-text").First().Text()); text != "" {
		return withoutSpace(text, page)
	}
	site := dom.Collapse(page.Find(`meta[property="og:site_name"], meta[name="application-name"]`).AttrOr("content", ""))
	for _, mark := range []string{" | ", " - ", " – ", " — ", " · ", " :: "} {
		if site != "" && strings.HasSuffix(title, mark+site) {
			return strings.TrimSuffix(title, mark+site)
		}
	}
	found := ""
	page.Find("h1").EachWithBreak(func(_ int, h *goquery.Selection) bool {
		if text := dom.Collapse(h.Text()); text != "" && (title == "" || strings.Contains(title, text)) {
			found = text
		}
		return found == ""
	})
	if found != "" {
		return found
	}
	return withoutSpace(title, page)
}

// withoutSpace takes the name of the wiki's space off a title, once.
func withoutSpace(title string, page *goquery.Document) string {
	space := dom.Collapse(page.Find("#breadcrumbs li.first").First().Text())
	if rest, ok := strings.CutPrefix(title, space+" : "); ok && space != "" {
		return strings.TrimSpace(rest)
	}
	return title
}
