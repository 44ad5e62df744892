package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var (
	closingTag = regexp.MustCompile(`^</(?:div|details|figure|section|center|p)>[ \t]*$`)
	smallTag   = regexp.MustCompile(`^<(?:small|sub|sup)>[ \t]*$`)
	spanTag    = regexp.MustCompile(`^<(?:a|abbr|b|del|em|font|i|ins|kbd|mark|s|small|span|strong|sub|sup|u)` +
		`(?:\s[^<>]*)?>[ \t]*$`)
)

// htmlLine ends HTML that a closing tag has ended in all eyes but the parser's,
// for which it goes on to the next blank line; and keeps a tag within text
// from beginning such HTML.
func htmlLine(r *rewriter, lines []string, _ int) int {
	if len(lines) < 2 || isBlank(lines[1]) || indent(lines[0]) >= 4 {
		return 0
	}
	line := strings.TrimLeft(lines[0], " ")
	switch next := strings.TrimLeft(lines[1], " \t"); {
	case closingTag.MatchString(line) && next[0] != '<' && indent(lines[1]) < 4:
		r.emit(lines[0])
		r.emit("")
		return 1
	case r.blank && (smallTag.MatchString(line) || spanTag.MatchString(line) && r.IsOf(Jekyll, MkDocs)) &&
		!strings.ContainsRune("<#>`~-|", rune(next[0])):
		lines[1] = strings.TrimRight(lines[0], " \t") + next
		return 1 + r.prose(lines[1:])
	}
	return 0
}

// notRaw are the lines within an element of HTML that are more than markup.
var notRaw = regexp.MustCompile("<[a-z][^<>]*\\smarkdown\\b|```|\\{[{%]")

// wholeElement keeps together an element of HTML that goes on behind blank lines, as it
// does in Python-Markdown and kramdown, where for others what is indented there is code.
func wholeElement(r *rewriter, lines []string, _ int) int {
	_, rest := cutPrefix(lines[0])
	t, ok := parseTag(rest)
	if !ok || t.closing || t.selfClosing || !htmlBlocks[t.name] || !r.IsOf(Jekyll, MkDocs) {
		return 0
	}
	open, isDeep := 0, false
	for n, line := range lines {
		if r.searched++; r.searched > maxSearched || notRaw.MatchString(line) {
			return 0
		}
		isDeep = isDeep || indent(line) >= 4 && strings.HasPrefix(strings.TrimLeft(line, " \t"), "<")
		open += strings.Count(line, "<"+t.name+">") + strings.Count(line, "<"+t.name+" ")
		open -= strings.Count(line, "</"+t.name+">")
		switch {
		case open > 0:
		case !isDeep:
			return 0
		default:
			for _, line := range withoutBlank(lines[:n+1]) {
				r.emit(line)
			}
			r.emit("")
			return n + 1
		}
	}
	return 0
}

// withoutBlank leaves out the blank lines between markup. Those in preformatted text
// are written as the references of their characters.
func withoutBlank(lines []string) []string {
	var out []string
	isCode, isGlued := false, false
	for _, line := range lines {
		last := len(out) - 1
		switch isEmpty := isBlank(line); {
		case isEmpty && isCode && last >= 0:
			out[last] += "&#10;"
			isGlued = true
		case isEmpty:
		case isGlued:
			out[last] += "&#10;" + line
			isGlued = false
		default:
			out = append(out, line)
		}
		isCode = strings.LastIndex(line, "<pre") > strings.LastIndex(line, "</pre") || isCode && !strings.Contains(line, "</pre")
	}
	return out
}

// markdownInside tells whether the content of an HTML element is Markdown all the same.
func markdownInside(args string) bool {
	return strings.Contains(args, "markdown") && markdownAttr.MatchString(args)
}

var markdownAttr = regexp.MustCompile(`(?:^|\s)markdown(?:\s|$|=["']?[1-9a-zA-Z])`)

// rawBlock finds what is copied to its end, as nothing in it is Markdown.
var rawBlock = regexp.MustCompile(`^(?i:<(pre|script|style|textarea)(?:[\s>]|$)|<!--)`)

// rawEnd is what ends the raw block that a line begins, "" if it begins none.
// Components are not raw, whatever their names.
func (r *rewriter) rawEnd(line string) string {
	if len(line) < 2 || strings.IndexByte("!PSTpst", line[1]) < 0 {
		return ""
	}
	m := rawBlock.FindStringSubmatch(line)
	switch {
	case m == nil, r.loose() && m[1] != "" && isUpper(m[1][0]):
		return ""
	case m[1] == "":
		return "-->"
	}
	if t, ok := parseTag(line); ok && (t.selfClosing || r.isValue(t, "", true)) {
		return ""
	}
	return "</" + strings.ToLower(m[1]) + ">"
}

// rawLines counts the lines of the raw block that begins on the first, and says what ends
// it; 0 if none does that ends.
func (r *rewriter) rawLines(lines []string) (n int, end string) {
	line := strings.TrimLeft(lines[0], " \t")
	if !strings.HasPrefix(line, "<") {
		return 0, ""
	}
	if end = r.rawEnd(line); end == "" {
		return 0, ""
	}
	if r.searched > maxSearched {
		return 0, ""
	}
	if n = linesUntil(lines, end); !strings.Contains(strings.ToLower(lines[n-1]), end) {
		r.searched += n
		return 0, ""
	}
	return n, end
}
