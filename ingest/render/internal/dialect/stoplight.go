package dialect

import (
	"html"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// setting is a line of a comment by which Stoplight sets what follows.
// https://docs.stoplight.io/docs/platform/stoplight-flavored-markdown
var setting = regexp.MustCompile(`^\s*(title|description|type|theme|lineNumbers|highlightLines|defaultOpened|inline|link|href)\s*:\s*(.*?)\s*$`)

// maxSettingLines is how many lines such a comment has at most.
const maxSettingLines = 12

// settings reads the comment that begins on the first line, and returns how many lines
// that takes; 0 if it is anything but settings.
func settings(lines []string) (values map[string]string, n int) {
	lines = lines[:min(len(lines), maxSettingLines)]
	n = linesUntil(lines, "-->")
	text, end, ok := strings.Cut(strings.TrimSpace(strings.Join(lines[:n], "\n")), "-->")
	if text, _ = strings.CutPrefix(text, "<!--"); !ok || !isBlank(end) {
		return nil, 0
	}
	values = map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		m := setting.FindStringSubmatch(line)
		if m == nil {
			return nil, 0
		}
		values[m[1]] = strings.Trim(m[2], `"'`)
	}
	return values, n
}

// stoplight writes the title of a tab, a card or code that a comment gives.
func (r *rewriter) stoplight(lines []string) int {
	if !r.has("title:") {
		return 0
	}
	values, n := settings(lines)
	if n == 0 || values["title"] == "" {
		return 0
	}
	next := trimBlank(lines[n:min(len(lines), n+3)])
	isCode := len(next) > 0 && openFence(next[0]) != nil
	if values["type"] == "" && !isCode && !r.has("type: tab") {
		return 0
	}
	prefix, _ := cutPrefix(lines[0])
	r.emitBlock(prefix, strong(html.EscapeString(values["title"])))
	if text := values["description"]; text != "" {
		r.emitBlock(prefix, html.EscapeString(text))
	}
	return n
}
