package dialect

import (
	"html"
	"slices"
	"strings"

	"finpages/ingest/render/internal/dom"
	"finpages/ingest/render/internal/frontmatter"
	regexp "finpages/sources/lazyregexp"
)

// Sphinx reads Markdown with directives as MyST: https://myst-parser.readthedocs.io
var (
	mystStart  = regexp.MustCompile("^([ \t]*)(`{3,}|~{3,}|:{3,})[ \t]*\\{([A-Za-z][\\w:+.-]*)\\}[ \t]*(.*?)[ \t]*$")
	mystOption = regexp.MustCompile(`^[ \t]*:([A-Za-z][\w-]*):(?:[ \t]+(.*?))?[ \t]*$`)
	mystTarget = regexp.MustCompile(`^[ \t]*\([^()\n]+\)=[ \t]*$`)
)

// mystKind is what a directive of Sphinx's is.
type mystKind int

const (
	mystUnknown mystKind = iota
	mystBox              // with its name as the label
	mystTitled           // with its argument as the label
	mystFlat             // holds a text; its argument lays out
	mystCode
	mystFile
	mystPicture
	mystTable
	mystMath
	mystDropped // steers, or lists what other documents have
	mystQuote
	mystObject // describes a thing of a program
	mystLink
	mystRun // shows what a program says
)

var mystKinds = map[mystKind]map[string]bool{
	mystBox: dom.Set("note", "warning", "tip", "hint", "important", "caution", "danger", "error", "attention",
		"seealso", "todo",
		"versionadded", "versionchanged", "deprecated", "versionremoved", "admonition", "topic", "theorem", "proof",
		"lemma",
		"definition", "remark", "example", "exercise", "solution", "algorithm", "proposition", "corollary"),
	mystTitled: dom.Set("dropdown", "tab-item", "card", "grid-item-card", "sidebar", "rubric", "centered", "tab",
		"tabbed", "details"),
	mystFlat: dom.Set("tab-set", "tabs", "grid", "grid-item", "container", "div", "margin", "aside", "toggle",
		"figure-md", "only",
		"rst-class", "compound", "hlist", "glossary", "card-carousel", "panels", "line-block", "tab-set-code",
		"exec", "hidden", "scroll"),
	mystCode: dom.Set("code-block", "code", "sourcecode", "code-cell", "parsed-literal", "prompt", "doctest",
		"ipython", "jupyter-execute",
		"mermaid", "graphviz", "digraph", "graph", "plantuml", "uml", "productionlist", "eval-rst", "testcode",
		"testoutput"),
	mystFile:    dom.Set("include", "literalinclude"),
	mystPicture: dom.Set("figure", "image", "subfigure", "thumbnail"),
	mystTable:   dom.Set("table", "list-table", "csv-table", "flat-table"),
	mystMath:    dom.Set("math", "math:numbered"),
	mystDropped: dom.Set("toctree", "contents", "tableofcontents", "index", "highlight", "meta", "module",
		"currentmodule", "sectnum",
		"bibliography", "footbibliography", "default-domain", "default-role", "py:currentmodule", "py:module",
		"testsetup", "testcleanup",
		"glue", "nb-exec-table", "tags", "role", "toc", "contributors", "postlist", "raw"),
	mystQuote: dom.Set("epigraph", "highlights", "pull-quote", "blockquote"),
	mystObject: dom.Set("function", "class", "method", "attribute", "data", "exception", "decorator", "property",
		"confval", "option",
		"envvar", "program", "describe", "object", "cmdoption", "rst:directive", "rst:role"),
	mystLink: dom.Set("button-link", "button-ref", "iframe", "video", "youtube", "vimeo", "download"),
	mystRun: dom.Set("click", "argparse", "jsonschema", "program-output", "command-output", "openapi", "graphql",
		"sphinx_argparse_cli",
		"inheritance-diagram", "confluence_metadata", "config-reference"),
}

