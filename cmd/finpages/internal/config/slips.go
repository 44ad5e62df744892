package config

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// slip is one of the usual ways to break a file: it looks around the place at
// which the parser gave up, and says where the slip is and how to mend it; ""
// if it is not the one.
type slip func(at position, message string) (position, string)

// slips lists what is looked for; what comes first says more about the cause.
func (d *decoder) slips() []slip {
	return []slip{
		d.pasted, d.tab, d.twice, d.noSpace, d.missingColon, d.escape, d.openQuote, d.reserved, d.comma, d.afterQuote,
		d.noDash, d.closer, d.unclosed, d.twoColons, d.indentation, d.tabInside,
	}
}

// on returns the place of a part of a line, of which i is the first byte.
func (d *decoder) on(line, i, width int) position {
	return position{line, len([]rune(d.lineText(line)[:i])) + 1, max(width, 1)}
}

var pastedLine = []struct {
	pattern *regexp.Regexp
	mend    string
}{
	{regexp.MustCompile("^(<<<<<<<|=======|>>>>>>>)( |$)"),
		"this line is from a merge with conflicts: keep one of the versions, and remove the marks"},
	{regexp.MustCompile("^\\s*```"), "this line is Markdown, not part of the config: remove it"},
	{regexp.MustCompile(`^(cat\b.*<<|EOF$)`), "this line is for a shell, not part of the config: remove it"},
	{regexp.MustCompile(`^\s*(//|/\*)`), "a comment begins with #"},
}

// pasted finds lines of something else.
func (d *decoder) pasted(at position, _ string) (position, string) {
	for n := range d.text {
		for _, p := range pastedLine {
			if m := p.pattern.FindString(d.lineText(n + 1)); m != "" {
				return d.on(n+1, len(m)-len(strings.TrimLeft(m, " \t")), len(strings.TrimSpace(m))), p.mend
			}
		}
	}
	return at, ""
}

// Spaces that are none for YAML, as web pages and chats have them: at the
// beginning of a line, after a colon or a dash, and at the end.
var oddSpace = regexp.MustCompile("^\\s*(" + odd + ")|^[^#]*?[:-](" + odd + ")|^[^#]*(" + odd + ")\\s*$")

const odd = "[\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]"

// oddSpaces reports the first line with such a space.
func (d *decoder) oddSpaces() bool {
	for n := range d.text {
		m := oddSpace.FindStringSubmatchIndex(d.lineText(n + 1))
		if m == nil {
			continue
		}
		i := max(m[2], m[4], m[6])
		r := []rune(d.lineText(n + 1)[i:])[0]
		d.fault(d.on(n+1, i, 1), "the character here looks like a space, and is %U: write a plain space", r)
		return true
	}
	return false
}

func (d *decoder) tab(at position, _ string) (position, string) {
	for _, n := range []int{at.line, at.line - 1, at.line + 1} {
		line := d.lineText(n)
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if i := strings.IndexByte(indent, '\t'); i >= 0 {
			return position{n, i + 1, 1}, "a tab cannot indent YAML: use spaces"
		}
	}
	return at, ""
}

func (d *decoder) tabInside(at position, _ string) (position, string) {
	if i := strings.IndexByte(d.lineText(at.line), '\t'); i >= 0 {
		return d.on(at.line, i, 1), "there is a tab here: write a space"
	}
	return at, ""
}

var (
	spaceless = regexp.MustCompile(`^\s*(?:- +)?(["']?([a-z_]+)["']?):[^\s,}\]]`)
	dashless  = regexp.MustCompile(`^\s*(-)["'*{\[A-Za-z]`)
)

