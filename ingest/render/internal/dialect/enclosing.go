package dialect

import (
	"html"
	"strconv"
	"strings"
	"unicode"

	regexp "finpages/sources/lazyregexp"
)

// toPlace moves what a call encloses to the call's own indentation, in place: sites
// put it there whatever its own is, which would end the list that the call lies in.
func (r *rewriter) toPlace(prefix string, call shortcode, lines []string) {
	width := indent(prefix)
	if width == 0 || strings.Contains(prefix, ">") || call.closing || call.selfClosing || len(lines) < 3 ||
		r.searched > maxSearched || !r.isClosed(call.name) {
		return
	}
	n := r.enclosedLength(call.name, lines)
	least := width
	for _, line := range lines[1:max(1, n-1)] {
		if !isBlank(line) {
			least = min(least, indent(line))
		}
	}
	for i := 1; least < width && i < n-1; i++ {
		if !isBlank(lines[i]) {
			lines[i] = strings.Repeat(" ", width-least) + lines[i]
		}
	}
}

// enclosedLength is [rewriter.enclosed] that does not look through a document too
// often.
func (r *rewriter) enclosedLength(name string, lines []string) int {
	for i, line := range lines[1:] {
		if r.searched++; r.searched > maxSearched {
			return 0
		}
		if !strings.Contains(line, name) {
			continue
		}
		_, rest := cutPrefix(line)
		if call, _, ok := parseCall(rest); ok && call.name == name {
			if call.closing {
				return i + 2
			}
			return 0
		}
	}
	return 0
}

// isOwn tells whether a call is one of the site's own, which encloses something.
func (r *rewriter) isOwn(call shortcode) bool {
	_, isVerbatim := verbatims[call.name]
	isKnown := isVerbatim || boxes[call.name] || panes[call.name] || silent[call.name] || liquid[call.name]
	return !call.closing && !call.selfClosing && !isKnown && r.IsFor(Hugo) && r.isClosed(call.name)
}

var (
	terms     = regexp.MustCompile(`(?:^|[-_])(?:term|definition|def|glossary|title|heading|summary)s?(?:[-_]|$)`)
	consoles  = regexp.MustCompile(`(?:^|[-_])(?:code|cli|console|terminal|shell|repl|prompt|example)s?(?:[-_]|$)`)
	prompt    = regexp.MustCompile(`^\s*(?:[\w.:-]*[>$%#] |[A-Z]{3,}(?: |$))`)
	tabMark   = regexp.MustCompile(`^\s*-+\s*tab-?sep\w*\s*-+\s*$`)
	markdownM = regexp.MustCompile("^\\s*(?:```|~~~|#{1,6} |[-*+] [A-Za-z]|<[a-z]|\\{\\{|!?\\[|\\|)|\\]\\(|\\*\\*")
)

// ownTitle is what a call of the site's own shows above what it encloses: the text
// that it is given without a name.
func ownTitle(call shortcode) string {
	text := call.args.at(0)
	if len(call.args.named) > 0 || len(call.args.list) != 1 || text == "" {
		return ""
	}
	first := []rune(text)[0]
	if terms.MatchString(call.name) || strings.Contains(text, " ") || unicode.IsUpper(first) {
		return text
	}
	return ""
}

// console tells whether the lines in a call that shows a terminal are what is typed
// there, and no Markdown.
func console(call shortcode, lines []string) bool {
	if !consoles.MatchString(call.name) || len(lines) == 0 || !prompt.MatchString(lines[0]) {
		return false
	}
	for _, line := range lines {
		if markdownM.MatchString(line) {
			return false
		}
	}
	return true
}

