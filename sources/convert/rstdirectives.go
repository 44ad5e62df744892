package convert

import (
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

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
	case d.name == "code-tab":
		return d.codeTab()
	case slices.Contains(codeDirectives, d.name):
		return d.code()
	case diagrams.MatchString(d.name):
		return r.diagram(d)
	case moduleDirective.MatchString(d.name):
		if r.module = strings.TrimSpace(d.argument); r.module == "None" {
			r.module = ""
		}
		return []string{""}
	case d.name == "todo":
		return r.todo(d)
	case d.name == "toctree":
		return r.toctree(d)
	case d.name == "button-link" || d.name == "button-ref":
		return r.button(d)
	case d.name == "flat-table":
		d.name, d.block = "list-table", evenRows(d.block)
	case d.name == "danger": // which Docutils shouts
		d.name, d.block = "admonition", d.withArgument()
		d.argument = "Danger"
	case slices.Contains(admonitions, d.name):
		d.block, d.argument = d.withArgument(), ""
	case slices.Contains(silentDirectives, d.name), d.name == "only" && !showsHTML(d.argument):
		return []string{""}
	case d.name == "raw":
		return r.raw(d)
	case d.name == "parsed-literal":
		return d.asIs(strings.Split(r.roles(strings.Join(d.block, "\n")), "\n"))
	case d.name == "role":
		name, _, _ := strings.Cut(d.argument, "(")
		r.ownRoles[strings.TrimSpace(name)] = true
	case d.name == "default-role" && !slices.Contains(docutilsRoles, d.argument) && !r.ownRoles[d.argument]:
		return []string{""}
	case d.name == "only":
		d.argument = ""
	case d.name == "ifconfig":
		r.note(".. ifconfig:: " + d.argument + " is not evaluated: its text is shown")
		d.argument = ""
	case slices.Contains(layoutDirectives, d.name):
		d.argument = ""
	}
	if slices.Contains(cardDirectives, d.name) {
		d = r.card(d)
	}
	isPython := d.name == "class" && (r.sphinx.isThere || strings.ContainsAny(d.argument, "(.ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	if known, ok := docutilsOptions[d.name]; ok && !isPython {
		return r.known(d, known)
	}
	return r.container(d)
}

var moduleDirective = regexp.MustCompile(`^(?:py:)?(?:current)?module$`)

// admonitions are directives whose argument begins their text.
var admonitions = []string{"attention", "caution", "error", "hint", "important", "note", "tip", "warning"}

// withArgument returns the block with the argument as the beginning of its text.
func (d directive) withArgument() []string {
	if d.argument == "" {
		return d.block
	}
	indent := d.indent + 3
	if len(d.block) > 0 && d.block[0] != "" {
		indent = indentOf(d.block[0])
	}
	return slices.Concat([]string{""}, pad(indent, d.argument), d.block)
}

// todo shows what is to be done, unless Sphinx does not.
func (r *rst) todo(d directive) []string {
	if r.sphinx.isThere && !r.sphinx.todos {
		return []string{""}
	}
	d.name, d.block, d.argument = "admonition", d.withArgument(), "Todo"
	return r.known(d, docutilsOptions["admonition"])
}

func (d directive) asIs(block []string) []string {
	line := strings.Repeat(" ", d.indent) + ".. " + d.name + "::"
	if d.argument != "" {
		line += " " + d.argument
	}
	return append([]string{line}, block...)
}

// raw keeps HTML, which is cleaned with the rest of the page.
func (r *rst) raw(d directive) []string {
	_, options, rest := d.parts()
	if !slices.Contains(strings.Fields(strings.ToLower(d.argument)), "html") {
		return []string{""}
	}
	d.argument = "html"
	if name := options["file"]; name != "" {
		data, _, ok := r.find(d.at, name)
		if !ok {
			return []string{""}
		}
		rest = append([]string{""}, pad(d.indent+3, rstLines(string(data))...)...)
	}
	if strings.TrimSpace(strings.Join(rest, "")) == "" {
		return []string{""}
	}
	return d.asIs(rest)
}

// diagram shows what a diagram is drawn from, or the text that stands for it.
func (r *rst) diagram(d directive) []string {
	_, options, rest := d.parts()
	if alt := strings.TrimSpace(options["alt"]); alt != "" {
		caption := strings.TrimSpace(options["caption"])
		return append(pad(d.indent, "", r.roles(alt), "", r.roles(caption)), "")
	}
	if file := strings.TrimSpace(d.argument); len(rest) == 0 && strings.Contains(file, ".") {
		data, _, ok := r.find(d.at, file)
		if !ok {
			return []string{""}
		}
		d.block = slices.Concat(d.block, []string{""}, pad(d.indent+3, rstLines(string(data))...))
	}
	d.argument = ""
	return d.code()
}

