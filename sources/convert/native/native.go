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
		"openapi": openAPI, "slides": slides,
	}
}

// maxRows is how many rows a table may have: from longer ones nobody's answer
// comes, and each costs memory.
const maxRows = 5000

func tooLong(what string, rows int) error {
	return fmt.Errorf("%s has %d rows, and %d is the most: split it, or exclude it", what, rows, maxRows)
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
	of.Format, of.Body = sources.HTML, []byte(m.String())
	if title != "" {
		of.Body = []byte("<h1>" + html.EscapeString(title) + "</h1>\n" + m.String())
	}
	return of
}

func markdown(of sources.Document, text string) sources.Document {
	of.Format, of.Body = sources.Markdown, []byte(text)
	return of
}
