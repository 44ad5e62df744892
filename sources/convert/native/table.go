package native

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"finpages/sources"
	"finpages/sources/charset"
)

func commas(doc sources.Document) (sources.Document, []string, error) {
	return separated(doc, 0, maxRows)
}
func tabs(doc sources.Document) (sources.Document, []string, error) {
	return separated(doc, '\t', maxRows)
}

// separated reads a table with a separator; 0 finds it out.
func separated(doc sources.Document, comma rune, most int) (sources.Document, []string, error) {
	text, err := charset.Text(doc.Body, false)
	if err != nil {
		return doc, nil, err
	}
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n") // as old Macs and Excel for them end lines
	}
	if comma == 0 {
		comma = separatorOf(text)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = comma, true, -1, false
	for line := range strings.Lines(text) {
		if strings.Count(line, string(comma)) > maxCells/10 { // which the parser would keep whole
			return doc, nil, fmt.Errorf("read table: %w", tooManyCells())
		}
	}
	var rows [][]string
	cells := 0
	for n := 0; ; n++ {
		row, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			var m markup
			m.table(rows)
			return m.document(doc, ""), nil, nil
		case err != nil:
			return doc, nil, fmt.Errorf("read table: %w", err)
		case n > most:
			return doc, nil, tooLong("the table", n+strings.Count(text[r.InputOffset():], "\n"), most)
		}
		if cells += len(row); cells > maxCells {
			return doc, nil, fmt.Errorf("read table: %w", tooManyCells())
		}
		rows = append(rows, row)
	}
}

// separatorOf finds the separator by the first line: programs of countries with
// a decimal comma write semicolons.
func separatorOf(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best, most := ',', strings.Count(first, ",")
	for _, c := range ";\t|" {
		if n := strings.Count(first, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}
