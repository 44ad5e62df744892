// Package native reads documents that are text in a container: notebooks,
// tables, workbooks, books, mail, Org, descriptions of APIs. Each reader turns
// the bytes of a file into Markdown or HTML, and is bounded in what it unpacks.
package native

import (
	"fmt"
	"html"
	"strings"

	"finpages/sources"
)

// Reader turns a document into Markdown or HTML. Its notes tell what was left
// out. An error names what is wrong with the document.
type Reader func(doc sources.Document) (out sources.Document, notes []string, err error)

// Readers by the names under which a config can ask for them.
func Readers() map[string]Reader {
	return map[string]Reader{
		"notebook": notebook, "csv": commas, "tsv": tabs, "excel": workbook, "epub": book, "mail": mail, "org": orgMode,
		"openapi": openAPI, "slides": slides, "odt": openText,
	}
}

// Find returns the reader of the name, one of [Readers] or [LongTables]; nil if
// there is none.
func Find(name string) Reader {
	if r := Readers()[name]; r != nil {
		return r
	}
	switch name {
	case "csv" + long:
		return func(doc sources.Document) (sources.Document, []string, error) { return separated(doc, 0, longRows) }
	case "tsv" + long:
		return func(doc sources.Document) (sources.Document, []string, error) { return separated(doc, '\t', longRows) }
	case "excel" + long:
		return func(doc sources.Document) (sources.Document, []string, error) { return sheets(doc, longRows) }
	}
	return nil
}

const long = ", long tables"

// LongTables returns the name of the reader that also takes long tables, for pages
// that are cut into parts; the name itself where there is none.
func LongTables(name string) string {
	if Find(name+long) != nil {
		return name + long
	}
	return name
}

// maxRows is how many rows a table may have: from longer ones nobody's answer
// comes, and each costs memory. Pages that are cut into parts take longRows.
const (
	maxRows  = 5000
	longRows = 100_000
)

// maxCells is how many cells a table may have.
const maxCells = 500_000

func tooManyCells() error {
	return fmt.Errorf("it has more than %d cells: split it, or exclude it", maxCells)
}

func tooLong(what string, rows, most int) error {
	if most == maxRows {
		return fmt.Errorf("%s has %d rows, and %d is the most: set split: to cut it into pages, or exclude it",
			what, rows, most)
	}
	return fmt.Errorf("%s has %d rows, and %d is the most: split it, or exclude it", what, rows, most)
}

// markup builds HTML.
type markup struct{ strings.Builder }

func (m *markup) element(name, text string) {
	m.WriteString("<" + name + ">" + strings.ReplaceAll(html.EscapeString(strings.TrimSpace(text)), "\n", "<br>") +
		"</" + name + ">\n")
}

// table writes a table whose first row is its head. Empty rows are left out.
func (m *markup) table(rows [][]string) {
	m.WriteString("<table>\n")
	cell := "th"
	for _, row := range rows {
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		m.WriteString("<tr>")
		for _, text := range row {
			m.element(cell, text)
		}
		m.WriteString("</tr>\n")
		cell = "td"
	}
	m.WriteString("</table>\n")
}

func (m *markup) document(of sources.Document, title string) sources.Document {
	of.Format, of.Body = sources.Content, []byte(m.String())
	if title != "" {
		of.Body = []byte("<h1>" + html.EscapeString(title) + "</h1>\n" + m.String())
	}
	return of
}

func markdown(of sources.Document, text string) sources.Document {
	of.Format, of.Body = sources.Markdown, []byte(text)
	return of
}
