package htmldoc

import (
	"strings"

	"finpages/ingest/render/internal/dom"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// gutters are where highlighters put the numbers of lines: Chroma, Pygments,
// Rouge, Prism, highlight.js, Shiki, SyntaxHighlighter, GitHub.
var gutters = strings.Join([]string{
	".ln", ".lnt", ".lineno", ".linenos", ".linenodiv", ".gutter", ".line-number", ".linenumber", ".line-numbers-rows",
	".line-numbers", ".hljs-ln-numbers", ".blob-num", ".react-line-number", ".react-syntax-highlighter-line-number",
	".rouge-gutter", ".code-line-number", ".line-num", ".source-line-no", ".crayon-nums", "[data-line-number]:empty", "[data-pseudo-content]:empty",
	".CodeMirror-linenumber", `pre span[style*="user-select:none"]`, `pre span[style*="user-select: none"]`,
}, ", ")

// gutterClasses are the classes among them, and of what [Document.openLines] reads.
var gutterClasses = func() map[string]bool {
	m := map[string]bool{}
	for selector := range strings.SplitSeq(gutters, ", ") {
		if class, ok := strings.CutPrefix(selector, "."); ok {
			m[class] = true
		}
	}
	for _, class := range []string{"language-id", "language-name", "lang", "fragment", "source-toolbox", "expressive-code"} {
		m[class] = true
	}
	return m
}()

// mayBeGutter tells whether an element may be one of the gutters.
func mayBeGutter(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "data-line-number", "data-pseudo-content":
			return true
		case "style":
			if n.Data == "span" && strings.Contains(a.Val, "user-select:") {
				return true
			}
		case "class":
			for class := range strings.FieldsSeq(a.Val) {
				if gutterClasses[class] {
					return true
				}
			}
		}
	}
	return false
}

// PlainCode takes the numbers of lines out of code, and the tables that set
// them beside it.
func (d *Document) PlainCode() {
	if !holds(d.Root, mayBeGutter) {
		return
	}
	doc := goquery.NewDocumentFromNode(d.Root)
	d.openLines(doc)
	var tables []*html.Node
	doc.Find(gutters).Each(func(_ int, s *goquery.Selection) {
		n := s.Get(0)
		if n.Parent == nil || dom.IsElement(n, "table") || dom.IsElement(n, "pre") && !isNumbers(n) || !isNumbers(n) {
			return
		}
		for p := n; p != nil; p = p.Parent {
			if dom.IsElement(p, "td") || dom.IsElement(p, "th") {
				if isNumbers(p) {
					n = p
				}
			}
			if dom.IsElement(p, "table") {
				tables = append(tables, p)
				break
			}
		}
		if isInCode(n) {
			dom.Remove(n)
		}
	})
	for _, table := range tables {
		if table.Parent != nil {
			openCodeTable(table)
		}
	}
}

// holds tells whether there is an element below n that match takes.
func holds(n *html.Node, match func(*html.Node) bool) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && (match(c) || holds(c, match)) {
			return true
		}
	}
	return false
}

// isNumbers tells whether all that an element shows are numbers.
func isNumbers(n *html.Node) bool {
	return strings.Trim(dom.Text(n), "0123456789 \t\n\r\u00a0.:|") == ""
}

// isInCode tells whether an element is part of highlighted code.
func isInCode(n *html.Node) bool {
	if dom.HasClass(n, "blob-num") {
		return true
	}
	for p := n.Parent; p != nil; p = p.Parent {
		class := strings.ToLower(dom.Attr(p, "class"))
		if p.Data == "pre" || p.Data == "code" || strings.Contains(class, "highlight") || strings.Contains(class, "lntable") ||
			strings.Contains(class, "blob") || strings.Contains(class, "code") || strings.Contains(class, "crayon") || strings.Contains(class, "syntaxhl") || strings.Contains(class, "hljs") {
			return true
		}
	}
	return false
}

// openCodeTable puts the code of a table whose numbers are gone in its place:
// one cell with all lines, or a row for each.
func openCodeTable(table *html.Node) {
	var cells []*html.Node
	for n := range table.Descendants() {
		if dom.IsElement(n, "td") || dom.IsElement(n, "th") {
			cells = append(cells, n)
		}
	}
	rows := goquery.NewDocumentFromNode(table).Find("tr").Length()
	if len(cells) == 0 || len(cells) > rows {
		return
	}
	var lines []string
	var title *html.Node
	for _, cell := range cells {
		if dom.HasClass(cell, "filename") {
			title = dom.BoldLine(dom.Visible(cell))
			continue
		}
		lines = append(lines, cellCode(cell))
	}
	code := strings.Join(lines, "\n")
	for p := table.Parent; p != nil; p = p.Parent {
		if p.Data == "pre" || p.Data == "code" {
			dom.Replace(table, dom.TextNode(code))
			return
		}
	}
	language := ""
	if inner := dom.Find(table, func(n *html.Node) bool { return n.Data == "code" }); inner != nil {
		language = dom.Attr(inner, "class")
	}
	block := dom.CodeBlock(code, "")
	if language != "" {
		block.FirstChild.Attr = []html.Attribute{{Key: "class", Val: language}}
	}
	if title != nil {
		dom.Replace(table, title, block)
		return
	}
	dom.Replace(table, block)
}

// cellCode is the code of a cell, which some highlighters write as blocks, each a
// line that is spaced with no-break spaces.
func cellCode(cell *html.Node) string {
	var lines []string
	for n := range cell.Descendants() {
		if dom.HasClass(n, "crayon-line") {
			lines = append(lines, strings.ReplaceAll(dom.Text(n), "\u00a0", " "))
		}
	}
	if len(lines) > 0 {
		return strings.Join(lines, "\n")
	}
	return strings.TrimSuffix(dom.Text(cell), "\n")
}

// openLines makes code of the lines that Doxygen writes as blocks, and takes away
// the names of languages that highlighters show beside code.
func (d *Document) openLines(doc *goquery.Document) {
	doc.Find("pre .language-id, [class*=language-] > span.lang, .example-header .language-name, .source-toolbox, " +
		".expressive-code .sr-only").Each(func(_ int, s *goquery.Selection) {
		dom.Remove(s.Get(0))
	})
	doc.Find("div.fragment").Each(func(_ int, s *goquery.Selection) {
		lines := s.ChildrenFiltered("div.line")
		if lines.Length() == 0 || lines.Length() != s.Children().Length() {
			return
		}
		var code []string
		lines.Each(func(_ int, line *goquery.Selection) {
			if line.Find(".lineno").Remove().Length() > 0 {
				trimStart(line.Get(0))
			}
			code = append(code, strings.ReplaceAll(dom.Text(line.Get(0)), "\u00a0", " "))
		})
		dom.Replace(s.Get(0), dom.CodeBlock(strings.Join(code, "\n"), ""))
	})
}

// trimStart takes the no-break space away that parts a number from its line.
func trimStart(line *html.Node) {
	for n := range line.Descendants() {
		if n.Type == html.TextNode && n.Data != "" {
			n.Data = strings.TrimPrefix(n.Data, "\u00a0")
			return
		}
	}
}
