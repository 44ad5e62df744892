package render_test

import (
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark-emoji/definition"
	nethtml "golang.org/x/net/html"
)

// reading is what a person finds in a document.
type reading struct {
	words    []string // in order, those of code, too
	other    []string // words that a page may show: alternative texts, titles, addresses
	code     []string
	cells    []string
	headings []string
	prose    []string // pieces of text outside of code
}

// wordOf finds words; of scripts without spaces, each character.
var wordOf = regexp.MustCompile(`[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[^\P{L}\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]+|\p{N}+`)

func wordsOf(s string) []string { return wordOf.FindAllString(strings.ToLower(s), -1) }

func squash(s string) string { return strings.Join(wordsOf(s), " ") }

func escapeText(s string) string { return html.EscapeString(s) }

// tidyCode compares code by its lines, without the space at their ends.
func tidyCode(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\u00a0", " "), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// contentIDs are the places of a wiki's content in an export.
var contentIDs = map[string]bool{"ConfluenceContent": true, "main-content": true}

func readHTML(markup string) reading {
	root, err := nethtml.Parse(strings.NewReader(markup))
	if err != nil {
		return reading{}
	}
	content := root
	for n := range root.Descendants() {
		if contentIDs[attrOf(n, "id")] || n.Data == "main" || attrOf(n, "role") == "main" {
			content = n
			break
		}
	}
	r := &htmlReader{}
	r.node(content)
	r.flush()
	if content != root {
		for n := range root.Descendants() {
			if n.Data == "title" || attrOf(n, "id") == "title-text" {
				r.other = append(r.other, wordsOf(textOf(n))...)
			}
		}
	}
	return r.reading
}

// boxKinds are the classes of a wiki's boxes.
var boxKinds = map[string]string{
	"macro-information": "info", "macro-note": "note", "macro-tip": "tip", "macro-warning": "warning",
	"message hint": "info", "message warning": "note", "message success": "tip", "message problem": "warning",
	"infoMacro": "info", "noteMacro": "note", "tipMacro": "tip", "warningMacro": "warning",
}

type htmlReader struct {
	reading
	text    strings.Builder
	outside strings.Builder // of code
}

func (r *htmlReader) write(s string) {
	r.text.WriteString(s)
	r.outside.WriteString(s)
}

func (r *htmlReader) flush() {
	r.words = append(r.words, wordsOf(r.text.String())...)
	r.prose = append(r.prose, r.outside.String())
	r.text.Reset()
	r.outside.Reset()
}

var unseen = map[string]bool{"script": true, "style": true, "select": true, "textarea": true, "button": true, "noscript": true, "template": true, "nav": true}

func (r *htmlReader) node(n *nethtml.Node) {
	if n.Type == nethtml.TextNode {
		r.write(withoutEmoji(n.Data, &r.reading))
		return
	}
	if n.Type == nethtml.ElementNode && unseen[n.Data] {
		if n.Data == "script" && attrOf(n, "type") == "syntaxhighlighter" {
			code := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(textOf(n)), "<![CDATA["), "]]>")
			if !strings.ContainsAny(code, `<>"`) {
				code = html.UnescapeString(code) // Apache's exporter escapes it
			}
			r.addCode(code)
		}
		return
	}
	class := attrOf(n, "class")
	if strings.Contains(class, "toc-macro") || strings.Contains(class, "rbtoc") ||
		strings.Contains(class, "childpages-macro") || class == "error" &&
		strings.HasPrefix(textOf(n), "Error formatting macro") {
		return // made by the site
	}
	for mark, kind := range boxKinds {
		if strings.Contains(class, mark) { // what the author chose, which the site shows as an icon
			r.other = append(r.other, kind)
		}
	}
	for _, key := range []string{"alt", "title", "href", "src", "datetime", "data-linked-resource-default-alias"} {
		r.other = append(r.other, wordsOf(attrOf(n, key))...)
	}
	switch n.Data {
	case "pre":
		r.addCode(codeOf(n))
		return
	case "code", "tt", "samp":
		r.text.WriteString(textOf(n))
		r.outside.WriteByte(' ')
		return
	case "br", "img", "p", "li", "div", "tr", "td", "th", "dt", "dd", "sup", "sub":
		r.write("\n")
	case "h1", "h2", "h3", "h4", "h5", "h6":
		r.flush()
		if text := squash(r.textOf(n)); text != "" && !strings.Contains(class, "alert-heading") && !strings.Contains(class, "sr-only") {
			r.headings = append(r.headings, text)
		}
	}
	for c := range n.ChildNodes() {
		r.node(c)
	}
	if n.Data == "td" || n.Data == "th" {
		if text := squash(r.textOf(n)); text != "" {
			r.cells = append(r.cells, text)
		}
	}
	switch n.Data {
	case "p", "li", "div", "tr", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "sup", "sub":
		r.write("\n")
	}
}

