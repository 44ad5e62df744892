package dialect

import (
	"html"
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// isMarkdoc tells whether tags are ended as Markdoc's are: {% /name %}.
// https://markdoc.dev/docs/syntax
func (d *Document) isMarkdoc() bool {
	const mark = "{%/ of Markdoc"
	found, known := d.seen[mark]
	if !known {
		found = (d.has("{% /") || d.has("{%/")) && markdocEnd.MatchString(d.source) // and no {{% /name %}} of Hugo's
		d.seen[mark] = found
	}
	return found
}

var (
	markdocEnd   = regexp.MustCompile(`(?:^|[^{])\{%\s*/\s*[a-z]`)
	markdocNote  = regexp.MustCompile(`^\{%\s*(?:[#.][A-Za-z][\w-]*|[\w-]+=[^\s{}%]+|[\w-]+="[^"\n]*")(?:\s[^{}\n]*?)?%\}`)
	markdocValue = regexp.MustCompile(`^\{%\s*\$([A-Za-z_][\w.-]*)\s*%\}`)
	ruleLine     = regexp.MustCompile(`^\s*(?:-{3,}|\*{3,}|_{3,})\s*$`)
)

// annotation reads what Markdoc has about the element that it stands in, which is not
// shown, or a value, at the start of s.
func (d *Document) annotation(s string) (markup string, length int) {
	if !strings.HasPrefix(s, "{%") || !d.isMarkdoc() {
		return "", 0
	}
	if note := markdocNote.FindString(s); note != "" {
		return "", len(note)
	}
	m := markdocValue.FindStringSubmatch(s)
	if m == nil {
		return "", 0
	}
	name := strings.NewReplacer("frontmatter.", "page.", "markdoc.frontmatter.", "page.").Replace(m[1])
	text, ok := d.value(name)
	if !ok {
		d.warn("value left out: " + m[1])
	}
	return html.EscapeString(text), len(m[0])
}

// markdocTable writes a table whose rows are lists, parted by rules.
// https://markdoc.dev/docs/tags#table
func (r *rewriter) markdocTable(prefix string, call shortcode, lines []string, depth int) int {
	if call.name != "table" || call.closing || call.selfClosing || depth > maxNesting || !r.isMarkdoc() {
		return 0
	}
	n := r.enclosedLength(call.name, lines)
	if n == 0 || !slices.ContainsFunc(lines[1:n-1], ruleLine.MatchString) {
		return 0
	}
	body := dedentAll(lines[1:n-1], commonIndent(lines[1:n-1]))
	out, tag := []string{"<table>"}, "th"
	var row [][]string
	end := func() {
		if len(row) > 0 {
			out = append(out, "<tr>")
			for _, cell := range row {
				inner := r.inner()
				inner.lines(cell, depth+1)
				out = append(out, "<"+tag+">", "")
				out = append(out, strings.Split(strings.Trim(inner.out.String(), "\n"), "\n")...)
				out = append(out, "", "</"+tag+">")
			}
			out = append(out, "</tr>")
		} else if len(out) > 1 || tag == "td" {
			return
		}
		row, tag = nil, "td"
	}
	for _, line := range body {
		_, length := r.annotation(strings.TrimSpace(line))
		switch {
		case ruleLine.MatchString(line):
			end()
		case indent(line) == 0 && listCell.MatchString(line):
			row = append(row, []string{line[len(listCell.FindString(line)):]})
		case len(row) > 0 && length == 0:
			row[len(row)-1] = append(row[len(row)-1], dedent(line, 2))
		}
	}
	end()
	r.emitBlock(r.place(prefix), append(out, "</table>")...)
	return n
}
