package loss

import (
	"strconv"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// plainBytes are those that begin no construct, nor end a line.
var plainBytes = func() (plain [256]bool) {
	for c := range plain {
		plain[c] = strings.IndexByte("\\`<{[]!*~^=:%&\n", byte(c)) < 0
	}
	return plain
}()

// inline reads what comes next in a line, and reports whether the line has ended.
func (m *markdown) inline() (ended bool) {
	n := 0
	rest := m.s[m.i:]
	for n < len(rest) && plainBytes[rest[n]] {
		n++
	}
	if n > 0 {
		m.take(n, must)
		return false
	}
	switch rest[0] {
	case '\n':
		m.i++
		return true
	case '\\':
		m.escape(rest)
	case '`':
		m.span(rest)
	case '<':
		m.angle(rest)
	case '{':
		m.brace(rest)
	case '[', ']':
		m.bracket(rest)
	case '!':
		m.image(rest)
	case '*', '~', '=':
		m.to.joint()
		if m.i++; rest[0] == '*' && m.i < len(m.s) && m.s[m.i] == '_' {
			m.i++
		}
	case '^':
		m.caret(rest)
	case ':':
		m.colon(rest)
	case '%':
		m.percent(rest)
	case '&':
		m.entity(rest)
	}
	return false
}

// escape reads what a backslash keeps from being markup, or a command of TeX.
func (m *markdown) escape(rest string) {
	m.to.part()
	m.i++
	if len(rest) > 1 && rest[1] < 0x80 && rest[1] != '\n' && classOf(rune(rest[1])) == apart {
		m.i++
	}
}

// inParagraph finds text before the next blank line; -1 if it is not there.
func (m *markdown) inParagraph(rest, what string) int {
	if m.paragraph <= m.i {
		end := strings.Index(rest, "\n\n")
		if end < 0 {
			end = len(rest)
		}
		m.paragraph = m.i + end
	}
	near := m.near(rest[:min(max(m.paragraph-m.i, 0), len(rest))])
	at := strings.Index(near, what)
	if at < 0 {
		m.missed(near)
	}
	return at
}

// span reads code between backticks.
func (m *markdown) span(rest string) {
	mark := rest[:len(rest)-len(strings.TrimLeft(rest, "`"))]
	m.to.joint()
	m.i += len(mark)
	rest = rest[len(mark):]
	for from := 0; ; {
		at := m.inParagraph(rest[from:], mark)
		if at < 0 {
			return
		}
		end := from + at
		after := rest[end+len(mark):]
		if !strings.HasPrefix(after, "`") {
			if language, _, named := strings.Cut(rest[:end], " "); named && strings.HasPrefix(language, "#!") {
				m.setting(len(language))
				end -= len(language)
			}
			m.take(end, must)
			m.i += len(mark)
			m.to.joint()
			return
		}
		from = end + len(mark) + len(after) - len(strings.TrimLeft(after, "`"))
	}
}

// angle reads a tag, a comment, or an address.
func (m *markdown) angle(rest string) {
	switch {
	case strings.HasPrefix(rest, "<!--"):
		m.setting(upTo(rest, "-->"))
		return
	case m.i > 0 && m.s[m.i-1] == '@': // a person of Azure's, maybe by an id
		m.setting(upTo(rest[:min(len(rest), 100)], ">"))
		return
	case strings.HasPrefix(rest, `<code class="expression">`): // of GitBook
		m.setting(upTo(rest[:min(len(rest), 1000)], "</code>"))
		return
	case strings.HasPrefix(rest, "<xref:"):
		m.setting(upTo(rest[:min(len(rest), 1000)], ">"))
		return
	case strings.HasPrefix(rest, "<![CDATA["):
		m.i += len("<![CDATA[")
		return
	case strings.HasPrefix(rest, "<http"), strings.HasPrefix(rest, "<mailto:"):
		m.to.part()
		m.i++
		return
	}
	t, ok := m.readTag(rest)
	if n := dataLength(rest, "<img", '>'); !ok && n > 0 {
		m.setting(n)
		return
	}
	if !ok {
		m.to.part()
		m.i++
		return
	}
	if joins(t.name) {
		m.to.joint()
	} else {
		m.to.part()
	}
	m.component(rest[:t.length])
	if t.name == "htmlblock" && !t.isEnd && !t.closes { // HTML as a string of JavaScript
		m.setting(endTag(m.s[m.i:], t.name))
		return
	}
	switch {
	case m.hidden != nil:
		if m.hidden.follow(t) {
			m.hidden = nil
		}
	case t.isEnd || t.closes || void[t.name]:
	case t.name == "script" || t.name == "style":
		m.setting(endTag(m.s[m.i:], t.name))
	case t.name == "ac:parameter" || silent[t.name] || isHidden(t):
		if !m.endless[t.name] && endTag(m.s[m.i:], t.name) < len(m.s)-m.i {
			m.hidden = &hidden{name: t.name, depth: 1}
		} else {
			m.endless[t.name] = true
		}
	}
}

// prose is text in the settings of a component: four words or more.
var prose = regexp.MustCompile(`\s(\w+)=(?:"([^"<>{}]+)"|'([^'<>{}]+)')`)

// component passes over a tag. What authors write for readers into the settings of
// a component is theirs, too.
func (m *markdown) component(tag string) {
	isComponent := len(tag) > 1 && tag[1] >= 'A' && tag[1] <= 'Z' && strings.IndexByte(tag, '=') > 0
	if isComponent && m.hidden == nil {
		for _, found := range prose.FindAllStringSubmatch(tag, -1) {
			text := found[2] + found[3]
			if len(strings.Fields(text)) >= 4 && !strings.Contains(text, "://") && !looks[strings.ToLower(found[1])] {
				m.to.part()
				m.to.text(decoded(text), must)
				m.to.part()
			}
		}
	}
	m.setting(len(tag))
}

// looks are settings that say how a component looks, or what it is made from.
var looks = names("class classname style src href alt url link to d viewbox transform id key sizes srcset allow " +
	"xmlns points code query template command cmd value values pattern regex metadata groupid")

// bracket reads the marks of a link: its text is the author's, its address is not.
func (m *markdown) bracket(rest string) {
	switch {
	case strings.HasPrefix(rest, "[^"), strings.HasPrefix(rest, "[!") && !strings.HasPrefix(rest, "[!["):
		end := m.inParagraph(rest, "]")
		if end > 0 && rest[1] == '!' && strings.HasPrefix(rest[end:], "](") { // a file that DocFX includes
			end += max(0, m.inParagraph(rest[end:], ")]")) + 1
		}
		if end > 0 {
			m.to.joint()
			if rest[1] == '^' && !strings.HasPrefix(rest[end:], "]:") {
				m.to.text(m.number(rest[2:end]), m.kind())
			}
			m.to.unsure() // a footnote's number may stand at the word
			m.setting(end + 1)
			return
		}
	case strings.HasPrefix(rest, "[block:"):
		m.setting(upTo(rest, "[/block]"))
		return
	case strings.HasPrefix(rest, "[["):
		if end := m.inParagraph(rest, "]]"); end > 0 {
			m.to.joint()
			m.to.unsure() // what the link shows may go on with the word
			for end += 2; end < len(rest) && letters[rest[end]] != 0; {
				end++ // and so may what stands right behind it
			}
			m.setting(end)
			if strings.HasPrefix(m.s[m.i:], "(") {
				m.address() // it is the text of a link
			}
			return
		}
	}
	m.to.joint()
	m.i++
	if rest[0] == ']' {
		m.address()
	}
}

// number is what stands in a page for a footnote: they are counted as they are first
// named.
func (m *markdown) number(note string) string {
	n, known := m.notes[note]
	if !known {
		n = strconv.Itoa(len(m.notes) + 1)
		m.notes[note] = n
	}
	return n
}

// address passes over what follows the text of a link.
func (m *markdown) address() {
	rest := m.s[m.i:]
	switch {
	case strings.HasPrefix(rest, "("):
		near := m.near(rest)
		if n := addressLength(near); n > 0 {
			m.setting(n)
		} else if n := dataLength(rest, "(", ')'); n > 0 {
			m.setting(n)
		} else {
			m.missed(near)
		}
	case strings.HasPrefix(rest, "["):
		if end := m.inParagraph(rest, "]"); end > 0 {
			m.setting(end + 1)
		}
	}
}

// dataLength is the length of an image that is written into an address, however
// long, with the tag or brackets around it; 0 if there is none.
func dataLength(s, start string, end byte) int {
	if !strings.HasPrefix(s, start) || !strings.Contains(s[:min(len(s), 1000)], "data:") {
		return 0
	}
	return strings.IndexByte(s, end) + 1
}

// addressLength is the length of an address in round brackets; 0 if it does not
// end in its paragraph.
func addressLength(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '\\':
			continue
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		case '\n':
			if i+1 < len(s) && s[i+1] == '\n' {
				return 0
			}
		}
	}
	return 0
}

