package confluence

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"finpages/ingest/render/internal/dom"

	"golang.org/x/net/html"
)

// apart sets a word off from the words on both sides of what it replaces.
func apart(word string, n *html.Node) string {
	before, after := gaps(n)
	return before + word + after
}

// appendApart adds a node, set off from the words on both sides of what it
// replaces.
func appendApart(dst, node, replaced *html.Node) {
	before, after := gaps(replaced)
	appendText(dst, before)
	dst.AppendChild(node)
	appendText(dst, after)
}

// gaps are the spaces that a word needs in place of n.
func gaps(n *html.Node) (before, after string) {
	last := edge(n.PrevSibling, func(n *html.Node) *html.Node { return n.LastChild })
	if last != nil {
		if r, _ := utf8.DecodeLastRuneInString(last.Data); isObject(last) || last.Type == html.TextNode && isWord(r) {
			before = " "
		}
	}
	next := edge(n.NextSibling, func(n *html.Node) *html.Node { return n.FirstChild })
	if next != nil {
		if r, _ := utf8.DecodeRuneInString(next.Data); isObject(next) || next.Type == html.TextNode && isWord(r) {
			after = " "
		}
	}
	return before, after
}

// edge is what n begins or ends with.
func edge(n *html.Node, inner func(*html.Node) *html.Node) *html.Node {
	for n != nil && n.Type == html.ElementNode && !dom.Blocks[n.Data] && !isObject(n) && inner(n) != nil {
		n = inner(n)
	}
	return n
}

// isObject knows the elements of storage format that a word or two stand for.
func isObject(n *html.Node) bool {
	switch n.Data {
	case "time":
		return n.Type == html.ElementNode
	case "ac:structured-macro", "ac:macro":
		name := strings.ToLower(dom.Attr(n, "ac:name"))
		kind := macroKinds[name]
		return kind == phraseMacro && name != "anchor" || kind == fileMacro
	case "ac:link":
		return isMention(n)
	}
	return false
}

func isMention(link *html.Node) bool {
	target := linkTarget(link)
	return target != nil && target.Data == "ri:user"
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
