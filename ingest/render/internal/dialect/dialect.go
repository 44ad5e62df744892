// Package dialect rewrites what documentation tools add to Markdown
// (admonitions, tabs, shortcodes, JSX, includes) into Markdown and HTML that
// say the same. It works on lines and never touches fenced or indented code,
// code spans and comments.
//
// The dialects: MkDocs Material, Docusaurus and MDX, Hugo, Jekyll, GitBook,
// DocFX, Obsidian.
package dialect

import (
	"strings"

	"finpages/ingest/render/internal/jsx"
)

// rewriter makes Markdown of the blocks of a document, or of a part of it.
type rewriter struct {
	*Document
	out       strings.Builder
	path      string     // of the file that is read
	files     int        // how many files this one lies in, each included by the one before
	outer     []openFile // these files
	learnTabs bool       // tabs of Learn's are open
	inTable   bool       // the lines that are read are rows
	inGroup   bool       // in a group of code of VitePress, of which each has a title
	unshown   string     // what lines of code begin with that are not shown
	text      string     // what is read of this one; "" of the document

	scope *jsx.Scope // of the file that is read; nil for that of the document

	items []int // the columns at which the texts of the list items begin that are open
	blank bool  // the last line was blank
	open  int   // components that are open
	boxes int   // calls that are boxes and open

	unnamed bool // the last block was a comment: a definition's term that only a site's hook shows

	nuxt    bool       // within a component of Nuxt's
	isGroup bool       // of code, of which each has a title
	tabs    []string   // labels of those that are still to come, in a component or a call of the site's own
	pane    *shortcode // of Docsy, whose tabs hold code; nil if none has begun
}

// maxNesting bounds the recursion into boxes.
const maxNesting = 20

// rule tries to rewrite the lines from the first on, and returns how many it
// took; 0 if it is not for them.
type rule func(r *rewriter, lines []string, depth int) int

func (r *rewriter) lines(lines []string, depth int) {
	r.blank = true
	if r.out.Len() == 0 {
		r.out.Grow(size(lines))
	}
	for i := 0; i < len(lines); {
		if n := r.apply(lines[i:], depth); n > 0 {
			i += n
			continue
		}
		i += r.prose(lines[i:])
	}
}

// size is about how many bytes it takes to rewrite lines.
func size(lines []string) (bytes int) {
	for _, line := range lines {
		bytes += len(line) + len("\n")
	}
	return bytes + bytes/8
}

// starts are the rules that may apply to a line by its first character after the
// indentation.
type starts [256][]rule

var (
	inNumber = []rule{toc, firstInItem}
	byStart  = starts{
		'>': {quote},
		'<': {bookLine, comment, toc, codeImport, wholeElement, htmlLine, storage, component},
		'{': {bookLine, comment, expressionBlock, snippet, book, toc, shortcodes},
		'%': {comment, mystLine},
		'(': {mystLine},
		'^': {mystLine},
		'[': {docsify, snippet, toc, magic, learn},
		';': {docsify, snippet, toc, magic, learn},
		'-': {nextTab, endTabs, snippet, toc, firstInItem},
		'+': {mystLine, toc, firstInItem},
		'*': {endTabs, toc, firstInItem},
		'/': {snippet, genericBlock},
		'!': {admonition, embed},
		'?': {admonition, embed},
		'=': {admonition, embed},
		':': {nuxt, myst, diagram, directive, definition},
		'@': {vueTab},
		'$': {mathBlock, toc},
		'#': {slot, headingMarks, learnTab, closeHeading},
		'i': {imports, snippet},
		'e': {exports},
		'0': inNumber, '1': inNumber, '2': inNumber, '3': inNumber, '4': inNumber,
		'5': inNumber, '6': inNumber, '7': inNumber, '8': inNumber, '9': inNumber,
		'\\': {mathBlock},
	}
)

func (r *rewriter) apply(lines []string, depth int) int {
	line := lines[0]
	rest := strings.TrimLeft(line, " \t")
	if rest == "" {
		return 0
	}
	r.leaveItems(line)
	n := indentedCode(r, lines, depth)
	if n == 0 {
		n = r.code(rest[0], lines, depth)
	}
	for _, rule := range r.starts[rest[0]] {
		if n > 0 {
			break
		}
		n = rule(r, lines, depth)
	}
	if n == 0 && strings.Contains(line, "|") {
		n = table(r, lines, depth)
	}
	if n == 0 && strings.Contains(line, "[block:") {
		n = magicBehind(r, lines, depth)
	}
	r.blank = r.blank || n > 0
	return n
}

