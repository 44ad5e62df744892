package render

import (
	"strings"

	"finpages/ingest/render/internal/dom"
	"finpages/ingest/render/internal/liquid"
	regexp "finpages/sources/lazyregexp"
)

var (
	htmlBlock    = regexp.MustCompile(`^ {0,3}<([a-z][a-z0-9]*)(?:\s|>|$)`)
	commentStart = regexp.MustCompile(`\{::comment\s*(/?)\}`)
	commentEnd   = regexp.MustCompile(`\{:/(?:comment)?\}`)
	abbreviation = regexp.MustCompile(`^ {0,3}\*\[[^\]\n]+\]:`)
	preTag       = regexp.MustCompile(`(?i)<(/?)pre[\s>]`)
	// wholeBlocks are the elements that go on to their end, whatever lines are blank.
	wholeBlocks = dom.Set("table", "div", "ul", "ol", "dl", "section", "article", "details", "figure", "aside",
		"blockquote", "p")
)

// joinHTML takes the blank lines out of HTML that kramdown, which Jekyll reads
// Markdown with, reads as one block, but another reader would end there: where
// indented lines or tags follow. Tags of Liquid leave such lines.
func joinHTML(text string) string {
	if !strings.Contains(text, "<") {
		return text
	}
	lines := strings.Split(text, "\n")
	out := make([]string, 0, len(lines))
	name, open, pre, fence := "", 0, 0, ""
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		trimmed := strings.TrimLeft(line, " \t")
		if name == "" {
			fence = liquid.AfterFence(fence, line)
			if fence == "" {
				name, open, pre = blockStart(line), 0, 0
			}
		}
		if name == "" {
			out = append(out, line)
			continue
		}
		if trimmed == "" && pre > 0 {
			lines[min(i+1, len(lines)-1)] = "&#10;" + lines[min(i+1, len(lines)-1)]
			continue
		}
		if trimmed == "" {
			next := i + 1
			for next < len(lines) && strings.TrimLeft(lines[next], " \t") == "" {
				next++
			}
			if next == len(lines) || !belongs(lines[next]) {
				name = ""
				out = append(out, line)
			} else {
				i = next - 1
			}
			continue
		}
		out = append(out, line)
		open += tagCount(line, "<"+name) - tagCount(line, "</"+name)
		for _, m := range preTag.FindAllStringSubmatch(line, -1) {
			pre = max(0, pre+1-2*len(m[1]))
		}
		if open <= 0 {
			name = ""
		}
	}
	return strings.Join(out, "\n")
}

// blockStart is the element that a line begins whose content is all HTML, "" if it
// begins none.
func blockStart(line string) string {
	m := htmlBlock.FindStringSubmatch(line)
	if m == nil || !wholeBlocks[m[1]] || strings.Contains(line, "markdown") {
		return ""
	}
	return m[1]
}

// belongs tells whether a line below a blank one is still part of the HTML.
func belongs(line string) bool {
	trimmed := strings.TrimLeft(line, " \t")
	return trimmed[0] == '<' || len(line)-len(trimmed) >= 4
}

// tagCount counts the tags on a line that begin so.
func tagCount(line, start string) (n int) {
	for {
		at := strings.Index(line, start)
		if at < 0 {
			return n
		}
		line = line[at+len(start):]
		if line == "" || strings.IndexByte(" \t>/", line[0]) >= 0 {
			n++
		}
	}
}

func mayHoldKramdown(text string) bool {
	return strings.Contains(text, "{::comment") || strings.Contains(text, "*[")
}

// withoutHidden takes out what kramdown does not show: comments, and the meanings of
// abbreviations. Code keeps what looks like them.
func withoutHidden(text string) string {
	if !mayHoldKramdown(text) {
		return text
	}
	c := comments{
		text:   text,
		starts: commentStart.FindAllStringSubmatchIndex(text, -1),
		ends:   commentEnd.FindAllStringIndex(text, -1),
	}
	code := codeLines{isBlank: true}
	for pos := 0; pos < len(text); {
		from, end := pos, len(text)
		if n := strings.IndexByte(text[pos:], '\n'); n >= 0 {
			end = pos + n + 1
		}
		line, isCode := text[from:end], false
		pos = end
		if c.hidden <= from {
			isCode = code.next(strings.TrimSuffix(line, "\n"))
			if !isCode && abbreviation.MatchString(line) {
				line = line[len(strings.TrimSuffix(line, "\n")):]
				isCode, from = true, end-len(line)
			}
		}
		if isCode {
			c.out.WriteString(text[from:end])
		} else {
			c.line(max(from, c.hidden), end)
		}
	}
	return c.out.String()
}

// codeLines tells which lines of a text are code.
type codeLines struct {
	fence   string // that is open
	item    int    // the column at which the text of the last item of a list begins
	isBlank bool   // the line before is
	wasCode bool   // it was set off by its indentation
}

var itemMarker = regexp.MustCompile(`^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+`)

// next tells whether the next line is code.
func (c *codeLines) next(line string) bool {
	before := c.fence
	c.fence = liquid.AfterFence(c.fence, line)
	rest := strings.TrimLeft(line, " \t")
	if before+c.fence != "" || rest == "" {
		c.isBlank = rest == ""
		return before+c.fence != "" || c.wasCode
	}
	width := column(line, len(line)-len(rest))
	if c.isBlank && width < c.item {
		c.item = 0 // nobody looks for what it lies in
	}
	c.wasCode = (c.isBlank || c.wasCode) && width >= c.item+4
	if c.isBlank = false; c.wasCode {
		return true
	}
	if marker := itemMarker.FindString(line); marker != "" {
		c.item = column(line, len(marker))
	}
	return false
}

// column is the width of the first n bytes of a line; tabs stop at fours.
func column(line string, n int) (width int) {
	for _, b := range []byte(line[:n]) {
		if width++; b == '\t' {
			width += (4 - width%4) % 4
		}
	}
	return width
}

// comments takes comments out of a text.
type comments struct {
	text         string
	starts, ends [][]int // what is not passed yet
	out          strings.Builder
	hidden       int // the end of the last comment
}

// line writes what is shown of a line.
func (c *comments) line(from, end int) {
	counted, ticks := from, 0
	for len(c.starts) > 0 && c.starts[0][0] < end {
		m := c.starts[0]
		c.starts = c.starts[1:]
		if m[0] < from {
			continue
		}
		ticks += strings.Count(c.text[counted:m[0]], "`")
		counted = m[0]
		if ticks%2 > 0 || strings.HasSuffix(c.text[:m[0]], "\\") {
			continue
		}
		to := m[1]
		if m[2] == m[3] {
			for len(c.ends) > 0 && c.ends[0][0] < to {
				c.ends = c.ends[1:]
			}
			if len(c.ends) == 0 {
				break
			}
			to = c.ends[0][1]
		}
		c.out.WriteString(c.text[from:m[0]])
		from, counted, c.hidden = to, max(counted, min(to, end)), to
	}
	if from < end {
		c.out.WriteString(c.text[from:end])
	}
}
