package dialect

import (
	"net/url"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var (
	fenceStart = regexp.MustCompile("^((?:[ \t>]|[-*+][ \t]+|[0-9]{1,9}[.)][ \t]+)*)(`{3,}|~{3,})(.*)$")
	fenceLang  = regexp.MustCompile(`^\{?\s*\.?([A-Za-z0-9_+#-][A-Za-z0-9_+#.-]*)`)
	fenceTitle = regexp.MustCompile(`(?:^|[\s{,])(?:title|file|filename|name|caption)=(?:"([^"]*)"|'([^']*)'|([^\s"'{}]+))`)
	// of mark, in which the title is the last of the words
	bareTitleWord = regexp.MustCompile(`^[\w+#.-]+(?:[ \t]+(?:collapse|linenumbers|\d+))*[ \t]+title[ \t]+([^"={}\[\]]+)$`)
	fenceTab      = regexp.MustCompile(`(?:^|\s)tab="([^"]+)"`)
	fenceLabel    = regexp.MustCompile(`\s\[((?:[^\[\]]|\[[^\[\]]*\])+)\](?:\s*\{[^{}]*\})?\s*$`)
)

// openFence parts a line that begins a block of code into what comes before the mark,
// the mark, and what comes after it; nil if the line begins none.
func openFence(line string) []string {
	if !strings.Contains(line, "```") && !strings.Contains(line, "~~~") {
		return nil
	}
	prefix, rest := cutPrefix(line)
	after := strings.TrimLeft(rest, "`")
	if len(after) == len(rest) {
		after = strings.TrimLeft(rest, "~")
	}
	if mark := rest[:len(rest)-len(after)]; len(mark) >= 3 && !strings.Contains(after, "\n") {
		return []string{line, prefix, mark, after}
	}
	return fenceStart.FindStringSubmatch(line)
}

// fence copies a fenced code block. Its info string is cut down to the
// language; a title becomes a line before the code.
func fence(r *rewriter, lines []string, depth int) int {
	m := openFence(lines[0])
	if m == nil || m[2][0] == '`' && strings.Contains(m[3], "`") || strings.Contains(m[1], ">") {
		return 0
	}
	n := fenceLength(lines, m[2])
	if place := r.place(m[1]); place != m[1] && strings.Trim(m[1], " \t") == "" {
		lines = moved(lines[:n], indent(m[1]), place)
		m[1] = place
	}
	lang, title := fenceInfo(strings.TrimSpace(m[3]))
	if lang == "admonish" {
		body := dedentAll(lines[1:n], indent(m[1]))
		if endsFence(lines[:n], m[2]) {
			body = body[:len(body)-1]
		}
		if r.bookBox(m[1], strings.TrimSpace(m[3]), body, depth) {
			return n
		}
	}
	if title == "" && strings.ContainsAny(strings.TrimSpace(m[3]), " \t") {
		title = bareTitle(strings.TrimSpace(m[3]), r.isGroup || r.Tool() == Mintlify || r.Tool() == ReadMe)
	}
	if lang == "mdx-code-block" && n > 2 && depth < maxNesting {
		r.lines(lines[1:n-1], depth+1)
		return n
	}
	if title != "" && strings.Trim(m[1], " \t") != "" && depth <= maxNesting {
		return 0 // the item of a list, which is rewritten by itself
	}
	if title != "" {
		r.emitBlock(m[1], strong(plainText(title)))
	}
	if strings.Trim(m[1], " ") == "" && r.endsInTag() {
		r.emit("") // else it is part of a block of HTML
	}
	r.emit(m[1] + m[2] + lang)
	r.noteHidden(lang, m[3])
	for _, line := range lines[1:n] {
		if line, ok := r.shownCode(lang, line); ok {
			r.codeLine(line)
		}
	}
	if depth > 0 && n == len(lines) && !endsFence(lines, m[2]) {
		r.emit(m[1] + m[2]) // what holds it ends it
	}
	return n
}

// endsInTag tells whether the line before ends in a tag of HTML and holds no more.
func (r *rewriter) endsInTag() bool {
	written := strings.TrimSuffix(r.out.String(), "\n")
	line := strings.TrimSpace(written[strings.LastIndexByte(written, '\n')+1:])
	return strings.HasPrefix(line, "<") && strings.HasSuffix(line, ">") && tagStart.MatchString(line)
}

func endsFence(lines []string, mark string) bool {
	last := strings.TrimLeft(lines[len(lines)-1], " \t")
	return len(lines) > 1 && strings.HasPrefix(last, mark) && strings.Trim(last, mark[:1]+" \t") == ""
}

// codeLine writes a line of code, or the file that it includes.
func (r *rewriter) codeLine(line string) {
	ref := ""
	if r.includes.Load != nil && mayInclude(line) {
		if m := includeLine.FindStringSubmatch(line); m != nil {
			ref = m[2] + bookSlice(m[4])
		} else if m := liquidInclude.FindStringSubmatch(line); m != nil && r.IsFor(MkDocs, Jekyll) && r.isThere(m[1]) {
			ref = m[1]
		} else if m := snippetLine.FindStringSubmatch(line); m != nil {
			ref = m[1]
		}
	}
	if ref == "" {
		if r.Tool() == MdBook {
			line = r.bookText(line)
		}
		if line, was := unescapeShortcodes(r.valuesInCode(line)), line; line != "" || was == "" {
			for l := range strings.SplitSeq(line, "\n") {
				r.shownLine(l)
			}
		}
		return
	}
	file, part := cutPart(ref)
	if text, path := r.load(file); path != "" {
		prefix, _ := cutPrefix(line)
		for l := range strings.SplitSeq(strings.Trim(partOf(text, part), "\n"), "\n") {
			r.shownLine(prefix + l)
		}
	}
}

// moved are lines with the indentation of the first, of a width, replaced by
// another, which those with less have, too: else they would end what holds them.
func moved(lines []string, width int, place string) []string {
	out := dedentAll(lines, width)
	for i := range out {
		if !isBlank(out[i]) {
			out[i] = place + out[i]
		}
	}
	return out
}

func dedentAll(lines []string, width int) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = dedent(line, width)
	}
	return out
}

