package dialect

import (
	"slices"
	"strings"

	"finpages/ingest/render/internal/dom"
)

// isContainer are the elements of HTML in which authors indent Markdown.
var isContainer = map[string]bool{
	"details": true, "div": true, "section": true, "article": true, "center": true, "figure": true, "main": true,
	"ol": true, "ul": true, "li": true,
}

// isList are those that authors indent as HTML, without a blank line, where they hold none.
var isList = dom.Set("ol", "ul", "li")

// container takes the indentation off what lies in an element of HTML, in
// which it means nothing; to the parser it would be code.
func (r *rewriter) container(prefix string, t tag, joined string, lines []string, n, depth int) int {
	after, _, _ := strings.Cut(joined[t.length:], "\n")
	after = strings.TrimSpace(after)
	e, ok := r.element(t, after, lines, n, depth)
	if !ok || e.lines == n {
		return 0
	}
	isMarkdown := r.mdx || markdownInside(t.args)
	if !r.mdx && commonIndent(lines[n:e.lines-1]) == 0 || !isMarkdown && isCode(lines[n:e.lines], indent(prefix)) {
		return 0
	}
	if isList[strings.ToLower(t.name)] && !slices.ContainsFunc(trimBlank(e.body), isBlank) {
		return 0
	}
	for _, line := range e.body {
		if strings.Contains(strings.ToLower(line), "<pre") {
			return 0
		}
	}
	inner := r.inner()
	inner.lines(e.body, depth+1)
	text := strings.Trim(inner.out.String(), "\n")
	place := strings.Repeat(" ", min(r.item(), indent(prefix)))
	var block []string
	block = append(block, htmlTag(t, parseArgs(t.args)))
	if isMarkdown || isBlank(lines[n]) { // else it is HTML
		block = append(block, "")
	}
	block = append(block, strings.Split(text, "\n")...)
	if isMarkdown || isBlank(lines[e.lines-2]) {
		block = append(block, "")
	}
	r.emitBlock(place, append(block, "</"+t.name+">")...)
	return r.restOfLine(place, e.rest, lines, e.lines, depth)
}

// isCode tells whether the lines in an element, itself indented by a width, are code
// that is set off by its indentation: a blank line comes first, and none begins with a tag.
func isCode(lines []string, width int) bool {
	if len(lines) == 0 || !isBlank(lines[0]) {
		return false
	}
	for _, line := range lines {
		if !isBlank(line) {
			return indent(line) >= width+4 && !strings.HasPrefix(strings.TrimLeft(line, " \t"), "<")
		}
	}
	return false
}
