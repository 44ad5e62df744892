package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var tableCell = regexp.MustCompile(`(?s)<(t[dh])\b[^<>]*>(.*?)</t[dh]>`)

// cellTable writes a table of ReadMe's, whose cells hold Markdown at any indentation.
func (r *rewriter) cellTable(body []string, depth int) []string {
	text := strings.Join(body, "\n")
	out := []string{"<table>"}
	tags := func(s string) {
		for line := range strings.SplitSeq(s, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, line)
			}
		}
	}
	from := 0
	for _, at := range tableCell.FindAllStringSubmatchIndex(text, maxMagicCells) {
		tags(text[from:at[0]])
		name, content := text[at[2]:at[3]], strings.Split(strings.Trim(text[at[4]:at[5]], "\n"), "\n")
		inner := r.inner()
		inner.open = 1
		inner.lines(dedentAll(content, commonIndent(content)), depth+1)
		out = append(out, "<"+name+">", "")
		out = append(out, strings.Split(strings.Trim(inner.out.String(), "\n"), "\n")...)
		out = append(out, "", "</"+name+">")
		from = at[1]
	}
	tags(text[from:])
	return append(out, "</table>")
}
