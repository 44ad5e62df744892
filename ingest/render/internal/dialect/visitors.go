package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// What GitBook and Markdoc show to some readers stands between tags with a condition:
// https://gitbook.com/docs/creating-content/blocks/conditional-content
var (
	conditionStart = regexp.MustCompile(`^\{%-?\s*(?:if|unless)\b`)
	otherCondition = regexp.MustCompile(`^\{%-?\s*(?:elsif|elseif|elif|else\s+if|when)\b`)
	conditionEnd   = regexp.MustCompile(`^\{%-?\s*(?:end|/\s*)(?:if|unless)\b`)
	aboutVisitor   = regexp.MustCompile(`\bvisitor\s*[.\[]|\$(?:rbac|user|auth|claims)\b`)
)

// maxCondition is how long such a tag is at most, in bytes.
const maxCondition = 2000

// ForAll is a text without what, by its conditions, only some readers may see, from the
// tag that begins it to the one that ends it. What nothing ends goes on to the text's
// end, if a line begins with it. warn is told of what is left out.
func ForAll(text string, warn func(string)) string {
	if !strings.Contains(text, "{%") || !aboutVisitor.MatchString(text) {
		return text
	}
	var out strings.Builder
	code := codeOf{text: text}
	from, start, open := 0, 0, 0 // what is shown next, what is hidden now, and conditions in it
	for at := nextTag(text, 0); at < len(text); {
		tag := tagAt(text, at)
		isOther := otherCondition.MatchString(tag)
		switch {
		case open > 0 && conditionStart.MatchString(tag):
			open++
		case open > 0 && conditionEnd.MatchString(tag):
			if open--; open == 0 {
				out.WriteString(text[from:start])
				from = at + len(tag)
				if otherCondition.MatchString(text[start:]) {
					from = at // it ends what is shown before, too
				}
				warn("text left out: some readers may not see it")
			}
		case open > 0 || !isOther && !conditionStart.MatchString(tag):
		case aboutVisitor.MatchString(tag) && !code.has(at):
			start, open = at, 1
		}
		at = nextTag(text, at+max(len(tag), len("{%")))
	}
	if open > 0 && isBlank(text[strings.LastIndexByte(text[:start], '\n')+1:start]) {
		warn("text left out: some readers may not see it")
		return out.String() + text[from:start]
	}
	return out.String() + text[from:]
}

// nextTag is where the next tag begins, the length of the text if there is none.
func nextTag(text string, from int) int {
	if at := strings.Index(text[from:], "{%"); at >= 0 {
		return from + at
	}
	return len(text)
}

// tagAt is the tag that begins at a place; "" if another begins before it ends.
func tagAt(text string, at int) string {
	tag, _, ok := strings.Cut(text[at:min(len(text), at+maxCondition)], "%}")
	if !ok || strings.Contains(tag[len("{%"):], "{%") {
		return ""
	}
	return tag + "%}"
}

// codeOf tells which places of a text are code; it is asked from first to last.
type codeOf struct {
	text   string
	lines  []string // not read yet
	next   int      // where they begin
	fence  int      // where the last block of code ends
	spans  string   // the paragraph, from where spans are not read yet
	spanAt int      // where that is
}

const (
	nearby       = 4000     // bytes from where an element of code begins to what it holds
	maxParagraph = 32 << 10 // bytes in which code spans are looked for
)

// has tells whether the tag at a place is one only in code, or escaped.
func (c *codeOf) has(at int) bool {
	c.read(at)
	if at < c.fence || at > 0 && strings.IndexByte(`\{`, c.text[at-1]) >= 0 || c.inSpan(at) {
		return true
	}
	before, after := c.text[max(0, at-nearby):at], c.text[at:min(len(c.text), at+nearby)]
	for _, element := range []string{"code", "pre"} {
		isOpen := strings.LastIndex(before, "<"+element) > strings.LastIndex(before, "</"+element)
		if isOpen && strings.Contains(after, "</"+element+">") {
			return true
		}
	}
	return false
}

// read goes on to the line in which a place is.
func (c *codeOf) read(at int) {
	if c.lines == nil {
		c.lines = strings.Split(c.text, "\n")
		c.startParagraph()
	}
	for c.next <= at && len(c.lines) > 0 {
		n, m := 1, openFence(c.lines[0])
		if m != nil {
			n = fenceLength(c.lines, m[2])
		}
		isEnd := m != nil || isBlank(c.lines[0])
		for _, line := range c.lines[:n] {
			c.next += len(line) + len("\n")
		}
		if c.lines = c.lines[n:]; m != nil {
			c.fence = c.next
		}
		if isEnd {
			c.startParagraph()
		}
	}
}

func (c *codeOf) startParagraph() {
	c.spanAt = min(c.next, len(c.text))
	c.spans, _, _ = strings.Cut(c.text[c.spanAt:min(len(c.text), c.spanAt+maxParagraph)], "\n\n")
}

// inSpan tells whether a place is in a code span.
func (c *codeOf) inSpan(at int) bool {
	for {
		start := strings.IndexByte(c.spans, '`')
		if start < 0 || c.spanAt+start > at {
			return false
		}
		rest := strings.TrimLeft(c.spans[start:], "`")
		mark := c.spans[start : len(c.spans)-len(rest)]
		end := -1
		if c.spanAt+start == 0 || c.text[c.spanAt+start-1] != '\\' {
			end = closingTicks(rest, mark)
		}
		length := start + len(mark)
		if end >= 0 {
			length += end + len(mark)
		}
		if end >= 0 && c.spanAt+length > at {
			return true
		}
		c.spans, c.spanAt = c.spans[length:], c.spanAt+length
	}
}
