package dialect

import (
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// hand is what documents show of the tool that they are written for.
type hand struct {
	sign    string                 // that the line holds
	pattern *regexp.Regexp         // of the line, or of a part of it
	inText  func(text string) bool // in place of the two: of what goes over several lines
}

var (
	iconName  = regexp.MustCompile(`:(?:material|octicons|fontawesome|simple)-[a-z0-9-]+:`)
	mystFence = regexp.MustCompile("^[ \t]*(?:`{3,}|~{3,})\\{(?:note|warning|tip|important|admonition|toctree|" +
		"code-block|figure|include|contents|seealso|math|eval-rst)\\}")
)

// hands are those of the tools.
var hands = map[string][]hand{
	Obsidian: {
		{sign: "[[", pattern: regexp.MustCompile(`(?:^|[\s|(*])!?\[\[[^\[\]\n]+\]\]`)},
		{sign: "> [!", pattern: regexp.MustCompile(`^> \[!\w+\][+-]`)},
		{inText: hasNoteComment},
	},
	surely + Obsidian: {
		{sign: "![[", pattern: regexp.MustCompile(`^!\[\[[^\[\]\n]+\]\]$`)},
		{sign: "> [!", pattern: regexp.MustCompile(`^> \[!\w+\][+-]`)},
		{inText: hasNoteComment},
	},
	MyST: {
		{sign: "```{", pattern: mystFence}, {sign: "~~~{", pattern: mystFence},
		{sign: "}`", pattern: regexp.MustCompile("\\{(?:ref|doc|term|numref|code|py:\\w+|eq|cite|download)\\}`")},
	},
	Nuxt:   {{inText: hasNuxtBlock}},
	ReadMe: readmeSigns,
	Azure: {
		{sign: "[[_TOSP_]]", pattern: regexp.MustCompile(`^\[\[_TOSP_\]\]`)},
		{sign: ".attachments/", pattern: regexp.MustCompile(`\]\(/?\.attachments/`)},
		{sign: ":::", pattern: regexp.MustCompile(`^:{3,} ?(?:mermaid|query-table)\b`)},
	},
	MkDocs: {
		{sign: "!!!", pattern: regexp.MustCompile(`^[ \t]*!!![ \t]+[a-z]`)},
		{sign: "???", pattern: regexp.MustCompile(`^[ \t]*\?\?\?\+?[ \t]+[a-z]`)},
		{sign: "===", pattern: regexp.MustCompile(`^[ \t]*===[!+]?[ \t]+"`)},
		{sign: "-8<-", pattern: regexp.MustCompile(`^[ \t]*-+8<-+`)},
		{sign: "/// ", pattern: regexp.MustCompile(`^/// [a-z]`)},
		{sign: "{", pattern: regexp.MustCompile(`\{(?:\+\+|--|==|>>|[ \t]*\.[a-z])`)},
		{sign: "++", pattern: regexp.MustCompile(`\+\+(?:ctrl|cmd|alt|shift|enter|esc|tab)\b`)},
		{sign: ":material-", pattern: iconName}, {sign: ":octicons-", pattern: iconName},
		{sign: ":fontawesome-", pattern: iconName}, {sign: ":simple-", pattern: iconName},
	},
}

// isShown tells whether a text shows the hand of a tool.
func isShown(tool, text string) bool {
	return slices.ContainsFunc(hands[tool], func(h hand) bool {
		if h.inText != nil {
			return h.inText(text)
		}
		return hasLine(text, h.sign, func(line string) bool { return h.pattern.MatchString(line) })
	})
}

// hasLine tells whether match takes one of the lines that hold a sign.
func hasLine(text, sign string, match func(line string) bool) bool {
	for {
		at := strings.Index(text, sign)
		if at < 0 {
			return false
		}
		line, rest, _ := strings.Cut(text[strings.LastIndexByte(text[:at], '\n')+1:], "\n")
		if match(line) {
			return true
		}
		text = rest
	}
}

// hasNoteComment tells whether a line of a text begins with a comment of a note, "%%",
// and ends with it, or begins one that ends at the end of a line.
func hasNoteComment(text string) bool {
	for at := 0; ; at += len("%%") {
		i := strings.Index(text[at:], "%%")
		if i < 0 {
			return false
		}
		if at += i; at > 0 && text[at-1] != '\n' {
			continue
		}
		after := text[at+len("%%"):]
		if endsLine(after) {
			return true
		}
		if end := strings.IndexByte(after, '%'); end > 0 {
			if rest, ok := strings.CutPrefix(after[end:], "%%"); ok && endsLine(rest) {
				return true
			}
		}
	}
}

// endsLine tells whether a line goes on with white space alone.
func endsLine(text string) bool {
	text = strings.TrimLeft(text, " \t")
	return text == "" || text[0] == '\n'
}

var nuxtOpening = regexp.MustCompile(`^::[a-z][\w-]*(?:\[[^\n]*\])?(?:\{[^\n]*\})?[ \t]*$`)

// hasNuxtBlock tells whether a line of a text begins a block of Nuxt, "::name", and a
// later one ends it.
func hasNuxtBlock(text string) bool {
	isOpen := false
	return hasLine(text, "::", func(line string) bool {
		if isOpen && strings.TrimRight(line, " \t") == "::" {
			return true
		}
		isOpen = isOpen || strings.HasPrefix(line, "::") && nuxtOpening.MatchString(line)
		return false
	})
}
