package htmldoc

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// rawTag finds the tags of elements that hold all that follows, as text, up to
// their end tag.
var rawTag = regexp.MustCompile(`(?i)<!--|<(iframe|textarea|title|xmp|noembed|noframes)(?:[^<>"']|"[^"]*"|'[^']*')*>`)

// closeRaw ends such elements where they hold nothing: written as in XML,
// <iframe/>, or never ended. All that follows would be lost with them.
func closeRaw(markup string) string {
	at := rawTag.FindStringSubmatchIndex(markup)
	if at == nil {
		return markup
	}
	var out strings.Builder
	for ends := (nextEnds{}); at != nil; at = rawTag.FindStringSubmatchIndex(markup) {
		tag, rest := markup[at[0]:at[1]], markup[at[1]:]
		out.WriteString(markup[:at[1]])
		skip := 0
		if at[2] < 0 {
			if skip = strings.Index(rest, "-->"); skip < 0 {
				skip = len(rest)
			}
		} else {
			name := strings.ToLower(markup[at[2]:at[3]])
			end := ends.find(rest, "</"+name)
			if end < 0 || strings.HasSuffix(tag, "/>") && contains(rest[:end], "<"+name) {
				out.WriteString("</" + name + ">")
			} else {
				skip = end
			}
		}
		out.WriteString(rest[:skip])
		markup = rest[skip:]
	}
	out.WriteString(markup)
	return out.String()
}

func contains(s, sub string) bool { return nextEnds{}.find(s, sub) >= 0 }

// nextEnds are the places of end tags that were found, by how much of the
// markup follows them, so that none is looked for twice.
type nextEnds map[string]int

// find returns where the next end of a kind is in what is left of the markup,
// -1 if there is none.
func (e nextEnds) find(rest, end string) int {
	left, known := e[end]
	if known && left <= len(rest) {
		if left < 0 {
			return -1
		}
		return len(rest) - left
	}
	at := 0
	for ; at+len(end) <= len(rest); at++ {
		i := strings.IndexByte(rest[at:], '<')
		if i < 0 {
			break
		}
		if at += i; at+len(end) <= len(rest) && strings.EqualFold(rest[at:at+len(end)], end) {
			e[end] = len(rest) - at
			return at
		}
	}
	e[end] = -1
	return -1
}
