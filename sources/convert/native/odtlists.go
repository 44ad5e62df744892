package native

import (
	"encoding/xml"
	"fmt"
	"strconv"
)

// odtList is the list that a paragraph lies in.
type odtList struct {
	style string
	level int
	item  *odtItem // nil outside of one
}

// odtItem is an item of a list, whose tags are written before its first paragraph.
type odtItem struct {
	list    *odtOpen
	isBegun bool
}

// odtOpen is a list whose tags are written before its first item.
type odtOpen struct {
	isNumbered, isBegun bool
	outer               odtList
	start               int
}

// begin writes the tags before the first paragraph of an item.
func (l odtList) begin(m *markup) {
	item := l.item
	if item == nil || item.isBegun {
		return
	}
	list := item.list
	if !list.isBegun {
		list.outer.begin(m)
		list.isBegun = true
		switch {
		case list.isNumbered && list.start != 1:
			fmt.Fprintf(m, "<ol start=\"%d\">\n", list.start)
		case list.isNumbered:
			m.WriteString("<ol>\n")
		default:
			m.WriteString("<ul>\n")
		}
	}
	item.isBegun = true
	m.WriteString("<li>")
}

func (l *odtOpen) end(m *markup) {
	switch {
	case l.isBegun && l.isNumbered:
		m.WriteString("</ol>\n")
	case l.isBegun:
		m.WriteString("</ul>\n")
	}
}

func (r *odtReader) list(m *markup, t xml.StartElement, in odtList) error {
	within := odtList{style: short(attr(t, "style-name")), level: in.level + 1}
	if within.style == "" {
		within.style = in.style
	}
	level := r.lists[within.style][within.level]
	key := fmt.Sprint(within.style, " ", within.level)
	list := &odtOpen{isNumbered: level.isNumber && level.format != "", outer: in, start: max(level.start, 0)}
	if goesOn := attr(t, "continue-numbering") == "true" || attr(t, "continue-list") != ""; goesOn && r.last[key] > 0 {
		list.start = r.last[key] + 1
	}
	number := list.start
	err := r.each(func(t xml.StartElement) error {
		item := &odtItem{list: list}
		within.item = item
		if t.Name.Local == "list-header" {
			within.item = in.item
		}
		if start, err := strconv.Atoi(attr(t, "start-value")); err == nil && !list.isBegun {
			list.start, number = start, start
		}
		err := r.blocks(m, within)
		if item.isBegun {
			m.WriteString("</li>\n")
			r.last[key] = number
			number++
		}
		return err
	})
	list.end(m)
	return err
}

// table writes a table without its hidden rows and columns. Its first row is its
// head.
func (r *odtReader) table(m *markup, t xml.StartElement) error {
	if attr(t, "display") == "false" {
		return r.skip()
	}
	table := odtTable{cell: "th"}
	m.WriteString("<table>\n")
	err := r.rows(m, &table)
	m.WriteString("</table>\n")
	return err
}

type odtTable struct {
	cell   string       // th in the first row
	column int          // the next of columns, or of a row
	hidden map[int]bool // columns
}

func isCollapsed(t xml.StartElement) bool {
	shown := attr(t, "visibility")
	return shown == "collapse" || shown == "filter"
}

// rows reads what a table, a group of its rows or columns, or a row holds.
func (r *odtReader) rows(m *markup, table *odtTable) error {
	return r.each(func(t xml.StartElement) error { return r.rowOrCell(m, table, t) })
}

func (r *odtReader) rowOrCell(m *markup, table *odtTable, t xml.StartElement) error {
	repeated, _ := strconv.Atoi(attr(t, "number-columns-repeated"))
	repeated = max(1, min(repeated, maxColumns))
	switch t.Name.Local {
	case "table-column":
		for range repeated {
			if isCollapsed(t) && table.column < maxColumns {
				if table.hidden == nil {
					table.hidden = map[int]bool{}
				}
				table.hidden[table.column] = true
			}
			table.column++
		}
		return r.skip()
	case "table-row":
		if isCollapsed(t) {
			return r.skip()
		}
		row := odtTable{cell: table.cell, hidden: table.hidden}
		m.WriteString("<tr>")
		err := r.rows(m, &row)
		m.WriteString("</tr>\n")
		table.cell = "td"
		return err
	case "covered-table-cell":
		table.column += repeated
		return r.skip()
	case "table-cell":
		column := table.column
		table.column += repeated
		if table.hidden[column] {
			return r.skip()
		}
		m.WriteString("<" + table.cell)
		m.span("colspan", attr(t, "number-columns-spanned"))
		m.span("rowspan", attr(t, "number-rows-spanned"))
		m.WriteString(">")
		err := r.blocks(m, odtList{})
		r.endPre(m)
		m.WriteString("</" + table.cell + ">")
		return err
	case "table-rows", "table-header-rows", "table-row-group", "table-columns", "table-header-columns",
		"table-column-group":
		return r.rows(m, table)
	}
	return r.skip()
}

// span writes over how many columns or rows a cell goes.
func (m *markup) span(name, number string) {
	if n, _ := strconv.Atoi(number); n > 1 {
		fmt.Fprintf(m, ` %s="%d"`, name, min(n, maxColumns))
	}
}
