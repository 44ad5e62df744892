package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var (
	// shikiMark is a comment that tells VitePress and others how to show a line:
	// https://vitepress.dev/guide/markdown#colored-diffs-in-code-blocks
	shikiMark = regexp.MustCompile(`[ \t]*(?://|/\*|<!--|#|--|;|%{1,2}|\{/\*|"|--\[\[|\(\*)[ \t]*` +
		`\[!code (?:\+\+|--|focus|hl|highlight|warning|error|info|word:(?:\\.|[^:\]])+)(?::\d+)?\][ \t]*(?:\*/\}?|-->|\]\]|\*\))?[ \t]*`)
	// shikiInNote is the mark in a comment that says more.
	shikiInNote = regexp.MustCompile(`^(.*(?://|/\*|<!--|#|--|\{/\*).*?)[ \t]*\[!code (?:\+\+|--|focus|hl|highlight|warning|error|info)(?::\d+)?\](.*)$`)
	// magicComment is a line that tells Docusaurus how to show the next ones:
	// https://docusaurus.io/docs/markdown-features/code-blocks#custom-magic-comments
	magicComment = regexp.MustCompile(`^[ \t]*(?://|/\*|\{/\*|<!--|#|--|%|REM)[ \t]*` +
		`(?:[a-z][a-z-]*-)?(?:highlight|error|success|warning|focus|added|removed|insert|delete|add|remove)(?:ed)?-(?:next-line|start|end)` +
		`[ \t]*(?:\*/\}?|-->)?[ \t]*$`)
)

// shownCode is a line of code without what only tells how to show it; false if
// that is all of the line.
func (d *Document) shownCode(language, line string) (string, bool) {
	if strings.Contains(line, "[!code ") && d.IsFor(VitePress, Mintlify, Docusaurus) {
		return withoutMark(line)
	}
	if strings.Contains(line, "-next-line") || strings.Contains(line, "-start") || strings.Contains(line, "-end") {
		isText := language == "md" || language == "mdx" || language == "markdown"
		if language == "sql" && strings.HasPrefix(strings.TrimLeft(line, " \t"), "/") {
			return line, true // no comment there
		}
		return line, isText && strings.Contains(line, "//") || !d.IsFor(Docusaurus) || !magicComment.MatchString(line)
	}
	return line, true
}

// withoutMark is a line of code without the mark of VitePress' in it; false if
// that is all of the line.
func withoutMark(line string) (string, bool) {
	at := shikiMark.FindStringIndex(line)
	if at != nil && (isBlank(line[at[1]:]) || !strings.HasSuffix(strings.TrimRight(line[:at[1]], " \t"), "]")) { // the comment ends
		line = line[:at[0]] + line[at[1]:]
		return line, !isBlank(line)
	}
	if m := shikiInNote.FindStringSubmatch(line); m != nil {
		return m[1] + m[2], true
	}
	return line, true
}
