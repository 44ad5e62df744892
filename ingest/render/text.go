package render

import (
	"html"
	"strings"
)

// textHTML turns plain text into paragraphs that keep their line breaks.
// A paragraph whose lines are aligned by runs of spaces, tabs or indentation
// is kept as it is.
func textHTML(text string) string {
	var out strings.Builder
	var lines []string
	flush := func() {
		if len(lines) > 0 {
			writeTextBlock(&out, lines)
		}
		lines = lines[:0]
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\n")
		if line == "" {
			flush()
			continue
		}
		lines = append(lines, line)
	}
	flush()
	return out.String()
}

func writeTextBlock(out *strings.Builder, lines []string) {
	if isAligned(lines) {
		out.WriteString("<pre><code>" + html.EscapeString(strings.Join(lines, "\n")) + "</code></pre>\n")
		return
	}
	out.WriteString("<p>")
	for i, line := range lines {
		if i > 0 {
			out.WriteString("<br>")
		}
		out.WriteString(html.EscapeString(strings.TrimSpace(line)))
	}
	out.WriteString("</p>\n")
}

func isAligned(lines []string) bool {
	aligned := 0
	for _, line := range lines {
		inner := strings.TrimLeft(line, " \t")
		isIndented := len(line)-len(inner) >= 2 || strings.HasPrefix(line, "\t")
		if isIndented || strings.Contains(inner, "   ") || strings.Contains(inner, "\t") {
			aligned++
		}
	}
	return aligned*2 >= len(lines) && len(lines) > 1
}
