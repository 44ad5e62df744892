package htmldoc

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// wellFormed returns what a parser of HTML makes of markup that is plain, as a
// [Builder] knows it; nil if it is not. The tree shares the markup's memory.
func wellFormed(markup string) *Document {
	b := NewBuilder("")
	b.Markup(markup)
	return b.Document()
}

// Markup adds a piece of markup, in which each tag and each entity is whole.
func (b *Builder) Markup(markup string) {
	r := markupReader{b, markup}
	b.cards = b.cards || mayHoldCards(markup)
	if strings.IndexByte(markup, '\r') >= 0 || strings.IndexByte(markup, 0) >= 0 {
		b.isOdd = true
	}
	for r.rest != "" && !b.isOdd {
		at := strings.IndexByte(r.rest, '<')
		if at < 0 {
			at = len(r.rest)
		}
		b.Text(r.decoded(at))
		if r.rest = r.rest[at:]; r.rest != "" && !r.tag() {
			b.isOdd = true
		}
	}
}

// markupReader reads the tags of markup.
type markupReader struct {
	*Builder
	rest string
}

// decoded is what the text up to an offset means.
func (r *markupReader) decoded(to int) string {
	text := r.rest[:to]
	amp := strings.LastIndexByte(text, '&')
	if amp < 0 {
		return text
	}
	if to == len(r.rest) && strings.Trim(text[amp+1:], alphanumeric+"#") == "" {
		r.isOdd = true // what follows the piece may be of the entity
	}
	return html.UnescapeString(text)
}

const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// tag reads what begins with "<".
func (r *markupReader) tag() bool {
	if len(r.rest) < 3 {
		return false
	}
	switch c := r.rest[1]; {
	case c == '/':
		return r.end()
	case c == '!':
		return r.comment()
	case c >= 'a' && c <= 'z':
		return r.start()
	}
	return false
}

func (r *markupReader) end() bool {
	t := r.top().tag
	name := t.name
	if name == "" || len(r.rest) < len(name)+3 || r.rest[2:2+len(name)] != name || r.rest[2+len(name)] != '>' {
		return false
	}
	r.rest = r.rest[len(name)+3:]
	r.End(t)
	return true
}

// comment reads a comment that nothing can take for anything else.
func (r *markupReader) comment() bool {
	inner, ok := strings.CutPrefix(r.rest, "<!--")
	end := strings.Index(inner, "-->")
	if !ok || end < 0 {
		return false
	}
	inner = inner[:end]
	if strings.Contains(inner, "--") || strings.HasPrefix(inner, ">") || strings.HasPrefix(inner, "-") ||
		strings.HasSuffix(inner, "-") || hasHead.MatchString(inner) {
		return false
	}
	r.flush()
	r.written++
	n := r.node()
	n.Type, n.Data = html.CommentNode, html.UnescapeString(inner)
	appendTo(r.top().node, n)
	r.rest = r.rest[len("<!--")+end+len("-->"):]
	return true
}

// start reads a start tag.
func (r *markupReader) start() bool {
	length := 1
	for length < len(r.rest) && isNameByte(r.rest[length]) {
		length++
	}
	t := tags[r.rest[1:length]]
	if t == nil {
		return false
	}
	r.rest = r.rest[length:]
	attrs, ok := r.attributes(t.isVoid())
	if !ok {
		return false
	}
	r.Start(t, attrs...)
	return t.nesting != raw || r.isOdd || r.raw(t)
}

// raw reads the content of an element in which nothing looks like markup.
func (r *markupReader) raw(t *Tag) bool {
	content, rest, ok := strings.Cut(r.rest, "<")
	after, isEnd := strings.CutPrefix(rest, "/"+t.name+">")
	if !ok || !isEnd {
		return false
	}
	r.Text(content)
	r.End(t)
	r.rest = after
	return true
}

func isKeyByte(c byte) bool { return isNameByte(c) || c >= 'A' && c <= 'Z' || c == ':' }

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// attributes reads those of a tag, up to its end.
func (r *markupReader) attributes(isVoid bool) (list []html.Attribute, ok bool) {
	for r.rest != "" {
		isApart := r.rest[0] == ' ' || r.rest[0] == '\n'
		r.rest = strings.TrimLeft(r.rest, " \n")
		switch {
		case strings.HasPrefix(r.rest, ">"):
			r.rest = r.rest[1:]
			return list, true
		case isVoid && strings.HasPrefix(r.rest, "/>"):
			r.rest = r.rest[2:]
			return list, true
		case !isApart:
			return nil, false
		}
		a, ok := r.attribute()
		if !ok || slices.ContainsFunc(list, func(other html.Attribute) bool { return other.Key == a.Key }) {
			return nil, false
		}
		list = append(list, a)
	}
	return nil, false
}

// attribute reads one that is a name, or a name and a value in quotes.
func (r *markupReader) attribute() (a html.Attribute, ok bool) {
	length := 0
	for length < len(r.rest) && isKeyByte(r.rest[length]) {
		length++
	}
	if length == 0 {
		return a, false
	}
	a.Key = strings.ToLower(r.rest[:length])
	r.rest = r.rest[length:]
	if !strings.HasPrefix(r.rest, `="`) && !strings.HasPrefix(r.rest, `='`) {
		return a, r.rest != "" && strings.IndexByte(" \n/>", r.rest[0]) >= 0
	}
	end := strings.IndexByte(r.rest[2:], r.rest[1])
	if end < 0 {
		return a, false
	}
	a.Val = r.rest[2 : 2+end]
	r.rest = r.rest[2+end+1:]
	if strings.IndexByte(a.Val, '<') >= 0 || !isPlain(a.Val) {
		return a, false
	}
	if strings.IndexByte(a.Val, '&') >= 0 {
		a.Val = html.UnescapeString(a.Val)
	}
	return a, true
}

// isPlain tells whether the entities of an attribute mean there what they mean
// in text: those that end in a semicolon.
func isPlain(value string) bool {
	for {
		at := strings.IndexByte(value, '&')
		if at < 0 {
			return true
		}
		value = value[at+1:]
		end := strings.IndexByte(value, ';')
		if end <= 0 || end > 8 || strings.Trim(value[:end], "abcdefghijklmnopqrstuvwxyz0123456789#") != "" {
			return false
		}
		if value[0] != '#' && strings.HasSuffix(html.UnescapeString("&"+value[:end+1]), ";") {
			return false // it is not the name of one
		}
	}
}