// mystKindOf is the kind of a directive by its name.
func mystKindOf(name string) mystKind {
	for kind, names := range mystKinds {
		if names[name] {
			return kind
		}
	}
	domain, _, isOfDomain := strings.Cut(name, ":")
	switch {
	case strings.HasPrefix(name, "auto"):
		return mystRun
	case isOfDomain && domain == "prf":
		return mystBox
	case isOfDomain:
		return mystObject
	}
	return mystUnknown
}

// mystBlock is a directive as it stands in a document.
type mystBlock struct {
	name, arg string
	options   args
	body      []string
}

// myst rewrites a directive of Sphinx's: "{name}" behind a fence's marks. One that
// nobody knows is opened in the documents of Sphinx, and is code in others.
func myst(r *rewriter, lines []string, depth int) int {
	m := mystStart.FindStringSubmatch(lines[0])
	if m == nil || depth > maxNesting {
		return 0
	}
	b := mystBlock{name: strings.ToLower(m[3]), arg: m[4]}
	kind := mystKindOf(b.name)
	isKnown := kind != mystUnknown && b.name != "mermaid" || r.Tool() == MyST && !isCellLanguage[b.name]
	if !isKnown {
		return 0
	}
	n, closed := fenceLength(lines, m[2]), true
	if m[2][0] == ':' {
		n, closed = directiveLength(lines)
	} else {
		closed = endsFence(lines[:n], m[2])
	}
	b.body = dedentAll(lines[1:n], indent(m[1]))
	if closed {
		b.body = b.body[:len(b.body)-1]
	}
	b.options, b.body = mystOptions(b.body)
	r.emitBlock(r.place(m[1]), r.mystBlock(kind, b, depth)...)
	return n
}

// isCellLanguage names the languages of code that notebooks in Markdown run.
var isCellLanguage = dom.Set("r", "python", "julia", "bash", "sh", "sql", "js", "ojs", "dot", "stata")

// mystOptions reads the settings at the head of a directive: ":name: value", or
// YAML between lines of dashes.
func mystOptions(body []string) (args, []string) {
	a := args{named: map[string]string{}}
	if len(body) > 1 && strings.TrimRight(body[0], " ") == "---" {
		fields, rest, err := frontmatter.Split(strings.Join(body, "\n"))
		if err == nil && fields != nil {
			for key := range fields {
				a.named[key] = fields.Text(key)
			}
			return a, strings.Split(rest, "\n")
		}
	}
	for len(body) > 0 {
		m := mystOption.FindStringSubmatch(body[0])
		if m == nil {
			break
		}
		a.named[m[1]] = strings.Trim(m[2], `"'`)
		body = body[1:]
	}
	return a, body
}

// versions are what the directives about a program's versions show.
var versions = map[string]string{"versionadded": "New in version ", "versionchanged": "Changed in version ",
	"deprecated": "Deprecated since version ", "versionremoved": "Removed in version "}

// mystBlock says in Markdown what a directive does.
func (r *rewriter) mystBlock(kind mystKind, b mystBlock, depth int) []string {
	switch kind {
	case mystDropped:
		if b.name == "raw" && b.arg == "html" {
			return b.body
		}
		return nil
	case mystRun:
		r.warn("directive {" + b.name + "} left out")
		return nil
	case mystCode:
		return r.mystCode(b)
	case mystFile:
		return r.mystFile(b, depth)
	case mystPicture:
		return append([]string{image(b.arg, b.options.first("alt")), ""}, r.mystText(b.body, depth)...)
	case mystTable:
		return r.mystTable(b, depth)
	case mystMath:
		return fencedCode("math", trimBlank(append(nonBlank(b.arg), b.body...)))
	case mystQuote:
		return mystQuoted(r.mystText(append(nonBlank(b.arg), b.body...), depth))
	case mystObject:
		return append([]string{strong("<code>" + html.EscapeString(b.arg) + "</code>"), ""}, r.mystText(b.body, depth)...)
	case mystLink:
		return r.mystLink(b, depth)
	case mystFlat:
		return r.mystFlat(b, depth)
	case mystBox:
		return r.mystBox(b, depth)
	case mystUnknown:
		r.warn("unknown directive opened: {" + b.name + "}")
	}
	for i, line := range b.body {
		if line = strings.TrimRight(line, " "); line == "+++" || line == "^^^" { // foot and head of a card
			b.body[i] = ""
		}
	}
	head := []string{strong(b.arg), ""}
	if b.arg == "" {
		head = nil
	}
	if link := b.options.first("link"); link != "" && b.arg != "" && strings.Contains(link, "/") {
		head[0] = `<a href="` + html.EscapeString(link) + `">` + head[0] + "</a>"
	}
	return append(head, r.mystText(b.body, depth)...)
}

