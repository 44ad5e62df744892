package dialect

import (
	"html"
	"strings"

	"finpages/ingest/render/internal/dom"
	regexp "finpages/sources/lazyregexp"
)

// htmlBlocks are the elements whose tags begin blocks of HTML, in which nothing is
// Markdown: https://spec.commonmark.org/0.31.2/#html-blocks
var htmlBlocks = dom.Set("address", "article", "aside", "base", "basefont", "blockquote", "body", "caption", "center",
	"col", "colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
	"form", "frame", "frameset", "head", "header", "hr", "html", "iframe", "legend", "li", "link", "main", "menu",
	"menuitem", "nav", "noframes", "ol", "optgroup", "option", "p", "param", "search", "section", "summary", "table",
	"tbody", "td", "tfoot", "th", "thead", "title", "tr", "track", "ul")

// isLink tells whether a tag begins or ends a component that is a link:
// https://docusaurus.io/docs/docusaurus-core#link
func isLink(t tag) bool {
	switch t.name {
	case "Link", "NavLink", "NextLink", "NuxtLink", "RouterLink", "RouteLink", "ExternalLink", "InternalLink", "DocLink",
		"DocsLink", "router-link", "nuxt-link":
		return t.closing || !t.selfClosing && linkAddress(t) != ""
	}
	return false
}

// linkAddress is where a component leads to; "" if only its site knows.
func linkAddress(t tag) string {
	if addressOfCode.MatchString(t.args) {
		return ""
	}
	return parseArgs(t.args).first("href", "to")
}

var addressOfCode = regexp.MustCompile("(?:^|\\s)(?:href|to)=\\{\\s*[^\\s'\"`]")

// linkTag is the tag of HTML for that of a component that is a link.
func linkTag(t tag) string {
	if t.closing {
		return "</a>"
	}
	return `<a href="` + html.EscapeString(linkAddress(t)) + `">`
}

// linkFirst rewrites a link that a line begins with, which the parser would take for
// a block of HTML. It returns how many lines it took.
func (r *rewriter) linkFirst(prefix string, t tag, after string, lines []string, n int) int {
	text := linkTag(t) + after
	if after == "" && !t.closing {
		for n < min(len(lines), maxTagLines) && !isBlank(lines[n]) {
			n++
			text += strings.TrimSpace(lines[n-1]) + " "
			if strings.Contains(lines[n-1], "</"+t.name) {
				break
			}
		}
	}
	lines[n-1] = prefix + text
	return n - 1 + r.prose(lines[n-1:])
}
