package dialect

import (
	"html"
	"net/url"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// Reference returns the title and path of the document that bears a uid of DocFX; path
// is "" if there is none.
func (d *Document) Reference(uid string) (title, path string) {
	if d.includes.Reference == nil {
		return "", ""
	}
	if plain, err := url.PathUnescape(uid); err == nil {
		uid = plain
	}
	return d.includes.Reference(uid)
}

// LinkTo is a link to another document, by its path within the source.
func LinkTo(path, title string) string {
	address := url.URL{Path: "/" + path}
	return `<a href="` + html.EscapeString(address.String()) + `">` + html.EscapeString(firstOf(title, path)) + `</a>`
}

// maxIncludesInText bounds the files that one text includes.
const maxIncludesInText = 200

// inText writes out the files that are included within a line: not those in tags and
// addresses, which DocFX leaves as they are.
func (r *rewriter) inText(s string) string {
	var out strings.Builder
	from := 0
	for _, at := range includeInText.FindAllStringSubmatchIndex(s, maxIncludesInText) {
		if s[at[0]] == '\\' || inTagOrAddress(s[:at[0]], s[at[0]:]) {
			continue
		}
		text, _ := r.load(s[at[2]:at[3]])
		if text = strings.TrimSpace(text); r.inTable {
			text = inCell(text)
		}
		out.WriteString(s[from:at[0]] + text)
		from = at[1]
	}
	return out.String() + s[from:]
}

// inTagOrAddress tells whether a text ends within a tag of HTML, or within the address of
// a link, that the rest goes on with.
func inTagOrAddress(before, rest string) bool {
	if at := strings.LastIndexByte(before, '<'); at >= 0 && len(before)-at < maxTag {
		if t, ok := parseTag(before[at:] + rest[:min(len(rest), maxTag)]); ok && t.length > len(before)-at {
			return true
		}
	}
	at := strings.LastIndex(before, "](")
	return at >= 0 && !strings.Contains(before[at:], ")")
}

// inCell is a text over lines as a cell of a table can hold it.
func inCell(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.ReplaceAll(strings.Join(lines, "<br>"), "|", `\|`)
}

// openLearn finds what Learn has within text and ends on a later line.
var openLearn = regexp.MustCompile(`:{3,}[ \t]*(?:image|code|video|icon|no-loc)\b[^:\n]*(?::[^:\n]+)*$`)

const (
	maxLearnLines = 8
	maxLearn      = 4 << 10 // bytes of what is joined so far
)

// joinLearn joins the lines that such a construct goes over, in place, and returns how
// many it took beyond the first.
func joinLearn(lines []string) (n int) {
	if !strings.Contains(lines[0], ":::") || len(lines[0]) > maxLearn || !openLearn.MatchString(lines[0]) {
		return 0
	}
	joined := lines[0]
	for i, line := range lines[1:min(len(lines), maxLearnLines)] {
		if isBlank(line) || strings.HasPrefix(strings.TrimLeft(line, " \t>"), ":::") {
			return 0
		}
		joined += " " + strings.TrimLeft(line, " \t>")
		if strings.Contains(line, ":::") {
			lines[i+1] = joined
			return i + 1
		}
	}
	return 0
}
