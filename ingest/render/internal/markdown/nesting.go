package markdown

import "strings"

// maxNesting is how deep quotes and lists may lie in each other on one line.
// The parser works through them by recursion, and anew for each line.
const maxNesting = 64

// limitNesting turns the markers beyond maxNesting into spaces.
func limitNesting(text string) string {
	if !deeplyMarked(text) {
		return text
	}
	var out strings.Builder
	out.Grow(len(text))
	for line := range strings.Lines(text) {
		out.WriteString(limitLine(line))
	}
	return out.String()
}

func deeplyMarked(text string) bool {
	for line := range strings.Lines(text) {
		if limit(line) >= 0 {
			return true
		}
	}
	return false
}

// limit finds where the markers of a line, or its indentation, go too deep;
// -1 if they do not.
func limit(line string) int {
	count := 0
	for i := range len(line) {
		switch c := line[i]; {
		case c == '>', (c == '-' || c == '*' || c == '+' || c == '.' || c == ')') && isSpaceAt(line, i+1):
			count++
		case c == ' ', c == '\t', c >= '0' && c <= '9':
		default:
			return -1
		}
		if count > maxNesting {
			return i
		}
	}
	return -1
}

// isSpaceAt tells whether a marker that ends at i is one of a list.
func isSpaceAt(line string, i int) bool {
	return i >= len(line) || line[i] == ' ' || line[i] == '\t' || line[i] == '\n'
}

func limitLine(line string) string {
	at := limit(line)
	if at < 0 || isRule(line) {
		return line
	}
	rest := strings.TrimLeft(line[at:], ">-*+.)0123456789 \t")
	return line[:at] + rest
}

// isRule finds lines of one character: rules, underlines of headings.
func isRule(line string) bool {
	line = strings.TrimSpace(line)
	return strings.Trim(line, line[:1]) == "" && line[0] != '>'
}
