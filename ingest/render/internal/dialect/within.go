package dialect

import (
	"slices"
	"strings"
)

// quote rewrites what a quote holds, by itself: there it begins at the start of
// a line, as it does elsewhere.
func quote(r *rewriter, lines []string, depth int) int {
	at := indent(lines[0])
	if depth > maxNesting || at >= 4 && !r.inList() && !r.loose() {
		return 0
	}
	n := 0
	for n < len(lines) && isQuoted(lines[n]) && (indent(lines[n]) >= r.item()) == (at >= r.item()) {
		n++
	}
	body := make([]string, n)
	for i := range body {
		body[i] = unquoted(lines[i])
	}
	body = r.boxTitle(body)
	place := lines[0][:strings.IndexByte(lines[0], '>')]
	if at >= 4 && !r.inList() {
		place = ""
	}
	r.within(place+"> ", body, depth)
	return n
}

func isQuoted(line string) bool {
	return strings.HasPrefix(strings.TrimLeft(line, " \t"), ">")
}

// unquoted is a line of a quote without its mark.
func unquoted(line string) string {
	at := strings.IndexByte(line, '>') + 1
	switch {
	case strings.HasPrefix(line[at:], " "):
		return line[at+1:]
	case strings.HasPrefix(line[at:], "\t"):
		return strings.Repeat(" ", 3-columns(line, at)%4) + line[at+1:]
	}
	return line[at:]
}

// within writes lines, rewritten by themselves, behind a prefix.
func (r *rewriter) within(prefix string, body []string, depth int) {
	inner := r.inner()
	inner.open, inner.pane = r.open, r.pane
	inner.lines(body, depth+1)
	bare := strings.TrimRight(prefix, " ")
	for line := range strings.Lines(inner.out.String()) {
		if line = strings.TrimSuffix(line, "\n"); isBlank(line) {
			r.emit(bare)
		} else {
			r.emit(prefix + line)
		}
	}
}

// firstInItem rewrites an item of a list that begins with a construct, by itself.
func firstInItem(r *rewriter, lines []string, depth int) int {
	if depth > maxNesting || !isListItem(lines[0]) || indent(lines[0]) >= 4 && !r.inList() {
		return 0
	}
	marker := strings.TrimRight(listMarker(lines[0]), " \t")
	rest := strings.TrimLeft(lines[0][len(marker):], " \t")
	if !mayBeginBlock(rest) {
		return 0
	}
	start := itemColumn(lines[0])
	if start != columns(lines[0], len(lines[0])-len(rest)) {
		return 0
	}
	n := indentedLength(lines, start)
	body := dedentAll(lines[1:n], start)
	inner := r.inner()
	inner.open, inner.pane = r.open, r.pane
	inner.lines(slices.Insert(body, 0, rest), depth+1)
	place := strings.Repeat(" ", start)
	first := lines[0][:len(lines[0])-len(rest)]
	for line := range strings.Lines(strings.Trim(inner.out.String(), "\n")) {
		switch line = strings.TrimSuffix(line, "\n"); {
		case first != "":
			r.emit(first + line)
		case isBlank(line):
			r.emit("")
		default:
			r.emit(place + line)
		}
		first = ""
	}
	r.enterItem(lines[0])
	return n
}

// mayBeginBlock tells whether a text begins as blocks of dialects do that stand
// behind the marker of a list's item.
func mayBeginBlock(text string) bool {
	for _, start := range []string{
		":::", "!!! ", "???", "=== ", "{{", "{%", "/// ", "[block:", "[!", "--8<--", "$$", "<<<", "![[", ">", "{/*", "%%", "```", "~~~", "|", "<!--",
	} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	if isListItem(text) {
		return mayBeginBlock(strings.TrimSpace(text[len(listMarker(text)):]))
	}
	if strings.HasPrefix(text, "#") && strings.Contains(text, "](#tab/") || mayBeTOC(text) && tocLine.MatchString(text) {
		return true
	}
	if !strings.HasPrefix(text, "<") {
		return false
	}
	if rawBlock.MatchString(text) {
		return true
	}
	t := tagStart.FindStringSubmatch(text)
	return t != nil && (isUpper(t[2][0]) || isContainer[t[2]] || endedElements[t[2]] || isStorage(text))
}