// noSpace finds key:value and -item, which YAML takes for text.
func (d *decoder) noSpace(at position, _ string) (position, string) {
	for _, n := range d.near(at) {
		line := d.lineText(n)
		if m := spaceless.FindStringSubmatchIndex(line); m != nil && d.isKey(line[m[4]:m[5]]) {
			return d.on(n, m[2], m[3]-m[2]+1), noSpaceAfter(line[m[4]:m[5]])
		}
		if m := dashless.FindStringSubmatchIndex(line); m != nil {
			return d.on(n, m[2], 1), "there is no space after the dash: write - and a space before the item"
		}
	}
	return at, ""
}

func noSpaceAfter(key string) string {
	return "there is no space after the colon of " + key + ": write " + key + ": and then the value"
}

var noColon = regexp.MustCompile(`^\s*(?:- +)?(["']?([a-z_]+)["']?)(?:\s+(.*))?$`)

func (d *decoder) missingColon(at position, message string) (position, string) {
	if strings.Contains(message, "must be specified") || strings.Contains(message, "quoted") {
		return at, ""
	}
	for _, n := range d.near(at) {
		line := d.lineText(n)
		m := noColon.FindStringSubmatchIndex(line)
		if m == nil || m[6] >= 0 && strings.Contains(line[m[6]:m[7]]+" ", ": ") {
			continue
		}
		if d.isKey(line[m[4]:m[5]]) {
			return d.on(n, m[2], m[3]-m[2]), noColonAfter(line[m[2]:m[3]])
		}
	}
	return at, ""
}

func noColonAfter(key string) string {
	return "there is no colon after " + key + ": write " + key + ": and then the value"
}

var alreadyDefined = regexp.MustCompile(`mapping key "(.*)" already defined at \[(\d+):`)

func (d *decoder) twice(at position, message string) (position, string) {
	m := alreadyDefined.FindStringSubmatch(message)
	if m == nil {
		return at, ""
	}
	at.width = len(m[1])
	return at, m[1] + " is already set on line " + m[2] + ": keep one of them"
}

func (d *decoder) escape(at position, message string) (position, string) {
	if !strings.Contains(message, "escape") {
		return at, ""
	}
	line := d.lineText(at.line)
	if i := strings.IndexByte(line, '\\'); i >= 0 {
		at = d.on(at.line, i, 2)
	}
	return at, doubleQuoted
}

// begins matches up to where a value begins.
const begins = `(?:^\s*(?:- +)*|:\s+|[\[{,]\s*)`

var (
	reservedStart = regexp.MustCompile(begins + "(" + `[@` + "`" + `%]|\*[^\s,\]}]*|[!&][A-Za-z]|[|>] \S|\{\{)`)
	indicator     = regexp.MustCompile(`:\s+([-?]) `)
)

// reserved finds values that begin with what has a meaning in YAML.
func (d *decoder) reserved(at position, _ string) (position, string) {
	for _, n := range []int{at.line, at.line - 1} {
		line := withoutComment(d.lineText(n))
		for _, m := range reservedStart.FindAllStringSubmatchIndex(line, -1) {
			if word := line[m[2]:m[3]]; word == "{{" {
				return d.on(n, m[2], 2), "a value cannot begin with {{: put it in quotes; variables are written ${NAME}"
			} else if word[0] != '*' || !anchorName.MatchString(word[1:]) {
				return d.on(n, m[2], 1), needsQuotes(word[:1])
			}
		}
		if m := indicator.FindStringSubmatchIndex(line); m != nil && n == at.line {
			return d.on(n, m[2], 1), needsQuotes(line[m[2]:m[3]]) + "; a list begins on the next line"
		}
	}
	return at, ""
}

var anchorName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func needsQuotes(first string) string {
	return "a value cannot begin with " + first + ": put it in quotes"
}

var secondColon = regexp.MustCompile(`^[^"'#]*?:\s+[^"'#{\[]*?(:)(\s|$)`)

func (d *decoder) twoColons(at position, _ string) (position, string) {
	m := secondColon.FindStringSubmatchIndex(d.lineText(at.line))
	if m == nil {
		return at, ""
	}
	return d.on(at.line, m[2], 1), "a value with a colon and a space needs quotes"
}
