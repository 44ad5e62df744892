package dialect

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"finpages/ingest/render/internal/dom"
	regexp "finpages/sources/lazyregexp"
)

var blockID = regexp.MustCompile(`(?:^|[ \t])\^[A-Za-z0-9][A-Za-z0-9-]{3,40}[ \t]*$`)

// shortBlockID is one of any length, where nothing else is meant. A power is none.
var shortBlockID = regexp.MustCompile(`(?:^|[ \t])\^[0-9-]*[A-Za-z][A-Za-z0-9-]*[ \t]*$`)

var (
	jsxComment = regexp.MustCompile(`^\{/\*(?s:.*?)\*/\}`)
	hugoNote   = regexp.MustCompile(`^\{\{-?\s*/\*(?s:.*?)\*/\s*-?\}\}`)
	// {name}, which shows what a module exports
	constantCall = regexp.MustCompile(`^\{([A-Za-z_$][\w$]*)\}`)
	jsxSpace     = regexp.MustCompile(`^\{(?:' +'|" +")\}`)
	jsxString    = regexp.MustCompile("^\\{[ \t]*(?:'([^'\\\\\n]+)'|\"([^\"\\\\\n]+)\"|`([^`\\\\\n$]+)`)[ \t]*\\}")
	noteText     = regexp.MustCompile(`^%%[^%\n]+%%`)
	shownCode    = regexp.MustCompile(`^\{\{([<%])/\*\s*(.*?)\s*\*/([>%])\}\}`)
)

// Inline reads a construct at the start of s, which stands within a paragraph
// and neither in code nor behind a backslash, behind the character before. It
// returns the HTML that says the same and the construct's length; false if there is none.
func (d *Document) Inline(before rune, s string) (markup string, length int, ok bool) {
	return d.inline(before, s, false)
}

func (d *Document) inline(before rune, s string, inHTML bool) (markup string, length int, ok bool) {
	if markup, length = d.ReadMeValue(s); length > 0 {
		return markup, length, true
	}
	switch s[0] {
	case '<':
		markup, length, ok = d.inlineTag(s, inHTML)
		return d.apart(before, s, markup, length, ok), length, ok
	case '{':
		return d.inlineCall(s)
	}
	return "", 0, false
}

// Comment reads a comment of a note, "%%text%%", at the start of s. before is
// the character in front of it.
func (d *Document) Comment(before rune, s []byte) (length int, ok bool) {
	m := noteText.Find(s)
	next, _ := utf8.DecodeRune(s[len(m):])
	if m == nil || isWord(before) || isWord(next) || !d.IsOf(Obsidian) {
		return 0, false
	}
	return len(m), true
}