func (r *htmlReader) addCode(code string) {
	r.flush()
	r.words = append(r.words, wordsOf(code)...)
	if code = tidyCode(code); code != "" {
		r.code = append(r.code, code)
	}
}

var (
	mdFence     = regexp.MustCompile("^([ \t>]*(?:[-*+][ \t]+|[0-9]+[.)][ \t]+)*)(`{3,}|~{3,})(.*)$")
	mdEmoji     = regexp.MustCompile(`\B:[a-z0-9_+-]+:\B`)
	mdMagicLine = regexp.MustCompile(`^\s*(?://|/\*|#|<!--|\{/\*)\s*highlight-(?:next-line|start|end)\s*(?:\*/\}?|-->)?\s*$`)
	mdHeading   = regexp.MustCompile(`^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*$`)
	mdDelimiter = regexp.MustCompile(`^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$`)
	mdMagic     = regexp.MustCompile(`(?s)\[block:[\w-]+\]\s*\{.*?\}\s*\[/block\]`)
	mdTable     = regexp.MustCompile(`<table[^>]*>(<thead><tr>(?:<th[^>]*>[^<]*</th>)*?<th[^>]*data-hidden.*?)</table>`)
	mdMarkup    = []*regexp.Regexp{
		regexp.MustCompile(`(?s)<!--.*?-->`), regexp.MustCompile(`(?s)\{/\*.*?\*/\}`),
		regexp.MustCompile(`(?s)<(script|select|style)[ >].*?</(script|select|style)>`),
		regexp.MustCompile(`(?m)^(import|export)\s.*$`), regexp.MustCompile(`\{\{[<%][^{}]*[%>]\}\}|\{%[^{}]*%\}`),
		regexp.MustCompile(`(?m)^\s*(?:!!!|\?\?\?\+?|===[!+]?)[ \t].*$`), regexp.MustCompile(`:{3}(?:no-loc|image|icon|video)[ \t][^\n]*?:{3}`), regexp.MustCompile(`(?m)^[ \t]*:{3,}.*$`),
		regexp.MustCompile(`(?m)^[ \t>]*\[![A-Za-z]+(?: [^\]\n]*)?\][+-]?`), regexp.MustCompile(`(?m)^\s*-+8<-+.*$`), regexp.MustCompile(`(?m)^/{3,}.*$`), regexp.MustCompile(`(?m)^[ \t>]*\[!INCLUDE.*$`),
		regexp.MustCompile(`:(?:material|octicons|fontawesome|simple)-[a-z0-9-]+:`),
		regexp.MustCompile(`(?m)\{:?[ \t]*[.#:a-z][^{}\n]*\}`),
		regexp.MustCompile(`(?m)^ {0,3}\[[^\]\n]+\]:[ \t]*(?:\n[ \t]*)?\S+.*$`),
		regexp.MustCompile(`\[\[_?TOC_?\]\]|\[TOC\]`), regexp.MustCompile(`\[\^[^\]]+\]:?`),
		regexp.MustCompile(`@<[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]+){4}>`), // somebody, whom Azure's wikis name
	}
	mdLink    = regexp.MustCompile(`(!?)\[((?:[^\[\]]|\\.|\[[^\[\]]*\])*)\](?:\(((?:[^()\s]|\([^()]*\))*(?:\s+(?:"[^"]*"|'[^']*'))?)\s*\)|\[[^\]]*\])`)
	mdWiki    = regexp.MustCompile(`!?\[\[([^\[\]|]+)(?:\\?\|([^\[\]]*))?\]\]`)
	mdTag     = regexp.MustCompile(`</?[A-Za-z][^<>]*>`)
	mdNumber  = regexp.MustCompile(`^([ \t>]*)[0-9]+[.)][ \t]+`)
	mdNote    = regexp.MustCompile(`^\[\^[^\]]+\]:`)
	mdJoin    = regexp.MustCompile(`^</?(?:b|i|u|s|a|em|strong|code|ins|del|kbd|span|mark|small)[\s/>]`)
	mdShown   = regexp.MustCompile(`\{\{([<%])/\*\s*(.*?)\s*\*/([>%])\}\}`)
	mdPicture = regexp.MustCompile(`:::image[^\n]*?alt-text="([^"]*)"[^\n]*?:::|!\[([^\[\]]*)\]\([^()]*\)`)
	wikiPage  = regexp.MustCompile(`^[A-Z][^ /.#]*$`) // which wikis of GitHub have behind the text
	mdEscape  = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")
	mdSpan    = regexp.MustCompile("(?s)(``+)(.+?)``+|`([^`]+)`")
)

