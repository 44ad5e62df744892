package dialect

import (
	"html"
	"net/url"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var (
	videoLine = regexp.MustCompile(`^(\s*)\[!(?i:video)\s+(\S+?)(?:\s[^\]]*)?\]\s*$`)
	divLine   = regexp.MustCompile(`^\s*\[!(?i:div|checklist)(?:\s[^\]]*)?\]\s*$`)
	codeLink  = regexp.MustCompile(`^(\s*)\[!(?i:code|code-snippet)(?:-([\w#+.-]+))?\s*\[([^\]]*)\]\(\s*([^)\s]*)[^)]*\)\]\s*$`)
	// a mark that has settings, and so is none of the boxes
	unknownMark = regexp.MustCompile(`^\s*\[!([A-Za-z][\w-]*)(?:[ \t]+[\w-]+=[^\]]*|[ \t]+[\w-]+)\]\s*$`)
	vitePress   = regexp.MustCompile(`^([ \t]*)<<<[ \t]+(\S+?)(#[\w-]+)?(?:\{[^}]*\})?(?:[ \t]+\[(.*)\])?[ \t]*$`)
	mermaid     = regexp.MustCompile(`^([ \t]*):{3,}[ \t]*(mermaid|plantuml)[ \t]*$`)
	azureLine   = regexp.MustCompile(`^([ \t]*):{3,}[ \t]*(query-table|video)\b(.*?):{0,3}[ \t]*$`)
	mdBook      = regexp.MustCompile(`^([ \t]*)\{\{[ \t]*#(\w+)[ \t]*([^}]*)\}\}[ \t]*$`)
)

// learn rewrites the lines that DocFX and Microsoft Learn add to quotes.
func learn(r *rewriter, lines []string, depth int) int {
	if !strings.Contains(lines[0], "[!") {
		return 0
	}
	if m := videoLine.FindStringSubmatch(lines[0]); m != nil {
		r.emitBlock(m[1], mediaLink(strings.TrimPrefix(m[2], "source="), "", "Video"))
		return 1
	}
	if divLine.MatchString(lines[0]) {
		prefix, _ := cutPrefix(lines[0])
		r.emit(strings.TrimRight(prefix, " "))
		return 1
	}
	m := codeLink.FindStringSubmatch(lines[0])
	if m == nil {
		if m = unknownMark.FindStringSubmatch(lines[0]); m != nil {
			r.warn("mark [!" + m[1] + "] left out")
			return 1
		}
		return 0
	}
	file, rest, _ := strings.Cut(m[4], "?")
	file, name, _ := strings.Cut(file, "#")
	query, _ := url.ParseQuery(rest)
	if name == "" {
		name = firstOf(query.Get("name"), query.Get("id"))
	}
	numbers := firstOf(lineMark.FindString(name), query.Get("range"))
	if from := query.Get("start"); numbers == "" && from != "" {
		numbers = from + "-" + query.Get("end")
	}
	r.codePart(m[1], m[2], file, name, numbers)
	return 1
}

// codePart writes a file as code: the lines with the numbers, else its part of the
// name, else the whole.
func (r *rewriter) codePart(prefix, language, file, name, numbers string) {
	text, path := r.load(file)
	if path == "" {
		return
	}
	if numbers != "" {
		text, name = linesOf(text, numbers), ""
	}
	r.codeFile(prefix, language, text, name)
}

// lineMark is how a link names lines: "L2", "L2-L5".
var lineMark = regexp.MustCompile(`^L\d+(?:-L?\d+)?$`)

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// linesOf are the lines of a text that are named by their numbers: "2", "2-5,8-".
func linesOf(text, names string) string {
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(names, "L", ""), ",") {
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if isRange {
			first += ":" + last
		}
		if _, _, ok := lineRange(first); ok {
			out = append(out, partOf(text, first))
		}
	}
	return strings.Join(out, "\n")
}

var tabHeading = regexp.MustCompile(`^(\s*)#{1,6}[ \t]+\[(.+)\]\(#tab/[^()\s]*\)[ \t]*$`)

// learnTab writes the label of a tab, which Learn writes as a heading.
func learnTab(r *rewriter, lines []string, _ int) int {
	if !strings.Contains(lines[0], "](#tab/") {
		return 0
	}
	m := tabHeading.FindStringSubmatch(lines[0])
	if m == nil {
		return 0
	}
	r.learnTabs = true
	r.emitBlock(m[1], strong(m[2]))
	return 1
}

var thematicBreak = regexp.MustCompile(`^[ \t]*(?:-[ \t]*){3,}$|^[ \t]*(?:\*[ \t]*){3,}$`)

// endTabs leaves out the line that ends tabs of Learn's.
func endTabs(r *rewriter, lines []string, _ int) int {
	if !r.learnTabs || !thematicBreak.MatchString(lines[0]) || !r.blank && strings.Contains(lines[0], "-") {
		return 0
	}
	r.learnTabs = false
	r.emit("")
	return 1
}

// codeFile writes a file, or its part between the tags of a name, as code.
func (r *rewriter) codeFile(prefix, language, text, name string) {
	whole := text
	if text = regionOf(whole, name); name != "" && text == whole {
		r.warn("part of a file not found, all of it is shown: " + name)
	}
	text = strings.Trim(text, "\n")
	lines := strings.Split(text, "\n")
	r.emitBlock(prefix, fencedCode(language, dedentAll(lines, commonIndent(lines)))...)
}

