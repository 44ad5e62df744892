package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var spanLanguage = regexp.MustCompile("^(`+ ?)#!(?:[a-z][a-z0-9+#-]*)[ \t]+")

// codeSpan writes a span as it is shown: without the language that MkDocs
// reads at its start.
func (r *rewriter) codeSpan(s string) string {
	if strings.Contains(s, "#!") && (r.IsOf(MkDocs) || r.has("`#!python ")) {
		s = spanLanguage.ReplaceAllString(s, "$1")
	}
	return unescapeShortcodes(r.readmeInCode(r.valuesInCode(s)))
}

func asIs(s string) string { return s }

// maxSpan is how many lines a code span may go over.
const maxSpan = 12

// spanLength counts the lines of a text up to the end of the code spans that
// begin on the first.
func spanLength(lines []string) int {
	if !strings.Contains(lines[0], "`") || !hasOpenSpan(lines[0]) {
		return 1
	}
	text := lines[0]
	for n := 1; n < min(len(lines), maxSpan); n++ {
		if isBlank(lines[n]) || isListItem(lines[n]) || openFence(lines[n]) != nil {
			break
		}
		if text += "\n" + lines[n]; !hasOpenSpan(text) {
			return n + 1
		}
	}
	return 1
}

// hasOpenSpan tells whether a code span of a text does not end in it.
func hasOpenSpan(text string) bool {
	for text != "" {
		start := strings.IndexByte(text, '`')
		if start < 0 {
			return false
		}
		run := len(text[start:]) - len(strings.TrimLeft(text[start:], "`"))
		rest := text[start+run:]
		if start > 0 && text[start-1] == '\\' {
			text = rest
			continue
		}
		end := closingTicks(rest, text[start:start+run])
		if end < 0 {
			return true
		}
		text = rest[end+run:]
	}
	return false
}

// outsideCode applies edit to the parts of a text that are not code spans, and
// inside to those that are.
func outsideCode(text string, edit, inside func(string) string) string {
	var out strings.Builder
	for text != "" {
		start := strings.IndexByte(text, '`')
		if start < 0 {
			break
		}
		mark := text[start:]
		mark = mark[:len(mark)-len(strings.TrimLeft(mark, "`"))]
		end := -1
		if start == 0 || text[start-1] != '\\' {
			end = closingTicks(text[start+len(mark):], mark)
		}
		if end < 0 {
			out.WriteString(edit(text[:start]) + mark)
			text = text[start+len(mark):]
			continue
		}
		code := text[start : start+len(mark)+end+len(mark)]
		out.WriteString(edit(text[:start]) + inside(code))
		text = text[start+len(code):]
	}
	out.WriteString(edit(text))
	return out.String()
}
