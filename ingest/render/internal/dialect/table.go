package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var wikiInCell = regexp.MustCompile(`(!?\[\[[^\[\]|\n]*[^\[\]|\n\\])\|([^\[\]|\n]*\]\])`)

// isDelimiterRow finds the line below the head of a table, "|---|:-:|".
func isDelimiterRow(line string) bool {
	if !strings.Contains(line, "-") {
		return false
	}
	line = strings.TrimPrefix(strings.TrimLeft(line, " \t\r\n\f"), "|")
	line = strings.TrimSuffix(strings.TrimRight(line, " \t"), "|")
	for cell := range strings.SplitSeq(line, "|") {
		dashes := strings.TrimSuffix(strings.TrimPrefix(strings.Trim(cell, " \t"), ":"), ":")
		if dashes == "" || strings.Trim(dashes, "-") != "" {
			return false
		}
	}
	return true
}

// withoutEmptyEnd leaves out the empty cells at the end of a row.
func withoutEmptyEnd(row string) string {
	full := strings.TrimRight(row, "| \t")
	if at := strings.IndexByte(row[len(full):], '|'); at >= 0 {
		return row[:len(full)+at+1]
	}
	return row
}

const maxRows = 5000

// table widens the head of a table to its longest row, as Markdown drops the
// cells beyond, and keeps the bars in links by name from parting cells.
func table(r *rewriter, lines []string, depth int) int {
	if len(lines) < 3 || !strings.Contains(lines[0], "|") || !isDelimiterRow(lines[1]) {
		return 0
	}
	width := cells(lines[1])
	if width < 1 || cells(escapeBars(lines[0])) != width {
		return 0
	}
	barsInCode := r.IsOf(Jekyll, MkDocs)
	rows := []string{escapeBars(lines[0]), lines[1]}
	n, widest := 2, width
	for n < min(len(lines), maxRows) && !isBlank(lines[n]) && strings.Contains(lines[n], "|") {
		row, length := joinedRow(lines[n:])
		row = escapeBars(row)
		if strings.Contains(row, "`") && (barsInCode || cells(withoutEmptyEnd(row)) > width) {
			row = escapeCodeBars(row, width)
		}
		widest = max(widest, cells(withoutEmptyEnd(row)))
		rows = append(rows, row)
		n += length
	}
	if more := widest - width; more > 0 && widest <= maxCells {
		rows[0] = widen(rows[0], strings.Repeat("   |", more))
		rows[1] = widen(rows[1], strings.Repeat("---|", more))
	}
	r.inTable = true
	for i := 0; i < len(rows); {
		i += r.prose(rows[i:])
	}
	r.inTable = false
	return n
}

const maxCells = 200

func escapeBars(line string) string {
	if !strings.Contains(line, "[[") {
		return line
	}
	return outsideCode(line, func(s string) string { return wikiInCell.ReplaceAllString(s, `$1\|$2`) }, asIs)
}

// escapeCodeBars keeps the bars in code from parting cells, if the row is no shorter
// than its table without them.
func escapeCodeBars(row string, width int) string {
	out := outsideCode(row, asIs, func(code string) string {
		return strings.ReplaceAll(strings.ReplaceAll(code, `\|`, `|`), `|`, `\|`)
	})
	if cells(out) < width {
		return row
	}
	return out
}

// cells counts the cells of a row.
func cells(row string) int {
	row = strings.Trim(row, " \t")
	row = strings.TrimPrefix(row, "|")
	count, escaped := 1, false
	for i := range len(row) {
		switch {
		case escaped:
			escaped = false
		case row[i] == '\\':
			escaped = true
		case row[i] == '|' && i < len(row)-1:
			count++
		}
	}
	return count
}

func widen(row, cells string) string {
	row = strings.TrimRight(row, " \t")
	if !strings.HasSuffix(row, "|") || strings.HasSuffix(row, `\|`) {
		row += "|"
	}
	return row + cells
}
