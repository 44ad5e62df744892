package leaks

import (
	"strings"

	"golang.org/x/net/html"
)

// token is a text between two tags, or a tag.
type token struct {
	kind     html.TokenType
	from, to int    // in the markup
	name     string // of a tag
	text     string // of a text, decoded
	values   []string
}

// markup reads HTML token by token: what the renderer writes by itself, all else
// with the tokenizer of HTML. Of attributes it has those that people read or follow.
type markup struct {
	s     string
	at    int
	other *html.Tokenizer // that reads the rest; nil if none does
}

// next returns the next token; false at the end.
func (m *markup) next() (t token, ok bool) {
	if m.other == nil && m.at < len(m.s) {
		if t, ok := m.plain(); ok {
			m.at = t.to
			return t, true
		}
		m.other = html.NewTokenizer(strings.NewReader(m.s[m.at:]))
	}
	if m.other == nil {
		return token{}, false
	}
	kind := m.other.Next()
	if kind == html.ErrorToken {
		return token{}, false
	}
	t = token{kind: kind, from: m.at, to: m.at + len(m.other.Raw())}
	m.at = t.to
	switch kind {
	case html.TextToken:
		t.text = string(m.other.Text())
	case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
		name, more := m.other.TagName()
		t.name = string(name)
		for more {
			var key, value []byte
			key, value, more = m.other.TagAttr()
			if isRead(string(key)) {
				t.values = append(t.values, string(value))
			}
		}
	}
	return t, true
}

func isRead(key string) bool { return key == "href" || key == "src" || key == "title" || key == "alt" }

// plain reads a token that is written without any of the liberties of HTML.
func (m *markup) plain() (t token, ok bool) {
	rest := m.s[m.at:]
	end := strings.IndexByte(rest, '<')
	if end != 0 {
		if end < 0 {
			end = len(rest)
		}
		text := rest[:end]
		if end+1 >= len(rest) && end < len(rest) || strings.IndexByte(text, '\r') >= 0 || strings.IndexByte(text, 0) >= 0 {
			return t, false
		}
		if end < len(rest) && rest[end+1] != '/' && (rest[end+1] < 'a' || rest[end+1] > 'z') {
			return t, false // it goes on behind the "<"
		}
		if strings.IndexByte(text, '&') >= 0 {
			text = html.UnescapeString(text)
		}
		return token{kind: html.TextToken, from: m.at, to: m.at + end, text: text}, true
	}
	t = token{kind: html.StartTagToken, from: m.at}
	at := 1
	if strings.HasPrefix(rest, "</") {
		t.kind, at = html.EndTagToken, 2
	}
	start := at
	for at < len(rest) && (rest[at] >= 'a' && rest[at] <= 'z' || rest[at] >= '1' && rest[at] <= '6') {
		at++
	}
	if t.name = rest[start:at]; !isWritten(t.name) {
		return t, false
	}
	for t.kind == html.StartTagToken && at < len(rest) && rest[at] == ' ' {
		key, value, length := attribute(rest[at:])
		if length == 0 || at > start+len(t.name) && strings.Contains(rest[:at], " "+key+"=") {
			return t, false
		}
		if isRead(key) {
			t.values = append(t.values, value)
		}
		at += length
	}
	t.to = m.at + at + 1
	return t, at < len(rest) && rest[at] == '>'
}

// isWritten tells the elements that the renderer writes.
func isWritten(name string) bool {
	switch name {
	case "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot",
		"tr", "td", "th", "caption", "pre", "code", "blockquote", "strong", "em", "del", "sub", "sup", "kbd", "a", "br", "hr":
		return true
	}
	return false
}

// attribute reads one with the space before it, and returns how long they are; 0 if
// it is not written as the renderer writes them.
func attribute(s string) (key, value string, length int) {
	end := 1
	for end < len(s) && 'a' <= s[end] && s[end] <= 'z' {
		end++
	}
	key = s[1:end]
	rest, ok := strings.CutPrefix(s[end:], `="`)
	if !ok || key == "" {
		return "", "", 0
	}
	for end = 0; end < len(rest) && rest[end] != '"'; end++ {
		if rest[end] == '<' || rest[end] == '\r' || rest[end] == 0 {
			return "", "", 0
		}
	}
	if end == len(rest) {
		return "", "", 0
	}
	value = rest[:end]
	length = len(key) + len(value) + len(` =""`)
	if strings.IndexByte(value, '&') >= 0 {
		for i, more := range strings.Split(value, "&") {
			if i > 0 && entities.Replace("&" + more)[0] == '&' && !strings.HasPrefix(more, "amp;") {
				return "", "", 0 // what it means depends on what follows
			}
		}
		value = entities.Replace(value)
	}
	return key, value, length
}

var entities = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&#34;", `"`)
