package native

import (
	"bytes"
	"errors"
	"fmt"

	"finpages/sources"

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
	f, err := excelize.OpenReader(bytes.NewReader(doc.Body),
		excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked / 4})
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

func sheetRows(f *excelize.File, sheet string, most int) (shown [][]string, err error) {
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
		case len(cells) > maxColumns:
			return nil, fmt.Errorf("it has %d columns, and %d is the most", len(cells), maxColumns)
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
				row = append(row, text)
			}
		}
		if len(row) > 0 {
			shown = append(shown, row)
		}
	}
	return shown, rows.Error()
}
