package dialect

import (
	"encoding/csv"
	"strconv"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var (
	listRow  = regexp.MustCompile(`^[*-][ \t]+[*-](?:[ \t]+|$)`)
	listCell = regexp.MustCompile(`^[*-](?:[ \t]+|$)`)
)

// mystTable is a table that is written as a list, as values with commas, or as a
// table of Markdown's; with its title.
func (r *rewriter) mystTable(b mystBlock, depth int) []string {
	title := []string{strong(b.arg), ""}
	if b.arg == "" {
		title = nil
	}
	heads, err := strconv.Atoi(b.options.first("header-rows"))
	if err != nil {
		heads = 0
	}
	var rows [][]string
	switch b.name {
	case "list-table", "flat-table":
		rows = listRows(b.body)
	case "csv-table":
		rows = r.csvRows(b)
		if b.options.first("header") != "" {
			heads = 1
		}
	}
	if len(rows) == 0 || widest(rows) > maxCells {
		return append(title, r.mystText(b.body, depth)...)
	}
	return append(title, r.mystText(pipeTable(rows, heads > 0), depth)...)
}

// listRows reads the rows of a table that is a list of lists, nil if it is none
// or its cells hold more than a text.
func listRows(body []string) [][]string {
	var rows [][]string
	start := 0
	for _, line := range trimBlank(body) {
		rest := strings.TrimLeft(line, " ")
		switch m := listRow.FindString(line); {
		case m != "":
			start = strings.IndexAny(line[1:], "*-") + 1
			rows = append(rows, []string{line[len(m):]})
		case len(rows) == 0, strings.HasPrefix(rest, "```"):
			return nil
		case indent(line) == start && listCell.MatchString(rest):
			last := len(rows) - 1
			rows[last] = append(rows[last], rest[len(listCell.FindString(rest)):])
		case indent(line) > start:
			row := rows[len(rows)-1]
			row[len(row)-1] = strings.TrimSpace(row[len(row)-1] + " " + rest)
		case !isBlank(line):
			return nil
		}
	}
	return rows
}

func (r *rewriter) csvRows(b mystBlock) [][]string {
	text := strings.Join(trimBlank(b.body), "\n")
	if file := b.options.first("file"); file != "" {
		text, _ = r.load(file)
	}
	if header := b.options.first("header"); header != "" {
		text = header + "\n" + text
	}
	reader := csv.NewReader(strings.NewReader(text))
	reader.FieldsPerRecord, reader.TrimLeadingSpace, reader.LazyQuotes = -1, true, true
	if delim := b.options.first("delim"); len(delim) == 1 {
		reader.Comma = rune(delim[0])
	}
	rows, err := reader.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil
	}
	return rows
}

func widest(rows [][]string) int {
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	return width
}

// pipeTable writes rows as a table of Markdown's.
func pipeTable(rows [][]string, hasHead bool) []string {
	width := widest(rows)
	if !hasHead {
		rows = append([][]string{make([]string, width)}, rows...)
	}
	var out []string
	for i, row := range rows {
		line := "|"
		for c := range width {
			cell := ""
			if c < len(row) {
				cell = strings.ReplaceAll(strings.ReplaceAll(row[c], "\n", " "), "|", `\|`)
			}
			line += " " + cell + " |"
		}
		out = append(out, line)
		if i == 0 {
			out = append(out, "|"+strings.Repeat(" --- |", width))
		}
	}
	return out
}
