package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var (
	storageTag = regexp.MustCompile(`<(/?)((?:ac|ri):[A-Za-z-]+)(?:[^<>"']|"[^"]*"|'[^']*')*?(/?)>`)
	cdata      = regexp.MustCompile(`(?s)<!\[CDATA\[.*?\]\]>`)
)

// maxStorageLines is how many lines an element of a wiki may take.
const maxStorageLines = 3000

// storageLength is how long the element of storage format at the start of s
// is; 0 if it does not end, or too much has been looked through for ends.
func (d *Document) storageLength(s string) int {
	if d.searched += 1 + len(s)/80; d.searched > maxSearched {
		return 0
	}
	masked := cdata.ReplaceAllStringFunc(s, func(m string) string { return strings.Repeat("x", len(m)) })
	open := 0
	for _, at := range storageTag.FindAllStringSubmatchIndex(masked, -1) {
		switch {
		case at[0] > 0 && open == 0:
			return 0
		case at[2] < at[3]:
			open--
		case at[6] == at[7]:
			open++
		}
		if open == 0 {
			return at[1]
		}
	}
	return 0
}

func isStorage(s string) bool { return strings.HasPrefix(s, "<ac:") || strings.HasPrefix(s, "<ri:") }

// storage rewrites an element of a wiki's storage format that begins a line.
func storage(r *rewriter, lines []string, depth int) int {
	prefix, rest := cutPrefix(lines[0])
	if r.includes.Storage == nil || !isStorage(rest) || r.searched > maxSearched {
		return 0
	}
	joined := strings.Join(append([]string{rest}, lines[1:min(len(lines), maxStorageLines)]...), "\n")
	length := r.storageLength(joined)
	after, _, _ := strings.Cut(joined[length:], "\n")
	if length == 0 || !isBlank(after) && !isStorage(strings.TrimLeft(after, " \t")) {
		return 0
	}
	markup := strings.TrimSpace(r.includes.Storage(joined[:length]))
	for strings.Contains(markup, "\n\n") { // a blank line would end the block
		markup = strings.ReplaceAll(markup, "\n\n", "\n&#10;")
	}
	r.emitBlock(prefix, strings.Split("<div>"+markup+"</div>", "\n")...)
	n := 1 + strings.Count(joined[:length], "\n")
	return r.restOfLine(prefix, strings.TrimSpace(after), lines, n, depth)
}
