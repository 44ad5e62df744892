package render

import (
	"path"
	"path/filepath"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// relativeLink is a link of Markdown, or of HTML in it, to a file beside the one
// that it stands in. Neither schemes nor paths from the root match.
var relativeLink = regexp.MustCompile(
	`(\]\(<?|^ {0,3}\[[^\]^]+\]:[ \t]+<?|<a [^>]*?href=["'])` +
		`([\w.%~-][^\s"'<>()#?:]*)([\s"'<>)#?]|$)`)

// moveLinks makes the relative links of a text that lies in one folder those of
// a text in another. Code stays as it is, and so do what includes other files.
func moveLinks(text, from, to string) string {
	if from == to || !strings.Contains(text, "](") && !strings.Contains(text, "]:") && !strings.Contains(text, "href=") {
		return text
	}
	var out strings.Builder
	fence := ""
	for line := range strings.Lines(text) {
		trimmed := strings.TrimLeft(line, " \t>")
		mark := trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "`~"))]
		switch {
		case fence != "":
			if strings.HasPrefix(mark, fence) {
				fence = ""
			}
		case len(mark) >= 3:
			fence = mark
		case !strings.Contains(strings.ToLower(line), "[!include"):
			line = relativeLink.ReplaceAllStringFunc(line, func(m string) string {
				parts := relativeLink.FindStringSubmatch(m)
				moved, err := filepath.Rel("/"+to, path.Join("/"+from, parts[2]))
				if err != nil {
					return m
				}
				return parts[1] + filepath.ToSlash(moved) + parts[3]
			})
		}
		out.WriteString(line)
	}
	return out.String()
}
