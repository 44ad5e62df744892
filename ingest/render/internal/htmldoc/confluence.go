package htmldoc

import (
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// confluence mends what Confluence's renderer leaves in its pages.
func confluence(doc *goquery.Document) {
	syntaxHighlighter(doc)
	macroErrors(doc)
	confluenceBoxes(doc)
	tasks(doc)
	doc.Find(`img[src*="placeholder/unknown-attachment"], img[src*="placeholder/unknown-macro"], .expand-icon`).Remove()
	doc.Find("pre[data-syntaxhighlighter-params], pre[class*='brush:']").Each(func(_ int, s *goquery.Selection) {
		// Java is what Confluence writes where the author chose nothing.
		if strings.Contains(s.AttrOr("class", "")+s.AttrOr("data-syntaxhighlighter-params", ""), "brush: java;") {
			s.RemoveAttr("class")
		}
	})
	doc.Find(".pageSection").Each(func(_ int, s *goquery.Selection) {
		if s.Find("#attachments, #comments").Length() > 0 {
			s.Remove()
		}
	})
	attachmentLists(doc)
}

// syntaxHighlighter keeps the code that lies in a script element.
func syntaxHighlighter(doc *goquery.Document) {
	doc.Find(`script[type="syntaxhighlighter"]`).Each(func(_ int, s *goquery.Selection) {
		code := strings.TrimSpace(s.Text())
		code = strings.TrimSuffix(strings.TrimPrefix(code, "<![CDATA["), "]]>")
		if !strings.Contains(code, "<") { // escaped once more by some exporters
			code = html.UnescapeString(code)
		}
		pre := element("pre", atom.Pre)
		pre.Attr = []html.Attribute{{Key: "class", Val: s.AttrOr("class", "")}}
		pre.AppendChild(&html.Node{Type: html.TextNode, Data: code})
		s.ReplaceWithNodes(pre)
	})
}

var unknownMacro = regexp.MustCompile(`^\s*Unknown macro:\s*(\{[^{}]*\})\s*$`)

// macroErrors drops error messages. A name that the wiki took for a macro in
// running text is what the author wrote.
func macroErrors(doc *goquery.Document) {
	doc.Find("div.error").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return collapse(s.Text()) == collapse(s.Find("span.error").Text()) && isMacroError(s.Text())
	}).Remove()
	doc.Find("span.error").Each(func(_ int, s *goquery.Selection) {
		m := unknownMacro.FindStringSubmatch(s.Text())
		switch {
		case m != nil && inText(s.Get(0)):
			s.ReplaceWithNodes(&html.Node{Type: html.TextNode, Data: m[1]})
		case isMacroError(s.Text()):
			s.Remove()
		}
	})
}

// inText tells whether text stands next to a node.
func inText(n *html.Node) bool {
	for _, side := range []*html.Node{n.PrevSibling, n.NextSibling} {
		if side != nil && (side.Type == html.TextNode && strings.TrimSpace(side.Data) != "" || side.Type == html.ElementNode && side.Data != "br" && side.Data != "span") {
			return true
		}
	}
	return false
}

func isMacroError(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "Unknown macro:") || strings.HasPrefix(text, "Error formatting macro:") || strings.HasPrefix(text, "Error rendering macro")
}

// tasks writes whether a task is done.
func tasks(doc *goquery.Document) {
	doc.Find("li[data-inline-task-id]").Each(func(_ int, s *goquery.Selection) {
		mark := "☐ "
		if s.HasClass("checked") {
			mark = "☑ "
		}
		s.PrependNodes(&html.Node{Type: html.TextNode, Data: mark})
	})
}

// attachmentLists drops the list of files that exports put below a page.
func attachmentLists(doc *goquery.Document) {
	doc.Find("h2#attachments, .pageSectionTitle").Each(func(_ int, s *goquery.Selection) {
		if strings.HasPrefix(collapse(s.Text()), "Attachments") {
			s.Closest(".pageSection, .pageSectionHeader").NextFiltered(".greybox").Remove()
			s.Remove()
		}
	})
}
