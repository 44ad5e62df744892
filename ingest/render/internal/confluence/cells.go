package confluence

import (
	"strconv"
	"strings"

	"finpages/ingest/render/internal/dom"

	"golang.org/x/net/html"
)

const (
	maxColumns  = 100
	maxCopies   = 5000 // cells filled in a document
	maxCellText = 200  // bytes of a value that is written again
)

// SpellOutCells fills the places that merged cells cover with their value, so
// that each row of a table below root reads by itself. A cell as wide as its
// table is a heading within it and stays. Of a long value the beginning is
// written again.
func SpellOutCells(root *html.Node) {
	copies := maxCopies
	for _, table := range selectIn(root, "table") {
		for _, group := range rowGroups(table) {
			spellOut(group, &copies)
		}
	}
}

// rowGroups are the rows of a table by the groups that cells may span.
func rowGroups(table *html.Node) [][]*html.Node {
	var groups [][]*html.Node
	var loose []*html.Node
	for c := table.FirstChild; c != nil; c = c.NextSibling {
		switch c.Data {
		case "tr":
			loose = append(loose, c)
		case "thead", "tbody", "tfoot":
			groups = append(groups, rowsOf(c))
		}
	}
	return append(groups, loose)
}

func rowsOf(group *html.Node) []*html.Node {
	var rows []*html.Node
	for c := group.FirstChild; c != nil; c = c.NextSibling {
		if dom.IsElement(c, "tr") {
			rows = append(rows, c)
		}
	}
	return rows
}

// cover is a cell that reaches down into further rows of its column.
type cover struct {
	value *html.Node // what to write there
	left  int        // rows
}

func spellOut(rows []*html.Node, copies *int) {
	if !anySpan(rows) {
		return
	}
	width := tableWidth(rows)
	above := map[int]*cover{}
	for i, row := range rows {
		spellOutRow(row, above, width, len(rows)-i-1, copies)
	}
}

func anySpan(rows []*html.Node) bool {
	for _, row := range rows {
		for c := row.FirstChild; c != nil; c = c.NextSibling {
			if spanOf(c, "colspan") > 1 || spanOf(c, "rowspan") > 1 {
				return true
			}
		}
	}
	return false
}

func spanOf(n *html.Node, key string) int {
	count, err := strconv.Atoi(strings.TrimSpace(dom.Attr(n, key)))
	if err != nil || count < 1 {
		return 1
	}
	return count
}

// tableWidth is the number of columns, as the widest row of single cells, or
// else the first row, tells it.
func tableWidth(rows []*html.Node) int {
	width := 0
	for _, row := range rows {
		sum := 0
		for c := row.FirstChild; c != nil; c = c.NextSibling {
			if isCell(c) {
				sum += min(spanOf(c, "colspan"), maxColumns)
			}
		}
		width = max(width, sum)
	}
	return min(width, maxColumns)
}

func isCell(n *html.Node) bool { return dom.IsElement(n, "td") || dom.IsElement(n, "th") }

// spellOutRow writes a row's cells once for each column they span, and fills
// in those that reach down from the rows above.
func spellOutRow(row *html.Node, above map[int]*cover, width, below int, copies *int) {
	column := 0
	fill := func(before *html.Node) {
		for c := above[column]; c != nil && c.left > 0 && *copies > 0; c = above[column] {
			c.left--
			*copies--
			row.InsertBefore(again(c.value), before)
			column++
		}
	}
	for _, cell := range dom.Children(row) {
		if !isCell(cell) {
			continue
		}
		fill(cell)
		across, down := min(spanOf(cell, "colspan"), maxColumns), min(spanOf(cell, "rowspan")-1, below)
		if across >= width && width > 1 || *copies <= 0 {
			column += across
			continue
		}
		dom.DropAttr(cell, "colspan")
		dom.DropAttr(cell, "rowspan")
		if across == 1 && down == 0 {
			column++
			continue
		}
		value := valueOf(cell)
		for i := range across {
			if i > 0 && *copies > 0 {
				*copies--
				row.InsertBefore(again(value), cell.NextSibling)
			}
			above[column] = &cover{value: value, left: down}
			column++
		}
	}
	fill(nil)
}

// lasting elements mean nothing once they are one line of text.
var lasting = dom.Set("table", "pre", "ul", "ol")

// valueOf is a cell with the value of another, cut where that is long, empty
// where it holds more than text.
func valueOf(cell *html.Node) *html.Node {
	value := dom.Visible(cell)
	if len(value) > maxCellText {
		value = value[:maxCellText]
		if space := strings.LastIndexByte(value, ' '); space > 0 {
			value = value[:space]
		}
		value = strings.ToValidUTF8(value, "") + "…"
	}
	if dom.Find(cell, func(d *html.Node) bool { return lasting[d.Data] }) != nil {
		value = ""
	}
	return dom.Wrap(cell.Data, value)
}

func again(cell *html.Node) *html.Node { return dom.Wrap(cell.Data, cell.FirstChild.Data) }