// isWord tells whether a character is part of a word that ends at a space, as it does
// not in scripts from Thai on.
func isWord(r rune) bool { return r < 0x0E00 && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

func (d *Document) inlineTag(s string, inHTML bool) (string, int, bool) {
	if isStorage(s) && d.includes.Storage != nil {
		if n := d.storageLength(s); n > 0 {
			return d.includes.Storage(s[:n]), n, true
		}
	}
	t, ok := parseTag(s)
	switch {
	case !ok:
		return "", 0, false
	case t.name == "xref" && !t.closing: // of DocFX; one with a text shows that
		a := parseArgs(t.args)
		name, _, _ := strings.Cut(a.first("href", "uid"), "?")
		title, path := d.Reference(name)
		if rest := strings.TrimLeft(s[t.length:], " "); t.selfClosing || strings.HasPrefix(rest, "</xref>") {
			if path != "" {
				return LinkTo(path, title), t.length, true
			}
			return "<code>" + html.EscapeString(strings.TrimSuffix(strings.ReplaceAll(name, "%2A", "*"), "*")) + "</code>", t.length, true
		}
		return "", t.length, true
	case t.name == "template" && (d.has("<template #") || d.has("<template v-slot")): // of Vue, which names a part
		return "", t.length, true
	case t.name == "Variable" && !t.closing && d.IsFor(ReadMe):
		markup, length := readmeVariable(t, s)
		return markup, length, true
	case t.name == "HTMLBlock" && !t.closing:
		body, _, ends := strings.Cut(s[t.length:], "</HTMLBlock>")
		if markup, ok := literalHTML(t, body); ok && ends {
			return markup, t.length + len(body) + len("</HTMLBlock>"), true
		}
		return "", t.length, true
	case isLink(t):
		return linkTag(t), t.length, true
	case d.isLiteral(t), d.isValue(t, s, inHTML):
		return html.EscapeString(s[:t.length]), t.length, true
	case d.isComponent(t):
		if markup, ok := d.ownInline(t); ok {
			return markup, t.length, true
		}
		text := d.componentText(t)
		next := strings.TrimLeft(s[t.length:], " ")
		if isUpper(t.name[0]) && text != "" && !t.selfClosing && !t.closing && next != "" && next[0] != '<' && !isButton(t) {
			text += ": " // what follows is not part of it
		}
		return text, t.length, true
	}
	return "", 0, false
}

// apart sets a block that shares its line with text off from the words beside it.
func (d *Document) apart(before rune, s, markup string, length int, ok bool) string {
	t, isTag := parseTag(s)
	isPill := t.selfClosing && pills[strings.ToLower(t.name)]
	if !ok || !isTag || !isUpper(t.name[0]) || !isPill && !blockComponents[strings.ToLower(t.name)] {
		return markup
	}
	isEnd := strings.HasPrefix(s, "</") || strings.HasSuffix(s[:length], "/>")
	if next, _ := utf8.DecodeRuneInString(s[length:]); isEnd && isWord(next) {
		markup += " "
	}
	if unicode.IsSpace(before) || before == '>' {
		return markup
	}
	return " " + markup
}

func (d *Document) inlineCall(s string) (string, int, bool) {
	if markup, length, ok := d.role(s); ok {
		return markup, length, true
	}
	if m := shownCode.FindStringSubmatch(s); m != nil {
		return html.EscapeString("{{" + m[1] + " " + m[2] + " " + m[3] + "}}"), len(m[0]), true
	}
	for _, silent := range []*regexp.Regexp{hugoNote, jsxComment} {
		if m := silent.FindString(s); m != "" {
			return "", len(m), true
		}
	}
	if markup, n := d.inlineJSX(s); n > 0 {
		return markup, n, true
	}
	if markup, n := codeInText(s); n > 0 {
		return markup, n, true
	}
	if n := hiddenLength(s); n > 0 {
		return "", n, true
	}
	if m := bookInText.FindStringSubmatch(s); m != nil && d.includes.Load != nil {
		file, part := cutPart(m[1])
		r := rewriter{Document: d, path: d.includes.Path}
		text, _ := r.load(file)
		return html.EscapeString(strings.TrimSpace(partOf(text, part))), len(m[0]), true
	}
	if strings.HasPrefix(s, "{{") {
		if markup, length, ok := d.shownValue(s); ok {
			return markup, length, true
		}
	}
	if conditionStart.MatchString(s) && aboutVisitor.MatchString(tagAt(s, 0)) { // which nothing ends
		d.warn("text left out: some readers may not see it")
		return "", len(s), true
	}
	if markup, length := d.annotation(s); length > 0 {
		return markup, length, true
	}
	call, length, ok := parseCall(s)
	if !ok || !d.isCall(call) {
		return "", 0, false
	}
	switch {
	case call.closing:
		return "", length, true
	case otherCase[call.name]:
		return " / ", length, true
	}
	label := d.callLabel(call)
	if !strings.HasPrefix(label, "<") {
		label = html.EscapeString(label)
	}
	if next := strings.TrimLeft(s[length:], " "); label != "" && next != "" && next[0] != '\n' && d.encloses(call) {
		label += ": " // what follows is not part of it
	}
	return label, length, true
}

// inlineJSX reads a text in braces at the start of s: a space, a string, or one
// that the document exports.
func (d *Document) inlineJSX(s string) (markup string, length int) {
	if !d.jsx {
		return "", 0
	}
	if m := jsxSpace.FindString(s); m != "" {
		return " ", len(m)
	}
	if markup, n := d.evaluateBraces(s, d.program().scope); n > 0 {
		if strings.Contains(markup, "<") {
			markup = d.HTML(markup)
		}
		return markup, n
	}
	if m := jsxString.FindStringSubmatch(s); m != nil {
		return html.EscapeString(m[1] + m[2] + m[3]), len(m[0])
	}
	if m := constantCall.FindStringSubmatch(s); m != nil {
		if text, ok := d.constant[m[1]]; ok {
			return html.EscapeString(text), len(m[0])
		}
	}
	return "", 0
}

var (
	hiddenStart = regexp.MustCompile(`^\{(?:%-?|\{[<%])\s*comment\s*(?:[%>]\}\}|-?%\})`)
	hiddenEnd   = regexp.MustCompile(`\{(?:%-?\s*end|\{[<%]\s*/\s*)comment\s*(?:[%>]\}\}|-?%\})`)
)

// hiddenLength is how long the comment at the start of s is that is written as
// a call around it; 0 if there is none, or it does not end.
func hiddenLength(s string) int {
	start := hiddenStart.FindString(s)
	if start == "" {
		return 0
	}
	end := hiddenEnd.FindStringIndex(s)
	if end == nil {
		return 0
	}
	return end[1]
}

// rawText finds the elements of HTML whose content is never a dialect's.
var rawText = regexp.MustCompile(`(?i)^<(pre|code|script|style|textarea|kbd|samp|tt)[\s>]`)

// HTML rewrites what stands within a block of HTML. Code and attributes stay.
func (d *Document) HTML(block string) string {
	if !strings.Contains(block, "{") && !strings.Contains(block, "<template ") &&
		!strings.Contains(block, expressionTag) && !mayHoldDialect(block) {
		return block
	}
	var out strings.Builder
	before := '\n'
	for block != "" {
		at := strings.IndexAny(block, "<{")
		if at < 0 {
			break
		}
		out.WriteString(block[:at])
		if at > 0 {
			before, _ = utf8.DecodeLastRuneInString(block[:at])
		}
		block = block[at:]
		if markup, length := d.Expression(block[:min(len(block), maxTag)]); length > 0 {
			out.WriteString(markup)
			before, block = '>', block[length:]
			continue
		}
		n := rawLength(block)
		if n == 0 {
			markup, length, ok := d.inline(before, block[:min(len(block), maxTag)], true)
			if n = length; ok {
				out.WriteString(markup)
				before, block = '>', block[n:]
				continue
			}
			n = 1
			if t, ok := parseTag(block); ok {
				n = t.length
			}
		}
		out.WriteString(d.Code(block[:n]))
		before, block = rune(block[n-1]), block[n:]
	}
	out.WriteString(block)
	return out.String()
}

// mayHoldDialect tells whether HTML holds the tag of a component, or one without
// settings that is none of HTML's, or may be a word that stands for something.
func mayHoldDialect(s string) bool {
	for {
		at := strings.IndexByte(s, '<')
		if at < 0 {
			return false
		}
		s = s[at+1:]
		tag := strings.TrimPrefix(s, "/")
		n := nameLength(tag)
		if n == 0 || n == len(tag) {
			continue
		}
		name, next := tag[:n], tag[n]
		isComponent := isUpper(name[0]) && strings.IndexByte(" \t\n\f\r/>", next) >= 0 && !strings.Contains(name, ":")
		if isComponent || next == '>' && len(tag) == len(s) && (!isElement(name) || mayBeWord[name]) {
			return true
		}
	}
}

// mayBeWord are the elements that are also words which stand for something: "<title>".
var mayBeWord = dom.Set("title", "button", "select", "template", "label", "form", "path", "text", "time", "output", "option",
	"svg", "noscript", "head", "body", "html")

func isElement(name string) bool { return isHTML[name] || elements[name] }

// Code writes components in an element of code as text, which they are there, and so
// are the names of values.
func (d *Document) Code(markup string) string {
	markup = plainTag.ReplaceAllStringFunc(markup, func(tag string) string {
		if name := tag[1 : len(tag)-1]; isElement(name) || d.has("</"+name) {
			return tag
		}
		return "&lt;" + tag[1:]
	})
	return componentTag.ReplaceAllStringFunc(markup, func(tag string) string {
		if isElement(strings.ToLower(strings.Trim(tag, "</> \t\n"))) {
			return tag
		}
		return "&lt;" + tag[1:]
	})
}

var plainTag = regexp.MustCompile(`<[a-z][a-z0-9]*>`)

var componentTag = regexp.MustCompile(`</?[A-Z][\w.-]*[\s/>]`)

// rawLength is how much at the start of HTML is copied as it is: a comment, or
// an element of code; 0 if there is none.
func rawLength(s string) int {
	end := ""
	switch {
	case strings.HasPrefix(s, "<!--"):
		end = "-->"
	case rawText.MatchString(s):
		end = "</" + strings.ToLower(rawText.FindStringSubmatch(s)[1])
	default:
		return 0
	}
	at := indexFold(s, end)
	if at < 0 {
		return len(s)
	}
	return at + len(end)
}

// indexFold finds sub, whose first character has no case, in any case.
func indexFold(s, sub string) int {
	for at := 0; ; at++ {
		i := strings.IndexByte(s[at:], sub[0])
		if i < 0 || at+i+len(sub) > len(s) {
			return -1
		}
		if at += i; strings.EqualFold(s[at:at+len(sub)], sub) {
			return at
		}
	}
}

// closingTicks finds the run of backticks that ends a code span.
func closingTicks(s, mark string) int {
	for at := 0; ; {
		i := strings.Index(s[at:], mark)
		if i < 0 {
			return -1
		}
		start := at + i
		run := len(s[start:]) - len(strings.TrimLeft(s[start:], "`"))
		if run == len(mark) {
			return start
		}
		at = start + run
	}
}