// readMarkdown reads a document by rules of its own, which know no dialect well:
// what a construct shows of its settings counts as words that may be there.
func readMarkdown(body string) reading {
	var r reading
	body = strings.ReplaceAll(strings.TrimPrefix(body, "\ufeff"), "\r\n", "\n")
	body = mdShown.ReplaceAllString(body, "{\u200b{$1 $2 $3}}") // no call
	if strings.HasPrefix(body, "---\n") {
		if head, rest, ok := strings.Cut(body[4:], "\n---\n"); ok {
			r.other, body = append(append(r.other, wordsOf(head)...), wordsOf(head)...), rest // calls may show it again
		}
	}
	body = mdMagic.ReplaceAllStringFunc(body, func(m string) string { // JSON, whose escapes are no words
		r.other = append(r.other, wordsOf(strings.NewReplacer(`\n`, " ", `\t`, " ", `\"`, " ", `\r`, " ").Replace(m))...)
		return ""
	})
	body = mdTable.ReplaceAllStringFunc(body, func(m string) string { return r.shownColumns(m) })
	var prose, notes []string
	flush := func() {
		r.markdownProse(strings.Join(prose, "\n"))
		prose = nil
	}
	inNote := false
	lines := strings.Split(body, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if m := mdFence.FindStringSubmatch(line); m != nil && !(m[2][0] == '`' && strings.Contains(m[3], "`")) {
			flush()
			if strings.Contains(m[3], "mdx-code-block") { // its content is no code
				lines = slices.Concat(lines[:i+1], mdxLines(lines[i:], m[2]))
				continue
			}
			i += r.fence(lines[i:], m)
			continue
		}
		if m := mdHeading.FindStringSubmatch(line); m != nil && !strings.Contains(line, "](#tab/") {
			flush()
			if text := squash(r.plain(m[1])); text != "" {
				r.headings = append(r.headings, text)
			}
		}
		if strings.Contains(line, "|") && (i+1 < len(lines) && mdDelimiter.MatchString(lines[i+1]) &&
			strings.Contains(lines[i+1], "|") || inTable(lines, i)) && !mdDelimiter.MatchString(line) {
			r.row(line)
		}
		line = mdNumber.ReplaceAllString(line, "$1")
		inNote = mdNote.MatchString(line) || inNote && (strings.TrimSpace(line) == "" || strings.HasPrefix(line, "    "))
		if inNote { // it stands at the end of the page
			notes = append(notes, line)
			continue
		}
		prose = append(prose, line)
	}
	flush()
	prose = notes
	flush()
	return r
}

// mdxLines are the lines behind a fence without the one that closes it.
func mdxLines(lines []string, mark string) []string {
	for i, line := range lines[1:] {
		if strings.TrimSpace(line) == mark {
			return slices.Concat(lines[1:i+1], lines[i+2:])
		}
	}
	return lines[1:]
}

// inTable tells whether the line is a row: the lines above lead to a delimiter.
func inTable(lines []string, i int) bool {
	for ; i > 0 && strings.Contains(lines[i], "|"); i-- {
		if mdDelimiter.MatchString(lines[i]) {
			return true
		}
	}
	return false
}