// fenceLength counts the lines up to the closing fence, or to the end. A fence
// that is indented by four columns more than the first closes nothing.
func fenceLength(lines []string, mark string) int {
	start := strings.Index(lines[0], mark)
	most, cutset := columns(lines[0], start)+3, " \t"
	if strings.Contains(lines[0][:start], ">") {
		cutset += ">"
	}
	for i, line := range lines[1:] {
		rest := strings.TrimLeft(line, cutset)
		if !strings.HasPrefix(rest, mark) || columns(line, len(line)-len(rest)) > most {
			continue
		}
		if strings.Trim(rest, mark[:1]+" \t") == "" {
			return i + 2
		}
	}
	return len(lines)
}

// columns is the width of the first n bytes of a line.
func columns(line string, n int) int {
	width := 0
	for i := range n {
		if line[i] == '\t' {
			width += 4 - width%4
		} else {
			width++
		}
	}
	return width
}

func fenceInfo(info string) (lang, title string) {
	if strings.ContainsAny(info, "=[") || strings.Contains(info, " title ") {
		title = infoTitle(info)
	}
	if m := fenceLang.FindStringSubmatch(info); m != nil && !strings.HasPrefix(info[len(m[0]):], "=") {
		lang = m[1]
	}
	if lang == "SnackPlayer" {
		return snack(info)
	}
	return lang, title
}

// infoTitle is the title that the settings of code give, with that of its tab.
func infoTitle(info string) (title string) {
	if m := fenceTitle.FindStringSubmatch(info); m != nil {
		title = m[1] + m[2] + m[3]
	} else if m := fenceLabel.FindStringSubmatch(" " + info); m != nil {
		title = m[1]
	} else if m := bareTitleWord.FindStringSubmatch(info); m != nil {
		title = m[1]
	}
	if m := fenceTab.FindStringSubmatch(info); m != nil && strings.Contains(info, "tab=") {
		title = strings.TrimSuffix(m[1]+": "+title, ": ")
	}
	return title
}

var (
	wordsBehind = regexp.MustCompile(`^[\w+#.-]+[ \t]+([^{}="'` + "`" + `\[\]]+?)[ \t]*(?:\{.*)?$`)
	fileName    = regexp.MustCompile(`^[\w@./-]+\.[A-Za-z][A-Za-z0-9]{0,9}$`)
)

// codeOption finds words behind a title that say how code is shown.
var codeOption = regexp.MustCompile(`(?:(?:^|\s+)(?:wrap|lines|expandable|copy|nocopy|focus))+$`)

// bareTitle is the title of code that stands behind its language: a file's
// name or, in a group of which each has one, any words.
func bareTitle(info string, isGroup bool) string {
	m := wordsBehind.FindStringSubmatch(info)
	if m == nil {
		return ""
	}
	if title := codeOption.ReplaceAllString(strings.TrimSpace(m[1]), ""); isGroup || fileName.MatchString(title) {
		return title
	}
	return ""
}

// snack reads the settings of Docusaurus' live examples, which are a query.
func snack(info string) (lang, title string) {
	_, query, _ := strings.Cut(info, " ")
	values, err := url.ParseQuery(query)
	if err != nil {
		return "jsx", ""
	}
	if lang = values.Get("ext"); lang == "" {
		lang = "jsx"
	}
	return lang, values.Get("name")
}

// hilite is how MkDocs' authors name the language of code that is set off by its
// indentation: https://python-markdown.github.io/extensions/code_hilite/#syntax
var hilite = regexp.MustCompile(`^[ \t]*(?::{2,3}|#!)([A-Za-z][\w+#-]*)(?:[ \t].*)?$`)