// image reads the name of an image, which need not be shown, and its address.
func (m *markdown) image(rest string) {
	m.to.part()
	m.i++
	if !strings.HasPrefix(rest, "![") {
		return
	}
	if end := m.inParagraph(rest[1:], "]"); end > 0 {
		m.setting(end + 1)
		m.address()
	}
}

// colon reads the name of an emoji or icon.
func (m *markdown) colon(rest string) {
	m.to.part()
	if strings.HasPrefix(rest, ":::") {
		line, _, _ := strings.Cut(rest, "\n")
		if end := strings.Index(line[3:], ":::"); end > 0 {
			m.setting(end + 6)
			return
		}
	}
	n := 1
	for n < len(rest) && n < 80 && (isNameByte(rest[n]) && rest[n] != ':' && rest[n] != '.' || rest[n] == '+') {
		n++
	}
	if n > 2 && n < len(rest) && rest[n] == ':' {
		m.setting(n + 1)
		return
	}
	m.i++
}

// percent reads a comment of Obsidian's.
func (m *markdown) percent(rest string) {
	m.to.part()
	if strings.HasPrefix(rest, "%%") {
		if end := m.inParagraph(rest[2:], "%%"); end >= 0 {
			m.setting(end + 4)
			return
		}
	}
	m.i++
}

// caret reads the id of a block, at the end of a line.
func (m *markdown) caret(rest string) {
	line, _, _ := strings.Cut(rest, "\n")
	isAfterSpace := m.i == 0 || m.s[m.i-1] == ' ' || m.s[m.i-1] == '\n'
	if id := strings.TrimRight(line[1:], " "); isAfterSpace && id != "" && !strings.ContainsAny(id, " ^*") {
		m.setting(len(line))
		return
	}
	m.to.joint()
	m.i++
}

func (m *markdown) entity(rest string) {
	end := strings.IndexByte(rest[:min(len(rest), 32)], ';')
	if end > 1 {
		if text := decoded(rest[:end+1]); text != rest[:end+1] {
			m.to.text(text, m.kind())
			m.i += end + 1
			return
		}
	}
	m.to.part()
	m.i++
}
