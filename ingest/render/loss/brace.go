package loss

import "strings"

// calls are the constructs between braces, with their ends.
var calls = []struct{ start, end string }{
	{"{{", "}}"}, {"{%", "%}"}, {"{/*", "*/}"}, {"{#", "}"}, {"{.", "}"}, {"{:", "}"},
	{"{ #", "}"}, {"{ .", "}"}, {"{* ", " *}"}}

// brace reads a call, a comment, settings, or an expression.
func (m *markdown) brace(rest string) {
	m.to.part()
	if n := m.commented(rest); n > 0 {
		m.setting(n)
		return
	}
	if n := roleLength(rest); n > 0 {
		m.role(rest[:n])
		return
	}
	near := m.near(rest)
	for _, call := range calls {
		if !strings.HasPrefix(rest, call.start) {
			continue
		}
		if end := strings.Index(near, call.end); end >= 0 {
			m.setting(end + len(call.end))
			return
		}
		m.missed(near)
	}
	if n := settingsLength(near); n > 0 {
		m.setting(n)
		return
	}
	if m.isJS {
		if n := balanced(near); n > 0 {
			m.setting(n)
			return
		}
		m.missed(near)
	}
	m.i++
}

// settingsLength is the length of settings such as { width="300" }, on one line; 0
// if there are none.
func settingsLength(s string) int {
	name := strings.TrimLeft(s[1:], " ")
	n := 0
	for n < len(name) && isNameByte(name[n]) {
		n++
	}
	if n == 0 || n == len(name) || name[n] != '=' {
		return 0
	}
	line, _, _ := strings.Cut(s, "\n")
	return strings.IndexByte(line, '}') + 1
}

// commented returns the length of a part that templates leave out; 0 if rest
// begins with none.
func (m *markdown) commented(rest string) int {
	start, _, found := strings.Cut(rest[:min(len(rest), 60)], "comment")
	if !found || strings.Trim(start, "{%-< ") != "" || m.endless["comment"] {
		return 0
	}
	for _, end := range []string{"endcomment %}", "endcomment -%}", "/comment %}}", "/comment >}}"} {
		if at := strings.Index(rest, end); at > 0 {
			return at + len(end)
		}
	}
	m.endless["comment"] = true
	return 0
}

// balanced returns the length of an expression in braces; 0 if it does not end.
func balanced(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// roleLength is the length of the name of a role of Sphinx's, as in {doc}`other`; 0
// if there is none.
func roleLength(s string) int {
	n := 1
	for n < len(s) && (isNameByte(s[n]) || s[n] == '+') {
		n++
	}
	if n == 1 || !isLetter(s[1]) || !strings.HasPrefix(s[n:], "}`") {
		return 0
	}
	return n + 1
}

// role reads one: its name and what it leads to are for machines, its text is the
// author's. A page may show the title of what it leads to instead.
func (m *markdown) role(name string) {
	m.setting(len(name))
	mark := m.s[m.i : len(m.s)-len(strings.TrimLeft(m.s[m.i:], "`"))]
	end := m.inParagraph(m.s[m.i+len(mark):], mark)
	if end < 0 {
		return
	}
	text := m.s[m.i+len(mark) : m.i+len(mark)+end]
	m.i += len(mark)
	switch at := strings.LastIndexByte(text, '<'); {
	case at > 0 && strings.HasSuffix(text, ">") && isTitled(strings.Trim(name, "{}"), text[at-1]):
		m.take(at, must)
		m.setting(len(text) - at)
	case leads[strings.TrimPrefix(strings.Trim(name, "{}"), "std:")]:
		m.setting(len(text))
	default:
		m.take(len(text), must)
	}
	m.i += len(mark)
	m.to.part()
}

// isTitled reports whether the text of a role may be a title with what it leads to in
// angle brackets; before is the character in front of these.
func isTitled(role string, before byte) bool {
	role = strings.TrimPrefix(role, "std:")
	if titled[role] || strings.HasPrefix(role, "external") {
		return true
	}
	isObject := objects[role] || strings.Contains(role, ":") && !strings.HasPrefix(role, "cite:")
	return isObject && (before == ' ' || before == '\n')
}

var (
	titled  = names("ref doc numref term download index eq pep rfc cve cwe button-link button-ref prf:ref")
	objects = names("func meth class mod attr exc data obj const any")
)

// leads are roles that stand for the title of a place.
var leads = map[string]bool{"doc": true, "ref": true, "any": true, "numref": true, "eq": true}
