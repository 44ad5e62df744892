package native

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"

	"github.com/xuri/excelize/v2"
)

const (
	maxUnpacked = 64 << 20 // bytes that a workbook or a book may unpack to
	maxColumns  = 200
)

// workbook turns the sheets of a workbook into tables, with the values as they
// are shown. What is hidden stays out.
func workbook(doc sources.Document) (sources.Document, []string, error) { return sheets(doc, maxRows) }

// sheets is [workbook] with so many rows a sheet at most.
func sheets(doc sources.Document, most int) (sources.Document, []string, error) {
	if bytes.HasPrefix(doc.Body, []byte("\xD0\xCF\x11\xE0")) { // the container of encrypted ones
		return doc, nil, errors.New("read workbook: it is protected by a password, or of an old format: save it anew, " +
			"or exclude it")
	}
	f, err := excelize.OpenReader(bytes.NewReader(doc.Body),
		excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked / 4, ShortDatePattern: "m/d/yyyy"})
	if err != nil {
		return doc, nil, fmt.Errorf("read workbook: %w", err)
	}
	defer f.Close()
	var m markup
	var notes []string
	shown := 0
	for _, name := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(name); err != nil || !visible {
			notes = append(notes, fmt.Sprintf("the hidden sheet %q is left out", name))
			continue
		}
		rows, err := sheetRows(f, name, most)
		if err != nil {
			return doc, nil, fmt.Errorf("read sheet %q: %w", name, err)
		}
		if len(rows) > 0 {
			shown++
			m.element("h2", name)
			m.table(rows)
		}
	}
	if shown == 0 {
		return doc, nil, errors.New("the workbook shows nothing")
	}
	props, err := f.GetDocProps()
	if err == nil && doc.Title == "" {
		doc.Title = props.Title
	}
	return m.document(doc, doc.Title), notes, nil
}

var shortened = regexp.MustCompile(`^-?[0-9]\.[0-9]+E\+1[0-5]$`)

// wholeNumber returns a number with all its digits, such as an article's, where
// nobody asked for its short form. column and row begin with 1.
func wholeNumber(f *excelize.File, sheet string, column, row int, text string) string {
	if !shortened.MatchString(text) {
		return text
	}
	cell, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return text
	}
	id, err := f.GetCellStyle(sheet, cell)
	if err != nil {
		return text
	}
	style, err := f.GetStyle(id)
	if err != nil || style.NumFmt != 0 || style.CustomNumFmt != nil && *style.CustomNumFmt != "General" {
		return text
	}
	raw, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	if number, isNumber := strconv.ParseFloat(raw, 64); err == nil && isNumber == nil {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	return text
}

// bounded refuses a sheet that is too large before it is in memory, as a question
// for one of its columns or styles has it.
func bounded(f *excelize.File, sheet string, most int) error {
	rows, err := f.Rows(sheet)
	if err != nil {
		return err
	}
	defer rows.Close()
	for n, filled, cells := 0, 0, 0; rows.Next(); n++ {
		row, err := rows.Columns(excelize.Options{RawCellValue: true})
		if len(row) > 0 && !rows.GetRowOpts().Hidden {
			filled++
		}
		switch cells += len(row); {
		case err != nil:
			return err
		case filled > most+1:
			return tooLong("the sheet", n, most)
		case len(row) > maxColumns:
			return fmt.Errorf("it has %d columns, and %d is the most", len(row), maxColumns)
		case cells > maxCells:
			return tooManyCells()
		}
	}
	return rows.Error()
}

func sheetRows(f *excelize.File, sheet string, most int) (shown [][]string, err error) {
	if err := bounded(f, sheet, most); err != nil {
		return nil, err
	}
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	hidden := map[int]bool{}
	known := 0
	for n := 0; rows.Next(); n++ {
		cells, err := rows.Columns()
		switch {
		case err != nil:
			return nil, err
		case len(shown) > most:
			return nil, tooLong("the sheet", n, most)
		}
		for ; known < len(cells); known++ {
			name, _ := excelize.ColumnNumberToName(known + 1)
			visible, err := f.GetColVisible(sheet, name)
			hidden[known] = err == nil && !visible
		}
		if rows.GetRowOpts().Hidden {
			continue
		}
		var row []string
		for i, text := range cells {
			if !hidden[i] {
				row = append(row, wholeNumber(f, sheet, i+1, n+1, text))
			}
		}
		if len(row) > 0 {
			shown = append(shown, row)
		}
	}
	return shown, rows.Error()
}