func (r *reading) row(line string) {
	line = mdPicture.ReplaceAllString(line, "$1$2") // in a cell, a picture is what it shows
	line = mdSpan.ReplaceAllStringFunc(line, func(s string) string { return strings.ReplaceAll(s, `\|`, "\x00") })
	for _, cell := range strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|") {
		copied := *r
		if text := squash(copied.plain(strings.ReplaceAll(cell, "\x00", "|"))); text != "" {
			r.cells = append(r.cells, text)
		}
	}
}

// fence reads a block of code and returns how many lines follow its first.
func (r *reading) fence(lines []string, m []string) int {
	r.other = append(r.other, wordsOf(m[3])...)
	width := len(strings.TrimRight(m[1], " \t")) + len(m[1]) - len(strings.TrimRight(m[1], " \t"))
	var code []string
	n := 1
	for ; n < len(lines); n++ {
		rest := strings.TrimLeft(lines[n], " \t>")
		if len(lines[n])-len(rest) <= len(m[1])+3 && strings.HasPrefix(rest, m[2]) &&
			strings.Trim(rest, m[2][:1]+" \t") == "" {
			break
		}
		if mdMagicLine.MatchString(lines[n]) {
			continue
		}
		code = append(code, cutIndent(lines[n], width))
	}
	text := strings.ReplaceAll(tidyCode(strings.Join(code, "\n")), "\u200b", "")
	r.words = append(r.words, wordsOf(text)...)
	if text != "" {
		r.code = append(r.code, text)
	}
	return min(n, len(lines)-1)
}

func cutIndent(line string, n int) string {
	for n > 0 && line != "" && strings.IndexByte(" \t>", line[0]) >= 0 {
		line, n = line[1:], n-1
	}
	return line
}

func (r *reading) markdownProse(s string) { r.words = append(r.words, wordsOf(r.plain(s))...) }

// withoutEmoji takes out what stands for pictures; their names may be shown.
func withoutEmoji(s string, r *reading) string {
	return mdEmoji.ReplaceAllStringFunc(s, func(m string) string {
		if _, known := definition.Github().Get(strings.Trim(m, ":")); !known {
			return m
		}
		r.other = append(r.other, wordsOf(m)...)
		return " "
	})
}

// plain is the text of Markdown; what may be shown of its markup is noted.
func (r *reading) plain(s string) string {
	var spans []string
	s = mdSpan.ReplaceAllStringFunc(s, func(m string) string {
		spans = append(spans, strings.Trim(m, "`"))
		return "\x01"
	})
	for _, markup := range mdMarkup {
		s = markup.ReplaceAllStringFunc(s, func(m string) string {
			r.other = append(r.other, wordsOf(m)...)
			return " " + strings.Repeat("\x01", strings.Count(m, "\x01")) + " "
		})
	}
	for range 2 {
		s = mdLink.ReplaceAllStringFunc(s, func(m string) string {
			part := mdLink.FindStringSubmatch(m)
			r.other = append(r.other, wordsOf(part[3])...)
			if part[1] == "!" {
				r.other = append(r.other, wordsOf(part[2])...)
				return " " + strings.Repeat("\x01", strings.Count(m, "\x01")) + " "
			}
			return part[2]
		})
	}
	s = withoutEmoji(s, r)
	s = mdWiki.ReplaceAllStringFunc(s, func(m string) string {
		r.other = append(r.other, wordsOf(m)...)
		part := mdWiki.FindStringSubmatch(m)
		switch {
		case m[0] == '!':
			return " "
		case part[2] != "" && (!wikiPage.MatchString(part[2]) || strings.Contains(part[1], "#") || strings.Contains(m, `\|`)):
			return part[2]
		}
		return part[1]
	})
	s = mdTag.ReplaceAllStringFunc(s, func(m string) string {
		r.other = append(r.other, wordsOf(m)...)
		if mdJoin.MatchString(m) {
			return ""
		}
		return " "
	})
	for _, span := range spans {
		s = strings.Replace(s, "\x01", span, 1)
	}
	s = mdEscape.ReplaceAllString(s, "$1")
	return html.UnescapeString(strings.NewReplacer("*", "", "\x01", "").Replace(s))
}
