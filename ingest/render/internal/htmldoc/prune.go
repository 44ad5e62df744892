package htmldoc

import (
	"strings"
	"unicode"

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
	".confluence-information-macro-icon",
	".theme-doc-version-badge", ".theme-doc-footer", "[class^=tableOfContents_]", ".theme-doc-toc-mobile", ".md-sidebar",
	".md-content__button", ".md-feedback", ".mw-editsection", ".mw-jump-link", "#siteNotice", "#siteSub", "#contentSub", ".printfooter",
	"#catlinks", "#toc.toc", "#mw-navigation", ".entry-footer", ".entry-meta", "#comments", ".comments-area", ".sharedaddy", ".jp-relatedposts",
	".feedback-section", ".clipboard-button", ".copy-button", ".copybtn", ".linenos", ".gutter", ".lineno",
}, ", ")

// contents are what lists of a page's headings are called, as are chapters about
// such lists.
const contents = ".table-of-contents, #toc, #table-of-contents"

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
	remove(doc.Find(contents).FilterFunction(func(_ int, s *goquery.Selection) bool { return isLinks(s) }))
	remove(doc.Find("form"))
	remove(doc.Find("footer, aside, header").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return !isAuthors(root, s)
	}))
}

// isAuthors tells what the author has set beside or below the text from what
// the site has. Where the content has a place of its own, all in it is the
// author's but lists of links.
func isAuthors(root *html.Node, s *goquery.Selection) bool {
	n := s.Get(0)
	switch {
	case n.Data == "footer" && s.Closest("blockquote, figure").Length() > 0, n.Data == "aside" && isNote(s):
		return true
	case root.Data == "body" && n.Data != "header" && s.Closest("main, article, section").Length() == 0:
		return false
	case n.Data == "header":
		return root.Data != "body" || s.Closest("main, article, section").Length() > 0 || s.Find("h1").Length() > 0
	}
	return !isLinks(s)
}

// isLinks tells whether at least half of a part's text leads elsewhere.
func isLinks(s *goquery.Selection) bool {
	linked := 0
	s.Find("a").Each(func(_ int, a *goquery.Selection) { linked += textBelow(a.Get(0)) })
	return textBelow(s.Get(0)) <= 2*linked
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

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

// mayBeFootnote tells whether an element may be a link to a footnote, or back.
func mayBeFootnote(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "class" && strings.Contains(a.Val, "footnote-") || a.Key == "role" && strings.HasPrefix(a.Val, "doc-") {
			return n.Data == "a"
		}
	}
	return false
}

// UnlinkFootnotes turns the numbers of footnotes, which lead nowhere outside
// the page, into text, and drops the arrows that lead back to them.
func (d *Document) UnlinkFootnotes() {
	if !holds(d.Root, mayBeFootnote) {
		return
	}
	doc := goquery.NewDocumentFromNode(d.Root)
	doc.Find("a.footnote-backref, a[role=doc-backlink]").Each(func(_ int, s *goquery.Selection) {
		if strings.ContainsFunc(s.Text(), isWord) {
			s.RemoveAttr("href") // it is the note's number
			return
		}
		if before := s.Get(0).PrevSibling; before != nil && before.Type == html.TextNode {
			before.Data = strings.TrimRight(before.Data, " \u00a0")
		}
		s.Remove()
	})
	doc.Find("a.footnote-ref, a[role=doc-noteref]").Each(func(_ int, s *goquery.Selection) {
		s.RemoveAttr("href")
	})
}