// mystText is what stands in a directive, rewritten.
func (r *rewriter) mystText(body []string, depth int) []string {
	inner := r.inner()
	inner.lines(trimBlank(body), depth+1)
	return strings.Split(strings.Trim(inner.out.String(), "\n"), "\n")
}

func mystQuoted(text []string) []string {
	return append(append([]string{"<blockquote>", ""}, text...), "", "</blockquote>")
}

// mystBox is a box. What stands behind its name is its title, or begins its text.
func (r *rewriter) mystBox(b mystBlock, depth int) []string {
	if start, ok := versions[b.name]; ok {
		version, text, _ := strings.Cut(b.arg, " ")
		label := strong(html.EscapeString(start + version))
		if text == "" && len(trimBlank(b.body)) == 0 {
			return []string{label}
		}
		body := append(nonBlank(text), b.body...)
		return strings.Split(besideText(label, strings.Join(r.mystText(body, depth), "\n")), "\n")
	}
	kind := strings.TrimPrefix(b.name, "prf:")
	label, body := "", b.body
	switch {
	case kind == "admonition" || kind == "topic":
		label = b.arg
	case b.name != kind || kinds[kind] == "" || kind == "example":
		label = Label(kind, b.arg)
	default:
		label, body = Label(kind, ""), append(nonBlank(b.arg), b.body...)
	}
	return mystQuoted(append([]string{strong(label), ""}, r.mystText(body, depth)...))
}

// mystFlat opens what lays a text out.
func (r *rewriter) mystFlat(b mystBlock, depth int) []string {
	switch {
	case b.name == "only" && b.arg != "" && !strings.Contains(b.arg, "html"):
		return nil
	case b.name == "glossary":
		b.body = glossary(b.body)
	case b.name == "margin" || b.name == "aside":
		b.body = append([]string{strong(b.arg), ""}, b.body...)
	case b.name == "line-block":
		b.body = strings.Split(strings.Join(trimBlank(b.body), "<br>\n"), "\n")
	}
	b.body = slices.DeleteFunc(slices.Clone(b.body), func(line string) bool {
		return b.name == "panels" && (strings.TrimRight(line, "- ") == "" && len(line) > 2)
	})
	return r.mystText(b.body, depth)
}

// glossary writes terms, with their texts indented below them, as a list of
// definitions.
func glossary(body []string) []string {
	var out []string
	for i, line := range body {
		isFirst := i > 0 && !isBlank(body[i-1]) && indent(body[i-1]) == 0 && indent(line) > 0
		switch {
		case strings.HasPrefix(line, ":"):
			return body
		case isFirst:
			out = append(out, ": "+strings.TrimLeft(line, " "))
		case indent(line) == 0 && !isBlank(line) && len(out) > 0:
			out = append(out, "", line)
		default:
			out = append(out, line)
		}
	}
	return out
}

