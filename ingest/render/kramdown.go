package render

import (
	"strings"

	"finpages/ingest/render/internal/dom"
	"finpages/ingest/render/internal/liquid"
	regexp "finpages/sources/lazyregexp"
)

var (
	htmlBlock = regexp.MustCompile(`^ {0,3}<([a-z][a-z0-9]*)(?:\s|>|$)`)
	preTag    = regexp.MustCompile(`(?i)<(/?)pre[\s>]`)
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
