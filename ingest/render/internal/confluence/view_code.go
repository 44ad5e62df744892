package confluence

import (
	"strings"

	"finpages/ingest/render/internal/dom"
	regexp "finpages/sources/lazyregexp"

	"golang.org/x/net/html"
)

// scripts keeps the code that lies in script elements, where dropping all
// scripts would lose it, and formulas for MathJax.
func (v *view) scripts() {
	v.each(`script[type="syntaxhighlighter"]`, func(n *html.Node) {
		code := strings.ReplaceAll(dom.Text(n), "\r\n", "\n")
		if inner, ok := strings.CutPrefix(strings.TrimSpace(code), "<![CDATA["); ok {
			code = strings.TrimSuffix(inner, "]]>")
		}
		code = strings.ReplaceAll(code, "]]]]><![CDATA[>", "]]>")
		if v.isApache {
			code = strings.TrimSuffix(strings.TrimPrefix(code, "\n"), "\n") // blank lines beyond are the author's
			if isEscapedTwice(code) {
				code = escapedTwice.Replace(code)
			}
		}
		dom.Replace(n, dom.CodeBlock(code, brush(dom.Attr(n, "class"))))
	})
}

// isApache tells whether a page is of Apache's exporter, which sets code
// between line ends and may write entities into it.
func isApache(root *html.Node) bool {
	return dom.Attr(root, "id") == "ConfluenceContent" || findIn(root, "#ConfluenceContent") != nil
}

// escapedTwice undoes the entities that Apache's exporter writes into scripts,
// where there are none.
var escapedTwice = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#39;", "'",
	"&apos;", "'", "&nbsp;", " ", "&amp;", "&")

// isEscapedTwice tells code with entities in place of each sign that has one
// from code that is about entities.
func isEscapedTwice(code string) bool {
	return !strings.ContainsAny(code, `<>"`) && !strings.Contains(entity.ReplaceAllString(code, ""), "&")
}

var entity = regexp.MustCompile(`&(?:lt|gt|quot|apos|nbsp|amp|#39);`)

var brushName = regexp.MustCompile(`(?i)brush:\s*([a-z0-9+#._-]{1,30})`)

// brush is the language among the parameters of the highlighter; "" where it
// is Java, which Confluence writes where the author chose nothing.
func brush(params string) string {
	m := brushName.FindStringSubmatch(params)
	if m == nil {
		return ""
	}
	language := strings.ToLower(m[1])
	if language == "java" || !languageName(language) {
		return ""
	}
	return language
}

// HasCode tells whether the page has code as a wiki's renderer writes it, between
// whose tags and text nothing stands that is not the author's.
func HasCode(root *html.Node) bool { return findIn(root, "pre[data-syntaxhighlighter-params]") != nil }

// highlighted makes plain code of what the highlighters have made of it in a
// browser, and names the language of what they have not touched.
func (v *view) highlighted() {
	v.each("pre[data-syntaxhighlighter-params], pre[class*='brush:']", func(n *html.Node) {
		language := brush(dom.Attr(n, "data-syntaxhighlighter-params") + " " + dom.Attr(n, "class"))
		rename(n, "pre")
		if language != "" {
			n.Attr = []html.Attribute{{Key: "class", Val: "language-" + language}}
		}
	})
	v.each("div.syntaxhighlighter, table.syntaxhighlighter", func(n *html.Node) {
		if lines := findAll(n, "td.code .line", ".line"); len(lines) > 0 {
			dom.Replace(n, dom.CodeBlock(joinLines(lines, ""), languageClass(n)))
		}
	})
	v.each("[data-ds--code--code-block]", func(n *html.Node) {
		if code := findIn(n, "code"); code != nil {
			language := strings.TrimPrefix(dom.Attr(code, "class"), "language-")
			if !languageName(language) {
				language = ""
			}
			v.remove(".linenumber, .ds-line-number")
			dom.Replace(n, dom.CodeBlock(strings.TrimSuffix(dom.Text(code), "\n"), language))
		}
	})
	v.each(".dp-highlighter", func(n *html.Node) {
		if lines := findAll(n, "ol > li"); len(lines) > 0 {
			dom.Replace(n, dom.CodeBlock(joinLines(lines, " "), ""))
		}
	})
	v.each(".codeHeader, .preformattedHeader", func(n *html.Node) {
		if title := dom.Visible(n); title != "" {
			dom.Replace(n, dom.BoldLine(title))
		}
	})
}

// findAll returns what the first of the selectors that finds anything finds.
func findAll(n *html.Node, selectors ...string) []*html.Node {
	for _, s := range selectors {
		if found := selectIn(n, s); len(found) > 0 {
			return found
		}
	}
	return nil
}

// joinLines writes lines of code that a highlighter has spaced with no-break
// spaces: one stands in a line that is empty. end is what it adds to each.
func joinLines(lines []*html.Node, end string) string {
	var code []string
	for _, n := range lines {
		line := strings.TrimRight(dom.Text(n), "\n")
		if line == "\u00a0" {
			line = ""
		}
		code = append(code, strings.TrimRight(strings.ReplaceAll(line, "\u00a0", " "), end))
	}
	return strings.Join(code, "\n")
}

// languageClass is the language among the classes of a highlighted block.
func languageClass(n *html.Node) string {
	fields := strings.Fields(dom.Attr(n, "class"))
	last := fields[len(fields)-1]
	if last == "syntaxhighlighter" || last == "nogutter" || last == "java" || !languageName(last) {
		return ""
	}
	return last
}

// formulas writes the source of what MathJax has set or would set.
func (v *view) formulas() {
	const scripts = `script[type^="math/tex"]`
	if v.doc.Find(scripts).Length() == 0 {
		return
	}
	v.remove(".MathJax_Preview, .MathJax, .MathJax_Display, .MathJax_SVG, .MathJax_CHTML")
	v.each(scripts, func(n *html.Node) {
		source := strings.TrimSpace(dom.Text(n))
		switch {
		case source == "":
		case strings.Contains(dom.Attr(n, "type"), "mode=display"):
			dom.Replace(n, dom.CodeBlock(source, "latex"))
		default:
			dom.Replace(n, dom.Wrap("code", source))
		}
	})
}