// ownBlock writes a call of the site's own that encloses what it shows as code or
// under a title. It returns how many lines it took; 0 if it is none.
func (r *rewriter) ownBlock(prefix string, call shortcode, lines []string) int {
	if !r.isOwn(call) {
		return 0
	}
	if consoles.MatchString(call.name) {
		n := r.enclosedLength(call.name, lines)
		if body := trimBlank(lines[1:max(1, n-1)]); n > 0 && console(call, body) {
			r.emitBlock(prefix, titleLine(call.args.first("title", "label", "description"))...)
			r.emitBlock(prefix, fencedCode("", dedentAll(body, indent(prefix)))...)
			return n
		}
	}
	if title := call.args.first("tab1"); title != "" {
		r.tabs = r.tabs[:0]
		for i := 2; i <= maxTabs && call.args.first("tab"+strconv.Itoa(i)) != ""; i++ {
			r.tabs = append(r.tabs, call.args.first("tab"+strconv.Itoa(i)))
		}
		r.emitBlock(prefix, strong(html.EscapeString(title)))
		return 1
	}
	if title := ownTitle(call); title != "" {
		r.emitBlock(prefix, strong(html.EscapeString(title)))
		return 1
	}
	return 0
}

const maxTabs = 20

// nextTab writes the label of the next tab of a call of the site's own, where a line
// parts the tabs.
func nextTab(r *rewriter, lines []string, _ int) int {
	if len(r.tabs) == 0 || !tabMark.MatchString(lines[0]) {
		return 0
	}
	prefix, _ := cutPrefix(lines[0])
	r.emitBlock(prefix, strong(html.EscapeString(r.tabs[0])))
	r.tabs = r.tabs[1:]
	return 1
}

var (
	codeCall  = regexp.MustCompile(`^\{\{[<%]\s*(highlight|code|codeblock)(?:\s[^<>%]*)?[%>]\}\}`)
	codeStart = regexp.MustCompile(`\{\{[<%]\s*(?:highlight|code|codeblock)(?:\s[^<>%]*)?[%>]\}\}`)
	codeEnd   = regexp.MustCompile(`\{\{[<%]\s*/\s*(?:highlight|code|codeblock)\s*[%>]\}\}`)
	lineBreak = regexp.MustCompile(`<br\s*/?>`)
)

// codeInText reads a call at the start of s that shows what it encloses as code.
func codeInText(s string) (markup string, length int) {
	start := codeCall.FindString(s)
	if start == "" {
		return "", 0
	}
	end := codeEnd.FindStringIndex(s[len(start):])
	if end == nil {
		return "", 0
	}
	code := s[len(start) : len(start)+end[0]]
	length = len(start) + end[1]
	if !lineBreak.MatchString(code) {
		return "<code>" + html.EscapeString(code) + "</code>", length
	}
	code = strings.Trim(lineBreak.ReplaceAllString(code, "\n"), "\n")
	return "<pre><code>" + html.EscapeString(strings.TrimRight(code, " ")) + "</code></pre>", length
}

const maxRowLines = 60

// joinedRow is a row of a table whose code, in a call, goes over lines, on one; and
// how many lines it is on.
func joinedRow(lines []string) (row string, n int) {
	row = lines[0]
	if !strings.Contains(row, "{{") {
		return row, 1
	}
	starts := codeStart.FindAllStringIndex(row, -1)
	if starts == nil || codeEnd.MatchString(row[starts[len(starts)-1][1]:]) {
		return row, 1
	}
	for i, line := range lines[1:min(len(lines), maxRowLines)] {
		if codeEnd.MatchString(line) {
			return strings.Join(lines[:i+2], "<br>"), i + 2
		}
	}
	return row, 1
}

// relrefInCode writes out the addresses of pages that Hugo puts into code, too.
var relrefInCode = regexp.MustCompile(
	`\{\{[<%]\s*(?:rel)?ref\s+["'` + "`" + `]?([^"'` + "`" + `\s<>%]+)["'` + "`" + `]?\s*[%>]\}\}`)

func (d *Document) refsInCode(code string) string {
	if !strings.Contains(code, "ref") || !strings.Contains(code, "{{") || d.Tool() != Hugo {
		return code
	}
	return relrefInCode.ReplaceAllStringFunc(code, func(m string) string {
		ref := strings.TrimSuffix(strings.TrimSuffix(relrefInCode.FindStringSubmatch(m)[1], ".md"), "/")
		if strings.ContainsAny(ref, "#.") {
			return ref
		}
		return ref + "/"
	})
}