// code applies the rules for lines that hold the mark of a block of code.
func (r *rewriter) code(first byte, lines []string, depth int) (n int) {
	line := lines[0]
	if !strings.Contains(line, "```") && !strings.Contains(line, "~~~") {
		return 0
	}
	switch {
	case (first == '`' || first == '~') && strings.Contains(line, "{"):
		if n = myst(r, lines, depth); n > 0 {
			return n
		}
	case strings.Contains(line, "npm") || strings.Contains(line, "package-install"):
	case strings.Contains(line, "```{") || strings.Contains(line, "~~~{"):
		return 0
	default:
		return fence(r, lines, depth)
	}
	if n = packages(r, lines, depth); n > 0 {
		return n
	}
	return fence(r, lines, depth)
}

func (r *rewriter) emit(line string) {
	r.out.WriteString(line)
	r.out.WriteByte('\n')
}

// emitBlock writes lines as a block of their own with the indentation, or
// quote marks, of the line that they replace.
func (r *rewriter) emitBlock(prefix string, lines ...string) {
	r.emit(strings.TrimRight(prefix, " "))
	for _, line := range lines {
		r.out.WriteString(prefix)
		r.emit(line)
	}
	r.emit(strings.TrimRight(prefix, " "))
}

// prose writes lines of text, and notes whether they are part of a list. It
// returns how many it took: more than one where a code span goes on.
func (r *rewriter) prose(lines []string) int {
	line := lines[0]
	if n := joinLearn(lines); n > 0 {
		return n + r.prose(lines[n:])
	}
	switch {
	case isBlank(line):
		r.blank = true
		r.emit(line)
		return 1
	case isListItem(line):
		if at := indent(line); at >= 4 && !r.inList() && r.loose() {
			moveOut(lines, at)
			line = lines[0]
		}
		line = r.otherTask(line)
		r.enterItem(line)
	case r.blank && strings.HasPrefix(line, "[^") && footnoteStart.MatchString(line):
		r.items = append(r.items[:0], 4)
	case strings.HasPrefix(strings.TrimLeft(line, " \t"), ":") && definitionStart.MatchString(line):
		if r.inList() && indent(line) > r.item() && r.IsOf(MkDocs) { // the parser wants it at the start of the item's lines
			line = strings.Repeat(" ", r.item()) + strings.TrimLeft(line, " \t")
		}
		r.items = append(r.items, columns(line, len(definitionStart.FindString(line))))
	}
	if at := indent(line); r.blank && at >= r.item()+4 && r.inList() {
		if stop := r.tabStop(); stop > r.item() && at < stop+4 {
			line = dedent(line, at-stop)
		}
	}
	if !r.inList() && r.loose() && indent(line) >= 4 {
		line = strings.TrimLeft(line, " \t")
	}
	if indent(line) > maxIndent {
		line = dedent(line, indent(line)-maxIndent)
	}
	if r.boxes > 0 {
		if text, call, ok := r.endOfBox(line); ok {
			lines[0] = text
			r.prose(lines[:1])
			prefix, _ := cutPrefix(line)
			r.callBlock(prefix, call, []string{""}, maxNesting)
			r.blank = true
			return 1
		}
	}
	lines[0] = line
	r.blank, r.unnamed = endsParagraph(line), false
	n := spanLength(lines)
	if strings.Contains(line, "^") && n == 1 && (len(lines) == 1 || isBlank(lines[1]) || isListItem(lines[1])) {
		line = blockID.ReplaceAllString(line, "")
		if r.IsOf(Obsidian) {
			line = shortBlockID.ReplaceAllString(line, "")
		}
		lines[0] = line
	}
	text := strings.Join(lines[:n], "\n")
	if strings.Contains(text, "{{") && !tooMany(text) && r.Tool() == MdBook {
		text = r.bookText(text)
	}
	if strings.Contains(text, "[!") && !tooMany(text) {
		text = outsideCode(text, r.inText, asIs)
	}
	if !tooMany(text) && (strings.Contains(text, "{") || strings.Contains(text, "`#!") || strings.Contains(text, "<<")) {
		text = outsideCode(r.rawInText(text), r.callAddresses, r.codeSpan)
	}
	if r.scope != nil && strings.Contains(text, "{") && !tooMany(text) {
		text = outsideCode(text, r.inScope, asIs)
	}
	if mayBeNuxt(text) && !tooMany(text) && r.IsOf(Nuxt) {
		text = outsideCode(text, r.nuxtText, asIs)
	}
	r.emit(text)
	return n
}