// mystCode is code, with the caption that is shown above it.
func (r *rewriter) mystCode(b mystBlock) []string {
	lang := firstOf(b.arg, b.options.first("language"))
	tags := b.options.first("tags")
	switch {
	case strings.Contains(tags, "remove-cell") || strings.Contains(tags, "remove-input"):
		return nil
	case b.name == "mermaid" || b.name == "graphviz" || b.name == "plantuml" || b.name == "uml":
		lang = b.name
	case b.name == "prompt" || b.name == "digraph" || b.name == "graph":
		lang = ""
	case b.name == "eval-rst":
		r.warn("reStructuredText in Markdown is shown as it stands")
		lang = "rst"
	}
	if m := fenceLang.FindStringSubmatch(lang); m != nil {
		lang = m[1]
	}
	return append(titleLine(b.options.first("caption")), fencedCode(lang, trimBlank(b.body))...)
}

// mystFile puts another file in the directive's place.
func (r *rewriter) mystFile(b mystBlock, depth int) []string {
	text, path := r.load(b.arg)
	if path == "" {
		return nil
	}
	if lines := firstOf(b.options.first("lines"), b.options.first("start-line")); lines != "" {
		if b.options.first("lines") == "" {
			lines += "-" + b.options.first("end-line")
		}
		text = linesOf(text, lines)
	}
	if start := b.options.first("start-after", "start-at"); start != "" {
		_, after, ok := strings.Cut(text, start)
		if text = after; ok && b.options.first("start-at") != "" {
			text = start + after
		}
	}
	if end := b.options.first("end-before"); end != "" {
		text, _, _ = strings.Cut(text, end)
	}
	if b.name == "literalinclude" || b.options.named["literal"] != "" || b.options.named["code"] != "" {
		lang := firstOf(b.options.first("language", "code"), strings.TrimPrefix(extensionOf(path), "."))
		return append(titleLine(b.options.first("caption")), fencedCode(lang, strings.Split(strings.Trim(text, "\n"), "\n"))...)
	}
	if ext := extensionOf(path); ext == ".rst" {
		r.warn("included file left out: " + b.arg)
		return nil
	}
	part := r.inner()
	part.includeText("", text, path, depth, nil)
	return strings.Split(strings.Trim(part.out.String(), "\n"), "\n")
}

// mystLink is what leads elsewhere.
func (r *rewriter) mystLink(b mystBlock, depth int) []string {
	address := b.arg
	switch b.name {
	case "youtube":
		address = "https://www.youtube.com/watch?v=" + b.arg
	case "vimeo":
		address = "https://vimeo.com/" + b.arg
	}
	text := strings.Join(r.mystText(b.body, depth), " ")
	if isBlank(text) {
		text = html.EscapeString(address)
	}
	return []string{`<a href="` + html.EscapeString(address) + `">` + text + "</a>"}
}

// mystLine drops what the documents of Sphinx say to it alone: names of places,
// comments, and marks between blocks.
func mystLine(r *rewriter, lines []string, _ int) int {
	line := strings.TrimRight(lines[0], " \t")
	isMark := line == "+++" || strings.HasPrefix(line, "+++ ") || line == "^^^" || line == "%" || strings.HasPrefix(line, "% ")
	if !isMark && !mystTarget.MatchString(line) || !r.IsOf(MyST) {
		return 0
	}
	r.emit("")
	return 1
}

// mystTitles are the titles of the places that have names, by these: the heading
// that follows.
func (d *Document) mystTitles() map[string]string {
	if d.places == nil {
		d.places = map[string]string{}
		names := []string{}
		for line := range strings.SplitSeq(d.source, "\n") {
			switch {
			case mystTarget.MatchString(line):
				names = append(names, strings.Trim(strings.TrimSpace(line), "()="))
			case strings.HasPrefix(line, "#"):
				for _, name := range names {
					d.places[strings.ToLower(name)] = bareTitleText(strings.Trim(line, "# "))
				}
				names = names[:0]
			case !isBlank(line):
				names = names[:0]
			}
		}
	}
	return d.places
}
