package convert

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
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

	documents map[string]string // titles of others, by the paths that name them
}

func rstIncludes(g *gathered, include Include) {
	at := g.doc.Path
	if !isInside(at) || path.Clean(at) != at {
		at = "document.rst"
	}
	lines := rstLines(string(g.body))
	r := rst{inclusions: newInclusions(g, include), titles: rstTitles(lines), documents: map[string]string{}}
	r.open = []string{at}
	lines = r.rewrite(at, lines)
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

// rstTitles returns the titles that follow labels.
func rstTitles(lines []string) map[string]string {
	titles := map[string]string{}
	var labels []string
	for i, line := range lines {
		switch m := rstLabel.FindStringSubmatch(line); {
		case m != nil:
			labels = append(labels, strings.ToLower(strings.Trim(m[1], "`")))
		case line == "" || rstAdornment.MatchString(line):
		default:
			if i+1 < len(lines) && underlines(lines[i+1], line) {
				for _, label := range labels {
					titles[label] = strings.TrimSpace(line)
				}
			}
			labels = nil
		}
	}
	return titles
}

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
			out = append(out, strings.Split(r.roles(strings.Join(text, "\n")), "\n")...)
			text = nil
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
			for _, row := range lines[i:end] {
				out = append(out, r.rolesInRow(row))
			}
			i = end
		case m != nil:
			flush()
			end := blockEnd(lines, i+1, len(m[1]))
			out = append(out, r.directive(directive{at: at, indent: len(m[1]), name: strings.ToLower(m[2]), argument: m[3],
				block: lines[i+1 : end]})...)
			i = end
		case rstComment.MatchString(line):
			flush()
			end := blockEnd(lines, i+1, indentOf(line))
			out = append(out, lines[i:end]...)
			i = end
		default:
			text = append(text, line)
			i++
			if strings.HasSuffix(line, "::") {
				flush()
				end := blockEnd(lines, i, max(indentOf(line), len(rstItem.FindString(line))))
				out = append(out, lines[i:end]...)
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
			return match
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

// directive is one with its block.
type directive struct {
	at       string // path of the file
	indent   int
	name     string
	argument string
	block    []string
}

// pad indents lines.
func pad(n int, lines ...string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		if line != "" {
			out[i] = strings.Repeat(" ", n) + line
		}
	}
	return out
}

// parts takes a directive's block apart: lines of its argument, options, and the
// rest.
func (d directive) parts() (more []string, options map[string]string, rest []string) {
	options = map[string]string{}
	i := 0
	for ; i < len(d.block) && d.block[i] != "" && !rstOption.MatchString(d.block[i]); i++ {
		more = append(more, strings.TrimSpace(d.block[i]))
	}
	last, depth := "", 0
	for ; i < len(d.block) && d.block[i] != ""; i++ {
		if m := rstOption.FindStringSubmatch(d.block[i]); m != nil && (last == "" || indentOf(d.block[i]) <= depth) {
			last, depth = m[1], indentOf(d.block[i])
			options[last] = m[2]
		} else {
			options[last] += " " + strings.TrimSpace(d.block[i])
		}
	}
	return more, options, d.block[i:]
}

func (r *rst) directive(d directive) []string {
	switch {
	case d.name == "include":
		return r.includeText(d)
	case d.name == "literalinclude":
		return r.includeCode(d)
	case slices.Contains(codeDirectives, d.name):
		return d.code()
	case slices.Contains(silentDirectives, d.name), d.name == "only" && !showsHTML(d.argument):
		return []string{""}
	case d.name == "raw" || d.name == "parsed-literal":
		return d.asIs(d.block)
	}
	if known, ok := docutilsOptions[d.name]; ok {
		return r.known(d, known)
	}
	return r.container(d)
}

func (d directive) asIs(block []string) []string {
	line := strings.Repeat(" ", d.indent) + ".. " + d.name + "::"
	if d.argument != "" {
		line += " " + d.argument
	}
	return append([]string{line}, block...)
}

// code drops the options that only Sphinx knows; its caption stays.
func (d directive) code() []string {
	more, options, rest := d.parts()
	var out []string
	if caption := options["caption"]; caption != "" {
		out = append(append(out, ""), append(pad(d.indent, caption), "")...)
	}
	if len(more) > 0 { // code that begins at once
		rest = slices.Concat([]string{""}, d.block[:len(more)], rest)
	}
	if len(rest) == 0 {
		return out
	}
	d.name = "code"
	return append(out, d.asIs(rest)...)
}

// known keeps the options that Docutils knows: for any other one it would drop
// the directive with its text.
func (r *rst) known(d directive, options string) []string {
	var out []string
	inOptions, dropped := true, false
	for i, line := range d.block {
		m := rstOption.FindStringSubmatch(line)
		switch {
		case line == "":
			inOptions = false
		case !inOptions:
		case m != nil:
			dropped = !slices.Contains(strings.Fields(options), m[1])
		case len(out) == 0 && !dropped && d.name != "figure" && d.name != "image":
			inOptions = i < len(d.block) // a title over two lines, or text at once
		}
		if !inOptions || !dropped {
			out = append(out, line)
		}
	}
	if d.name == "csv-table" {
		out = append(out, r.csvFile(d)...)
	}
	if d.name == "math" || d.name == "csv-table" || d.name == "image" {
		return d.asIs(out)
	}
	d.argument = r.roles(d.argument)
	return d.asIs(r.rewrite(d.at, out))
}

// csvFile returns the lines of the file that a table is in.
func (r *rst) csvFile(d directive) []string {
	_, options, _ := d.parts()
	name := options["file"]
	if name == "" {
		return nil
	}
	data, _, ok := r.find(d.at, name)
	if !ok {
		return nil
	}
	return append([]string{""}, pad(d.indent+3, rstLines(string(data))...)...)
}

var showsNoHTML = regexp.MustCompile(`^(?:latex|man|texinfo|epub|text|pdf|not html)$`)

func showsHTML(tags string) bool { return !showsNoHTML.MatchString(strings.TrimSpace(tags)) }

// container shows what a directive holds that Docutils does not know.
func (r *rst) container(d directive) []string {
	more, options, rest := d.parts()
	head := append([]string{d.argument}, more...)
	switch title := versions[d.name]; {
	case title != "":
		number, text, _ := strings.Cut(strings.Join(head, " "), " ")
		head = []string{title + " " + number}
		if text = strings.TrimSpace(text); text != "" {
			head[0] += ": " + text
		}
	case isObject(d.name):
		for i, signature := range head {
			if signature = strings.TrimSuffix(signature, `\`); signature != "" && !strings.Contains(signature, "`") {
				head[i] = "| ``" + signature + "``"
			}
		}
		head = append(head, kindOf(options)...)
	case d.name == "seealso":
		head = append([]string{"**See also**", ""}, head...)
	case d.name == "productionlist":
		return slices.Concat([]string{strings.Repeat(" ", d.indent) + "::", ""}, d.block)
	default:
		head = pad(0, head...)
	}
	if d.argument == "" && len(head) > 0 && head[0] == "" {
		head = head[1:]
	}
	width := d.indent + 3
	for _, line := range rest {
		if line != "" {
			width = indentOf(line)
			break
		}
	}
	if len(head) == 0 && len(rest) == 0 {
		return []string{""}
	}
	line := strings.Repeat(" ", d.indent) + ".. container::"
	out := slices.Concat([]string{"", line, ""}, r.rewrite(d.at, pad(width, head...)), []string{""}, r.rewrite(d.at, rest))
	return append(out, "")
}

// kindOf returns the type and value of an attribute or option.
func kindOf(options map[string]string) (lines []string) {
	for _, name := range []string{"type", "value", "default"} {
		if text := strings.TrimSpace(options[name]); text != "" {
			lines = append(lines, "| "+name+": "+text)
		}
	}
	return lines
}

// isObject tells the directives that describe a function, class, option and the
// like, whose arguments are code.
func isObject(name string) bool {
	return strings.Contains(name, ":") || slices.Contains(objectDirectives, name) || strings.HasPrefix(name, "auto")
}
