package convert

import (
	"encoding/csv"
	"slices"
	"strings"
	"unicode/utf8"
)

// csvTable rewrites what the cells of a table in CSV hold.
func (r *rst) csvTable(d directive) []string {
	_, options, rest := d.parts()
	for _, name := range []string{"quote", "escape"} {
		if _, isOwn := options[name]; isOwn {
			return append(d.block, r.csvFile(d)...)
		}
	}
	head := slices.Clone(d.block[:len(d.block)-len(rest)])
	if file := r.csvFile(d); file != nil {
		rest = file
	}
	comma := ','
	switch delimiter := strings.TrimSpace(options["delim"]); delimiter {
	case "":
	case "tab":
		comma = '\t'
	case "space":
		comma = ' '
	default:
		comma, _ = utf8.DecodeRuneInString(delimiter)
	}
	rows, ok := r.csvRows(d.at, strings.Join(dedented(rest), "\n"), comma)
	if !ok {
		return append(head, rest...)
	}
	for i, line := range head {
		m := rstOption.FindStringSubmatch(line)
		if m == nil || m[1] != "header" || i+1 < len(head) && !rstOption.MatchString(head[i+1]) {
			continue
		}
		if names, ok := r.csvRows(d.at, m[2], comma); ok {
			head[i] = strings.Repeat(" ", indentOf(line)) + ":header: " + strings.Join(names, " ")
		}
	}
	return append(append(head, ""), pad(d.indent+3, rows...)...)
}

// csvRows returns the lines of a table; false if it is not to be read.
func (r *rst) csvRows(at, text string, comma rune) (lines []string, ok bool) {
	if !strings.Contains(text, ":`") {
		return strings.Split(text, "\n"), strings.TrimSpace(text) != ""
	}
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord, in.TrimLeadingSpace = comma, -1, comma != ' ' && comma != '\t'
	rows, err := in.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, false
	}
	var out strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				out.WriteRune(comma)
			}
			cell = strings.Join(r.rewrite(at, strings.Split(cell, "\n")), "\n")
			out.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
		}
		out.WriteByte('\n')
	}
	return strings.Split(strings.TrimRight(out.String(), "\n"), "\n"), true
}
