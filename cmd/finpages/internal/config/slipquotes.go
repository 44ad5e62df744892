package config

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// withoutComment cuts a line at its comment.
func withoutComment(line string) string {
	q := quotes{}
	for i := range len(line) {
		if line[i] == '#' && !q.open() && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
		q.next(line, i)
	}
	return line
}

// quotes follows the quotes of a line: one begins where a value or a key does.
type quotes struct {
	kind    byte // 0 outside of quotes
	since   int
	escaped bool
}

func (q *quotes) open() bool { return q.kind != 0 }

// next takes the byte at i into account; true if a quote ends there.
func (q *quotes) next(line string, i int) (ends bool) {
	c := line[i]
	switch {
	case q.escaped:
		q.escaped = false
	case q.kind == '"' && c == '\\':
		q.escaped = true
	case q.kind == 0 && (c == '"' || c == '\'') && valueBegins(line[:i]):
		q.kind, q.since = c, i
	case q.kind != 0 && c == q.kind:
		q.kind = 0
		return true
	}
	return false
}

// valueBegins reports whether a key or a value may begin after the text.
func valueBegins(before string) bool {
	cut := max(0, len(before)-farthest)
	text := strings.TrimRight(before[cut:], " \t")
	switch {
	case text == "":
		return cut == 0
	case strings.IndexByte("[{,:", text[len(text)-1]) >= 0:
		return true
	}
	return strings.IndexByte("-?", text[len(text)-1]) >= 0 && len(text) < len(before)-cut
}

// farthest is how many bytes before a place are looked at.
const farthest = 100

// openQuote finds the first quote, up to where the parser gave up, that does
// not end on its line.
func (d *decoder) openQuote(at position, message string) (position, string) {
	last := at.line
	if strings.Contains(message, "-quoted text") {
		last = len(d.text)
	}
	for n := 1; n <= last; n++ {
		line, q := d.lineText(n), quotes{}
		for i := range len(line) {
			if line[i] == '#' && !q.open() && (i == 0 || line[i-1] == ' ') {
				break
			}
			q.next(line, i)
		}
		if q.open() {
			return d.on(n, q.since, 1), "the quote is not closed: put another at the end of the value"
		}
	}
	return at, ""
}

var afterBracket = regexp.MustCompile(`:\s+[\[{][^\[\]{}"']*[\]}]([^\s,\]}].*)$`)

// afterQuote finds text behind a closed quote.
func (d *decoder) afterQuote(at position, _ string) (position, string) {
	line, q := withoutComment(d.lineText(at.line)), quotes{}
	if m := afterBracket.FindStringSubmatchIndex(line); m != nil {
		return d.on(at.line, m[2], m[3]-m[2]), "there is text after the bracket: put the whole value in quotes"
	}
	inBrackets := 0
	for i := range len(line) {
		if !q.open() && strings.IndexByte("[{", line[i]) >= 0 {
			inBrackets++
		}
		if !q.open() && strings.IndexByte("]}", line[i]) >= 0 {
			inBrackets--
		}
		if !q.next(line, i) {
			continue
		}
		rest := strings.TrimLeft(line[i+1:], " \t")
		where := d.on(at.line, len(line)-len(rest), 1)
		switch {
		case rest == "", inBrackets > 0 && strings.IndexByte(",]}:", rest[0]) >= 0, rest[0] == ':':
		case inBrackets > 0 && (rest[0] == '"' || rest[0] == '\''):
			return where, "there is no comma between two items"
		case rest[0] == ',':
			return where, "a list on one line needs brackets: write [first, second]"
		case rest[0] == ']' || rest[0] == '}':
		case rest[0] == line[i]: // '' within single quotes
		default:
			return where, "there is text after the quote: put the whole value in quotes"
		}
	}
	return at, ""
}

var onlyQuoted = regexp.MustCompile(`^\s*(?:"[^"]*"|'[^']*'),?\s*$`)