// codeImport puts the file in the place of VitePress' "<<< file".
func codeImport(r *rewriter, lines []string, _ int) int {
	if !strings.Contains(lines[0], "<<<") {
		return 0
	}
	m := vitePress.FindStringSubmatch(lines[0])
	if m == nil {
		return 0
	}
	text, path := r.load(strings.TrimPrefix(m[2], "@"))
	if path == "" {
		return 1
	}
	if r.inGroup {
		r.emitBlock(m[1], titleLine(firstOf(m[4], lastPart(path)))...)
	}
	language := strings.TrimPrefix(extensionOf(path), ".")
	var shown []string
	for line := range strings.SplitSeq(text, "\n") {
		if line, ok := r.shownCode(language, line); ok {
			shown = append(shown, line)
		}
	}
	r.codeFile(m[1], language, strings.Join(shown, "\n"), strings.TrimPrefix(m[3], "#"))
	return 1
}

func extensionOf(path string) string {
	if at := strings.LastIndexByte(path, '.'); at > strings.LastIndexByte(path, '/') {
		return path[at:]
	}
	return ""
}

// diagram keeps the source of a diagram of Azure's wikis.
func diagram(r *rewriter, lines []string, _ int) int {
	if m := mermaid.FindStringSubmatch(lines[0]); m != nil {
		for i, line := range lines[1:min(len(lines), maxMagicLines)] {
			if directiveEnd.MatchString(strings.TrimLeft(line, " \t")) {
				block := append([]string{"```" + m[2]}, dedentAll(lines[1:i+1], indent(lines[0]))...)
				r.emitBlock(m[1], append(block, "```")...)
				return i + 2
			}
		}
		return 0
	}
	m := azureLine.FindStringSubmatch(lines[0])
	if m == nil {
		return 0
	}
	if m[2] == "query-table" {
		r.warn("table of a query left out: " + strings.TrimSpace(m[3]))
		return 1
	}
	return 0
}

// book rewrites the calls of mdBook and its plugins: "{{#tab name="x"}}".
func book(r *rewriter, lines []string, depth int) int {
	m := mdBook.FindStringSubmatch(lines[0])
	if m == nil {
		return 0
	}
	a := parseArgs(m[3])
	switch m[2] {
	case "tab":
		r.emitBlock(m[1], strong(html.EscapeString(a.first("name", "title"))))
	case "tabs", "endtab", "endtabs", "title":
		r.emit("")
	case "playground", "playpen":
		file, part := cutPart(a.at(0))
		if text, path := r.load(file); path != "" {
			r.codeFile(m[1], "rust", partOf(text, part), "")
		}
	default:
		r.warn("call {{#" + m[2] + "}} left out")
	}
	return 1
}

var blockStart = regexp.MustCompile(`^([ \t]*)(/{3,})[ \t]*([a-z][\w-]*)[ \t]*(?:\|[ \t]*(.*?))?[ \t]*$`)

// genericBlock rewrites the blocks of PyMdown, "/// note | Title" to "///":
// https://facelessuser.github.io/pymdown-extensions/extensions/blocks/
func genericBlock(r *rewriter, lines []string, depth int) int {
	m := blockStart.FindStringSubmatch(lines[0])
	if m == nil || depth > maxNesting {
		return 0
	}
	for i, line := range lines[1:min(len(lines), maxMagicLines)] {
		if strings.Trim(line, " \t") != m[2] {
			continue
		}
		body := dedentAll(lines[1:i+1], indent(m[1]))
		for len(body) > 0 && strings.HasPrefix(body[0], "    ") && strings.Contains(body[0], ":") {
			body = body[1:] // settings
		}
		switch m[3] {
		case "caption", "figure-caption", "table-caption", "html", "define":
			inner := r.inner()
			inner.lines(body, depth+1)
			r.emitBlock(m[1], strings.Split(strings.Trim(inner.out.String(), "\n"), "\n")...)
		case "tab", "details":
			r.box(m[1], m[4], true, body, depth)
		default:
			kind := m[3]
			if kind == "admonition" {
				kind = "note"
			}
			r.box(m[1], Label(kind, m[4]), false, body, depth)
		}
		return i + 2
	}
	return 0
}

var headingWithoutSpace = regexp.MustCompile(`^ {0,3}(?:#[^#\s\d]|#{2,6}[^#\s])`)

// closeHeading reads the headings of Azure's wikis, ReadMe and MkDocs, whose mark may stand
// at the first word: "##Pumps". "#12" is a work item.
func closeHeading(r *rewriter, lines []string, _ int) int {
	text := strings.TrimLeft(lines[0], " ")
	title := strings.TrimLeft(text, "#")
	if title == "" || title[0] == ' ' || !headingWithoutSpace.MatchString(lines[0]) ||
		!r.IsOf(Azure, ReadMe) && r.Tool() != MkDocs {
		return 0
	}
	r.emitBlock("", text[:len(text)-len(title)]+" "+strings.TrimSpace(title))
	return 1
}
