package loss

import (
	"strings"
)

// markdown reads Markdown as a stream. It knows the constructs of documentation
// tools by their marks alone.
type markdown struct {
	s    string
	i    int
	isJS bool // JavaScript may stand among the text
	to   sink

	budget
	hidden    *hidden           // the element whose text is for machines
	paragraph int               // where the paragraph ends that the last construct was looked for in
	notes     map[string]string // the numbers of footnotes, by their names
	endless   map[string]bool   // elements and comments that have no end from here on
}

func readMarkdown(s string, isJS bool, to sink) {
	m := markdown{s: strings.ReplaceAll(s, "\r\n", "\n"), isJS: isJS, to: to,
		budget: newBudget(s), endless: map[string]bool{}, notes: map[string]string{}}
	isStart := true
	for m.i < len(m.s) {
		if isStart {
			if to.isFull() {
				return
			}
			isStart = m.line()
			continue
		}
		isStart = m.inline()
	}
}

func (m *markdown) kind() kind {
	if m.hidden != nil {
		return may
	}
	return must
}

// rest is the text from here to the end of the line.
func (m *markdown) rest() string {
	if end := strings.IndexByte(m.s[m.i:], '\n'); end >= 0 {
		return m.s[m.i : m.i+end]
	}
	return m.s[m.i:]
}

// take passes on text, and goes on after it.
func (m *markdown) take(n int, k kind) {
	m.to.text(m.s[m.i:m.i+n], max(k, m.kind()))
	m.i += n
}

// setting passes on what is for machines, and goes on after it.
func (m *markdown) setting(n int) { m.take(min(n, len(m.s)-m.i), may) }

// line reads what a line begins with, and reports whether that is all of it.
func (m *markdown) line() (isAll bool) {
	m.to.part()
	for m.i < len(m.s) && strings.IndexByte(" \t>", m.s[m.i]) >= 0 {
		m.i++
	}
	rest := m.rest()
	for n := markerLength(rest); n > 0; n = markerLength(rest) {
		m.setting(n)
		for m.i < len(m.s) && (m.s[m.i] == ' ' || m.s[m.i] == '\t') {
			m.i++
		}
		rest = m.rest()
	}
	switch {
	case rest == "":
		m.i = min(m.i+1, len(m.s))
		return true
	case strings.HasPrefix(rest, "```"), strings.HasPrefix(rest, "~~~"):
		return m.fence(rest)
	case isSettingLine(rest):
		if end := m.tagOverLines(rest); end > 0 {
			m.setting(end)
			return false
		}
		m.setting(len(rest) + 1)
		if strings.HasSuffix(strings.TrimRight(rest, " "), "]:") { // the address is on the next line
			m.setting(len(m.rest()) + 1)
		}
		return true
	case strings.HasPrefix(rest, "import "), strings.HasPrefix(rest, "export "):
		return m.script(rest)
	case strings.HasPrefix(rest, "[block:"):
		m.setting(upTo(m.s[m.i:], "[/block]"))
	case strings.HasPrefix(rest, "%%"), strings.HasPrefix(rest, "$$"):
		if end := strings.Index(m.s[m.i+2:], rest[:2]); end >= 0 && end < maxTag {
			m.setting(end + 4)
		}
	}
	return false
}

// markerLength is the length of the mark of a list's item, with the box of a
// task; 0 if the line begins with none.
func markerLength(line string) int {
	n := 0
	switch {
	case line == "":
		return 0
	case strings.IndexByte("-*+", line[0]) >= 0:
		n = 1
	default:
		for n < len(line) && n < 9 && line[n] >= '0' && line[n] <= '9' {
			n++
		}
		if n == 0 || n == len(line) || line[n] != '.' && line[n] != ')' {
			return 0
		}
		n++
	}
	if n < len(line) && line[n] != ' ' && line[n] != '\t' {
		return 0
	}
	rest := strings.TrimLeft(line[n:], " ")
	if len(rest) > 2 && rest[0] == '[' && rest[2] == ']' && strings.IndexByte(" xX", rest[1]) >= 0 {
		n = len(line) - len(rest) + 3
	}
	return n
}

