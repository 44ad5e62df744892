package htmldoc

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// furniture is what stands around the content, or in it to serve a browser.
var furniture = strings.Join([]string{
	"nav", "[role=navigation]", "[role=banner]", "[role=contentinfo]", "[role=search]", "[role=complementary]",
	"[role=menu]", "[role=menubar]", "[role=dialog]", "#breadcrumbs", "#breadcrumb-section", ".breadcrumb", ".breadcrumbs",
	".page-metadata", ".skip-link", ".skip-to-content", ".headerlink", ".header-anchor", ".hash-link", ".anchorjs-link",
	".edit-page-link", ".theme-edit-this-page", ".pagination-nav", ".md-source-file", ".toc-macro", ".client-side-toc-macro",
	".createlink.hidden", "#likes-and-labels-container", "#labels-section", ".labels-section", "#footer", "body > .footer",
	".table-of-contents", "#toc", "#table-of-contents", ".confluence-information-macro-icon",
	".clipboard-button", ".copy-button", ".copybtn", ".linenos", ".gutter", ".lineno",
}, ", ")

// Prune takes furniture out of a page. What holds most of the text is no
// furniture, whatever it is called.
func (d *Document) Prune() {
	root := d.Root
	doc := goquery.NewDocumentFromNode(root)
	half := textBelow(root)/2 + 1
	remove := func(sel *goquery.Selection) {
		sel.Each(func(_ int, s *goquery.Selection) {
			if textBelow(s.Get(0)) < half {
				s.Remove()
			}
		})
	}
	remove(doc.Find(furniture))
	remove(doc.Find("form"))
	remove(doc.Find("footer").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return s.Closest("blockquote, figure").Length() == 0
	}))
	remove(doc.Find("aside").FilterFunction(func(_ int, s *goquery.Selection) bool { return !isNote(s) }))
	if root.Data == "body" {
		remove(doc.Find("header").FilterFunction(func(_ int, s *goquery.Selection) bool {
			return s.Closest("main, article, section").Length() == 0 && s.Find("h1").Length() == 0
		}))
	}
}

// textBelow is the length of all text, furniture or not.
func textBelow(root *html.Node) int {
	sum := 0
	for n := range root.Descendants() {
		if n.Type == html.TextNode && (n.Parent == nil || n.Parent.Data != "script" && n.Parent.Data != "style") {
			sum += len(strings.TrimSpace(n.Data))
		}
	}
	return sum
}

var noteWords = []string{"note", "tip", "warn", "caution", "danger", "info", "admonition", "callout", "important",
	"alert", "hint"}

// isNote tells an aside to the reader from one about the site.
func isNote(s *goquery.Selection) bool {
	class := strings.ToLower(s.AttrOr("class", "") + " " + s.AttrOr("role", ""))
	for _, word := range noteWords {
		if strings.Contains(class, word) {
			return true
		}
	}
	return false
}

// UnlinkFootnotes turns the numbers of footnotes, which lead nowhere outside
// the page, into text, and drops the arrows that lead back to them.
func (d *Document) UnlinkFootnotes() {
	doc := goquery.NewDocumentFromNode(d.Root)
	doc.Find("a.footnote-backref, a[role=doc-backlink]").Each(func(_ int, s *goquery.Selection) {
		if before := s.Get(0).PrevSibling; before != nil && before.Type == html.TextNode {
			before.Data = strings.TrimRight(before.Data, " \u00a0")
		}
		s.Remove()
	})
	doc.Find("a.footnote-ref, a[role=doc-noteref]").Each(func(_ int, s *goquery.Selection) {
		s.RemoveAttr("href")
	})
}
