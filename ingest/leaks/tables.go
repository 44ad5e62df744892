package leaks

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// tableState follows the tables of a text.
type tableState struct {
	stack []tablePlace
	count int
}

type tablePlace struct {
	number, row, col int
	open             int // in the cells; -1: none is open
}

// tag takes note of a tag that begins or ends at the offset of the text.
func (s *tableState) tag(name string, isEnd bool, at int, cells *[]cell) {
	if name == "table" {
		if isEnd && len(s.stack) > 0 {
			s.stack = s.stack[:len(s.stack)-1]
		} else if !isEnd {
			s.count++
			s.stack = append(s.stack, tablePlace{number: s.count, row: -1, open: -1})
		}
		return
	}
	if len(s.stack) == 0 {
		return
	}
	t := &s.stack[len(s.stack)-1]
	switch {
	case name == "tr" && !isEnd:
		t.row, t.col = t.row+1, 0
	case (name == "td" || name == "th") && !isEnd:
		*cells = append(*cells, cell{start: at, end: at, table: t.number, row: t.row, col: t.col, head: name == "th"})
		t.open = len(*cells) - 1
		t.col++
	case (name == "td" || name == "th") && t.open >= 0:
		(*cells)[t.open].end, t.open = at, -1
	}
}

var (
	secretHead   = regexp.MustCompile(`(?i)^\W*(?:(?:initial|default|temporary|temp|root|admin|user|login|db|database|current|old|new|wifi|wi-fi|initiales|\w{2,20})[ _-]?){0,2}` + passwordWord + `s?\b[^\n]{0,30}$`)
	keyHead      = regexp.MustCompile(`(?i)^\W*[^\n]{0,40}(?:` + keyWord + `|keys?)\b[^\n]{0,20}$`)
	pairHead     = regexp.MustCompile(`(?i)^\W*(?:credentials?|creds|logins?|zugangsdaten|access|user[ ]?/[ ]?pass\w*)\W*$`)
	pair         = regexp.MustCompile(`^\s*[\w.@+-]{2,40}[ \t]?[/:|][ \t]?(\S{6,100})\s*$`)
	secretInCell = regexp.MustCompile(`^\s*(\S{6,200})\s*$`)
)

// column is what the head of a table's column says of its cells.
type column struct {
	rule string // "" finds nothing
	expr *regexp.Regexp
	fits func(secret, line string) bool
}

func columnBelow(head string) column {
	switch head = strings.TrimSpace(head); {
	case head == "" || len(head) > 60:
	case secretHead.MatchString(head):
		return column{"password-in-table", secretInCell, isPassword}
	case keyHead.MatchString(head):
		return column{"secret-in-table", secretInCell, isLongKey}
	case pairHead.MatchString(head):
		return column{"password-in-table", pair, isPassword}
	}
	return column{}
}

// secretCells finds what stands below a head that names secrets, or behind one
// in its row.
func secretCells(p part) (found []span) {
	if len(p.cells) == 0 || len(p.odd) == 0 {
		return nil
	}
	type place struct{ table, col int }
	heads, columns := map[place]cell{}, map[string]column{}
	for i, c := range p.cells {
		if c.row == 0 {
			heads[place{c.table, c.col}] = c
		}
		if !p.odd.within(window{c.start, c.end}) {
			continue
		}
		var labels []cell
		if head, ok := heads[place{c.table, c.col}]; ok && c.row > 0 {
			labels = append(labels, head)
		}
		if c.col > 0 && i > 0 && p.cells[i-1].table == c.table {
			labels = append(labels, p.cells[i-1])
		}
		for _, l := range labels {
			head := p.text[l.start:l.end]
			of, known := columns[head]
			if !known {
				of = columnBelow(head)
				columns[head] = of
			}
			if start, end := of.find(p.text[c.start:c.end]); end > 0 {
				found = append(found, span{of.rule, c.start + start, c.start + end})
				break
			}
		}
	}
	return found
}

// find returns where in a cell a secret lies.
func (of column) find(text string) (start, end int) {
	if of.rule == "" {
		return 0, 0
	}
	m := of.expr.FindStringSubmatchIndex(text)
	if m == nil || !of.fits(text[m[2]:m[3]], "") {
		return 0, 0
	}
	return m[2], m[3]
}

// isLongKey judges what only the word key speaks for.
func isLongKey(s, line string) bool {
	return len(s) >= 20 && isKey(s, line) && entropyOf(s) > 3.2
}