// isSettingLine reports whether a line has only what is for machines, or may.
func isSettingLine(line string) bool {
	switch line[0] {
	case ':':
		return strings.HasPrefix(line, "::")
	case '!', '?', '=':
		return strings.HasPrefix(line, "!!!") || strings.HasPrefix(line, "???") || strings.HasPrefix(line, "===")
	case '-', ';':
		return strings.Contains(line, "8<--")
	case '/':
		return strings.HasPrefix(line, "///")
	case '<':
		return strings.HasPrefix(line, "<<<")
	case '{':
		return strings.HasPrefix(line, "{!") || strings.HasPrefix(line, "{{#")
	case '[':
		end := strings.Index(line, "]:")
		return end > 1 && line[1] != '^' && !strings.Contains(line[1:end], "]") || strings.HasPrefix(line, "[!")
	}
	return false
}

// tagOverLines is the length of a tag of Learn's that begins with the line and goes
// on in others, `:::image source="a"` and `alt-text="b":::`; 0 if there is none.
func (m *markdown) tagOverLines(line string) int {
	if len(line) < 4 || !strings.HasPrefix(line, ":::") || !isNameByte(line[3]) || strings.Contains(line[3:], ":::") ||
		!strings.Contains(line, `="`) {
		return 0
	}
	at := m.inParagraph(m.s[m.i:], `":::`)
	if at < 0 {
		return 0
	}
	return at + len(`":::`)
}

// script passes over code of a module: an import, or what is exported, up to a
// blank line outside of its brackets.
func (m *markdown) script(rest string) bool {
	isImport := strings.HasPrefix(rest, "import ")
	if isImport && !m.isJS && !strings.Contains(rest, " from ") && !strings.ContainsAny(rest, `'"{`) {
		return false
	}
	isCode := strings.Contains(rest, " const ") || strings.Contains(rest, " default ") || strings.Contains(rest, " function ")
	if !isImport && !m.isJS && !isCode {
		return false
	}
	depth, n := 0, 0
	for line := range strings.Lines(m.s[m.i:]) {
		if n > 0 && depth <= 0 && (isImport || strings.TrimSpace(line) == "") {
			break
		}
		for i := range len(line) {
			switch line[i] {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				depth--
			}
		}
		n += len(line)
	}
	m.setting(n)
	return true
}

// fence reads a block of code.
func (m *markdown) fence(first string) bool {
	mark := first[:len(first)-len(strings.TrimLeft(first, first[:1]))]
	info := first[len(mark):]
	indent := m.i - strings.LastIndexByte(m.s[:m.i], '\n') - 1
	if mark[0] == '`' && strings.Contains(info, "`") {
		return false
	}
	m.setting(len(first) + 1)
	if strings.Contains(info, "mdx-code-block") || strings.HasPrefix(strings.TrimSpace(info), "{") {
		return true // its text is markup
	}
	for m.i < len(m.s) {
		line := m.rest()
		inner := strings.TrimLeft(line, " \t>")
		isEnd := len(line)-len(inner) < indent+4 && strings.HasPrefix(inner, mark) &&
			strings.Trim(inner, mark[:1]+" \t") == ""
		n := min(len(line)+1, len(m.s)-m.i)
		if isEnd || strings.Contains(line, "highlight-") || strings.Contains(line, "[!code") ||
			strings.Contains(line, "{{#") || isUnshown(info, inner) {
			m.setting(n)
		} else {
			m.take(n, must)
		}
		m.to.part()
		if isEnd {
			return true
		}
	}
	return true
}

// isUnshown tells whether a line of code is one that mdBook compiles, but does not show.
func isUnshown(info, line string) bool {
	if strings.HasPrefix(strings.TrimSpace(info), "rust") {
		return line == "#" || strings.HasPrefix(line, "# ")
	}
	_, mark, found := strings.Cut(info, "hidelines=")
	mark = strings.TrimRight(mark, " ")
	return found && mark != "" && strings.HasPrefix(line, mark)
}
