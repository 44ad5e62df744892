package convert

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

// rst turns reStructuredText into what Docutils alone can read, which reads no
// files and knows none of Sphinx's directives and roles: included files are put
// in, directives that Docutils does not know become containers of their text,
// and roles become what they show.
//
// https://docutils.sourceforge.io/docs/ref/rst/directives.html
// https://www.sphinx-doc.org/en/master/usage/restructuredtext/directives.html
type rst struct {
	*inclusions
	titles map[string]string // of sections, by their labels
	open   []string          // paths of the documents that are read
	looks  int
	sphinx sphinx

	module  string // of Python, whose objects are described
	inClass bool

	documents map[string]place // others, by the names that documents have for them
	elsewhere map[string]place // parts of others, by their labels
	isPlain   bool             // no links may stand where the text is
	ownRoles  map[string]bool  // that the document defines
	defined   []string         // definitions of what took too much room in its place
}

func rstIncludes(g *gathered, others sources.Others) {
	at := g.doc.Path
	if !isInside(at) || path.Clean(at) != at {
		at = "document.rst"
	}
	lines := rstLines(string(g.body))
	r := rst{inclusions: newInclusions(g, others), titles: rstTitles(lines), documents: map[string]place{},
		elsewhere: map[string]place{}, ownRoles: map[string]bool{}}
	r.open = []string{at}
	r.sphinx = r.configuration(at)
	lines = r.rewrite(at, r.sphinx.around(lines))
	lines = append(lines, r.defined...)
	g.body = []byte(strings.Join(append(lines, undefined(lines)...), "\n") + "\n")
	g.files = nil
}

// rstLines returns the lines of a text without tabs and blanks at their ends.
func rstLines(text string) []string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", " ", "\f", " ").Replace(strings.TrimPrefix(text, "\ufeff"))
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(untabbed(line), " ")
	}
	return lines
}

