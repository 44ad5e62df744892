package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// tagLine is a line of code that begins or ends a part with a name, which is not shown.
var tagLine = regexp.MustCompile(`^[ \t]*(?://|#|--|;|%|'|<!--|/\*|(?i:rem))[ \t]*</?[\w.-]+>[ \t]*(?:-->|\*/)?[ \t]*$`)

// regionMark begins or ends a region, as editors fold them.
var regionMark = regexp.MustCompile(`^[ \t]*(?://|/\*|<!--|--|;|'|::|(?i:rem))?[ \t]*#?[ \t]*` +
	`(?i:(end)?[ \t]*region)\b[ \t]*([^*<>]*?)[ \t]*(?:\*/|-->)?[ \t]*$`)

// regionOf is what of a file lies between "<name>" and "</name>", or in a
// "#region name"; the whole file if there is none.
func regionOf(text, name string) string {
	if name == "" {
		return text
	}
	lines := strings.Split(text, "\n")
	for _, find := range []func([]string, string) ([]string, bool){taggedLines, regionLines} {
		if found, ok := find(lines, strings.ToLower(name)); ok {
			return strings.Join(found, "\n")
		}
	}
	return text
}

// taggedLines are the lines between "<name>" and "</name>", without the tags within.
func taggedLines(lines []string, name string) (out []string, ok bool) {
	for _, line := range lines {
		lower := strings.ToLower(line)
		switch {
		case !ok:
			ok = strings.Contains(lower, "<"+name+">")
		case strings.Contains(lower, "</"+name+">"):
			return out, true
		case !tagLine.MatchString(line):
			out = append(out, line)
		}
	}
	return out, ok
}

// regionLines are the lines of a region, without the marks of those within.
func regionLines(lines []string, name string) (out []string, ok bool) {
	depth := 0
	for _, line := range lines {
		m := regionMark.FindStringSubmatch(line)
		switch {
		case m == nil:
			if ok {
				out = append(out, line)
			}
		case !ok:
			ok = m[1] == "" && strings.ToLower(m[2]) == name
		case m[1] == "":
			depth++
		case depth == 0:
			return out, true
		default:
			depth--
		}
	}
	return out, ok
}