// noDash finds an item of a list that has no dash.
func (d *decoder) noDash(at position, _ string) (position, string) {
	for _, n := range d.near(at)[:min(2, len(d.near(at)))] {
		if line := d.lineText(n); onlyQuoted.MatchString(line) && !d.brackets().inside[n] {
			return position{n, indentOf(line) + 1, len([]rune(strings.TrimSpace(line)))},
				"each item of a list begins with a dash and a space"
		}
	}
	return at, ""
}

// bracket is one that is open.
type bracket struct {
	kind byte
	at   position
}

// bracketed is what the brackets of a file are, outside of quotes and comments.
type bracketed struct {
	inside []bool    // by line, from 1: whether it begins in brackets
	open   []bracket // at the end
	wrong  *bracket  // the first that closes nothing
}

// brackets walks over the brackets of the file.
func (d *decoder) brackets() (b bracketed) {
	opens := map[byte]byte{']': '[', '}': '{'}
	b.inside = make([]bool, len(d.text)+2)
	for n := 1; n <= len(d.text); n++ {
		b.inside[n] = len(b.open) > 0
		line, q := withoutComment(d.lineText(n)), quotes{}
		for i := range len(line) {
			q.next(line, i)
			c := line[i]
			switch {
			case q.open():
			case c == '{' && i > 0 && line[i-1] == '$' || c == '}' && inVariable(line[:i]):
			case c == '{' || c == '[' && (len(b.open) > 0 || valueBegins(line[:i])):
				b.open = append(b.open, bracket{c, d.on(n, i, 1)})
			case (c == ']' || c == '}') && len(b.open) > 0 && b.open[len(b.open)-1].kind == opens[c]:
				b.open = b.open[:len(b.open)-1]
			case (c == ']' || c == '}') && b.wrong == nil:
				b.wrong = &bracket{c, d.on(n, i, 1)}
			}
		}
	}
	return b
}

// inVariable reports whether a } after the text ends a ${VAR} or a {path}.
func inVariable(before string) bool {
	before = before[max(0, len(before)-farthest):]
	i := strings.LastIndexByte(before, '{')
	return i > 0 && before[i-1] == '$' && !strings.Contains(before[i:], "}")
}

// closer finds a bracket that closes nothing.
func (d *decoder) closer(at position, _ string) (position, string) {
	wrong := d.brackets().wrong
	if wrong == nil || wrong.at.line > at.line {
		return at, ""
	}
	opens := map[byte]string{']': "[", '}': "{"}
	return wrong.at, "there is no " + opens[wrong.kind] + " for this " + string(wrong.kind)
}

func wantsBracket(message string) bool {
	return strings.Contains(message, "']'") || strings.Contains(message, "'}'") || strings.Contains(message, "','")
}

// comma finds two items between which there is none: the brackets are closed,
// but the parser wants one earlier.
func (d *decoder) comma(at position, message string) (position, string) {
	b := d.brackets()
	if len(b.open) > 0 || !wantsBracket(message) {
		return at, ""
	}
	for n := 1; n < len(d.text); n++ {
		line := strings.TrimSpace(withoutComment(d.lineText(n)))
		next := strings.TrimSpace(d.lineText(n + 1))
		if line == "" || next == "" || strings.ContainsAny(line[len(line)-1:], ",[{:") || !b.inside[n+1] ||
			strings.ContainsAny(next[:1], "]},#") {
			continue
		}
		return d.on(n, len(strings.TrimRight(d.lineText(n), " \t"))-1, 1), "there is no comma after this item"
	}
	return at, "there is no comma between two items"
}

func (d *decoder) unclosed(at position, message string) (position, string) {
	open := d.brackets().open
	if len(open) == 0 || !wantsBracket(message) {
		return at, ""
	}
	last := open[len(open)-1]
	if last.kind == '[' {
		return last.at, "the list is not closed: put ] at its end"
	}
	return last.at, "the mapping is not closed: put } at its end"
}