func untabbed(line string) string {
	if !strings.Contains(line, "\t") {
		return line
	}
	const width = 8
	var out strings.Builder
	column := 0
	for _, r := range line {
		if r == '\t' {
			n := width - column%width
			out.WriteString(strings.Repeat(" ", n))
			column += n
			continue
		}
		out.WriteRune(r)
		column++
	}
	return out.String()
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

var (
	rstDirective = regexp.MustCompile(`^( *)\.\. ([\w.+-]+(?::[\w.+-]+)*) ?::(?: +(.*))?$`)
	rstComment   = regexp.MustCompile(`^ *\.\.(?:$| +[^ \[_|])`)
	rstOption    = regexp.MustCompile(`^ +:([\w][\w .-]*):(?: +(.*))?$`)
	rstItem      = regexp.MustCompile(`^ *(?:(?:[-*+•] +|\(?(?:[0-9]{1,4}|[a-zA-Z#])[.)] +|:[^: ][^:]*: +))`)
	rstLabel     = regexp.MustCompile(`^ *\.\. _([^:\x60]+|\x60[^\x60]+\x60):$`)
	rstAdornment = regexp.MustCompile(`^[!-/:-@[-\x60{-~]+$`)
)

// rstTitles returns the titles of what follows labels: sections, figures, tables
// and code; "" for what has none.
func rstTitles(lines []string) map[string]string {
	titles := map[string]string{}
	var labels []string
	for i, line := range lines {
		m := rstLabel.FindStringSubmatch(line)
		switch {
		case m != nil:
			labels = append(labels, labelKey(strings.Trim(m[1], "`")))
			continue
		case line == "" || rstAdornment.MatchString(line), len(labels) == 0:
			continue
		}
		title := rstTitleAt(lines, i)
		for _, label := range labels {
			titles[label] = title
		}
		labels = nil
	}
	return titles
}

// rstTitleAt returns the title of what begins at a line; "" if it has none.
func rstTitleAt(lines []string, i int) string {
	if i+1 < len(lines) && underlines(lines[i+1], lines[i]) {
		return rstPlain(lines[i])
	}
	m := rstDirective.FindStringSubmatch(lines[i])
	if m == nil {
		return ""
	}
	d := directive{name: m[2], argument: m[3], block: lines[i+1 : blockEnd(lines, i+1, len(m[1]))]}
	_, options, rest := d.parts()
	switch d.name {
	case "table", "list-table", "csv-table":
		return rstPlain(d.argument)
	case "code-block", "literalinclude", "toctree":
		return rstPlain(options["caption"])
	case "figure":
		for _, line := range rest {
			if line != "" {
				return rstPlain(line)
			}
		}
	}
	return ""
}

func labelKey(label string) string { return strings.Join(strings.Fields(strings.ToLower(label)), " ") }

var rstMarks = regexp.MustCompile("(?::[\\w.+:-]+:)?`+([^`<]*?)(?:\\s*<[^`>]*>)?`+_{0,2}|\\*+([^*]+)\\*+|\\|([^|]+)\\|")

// rstPlain returns a text without its markup.
func rstPlain(text string) string {
	return strings.ReplaceAll(rstMarks.ReplaceAllString(strings.TrimSpace(text), "$1$2$3"), `\`, "")
}

// rstLabels returns the titles of a document's labels.
func rstLabels(body []byte) map[string]string { return rstTitles(rstLines(string(body))) }

// underlines tells whether a line makes the one above it a title. Too short a line
// does so, too, if it is no mark of two or three characters.
func underlines(line, title string) bool {
	return rstAdornment.MatchString(line) && strings.Count(line, line[:1]) == len(line) &&
		(len(line) > 3 || len(line) >= utf8.RuneCountInString(title))
}

// rewrite turns the lines of a file, or of a block of it.
func (r *rst) rewrite(at string, lines []string) (out []string) {
	var text []string // lines of a paragraph
	flush := func() {
		if len(text) > 0 {
			r.isPlain = slices.ContainsFunc(text[1:], rstAdornment.MatchString) // a title
			out = append(out, strings.Split(r.roles(shownTests(strings.Join(text, "\n"))), "\n")...)
			text, r.isPlain = nil, false
		}
	}
	for i := 0; i < len(lines); {
		line := lines[i]
		m := rstDirective.FindStringSubmatch(line)
		switch {
		case line == "":
			flush()
			out = append(out, "")
			i++
		case len(text) == 0 && tableEnd(lines, i) > i:
			end := tableEnd(lines, i)
			table := r.table(at, lines[i:end])
			if table == nil {
				for _, row := range lines[i:end] {
					table = append(table, r.rolesInRow(row))
				}
			}
			out = append(out, table...)
			i = end
		case m != nil:
			flush()
			end := blockEnd(lines, i+1, len(m[1]))
			out = append(out, r.directive(directive{at: at, indent: len(m[1]), name: strings.ToLower(m[2]), argument: m[3],
				block: lines[i+1 : end]})...)
			i = end
		case rstComment.MatchString(line), rstRaw.MatchString(line):
			flush()
			end := blockEnd(lines, i+1, indentOf(line))
			out = append(out, plainDefinition(lines[i:end])...)
			i = end
		default:
			text = append(text, line)
			i++
			if strings.HasSuffix(line, "::") {
				flush()
				end := max(blockEnd(lines, i, max(indentOf(line), len(rstItem.FindString(line)))), i)
				if end == i {
					continue
				}
				out = append(out, strings.Split(shownTests(strings.Join(lines[i:end], "\n")), "\n")...)
				i = end
			}
		}
	}
	flush()
	return out
}

var (
	rstGridBorder   = regexp.MustCompile(`^ *\+(?:-+\+)+$`)
	rstSimpleBorder = regexp.MustCompile(`^ *=+(?: +=+)+$`)
)

// tableEnd returns where the table ends that begins with a line; the same line if
// none does.
func tableEnd(lines []string, from int) int {
	switch {
	case rstGridBorder.MatchString(lines[from]):
		end := from + 1
		for end < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[end]), "|") ||
			end < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[end]), "+") {
			end++
		}
		return end
	case rstSimpleBorder.MatchString(lines[from]):
		borders := 0
		for i := from; i < len(lines) && (lines[i] == "" || indentOf(lines[i]) >= indentOf(lines[from])); i++ {
			if rstSimpleBorder.MatchString(lines[i]) {
				borders++
			}
			if atEnd := i+1 == len(lines) || lines[i+1] == ""; borders > 1 && atEnd && rstSimpleBorder.MatchString(lines[i]) {
				return i + 1
			}
		}
	}
	return from
}

// rolesInRow is roles for a line of a table, in which all keeps its place.
func (r *rst) rolesInRow(line string) string {
	return r.replaceRoles(line, func(match, shown string) string {
		room := utf8.RuneCountInString(match) - utf8.RuneCountInString(shown)
		if room < 0 {
			name := fmt.Sprintf("|r%d|", len(r.defined))
			r.defined = append(r.defined, "", ".. "+name+" replace:: "+strings.Join(strings.Fields(shown), " "))
			shown, room = name, max(utf8.RuneCountInString(match)-len(name), 0)
		}
		return shown + strings.Repeat(" ", room)
	})
}

// blockEnd returns where a block ends whose lines are indented more than so much.
// Empty lines behind it are none of it.
func blockEnd(lines []string, from, indent int) int {
	end := from
	for i := from; i < len(lines); i++ {
		if lines[i] == "" {
			continue
		}
		if indentOf(lines[i]) <= indent {
			break
		}
		end = i + 1
	}
	return end
}
