package dialect

import (
	"regexp"
	"strings"
)

var blockID = regexp.MustCompile(`(?:^|[ \t])\^[A-Za-z0-9][A-Za-z0-9-]{3,40}[ \t]*$`)

// inline writes a line of text, with those after it where a shortcode or
// component ends on them, and returns how many lines it took.
func (r *rewriter) inline(lines []string) int {
	line := lines[0]
	if strings.Contains(line, "^") && (len(lines) == 1 || isBlank(lines[1]) || isListItem(lines[1])) {
		line = blockID.ReplaceAllString(line, "")
	}
	if !strings.ContainsAny(line, "{<%") {
		r.emit(line)
		return 1
	}
	if n := r.shortcodes(line, lines); n > 0 {
		return n
	}
	r.emit(r.outsideCode(line, r.inlineText))
	return 1
}

// outsideCode applies edit to the parts of a line that are not code spans.
func (r *rewriter) outsideCode(line string, edit func(string) string) string {
	var out strings.Builder
	for line != "" {
		start := strings.IndexByte(line, '`')
		if start < 0 {
			break
		}
		mark := line[start:]
		mark = mark[:len(mark)-len(strings.TrimLeft(mark, "`"))]
		end := closingTicks(line[start+len(mark):], mark)
		if end < 0 {
			out.WriteString(edit(line[:start]) + mark)
			line = line[start+len(mark):]
			continue
		}
		code := line[start : start+len(mark)+end+len(mark)]
		out.WriteString(edit(line[:start]) + unescapeShortcodes(code))
		line = line[start+len(code):]
	}
	out.WriteString(edit(line))
	return out.String()
}

// closingTicks finds the run of backticks that ends a code span.
func closingTicks(s, mark string) int {
	for at := 0; ; {
		i := strings.Index(s[at:], mark)
		if i < 0 {
			return -1
		}
		start := at + i
		run := len(s[start:]) - len(strings.TrimLeft(s[start:], "`"))
		if run == len(mark) {
			return start
		}
		at = start + run
	}
}

var (
	jsxComment = regexp.MustCompile(`\{/\*.*?\*/\}`)
	hugoNote   = regexp.MustCompile(`\{\{-?\s*/\*.*?\*/\s*-?\}\}`)
	jsxSpace   = regexp.MustCompile(`\{(?:' +'|" +")\}`)
	noteText   = regexp.MustCompile(`%%[^%]+%%`)
)

func (r *rewriter) inlineText(s string) string {
	if strings.Contains(s, "/*") {
		s = jsxComment.ReplaceAllString(hugoNote.ReplaceAllString(s, ""), "")
	}
	if r.jsx {
		s = jsxSpace.ReplaceAllString(s, " ")
	}
	if strings.Contains(s, "%%") {
		s = noteText.ReplaceAllString(s, "")
	}
	return r.components(s)
}
