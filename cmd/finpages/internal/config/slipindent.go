package config

import (
	"fmt"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// level is how far the keys of a section are indented, and where.
type level struct {
	indent, line int
	list         bool // of items, and of no keys
}

var blockScalar = regexp.MustCompile(`(?:^|[:\-]\s+)[|>][-+0-9]*\s*$`)

// indentation finds the first line that is not below the keys of its section.
func (d *decoder) indentation(at position, _ string) (position, string) {
	inBrackets := d.brackets().inside
	var open []level
	opened := false // whether the line before begins a section
	alone := 0      // the line before, if it may belong below the one before it
	literal := -1   // how far the key of a text over several lines is indented
	for n := 1; n <= len(d.text); n++ {
		line := strings.TrimRight(withoutComment(d.lineText(n)), " \t")
		indent := indentOf(line)
		switch {
		case line == "" || strings.HasPrefix(line, "---") || inBrackets[n]:
			continue
		case literal >= 0 && indent > literal:
			continue
		}
		literal = -1
		item := strings.HasPrefix(line[indent:]+" ", "- ")
		if len(open) > 0 && open[0].indent > indent {
			return position{open[0].line, 1, open[0].indent},
				"wrong indentation: the keys of the first level begin the line, without spaces"
		}
		if len(open) > 1 && indent == 0 && open[0].list && !item {
			return position{open[0].line, 1, 1}, "remove this dash: only the items of a list have one"
		}
		if alone > 0 && !opened && indent > open[len(open)-1].indent && n > alone {
			return position{alone, open[len(open)-1].indent + 1, 1}, fmt.Sprintf(
				"wrong indentation: %s; indent it like line %d, below the line above", spaces(open[len(open)-1].indent), n)
		}
		if fault := misplaced(open, indent, opened, item); fault != "" {
			return position{n, indent + 1, 1}, fault
		}
		alone = 0
		if opened && len(open) > 0 && indent == open[len(open)-1].indent && !item {
			alone = n // below a key that has nothing below it
		}
		open, line = d.below(open, indent, n, line)
		opened = strings.HasSuffix(line, ":") || strings.TrimSpace(line) == "-"
		if blockScalar.MatchString(line) {
			literal = open[len(open)-1].indent
		}
	}
	return at, ""
}

// below returns the sections that are open after a line, and the line's text
// behind its dashes.
func (d *decoder) below(open []level, indent, n int, line string) ([]level, string) {
	for len(open) > 0 && open[len(open)-1].indent > indent {
		open = open[:len(open)-1]
	}
	if len(open) == 0 || open[len(open)-1].indent < indent {
		open = append(open, level{indent, n, strings.HasPrefix(line[indent:]+" ", "- ")})
	}
	for rest := line[indent:]; strings.HasPrefix(rest, "- "); {
		more := 1 + indentOf(rest[1:])
		indent, rest = indent+more, rest[more:]
		open = append(open, level{indent, n, strings.HasPrefix(rest, "- ")})
		line = rest
	}
	return open, line
}

// misplaced says what is wrong with the indentation of a line; "" for nothing.
func misplaced(open []level, indent int, opened, item bool) string {
	if len(open) == 0 {
		return ""
	}
	top := open[len(open)-1]
	if indent > top.indent {
		if opened {
			return ""
		}
		return wrongIndent(indent, top)
	}
	for i := len(open) - 1; i >= 0; i-- {
		switch {
		case open[i].indent == indent && item && !open[i].list && !opened:
			return "remove this dash: only the items of a list have one"
		case open[i].indent == indent && open[i].list && !item && i+1 < len(open):
			return wrongIndent(indent, open[i+1])
		case open[i].indent == indent:
			return ""
		case open[i].indent < indent:
			return wrongIndent(indent, open[i+1])
		}
	}
	return ""
}

func wrongIndent(indent int, want level) string {
	return fmt.Sprintf("wrong indentation: %s, but line %d has its keys at %d", spaces(indent), want.line, want.indent)
}

func spaces(n int) string {
	if n == 1 {
		return "1 space"
	}
	return fmt.Sprintf("%d spaces", n)
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
