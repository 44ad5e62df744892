package dialect

import (
	"slices"
	"strings"
	"unicode"
)

// element is what lies between the tags of a component.
type element struct {
	body  []string // without the indentation that all of it has
	lines int      // from that of the start tag to that of the end tag
	rest  string   // what stands behind the end tag
}

// element finds the end of a component whose start tag ends on the n-th line,
// before after.
func (r *rewriter) element(t tag, after string, lines []string, n, depth int) (element, bool) {
	if depth >= maxNesting || !r.has("</"+t.name) {
		return element{}, false
	}
	open := 1
	first := strings.TrimRightFunc(lines[n-1], unicode.IsSpace) // as what stands after the tag was
	start := len(first) - len(after)
	for i := n - 1; i < len(lines); i++ {
		if r.searched++; r.searched > maxSearched {
			return element{}, false
		}
		if m := openFence(lines[i]); m != nil && i >= n {
			i += fenceLength(lines[i:], m[2]) - 1
			continue
		}
		from := 0
		if k, end := r.rawLines(lines[i:]); k > 0 && i >= n {
			i += k - 1
			from = strings.Index(strings.ToLower(lines[i]), end) + len(end)
		}
		line := lines[i]
		if i == n-1 {
			line, from = first, start
		}
		if at, length := closing(line, from, t.name, &open); at >= 0 {
			e := element{lines: i + 1, rest: strings.TrimSpace(line[at+length:])}
			e.body = elementBody(lines, n-1, start, i, at)
			return e, true
		}
	}
	return element{}, false
}

// maxSearched bounds the lines that are looked through in a document.
const maxSearched = 200_000

// closing finds the tag on a line that brings the count of open elements of a
// name to zero; -1 if there is none. Code spans are passed over.
func closing(line string, from int, name string, open *int) (at, length int) {
	for i := from; i < len(line); i++ {
		switch line[i] {
		case '`':
			run := len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
			end := closingTicks(line[i+run:], line[i:i+run])
			if end >= 0 {
				i += run + end
			}
			i += run - 1
		case '\\':
			i++
		case '<':
			t, ok := parseTag(line[i:])
			switch {
			case !ok || t.name != name:
				if !ok && startsTag(line[i:], name) {
					*open++ // it ends on a later line
				}
			case t.closing:
				if *open--; *open == 0 {
					return i, t.length
				}
			case !t.selfClosing:
				*open++
			}
		}
	}
	return -1, 0
}

func startsTag(s, name string) bool {
	rest, ok := strings.CutPrefix(s, "<"+name)
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

// elementBody cuts the lines between two tags out, and takes the indentation
// off that all of them have.
func elementBody(lines []string, first, start, last, end int) []string {
	if first == last {
		return []string{strings.TrimSpace(lines[first][start:end])}
	}
	inner := slices.Clone(lines[first+1 : last])
	if tail := lines[last][:end]; !isBlank(tail) {
		inner = append(inner, tail)
	}
	body := dedentAll(inner, commonIndent(inner))
	if head := strings.TrimSpace(lines[first][min(start, len(lines[first])):]); head != "" {
		body = append([]string{head}, body...)
	}
	return body
}

// commonIndent is the width of the white space before all lines.
func commonIndent(lines []string) int {
	least := -1
	for _, line := range lines {
		if !isBlank(line) && (least < 0 || indent(line) < least) {
			least = indent(line)
		}
	}
	return max(least, 0)
}