// indentedCode copies code that is set off by its indentation.
func indentedCode(r *rewriter, lines []string, depth int) int {
	if !r.blank || indent(lines[0]) < 4 || r.loose() || r.endsCall(lines[0]) {
		return 0
	}
	width := 0
	if r.inList() {
		if indent(lines[0]) < r.item()+4 {
			return 0
		}
		if width = r.tabStop(); indent(lines[0]) < width+4 {
			return 0
		}
	}
	n, last := 0, 0
	for n < len(lines) && (isBlank(lines[n]) || indent(lines[n]) >= width+4) {
		if n++; !isBlank(lines[n-1]) {
			last = n
		}
	}
	code := lines[:last]
	language := ""
	if m := hilite.FindStringSubmatch(code[0]); m != nil && r.IsFor(MkDocs) && len(code) > 1 && !directiveEnd.MatchString(strings.TrimSpace(code[last-1])) {
		language, code = m[1], code[1:]
	}
	for i := range code {
		code[i] = r.bookValues(code[i], false)
	}
	if language != "" || depth > 0 { // what holds it may stand at another place than its first line
		r.emitBlock(strings.Repeat(" ", r.item()), fencedCode(language, dedentAll(code, width+4))...)
		return last
	}
	for _, line := range code {
		r.emit(dedent(line, width-r.item()))
	}
	return last
}

// tabStop is where the text of a list item begins for MkDocs, which counts in
// fours, even if other readers have it to begin before.
func (r *rewriter) tabStop() int {
	if stop := (r.item() + 3) / 4 * 4; stop > r.item() && r.IsOf(MkDocs) {
		return stop
	}
	return r.item()
}

// comment drops comments, of all kinds, and copies raw blocks.
func comment(r *rewriter, lines []string, depth int) int {
	line := strings.TrimLeft(lines[0], " \t")
	if n := r.hidden(line, lines); n > 0 {
		return n
	}
	if m := includeComment.FindStringSubmatch(line); m != nil && strings.HasPrefix(line, "<!--") {
		prefix, _ := cutPrefix(lines[0])
		r.includeComment(prefix, m, depth)
		return 1
	}
	if strings.HasPrefix(line, "<!--") {
		if n := r.stoplight(lines); n > 0 {
			return n
		}
	}
	if end := r.rawEnd(line); end != "" {
		n := linesUntil(lines, end)
		if end == "</pre>" && r.codeElement(lines[:n]) {
			return n
		}
		if at := indent(lines[0]); r.inList() && at > r.item() && at >= r.tabStop() && r.tabStop() > r.item() {
			stop := r.tabStop()
			lines = moved(lines[:n], stop, strings.Repeat(" ", r.item()))
		}
		for _, l := range lines[:n] {
			r.emit(l)
		}
		r.unnamed = end == "-->"
		return n
	}
	for _, c := range []struct{ start, end string }{{"{/*", "*/}"}, {"%%", "%%"}, {"{{/*", "*/}}"}, {"{{- /*", "*/ -}}"}} {
		if !strings.HasPrefix(line, c.start) || c.start == "%%" && (strings.HasPrefix(line, "%%%") || !r.IsOf(Obsidian)) {
			continue
		}
		if end := strings.Index(line[len(c.start):], c.end); end >= 0 {
			if isBlank(line[len(c.start)+end+len(c.end):]) {
				return 1
			}
			continue
		}
		prefix, _ := cutPrefix(lines[0])
		if !r.has(c.end) {
			continue
		}
		rest := lines[1:min(len(lines), maxComment)]
		if n := linesUntil(rest, c.end); n > 0 && strings.Contains(rest[n-1], c.end) {
			_, after, _ := strings.Cut(rest[n-1], c.end)
			if isBlank(after) {
				return n + 1
			}
			lines[n] = prefix + strings.TrimLeft(after, " \t")
			return n + r.line(lines[n:], depth)
		}
	}
	return 0
}

// hidden drops a comment that is written as a call around it, over any number
// of paragraphs. What follows it on its last line stays.
func (r *rewriter) hidden(line string, lines []string) int {
	if !hiddenStart.MatchString(line) || !(r.has("endcomment") || r.has("/comment") || r.has("/ comment")) {
		return 0
	}
	for i, l := range lines {
		if r.searched++; r.searched > maxSearched {
			return 0
		}
		end := hiddenEnd.FindStringIndex(l)
		if end == nil {
			continue
		}
		if isBlank(l[end[1]:]) {
			return i + 1
		}
		lines[i] = strings.TrimLeft(l[end[1]:], " \t")
		return i + r.prose(lines[i:])
	}
	return 0
}

const maxComment = 500 // lines

// linesUntil counts the lines up to the one that holds end, or to the last.
func linesUntil(lines []string, end string) int {
	for i, line := range lines {
		if strings.Contains(strings.ToLower(line), end) {
			return i + 1
		}
	}
	return len(lines)
}
