package dialect

import (
	"html"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// Books of GitBook's first kind, and of HonKit, are templates: values of the book,
// and those that a document sets. Their plugins have sections that fold.
var (
	bookValue   = regexp.MustCompile(`\\?\{\{-?\s*(book\.[\w.-]+|[A-Za-z_]\w*)\s*-?\}\}`)
	bookSet     = regexp.MustCompile(`^[ \t]*\{%-?\s*set\s+([A-Za-z_]\w*)\s*=\s*(?:"([^"\n]*)"|'([^'\n]*)'|([\d.]+))\s*-?%\}[ \t]*$`)
	bookSection = regexp.MustCompile(`^[ \t]*<!--[ \t]*sec[ \t]+((?s:.*?))[ \t]*-->[ \t]*$`)
)

// bookLine notes a value that a line sets, and writes the title of a section.
func bookLine(r *rewriter, lines []string, _ int) int {
	if strings.Contains(lines[0], "sec ") && strings.Contains(lines[0], "<!--") {
		n := linesUntil(lines[:min(len(lines), 10)], "-->")
		m := bookSection.FindStringSubmatch(strings.Join(lines[:n], "\n"))
		if m != nil {
			r.emitBlock("", strong(html.EscapeString(parseArgs(m[1]).first("data-title"))))
			return n
		}
	}
	m := bookSet.FindStringSubmatch(lines[0])
	if m == nil || r.Tool() != GitBook {
		return 0
	}
	r.constant[bookKey+m[1]] = m[2] + m[3] + m[4]
	r.emit("")
	return 1
}

// bookKey begins the keys under which [Document.constant] has values that a
// document of GitBook's sets.
const bookKey = "{{"

// bookValues writes out the values that have names. In a text, one that nobody
// knows is left out.
func (d *Document) bookValues(s string, isText bool) string {
	if !strings.Contains(s, "{{") || d.Tool() != GitBook {
		return s
	}
	return bookValue.ReplaceAllStringFunc(s, func(m string) string {
		name := bookValue.FindStringSubmatch(m)[1]
		if m[0] == '\\' {
			return m
		}
		if text, ok := d.constant[bookKey+name]; ok {
			return text
		}
		if text, ok := d.value(name); ok && strings.HasPrefix(name, "book.") {
			return text
		}
		if !isText || !d.has("{%") {
			return m
		}
		d.warn("value left out: " + name)
		return ""
	})
}
