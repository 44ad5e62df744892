package convert

import (
	"strings"
	"unicode"

	regexp "finpages/sources/lazyregexp"

	"golang.org/x/text/width"
)

// table rewrites what the cells of a table hold, and makes room for it. It
// returns nil for a table whose cells span columns or rows.
func (r *rst) table(at string, lines []string) []string {
	if rstGridBorder.MatchString(lines[0]) {
		return r.gridTable(at, lines)
	}
	return r.simpleTable(lines)
}

// columns are where the columns of a table begin and end, from 0.
type columns [][2]int

func (c columns) cut(line string) []string {
	cells := make([]string, len(c))
	at := 0
	for _, char := range line {
		for i, column := range c {
			if at >= column[0] && at < column[1] {
				cells[i] += string(char)
			}
		}
		at += widthOf(char)
	}
	return cells
}

// widthOf is how many columns Docutils counts for a character.
func widthOf(char rune) int {
	if unicode.Is(unicode.Mn, char) {
		return 0
	}
	switch width.LookupRune(char).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

func widthOfAll(text string) (n int) {
	for _, char := range text {
		n += widthOf(char)
	}
	return n
}

func filled(text string, to int) string {
	return text + strings.Repeat(" ", max(to-widthOfAll(text), 0))
}

// rows are those of a table: for each cell its lines.
type rows [][][]string

func (all rows) widths(least []int) []int {
	for _, row := range all {
		for i, cell := range row {
			for _, line := range cell {
				least[i] = max(least[i], widthOfAll(line))
			}
		}
	}
	return least
}

func height(row [][]string) (n int) {
	for _, cell := range row {
		n = max(n, len(cell))
	}
	return n
}

func lineOf(cell []string, i int) string {
	if i < len(cell) {
		return cell[i]
	}
	return ""
}

func (r *rst) gridTable(at string, lines []string) []string {
	indent := indentOf(lines[0])
	var cols columns
	begin := indent + 1
	for i := begin; i < len(lines[0]); i++ {
		if lines[0][i] == '+' {
			cols = append(cols, [2]int{begin, i})
			begin = i + 1
		}
	}
	var all rows
	var borders []string // above each row, and below the last
	var cells [][]string
	for n, line := range lines {
		isBorder := strings.HasPrefix(strings.TrimSpace(line), "+")
		edges := edgesOf(line, cols)
		switch {
		case isBorder && edges == strings.Repeat("+", len(cols)+1) && strings.Trim(line, " +-=") == "":
			if n > 0 {
				all = append(all, cells)
			}
			borders = append(borders, string(line[indent+1]))
			cells = make([][]string, len(cols))
		case isBorder || edges != strings.Repeat("|", len(cols)+1):
			return nil
		default:
			for i, text := range cols.cut(line) {
				cells[i] = append(cells[i], strings.TrimRight(text, " "))
			}
		}
	}
	if len(borders) != len(all)+1 || len(all) == 0 {
		return nil
	}
	for _, row := range all {
		for i, cell := range row {
			row[i] = r.rewrite(at, dedented(cell))
		}
	}
	widths := all.widths(make([]int, len(cols)))
	var out []string
	for n, mark := range borders {
		line := strings.Repeat(" ", indent) + "+"
		for _, w := range widths {
			line += strings.Repeat(mark, w+2) + "+"
		}
		if out = append(out, line); n == len(all) {
			break
		}
		for i := range height(all[n]) {
			line := strings.Repeat(" ", indent) + "|"
			for c, cell := range all[n] {
				line += " " + filled(lineOf(cell, i), widths[c]) + " |"
			}
			out = append(out, line)
		}
	}
	return out
}

// edgesOf returns the characters between the columns of a line.
func edgesOf(line string, cols columns) string {
	between := columns{{cols[0][0] - 1, cols[0][0]}}
	for _, column := range cols {
		between = append(between, [2]int{column[1], column[1] + 1})
	}
	return strings.Join(between.cut(line), "")
}

func (r *rst) simpleTable(lines []string) []string {
	indent := indentOf(lines[0])
	var cols, gaps columns
	at := indent
	for word := range strings.FieldsSeq(lines[0]) {
		start := at + strings.Index(lines[0][at:], word)
		if len(cols) > 0 {
			gaps = append(gaps, [2]int{at, start})
		}
		at = start + len(word)
		cols = append(cols, [2]int{start, at})
	}
	for i := range cols[:len(cols)-1] {
		cols[i][1] = cols[i+1][0]
	}
	cols[len(cols)-1][1] = 1 << 30
	var all rows
	kinds := []string{} // "=" for a border, " " for an empty line, "" for a row
	for _, line := range lines {
		cells := cols.cut(line)
		switch {
		case rstSimpleBorder.MatchString(line) && line == lines[0]:
			kinds = append(kinds, "=")
		case strings.Trim(line, " -=") == "" && line != "", strings.TrimSpace(strings.Join(gaps.cut(line), "")) != "":
			return nil
		case line != "" && strings.TrimSpace(cells[0]) == "" && len(kinds) > 0 && kinds[len(kinds)-1] != "=":
			if len(all) == 0 {
				return nil
			}
			if kinds[len(kinds)-1] == " " {
				cells = append(cells, "") // an empty line within the row
				kinds = kinds[:len(kinds)-1]
			}
			row := all[len(all)-1]
			for i := range row {
				if len(cells) > len(row) {
					row[i] = append(row[i], "")
				}
				row[i] = append(row[i], strings.TrimRight(cells[i], " "))
			}
		case line == "":
			kinds = append(kinds, " ")
		default:
			row := make([][]string, len(cols))
			for i := range row {
				row[i] = []string{strings.TrimRight(cells[i], " ")}
			}
			all, kinds = append(all, row), append(kinds, "")
		}
	}
	return r.laidOut(all, kinds, cols, indent)
}

func (r *rst) laidOut(all rows, kinds []string, cols columns, indent int) (out []string) {
	for _, row := range all {
		for i, cell := range row {
			row[i] = strings.Split(r.roles(strings.Join(cell, "\n")), "\n")
		}
	}
	widths := all.widths(make([]int, len(cols)))
	line := func(cells func(i int) string) string {
		text := strings.Repeat(" ", indent)
		for i, w := range widths {
			text += filled(cells(i), max(w, 1)) + "  "
		}
		return strings.TrimRight(text, " ")
	}
	for _, kind := range kinds {
		switch kind {
		case "=":
			out = append(out, line(func(i int) string { return strings.Repeat("=", max(widths[i], 1)) }))
		case " ":
			out = append(out, "")
		default:
			row := all[0]
			all = all[1:]
			for i := range height(row) {
				out = append(out, line(func(c int) string { return lineOf(row[c], i) }))
			}
		}
	}
	return out
}

var (
	rstRow  = regexp.MustCompile(`^( *)[*-] +-(?: |$)`)
	rstCell = regexp.MustCompile(`^( *)-(?: |$)`)
)

// evenRows gives the rows of a table that is a list as many cells each, as the flat
// tables of the kernel's documentation need not have.
// https://docs.kernel.org/doc-guide/sphinx.html#list-tables
func evenRows(lines []string) (out []string) {
	var rows [][]string
	var cells []int
	most, indent := 0, -1
	for _, line := range lines {
		m := rstRow.FindStringSubmatch(line)
		switch c := rstCell.FindStringSubmatch(line); {
		case m != nil && (indent < 0 || len(m[1]) == indent):
			indent = len(m[1])
			rows, cells = append(rows, nil), append(cells, 1)
		case len(rows) == 0:
			out = append(out, line)
			continue
		case c != nil && len(c[1]) == indent+2:
			cells[len(cells)-1]++
		}
		most = max(most, cells[len(cells)-1])
		rows[len(rows)-1] = append(rows[len(rows)-1], line)
	}
	for i, row := range rows {
		end := len(row)
		for end > 0 && row[end-1] == "" {
			end--
		}
		out = append(out, row[:end]...)
		for range most - cells[i] {
			out = append(out, strings.Repeat(" ", indent+2)+"-")
		}
		out = append(out, "")
	}
	return out
}
