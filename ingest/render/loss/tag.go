package loss

import (
	"html"
	"strings"
)

// tag is a start or end tag of HTML or XML.
type tag struct {
	name   string // in lower case
	attrs  string // what comes after the name
	isEnd  bool
	closes bool // it is an element without content: <a/>
	length int  // of the whole, in bytes
}

// maxTag bounds how far the end of a construct is looked for, in bytes.
const maxTag = 16 << 10

// budget bounds the search for ends that are not there, so that reading takes a
// time that grows with the text and no faster.
type budget struct{ left int } // bytes

func newBudget(s string) budget { return budget{4*len(s) + maxTag} }

// near is the text in which the end of a construct is looked for.
func (b *budget) near(s string) string {
	if b.left <= 0 {
		return s[:min(len(s), 200)]
	}
	return s[:min(len(s), maxTag)]
}

// missed notes that the end was not there.
func (b *budget) missed(s string) { b.left -= len(s) }

// readTag reads the tag that s begins with; false if it begins with none. What
// stands in quotes or braces does not end it.
func (b *budget) readTag(s string) (t tag, ok bool) {
	i := 1
	if len(s) > 1 && s[1] == '/' {
		t.isEnd = true
		i++
	}
	start := i
	for i < len(s) && isNameByte(s[i]) {
		i++
	}
	if i == start || !isLetter(s[start]) {
		return tag{}, false
	}
	t.name = strings.ToLower(s[start:i])
	if i < len(s) && strings.IndexByte(" \t\r\n/>{", s[i]) < 0 {
		return tag{}, false
	}
	near := b.near(s)
	end := tagEnd(near, i)
	if end < 0 {
		b.missed(near)
		return tag{}, false
	}
	t.attrs, t.length = s[i:end], end+1
	t.closes = strings.HasSuffix(t.attrs, "/")
	return t, true
}

// tagEnd returns where the ">" of a tag is, -1 if it has none.
func tagEnd(s string, from int) int {
	braces := 0
	quote := byte(0)
	for i := from; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'' || c == '`' && braces > 0) && (braces > 0 || s[i-1] == '=' || s[i-1] == ' '):
			quote = c
		case c == '{':
			braces++
		case c == '}':
			braces--
		case c == '>' && braces <= 0:
			return i
		case c == '<' && braces <= 0:
			return -1
		}
	}
	return -1
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isNameByte(c byte) bool {
	return isLetter(c) || c >= '0' && c <= '9' || c == '-' || c == ':' || c == '_' || c == '.'
}

// attr returns the value of an attribute, "" if there is none.
func (t tag) attr(name string) string {
	for rest := t.attrs; ; {
		at := strings.Index(rest, name)
		if at < 0 {
			return ""
		}
		value := strings.TrimLeft(rest[at+len(name):], " \t\n")
		isWhole := at > 0 && strings.IndexByte(" \t\r\n\"'", rest[at-1]) >= 0
		rest = rest[at+len(name):]
		if !isWhole || !strings.HasPrefix(value, "=") {
			continue
		}
		value = strings.TrimLeft(value[1:], " \t\n")
		if value != "" && (value[0] == '"' || value[0] == '\'') {
			if end := strings.IndexByte(value[1:], value[0]); end >= 0 {
				return html.UnescapeString(value[1 : 1+end])
			}
		}
		if end := strings.IndexAny(value, " \t\n/>"); end >= 0 {
			return value[:end]
		}
		return value
	}
}

// has reports whether a tag has an attribute, with a value or without.
func (t tag) has(name string) bool {
	for field := range strings.FieldsSeq(t.attrs) {
		if key, _, _ := strings.Cut(field, "="); strings.TrimSuffix(key, "/") == name {
			return true
		}
	}
	return false
}

// decoded is text with its entities decoded.
func decoded(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	return html.UnescapeString(s)
}

func names(list string) map[string]bool {
	m := map[string]bool{}
	for name := range strings.FieldsSeq(list) {
		m[name] = true
	}
	return m
}

var (
	// silent are elements whose text is for machines, or of the site around the content.
	silent = names("script style template noscript select textarea button head title svg math iframe object embed " +
		"canvas audio video nav noframes datalist map progress meter")

	void = names("area base br col embed hr img input link meta param source track wbr frame")
)

// joins reports whether an element does not part the words that it stands in.
func joins(name string) bool {
	switch name {
	case "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
		"label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
		"time", "data":
		return true
	}
	return false
}
