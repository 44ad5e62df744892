package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var (
	closingTag = regexp.MustCompile(`^</(?:div|details|figure|section|center|p)>[ \t]*$`)
	smallTag   = regexp.MustCompile(`^<(?:small|sub|sup)>[ \t]*$`)
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
	case r.blank && smallTag.MatchString(line) && !strings.ContainsRune("<#>`~-|", rune(next[0])):
		lines[1] = strings.TrimRight(lines[0], " \t") + next
		return 1 + r.prose(lines[1:])
	}
	return 0
}

// markdownInside marks HTML elements whose content is Markdown all the same.
var markdownInside = regexp.MustCompile(`(?:^|\s)markdown(?:\s|$|=["']?[1-9a-zA-Z])`)
