package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var (
	tableCell  = regexp.MustCompile(`(?s)<(t[dh])\b([^<>]*)>(.*?)</t[dh]>`)
	cellMarkup = regexp.MustCompile("\\*\\*|`|\\]\\(|<<|\\n[ \\t]*[-*+] |_[A-Za-z]")
)

// cellTable writes a table of ReadMe's, whose cells hold Markdown at any indentation.
func (r *rewriter) cellTable(body []string, depth int) []string {
	text := strings.Join(body, "\n")
	out := []string{"<table>"}
	isHead := false
	tags := func(s string) {
		for line := range strings.SplitSeq(s, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, line)
			}
		}
		if start, end := strings.LastIndex(s, "<thead"), strings.LastIndex(s, "</thead"); start != end {
			isHead = start > end
		}
	}
	from := 0
	for _, at := range tableCell.FindAllStringSubmatchIndex(text, maxMagicCells) {
		tags(text[from:at[0]])
		t := tag{name: text[at[2]:at[3]]}
		if isHead {
			t.name = "th"
		}
		content := strings.Split(strings.Trim(text[at[6]:at[7]], "\n"), "\n")
		inner := r.inner()
		inner.open = 1
		inner.lines(dedentAll(content, commonIndent(content)), depth+1)
		out = append(out, htmlTag(t, parseArgs(text[at[4]:at[5]])), "")
		out = append(out, strings.Split(strings.Trim(inner.out.String(), "\n"), "\n")...)
		out = append(out, "", "</"+t.name+">")
		from = at[1]
	}
	tags(text[from:])
	return append(out, "</table>")
}

// markdownTable rewrites a table in HTML whose cells hold Markdown, as ReadMe has it.
func (r *rewriter) markdownTable(prefix string, t tag, after string, lines []string, n, depth int) int {
	e, ok := r.element(t, after, lines, n, depth)
	if !ok || !cellMarkup.MatchString(strings.Join(e.body, "\n")) {
		return 0
	}
	r.emitBlock(r.place(prefix), r.cellTable(e.body, depth)...)
	return r.restOfLine(prefix, e.rest, lines, e.lines, depth)
}
