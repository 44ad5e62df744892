package dialect

import (
	"html"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// kinds are the names of boxes that say how their text is meant. Other names
// are left out of a box that has a title of its own.
var kinds = map[string]string{
	"note": "Note", "info": "Info", "tip": "Tip", "hint": "Hint", "important": "Important", "warning": "Warning",
	"warn": "Warning", "caution": "Caution", "danger": "Danger", "error": "Error", "bug": "Bug", "success": "Success",
	"failure": "Failure", "question": "Question", "example": "Example", "quote": "Quote", "abstract": "Abstract",
	"summary": "Summary", "todo": "Todo", "attention": "Attention", "seealso": "See also", "security": "Security",
	"deprecated": "Deprecated", "check": "Check", "secondary": "Note", "tldr": "Tldr", "help": "Help", "faq": "FAQ",
}

// Label is the line that opens a box, as inline Markdown: "Note: Title".
func Label(kind, title string) string {
	word, known := kinds[strings.ToLower(kind)]
	title = strings.TrimSpace(title)
	switch {
	case title == "" && known:
		return word
	case title == "" && kind != "":
		return strings.ToUpper(kind[:1]) + strings.ReplaceAll(kind[1:], "-", " ")
	case !known, strings.HasPrefix(strings.ToLower(title), strings.ToLower(word)):
		return title
	}
	return word + ": " + title
}

func strong(s string) string {
	if s == "" {
		return ""
	}
	return "<strong>" + s + "</strong>"
}

var (
	admonitionLine = regexp.MustCompile(`^([ \t]*)(?:!!!|\?\?\?\+?)[ \t]+([A-Za-z][\w-]*)` +
		`((?:[ \t]+[\w-]+)*)(?:[ \t]+"(.*)")?[ \t]*$`)
	tabLine = regexp.MustCompile(`^([ \t]*)===[!+]?[ \t]+"(.*)"[ \t]*$`)
)

// admonition rewrites MkDocs' boxes and tabs, whose text is indented by four.
func admonition(r *rewriter, lines []string, depth int) int {
	if depth > maxNesting || !mayBeAdmonition(lines[0]) || indent(lines[0]) >= 4 && !r.inList() {
		return 0
	}
	label, isTab, prefix := "", false, ""
	if m := admonitionLine.FindStringSubmatch(lines[0]); m != nil {
		prefix, label = m[1], Label(m[2], m[4])
		if strings.HasSuffix(strings.TrimRight(lines[0], " \t"), ` ""`) {
			label = ""
		}
	} else if m := tabLine.FindStringSubmatch(lines[0]); m != nil {
		prefix, label, isTab = m[1], m[2], true
	} else {
		return 0
	}
	n := indentedLength(lines, indent(lines[0])+4)
	body := make([]string, 0, n)
	for _, line := range lines[1:n] {
		body = append(body, dedent(line, indent(lines[0])+4))
	}
	r.box(r.place(prefix), label, isTab, body, depth)
	return n
}

func mayBeAdmonition(line string) bool {
	_, rest := cutPrefix(line)
	return strings.HasPrefix(rest, "!!!") || strings.HasPrefix(rest, "???") || strings.HasPrefix(rest, "===")
}

// definition writes what defines a term that is a comment, as no list of
// definitions can have that for a term.
func definition(r *rewriter, lines []string, depth int) int {
	prefix, rest := cutPrefix(lines[0])
	if !r.unnamed || depth > maxNesting || !strings.HasPrefix(rest, ":   ") {
		return 0
	}
	n := indentedLength(lines, indent(prefix)+4)
	inner := r.inner()
	inner.lines(append([]string{strings.TrimSpace(rest[1:])}, dedentAll(lines[1:n], indent(prefix)+4)...), depth+1)
	r.emitBlock(prefix, strings.Split(strings.Trim(inner.out.String(), "\n"), "\n")...)
	return n
}

// indentedLength counts the first line and those after it that are indented.
func indentedLength(lines []string, width int) int {
	n := 1
	for i, line := range lines[1:] {
		if isBlank(line) {
			continue
		}
		if indent(line) < width {
			break
		}
		n = i + 2
	}
	return n
}

// box writes text under its label. The text is rewritten first, by a rewriter
// of its own, as it may hold boxes itself.
func (r *rewriter) box(prefix, label string, isTab bool, body []string, depth int) {
	inner := r.inner()
	inner.lines(body, depth+1)
	text := strings.Trim(inner.out.String(), "\n")
	if isBlank(text) && isTab {
		return
	}
	var block []string
	if !isTab {
		block = append(block, "<blockquote>", "")
	}
	if label != "" {
		block = append(block, strong(label), "")
	}
	block = append(block, strings.Split(text, "\n")...)
	if !isTab {
		block = append(block, "", "</blockquote>")
	}
	r.emitBlock(prefix, block...)
}

var (
	directiveStart = regexp.MustCompile(`^(:{3,})[ \t]*\{?[ \t]*\.?([A-Za-z][\w-]*)[ \t]*\}?(.*)$`)
	directiveEnd   = regexp.MustCompile(`^:{3,}[ \t]*$`)
	directiveVoid  = regexp.MustCompile(`^:{3,}[ \t]*([A-Za-z][\w-]*)(.*?):{3,}[ \t]*$`)
	braces         = regexp.MustCompile(`\{[^{}]*\}`)
)

// flatDirectives lay text out; they say nothing.
var flatDirectives = map[string]bool{
	"row": true, "row-end": true, "column": true, "column-end": true, "columns": true, "zone": true, "zone-end": true,
	"moniker": true, "moniker-end": true, "code-group": true, "tabs": true, "image-end": true, "grid": true, "div": true,
	"tab-set": true, "container": true, "video": true, "raw": true, "code-tabs": true, "v-pre": true,
}

// neverBox are directives of Learn's that enclose nothing.
var neverBox = map[string]bool{"image": true, "icon": true, "code": true, "no-loc": true}

// directive rewrites the boxes of Docusaurus, VuePress, MyST and DocFX, which
// lie between lines of colons.
func directive(r *rewriter, lines []string, depth int) int {
	prefix, rest := cutPrefix(lines[0])
	if !strings.HasPrefix(rest, ":::") || learnInText.MatchString(rest) {
		return 0
	}
	if n := joinLearn(lines); n > 0 {
		lines[n] = prefix + strings.TrimLeft(lines[n], " \t")
		if k := directive(r, lines[n:], depth); k > 0 {
			return n + k
		}
		return n + r.prose(lines[n:])
	}
	if n := r.layout(prefix, rest, lines, depth); n > 0 {
		return n
	}
	place := r.place(prefix)
	if m := directiveVoid.FindStringSubmatch(rest); m != nil {
		r.voidDirective(place, m[1], m[2])
		return 1
	}
	if directiveEnd.MatchString(rest) {
		r.inGroup = false
		r.emit(strings.TrimRight(prefix, " "))
		return 1
	}
	m := directiveStart.FindStringSubmatch(rest)
	if m == nil || depth > maxNesting {
		return 0
	}
	if neverBox[m[2]] && strings.Contains(m[3], "=") { // its end is missing
		r.voidDirective(place, m[2], m[3])
		return 1
	}
	kind, title := m[2], directiveTitle(m[3])
	if isFlat := flatDirectives[strings.ToLower(kind)]; isFlat && (strings.HasPrefix(title, "#") || strings.Contains(title, "=")) {
		title = "" // the name of what goes together, or for whom it is
	}
	if flatDirectives[strings.ToLower(kind)] {
		r.inGroup = kind == "code-group"
		r.emitBlock(place, strong(title))
		return 1
	}
	n, closed := directiveLength(lines)
	body := dedentAll(lines[1:n], indent(prefix))
	if closed {
		body = body[:len(body)-1]
	}
	isTab := strings.HasPrefix(kind, "tab") || kind == "details" || kind == "dropdown"
	label := title
	if !isTab || title == "" && kind == "details" {
		label = Label(kind, title)
	}
	r.box(place, label, isTab, body, depth)
	return n
}

// learnInText finds what Learn has within text at the start of a line, with text
// behind it.
var learnInText = regexp.MustCompile(`^:{3,}[ \t]*(?:no-loc|image|icon|video)[ \t][^\n]*?:{3,}[ \t]*[^\s:]`)

var layoutStart = regexp.MustCompile(`^:{3,}[ \t]*(row|column|zone|moniker)\b`)

// layout takes the indentation off what DocFX lays out: a row, a column, or a
// part for some readers, up to ":::row-end:::".
func (r *rewriter) layout(prefix, rest string, lines []string, depth int) int {
	m := layoutStart.FindStringSubmatch(rest)
	if m == nil || depth > maxNesting || !r.has(m[1]+"-end") || strings.HasPrefix(rest[len(m[0]):], "-end") {
		return 0
	}
	open := 0
	for i, line := range lines {
		if r.searched++; r.searched > maxSearched {
			return 0
		}
		_, rest := cutPrefix(line)
		switch {
		case !strings.HasPrefix(rest, ":::"):
			continue
		case strings.HasPrefix(strings.TrimLeft(rest, ": "), m[1]+"-end"):
			open--
		case layoutStart.MatchString(rest) && layoutStart.FindStringSubmatch(rest)[1] == m[1]:
			open++
		}
		if open == 0 {
			body := lines[1:i]
			inner := r.inner()
			inner.lines(dedentAll(body, commonIndent(body)), depth+1)
			r.emitBlock(r.beside(prefix), strings.Split(strings.Trim(inner.out.String(), "\n"), "\n")...)
			return i + 1
		}
	}
	return 0
}

func directiveTitle(rest string) string {
	rest = strings.TrimSpace(rest)
	if strings.HasPrefix(rest, "[") {
		if end := strings.LastIndexByte(rest, ']'); end > 0 {
			return rest[1:end]
		}
	}
	if title := strings.TrimSpace(braces.ReplaceAllString(rest, "")); title != "" {
		return title
	}
	settings := strings.Trim(braces.FindString(rest), "{}")
	return parseArgs(settings).named["title"]
}

// directiveLength counts the lines to the directive's end, past those that
// lie within it. Authors nest them with and without more colons outside.
func directiveLength(lines []string) (n int, closed bool) {
	var open []int
	for i := 0; i < len(lines); i++ {
		rest := strings.TrimLeft(lines[i], " \t")
		for isListItem(rest) {
			rest = strings.TrimLeft(rest[len(listMarker(rest)):], " \t")
		}
		if m := openFence(lines[i]); m != nil {
			i += fenceLength(lines[i:], m[2]) - 1
			continue
		}
		if !strings.HasPrefix(rest, ":::") || directiveVoid.MatchString(rest) {
			continue
		}
		colons := len(rest) - len(strings.TrimLeft(rest, ":"))
		if directiveEnd.MatchString(rest) {
			for len(open) > 0 && open[len(open)-1] < colons {
				open = open[:len(open)-1]
			}
			open = open[:max(0, len(open)-1)]
		} else if m := directiveStart.FindStringSubmatch(rest); m != nil {
			if i == 0 || !flatDirectives[strings.ToLower(m[2])] {
				open = append(open, colons)
			}
		}
		if len(open) == 0 {
			return i + 1, true
		}
	}
	return len(lines), false
}

func image(src, alt string) string {
	return `<img src="` + html.EscapeString(src) + `" alt="` + html.EscapeString(alt) + `">`
}

// voidDirective writes DocFX's one-line directives.
func (r *rewriter) voidDirective(prefix, kind, args string) {
	a := parseArgs(args)
	switch kind {
	case "no-loc":
		r.emitBlock(prefix, plainText(a.first("text")))
	case "image":
		r.emitBlock(prefix, image(a.named["source"], a.named["alt-text"]))
	case "video":
		if a.first("source") != "" {
			r.emitBlock(prefix, mediaLink(a.first("source"), a.first("title"), "Video"))
		}
	case "code":
		r.codePart(prefix, a.first("language"), a.first("source"), a.first("id"), a.first("range"))
	default:
		if !flatDirectives[kind] {
			r.warn("directive " + kind + " left out")
		}
	}
}