// moveOut takes an indentation off the lines that have it, up to one with less.
func moveOut(lines []string, width int) {
	for i, line := range lines {
		switch {
		case isBlank(line):
		case indent(line) < width:
			return
		default:
			lines[i] = dedent(line, width)
		}
	}
}

// loose tells whether indentation means nothing: authors indent what lies in
// a component.
func (r *rewriter) loose() bool { return r.mdx || r.open > 0 }

// place is the indentation of a block that the prefix of its line means: where
// indentation means nothing, that of the list item that it lies in.
func (r *rewriter) place(prefix string) string {
	if !r.loose() && indent(prefix) < r.item()+4 {
		return prefix
	}
	return r.beside(prefix)
}

// beside is an indentation that belongs to the list item that is read, or to none:
// else the parser would take what has it for code.
func (r *rewriter) beside(prefix string) string {
	at := indent(prefix)
	if isCode := at >= 4 && at < r.item(); r.inList() && at < r.item()+4 && !isCode {
		return prefix
	}
	return strings.Repeat(" ", r.tabStop())
}

const (
	// maxIndent is how far a line may be indented: lists lie in lists no deeper.
	maxIndent = 160
	// maxMarks is how many characters that may begin a construct a line may
	// hold and still be rewritten: the time that takes grows with their square.
	maxMarks = 2000
)

// tooMany tells whether a line holds more than a person has written.
func tooMany(line string) bool {
	if len(line) <= maxMarks {
		return false
	}
	n := 0
	for i := range len(line) {
		switch line[i] {
		case '<', '{', '`', '%':
			n++
		}
	}
	return n > maxMarks
}

// endsParagraph tells whether a line is a heading, or a rule or the underline of one:
// the next line does not go on with it.
func endsParagraph(line string) bool {
	rest := strings.TrimLeft(line, " ")
	if len(line)-len(rest) >= 4 || rest == "" {
		return false
	}
	switch c := rest[0]; c {
	case '#':
		marks := strings.TrimLeft(rest, "#")
		return len(rest)-len(marks) <= 6 && (marks == "" || marks[0] == ' ' || marks[0] == '\t')
	case '-', '=', '*', '_':
		return strings.Trim(rest, rest[:1]+" \t") == ""
	}
	return false
}

func isBlank(line string) bool { return strings.Trim(line, " \t") == "" }

// indent is the width of the white space before a line; tabs stop at fours.
func indent(line string) int {
	width := 0
	for i := range len(line) {
		switch line[i] {
		case ' ':
			width++
		case '\t':
			width += 4 - width%4
		default:
			return width
		}
	}
	return width
}

// dedent takes up to n columns of white space off a line.
func dedent(line string, n int) string {
	width := 0
	for i := range len(line) {
		if width >= n {
			return strings.Repeat(" ", width-n) + line[i:]
		}
		switch line[i] {
		case ' ':
			width++
		case '\t':
			width += 4 - width%4
		default:
			return line[i:]
		}
	}
	return ""
}

func isListItem(line string) bool { return listMarker(line) != "" }

// listMarker is the mark of an item of a list that a line begins with, with the
// indentation before it and the first white space behind it; "" if there is none.
func listMarker(line string) string {
	start := 0
	for start < len(line) && (line[start] == ' ' || line[start] == '\t') {
		start++
	}
	n := start
	for n < len(line) && n < start+10 && line[n] >= '0' && line[n] <= '9' {
		n++
	}
	switch isNumber := n > start; {
	case n == len(line), n > start+9:
		return ""
	case isNumber && line[n] != '.' && line[n] != ')', !isNumber && line[n] != '-' && line[n] != '*' && line[n] != '+':
		return ""
	}
	if n++; n == len(line) {
		return line
	}
	if strings.IndexByte(" \t\n\f\r", line[n]) < 0 {
		return ""
	}
	return line[:n+1]
}

// cutPrefix parts the indentation from a line.
func cutPrefix(line string) (prefix, rest string) {
	n := len(line) - len(strings.TrimLeft(line, " \t"))
	return line[:n], line[n:]
}