// code drops the options that only Sphinx knows; its caption stays.
func (d directive) code() []string {
	more, options, rest := d.parts()
	var out []string
	if _, isHidden := options["hide"]; isHidden {
		return []string{""}
	}
	if caption := options["caption"]; caption != "" {
		out = append(append(out, ""), append(pad(d.indent, caption), "")...)
	}
	if strings.HasPrefix(d.name, "test") || d.name == "doctest" { // names of groups
		d.argument = ""
	}
	if len(more) > 0 { // code that begins at once
		rest = slices.Concat([]string{""}, d.block[:len(more)], rest)
	}
	if len(rest) == 0 {
		return out
	}
	d.name = "code"
	return append(out, d.asIs(strings.Split(shownTests(strings.Join(rest, "\n")), "\n"))...)
}

var testFlags = regexp.MustCompile(`(?m)[ \t]*#[ \t]*doctest:.*$`)

// shownTests drops what only tells a test how to run.
func shownTests(text string) string {
	if !strings.Contains(text, ">>> ") {
		return text
	}
	return strings.ReplaceAll(testFlags.ReplaceAllString(text, ""), "<BLANKLINE>", "")
}

// known keeps the options that Docutils knows: for any other one it would drop
// the directive with its text.
func (r *rst) known(d directive, options string) []string {
	var out []string
	if d.name == "csv-table" {
		d.block = r.csvTable(d)
	}
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

// container shows what a directive holds that Docutils does not know.
func (r *rst) container(d directive) []string {
	more, options, rest := d.parts()
	head := append([]string{d.argument}, more...)
	switch title := versions[d.name]; {
	case title != "":
		number, text, _ := strings.Cut(strings.Join(head, " "), " ")
		if d.name == "deprecated-removed" {
			var removed string
			removed, text, _ = strings.Cut(text, " ")
			number += ", will be removed in version " + removed
		}
		head = []string{title + " " + number}
		if text = strings.TrimSpace(text); text != "" {
			head[0] += ": " + text
		}
	case d.name == "autosummary":
		rest = lineBlock(rest)
	case isObject(d.name):
		head = r.signatures(d, head, options)
		rest = objectFields(rest)
	case d.name == "seealso":
		head = append([]string{"**See also**", ""}, head...)
	case d.name == "productionlist":
		return slices.Concat([]string{strings.Repeat(" ", d.indent) + "::", ""}, d.block)
	case d.name == "glossary":
		_, isSorted := options["sorted"]
		rest = glossary(rest, isSorted)
	default:
		head = pad(0, head...)
	}
	r.noteUnknown(d, rest)
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
	out := slices.Concat([]string{"", line, ""}, r.rewrite(d.at, pad(width, head...)), []string{""})
	wasInClass := r.inClass
	r.inClass = wasInClass || isObject(d.name) && classDirective.MatchString(d.name)
	out = append(out, r.rewrite(d.at, rest)...)
	r.inClass = wasInClass
	return append(out, "")
}

// noteUnknown tells of a directive whose text is not in the document.
func (r *rst) noteUnknown(d directive, rest []string) {
	called := strings.TrimSpace(".. " + d.name + ":: " + d.argument)
	switch isKnown := versions[d.name] != "" || slices.Contains(containers, d.name); {
	case fromCode.MatchString(d.name):
		r.note("what a program makes of " + called + " is left out")
	case !isKnown && !isObject(d.name) && len(untilText(rest)) == 0:
		r.note("what " + called + " shows is not known, and left out")
	}
}

// glossary writes the terms of a glossary as a list of definitions. Terms that
// share a text stand beside each other, as Docutils has no way for more.
func glossary(lines []string, isSorted bool) []string {
	lines = untilText(lines)
	if len(lines) == 0 {
		return nil
	}
	indent := indentOf(lines[0])
	var entries [][]string
	for i := 0; i < len(lines); {
		var terms []string
		for ; i < len(lines) && (lines[i] == "" || indentOf(lines[i]) <= indent); i++ {
			term, _, _ := strings.Cut(strings.TrimSpace(lines[i]), " : ")
			if term != "" && !strings.HasPrefix(term, "..") {
				terms = append(terms, term)
			}
		}
		end := blockEnd(lines, i, indent)
		if len(terms) > 0 {
			head := pad(indent, strings.Join(terms, ", "))
			entries = append(entries, slices.Concat(head, lines[i:end], []string{""}))
		}
		i = max(end, i)
	}
	if isSorted {
		slices.SortStableFunc(entries, func(a, b []string) int {
			return strings.Compare(strings.ToLower(rstPlain(a[0])), strings.ToLower(rstPlain(b[0])))
		})
	}
	return append([]string{""}, slices.Concat(entries...)...)
}

// lineBlock shows each line by itself.
func lineBlock(lines []string) []string {
	lines = slices.Clone(lines)
	for i, line := range lines {
		if text := strings.TrimLeft(strings.TrimSpace(line), "~."); text != "" {
			lines[i] = strings.Repeat(" ", indentOf(line)) + "| ``" + text + "``"
		}
	}
	return lines
}

var classDirective = regexp.MustCompile(`^(?:py:)?(?:auto)?(?:class|exception)$`)

// isObject tells the directives that describe a function, class, option and the
// like, whose arguments are code.
func isObject(name string) bool {
	return strings.Contains(name, ":") || slices.Contains(objectDirectives, name) || strings.HasPrefix(name, "auto")
}
