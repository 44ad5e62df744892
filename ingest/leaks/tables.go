package leaks

import (
	"regexp"
	"strings"
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
	secretHead   = regexp.MustCompile(`(?i)^\W*(?:(?:initial|default|temporary|temp|root|admin|user|login|db|current|old|new|wifi|wi-fi|initiales)[ _-]?)?` + passwordWord + `s?\b[^\n]{0,30}$`)
	keyHead      = regexp.MustCompile(`(?i)^\W*[^\n]{0,20}(?:` + keyWord + `|keys?)\b[^\n]{0,20}$`)
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

// secretCells finds what stands below a head that names secrets.
func secretCells(p part) (found []span) {
	type place struct{ table, col int }
	columns := map[place]column{}
	for _, c := range p.cells {
		text := p.text[c.start:c.end]
		at := place{c.table, c.col}
		if c.row == 0 {
			columns[at] = columnBelow(text)
			continue
		}
		below := columns[at]
		if below.rule == "" {
			continue
		}
		m := below.expr.FindStringSubmatchIndex(text)
		if m == nil || !below.fits(text[m[2]:m[3]], "") {
			continue
		}
		found = append(found, span{below.rule, c.start + m[2], c.start + m[3]})
	}
	return found
}

// isLongKey judges what only the word key speaks for.
func isLongKey(s, line string) bool {
	return len(s) >= 20 && isKey(s, line) && entropyOf(s) > 3.2
}
