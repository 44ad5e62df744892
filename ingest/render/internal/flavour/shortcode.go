package flavour

import (
	"html"
	"regexp"
	"strings"
)

// shortcode is a call of Hugo ({{< name args >}}, {{% name args %}}) or of a
// Liquid tag ({% name args %}).
type shortcode struct {
	name        string
	args        args
	closing     bool
	selfClosing bool
}

var (
	escapedCode = regexp.MustCompile(`\{\{([<%])/\*\s*(.*?)\s*\*/([>%])\}\}`)
	callStart   = regexp.MustCompile(`\{\{[<%]|\{%-?\s*[a-z]`)
	inlineCode  = regexp.MustCompile(`\{\{[<%]\s*highlight\s[^>]*[>%]\}\}(.*?)\{\{[<%]\s*/\s*highlight\s*[>%]\}\}`)
	refLink     = regexp.MustCompile(`\{\{[<%]\s*(?:rel)?ref\s+(?:path=)?["'` + "`" + `]?([^"'` + "`" + `\s>%]+)["'` + "`" + `]?[^>%]*[>%]\}\}`)
)

// unescapeShortcodes shows a call as its author means it to be read.
func unescapeShortcodes(s string) string {
	if !strings.Contains(s, "/*") {
		return s
	}
	return escapedCode.ReplaceAllString(s, "{{$1 $2 $3}}")
}

// shortcodes rewrites a line that holds calls, with the lines after it up to
// the end of a call or of the code that it encloses. 0: it holds none.
func (r *rewriter) shortcodes(line string, lines []string) int {
	if !callStart.MatchString(line) {
		return 0
	}
	joined, n := line, 1
	for n < min(len(lines), 40) && isOpenCall(joined) {
		joined += "\n" + lines[n]
		n++
	}
	if isOpenCall(joined) {
		joined, n = line, 1
	}
	prefix, rest := cutPrefix(joined)
	if call, length, ok := parseCall(rest); ok && isBlank(rest[length:]) {
		return n - 1 + r.callBlock(prefix, call, lines[n-1:])
	}
	r.emit(r.outsideCode(joined, func(s string) string { return r.inlineText(r.callText(s)) }))
	return n
}

func isOpenCall(s string) bool {
	at := max(strings.LastIndex(s, "{{<"), strings.LastIndex(s, "{{%"), strings.LastIndex(s, "{% "))
	return at >= 0 && !strings.Contains(s[at:], "}}") && !strings.Contains(s[at:], "%}")
}

// parseCall reads a call at the start of s and returns its length.
func parseCall(s string) (shortcode, int, bool) {
	open, end := "{{<", ">}}"
	switch {
	case strings.HasPrefix(s, "{{<"):
	case strings.HasPrefix(s, "{{%"):
		open, end = "{{%", "%}}"
	case strings.HasPrefix(s, "{%"):
		open, end = "{%", "%}"
	default:
		return shortcode{}, 0, false
	}
	stop := strings.Index(s[len(open):], end)
	if stop < 0 || strings.HasPrefix(s[len(open):], "/*") {
		return shortcode{}, 0, false
	}
	inner := strings.TrimSpace(strings.Trim(s[len(open):len(open)+stop], "-"))
	length := len(open) + stop + len(end)
	call := shortcode{closing: strings.HasPrefix(inner, "/"), selfClosing: strings.HasSuffix(inner, "/")}
	inner = strings.TrimSpace(strings.Trim(inner, "/"))
	name, rest, _ := strings.Cut(strings.ReplaceAll(inner, "\n", " "), " ")
	if open == "{%" {
		if name, call.closing = strings.CutPrefix(name, "end"); !liquid[name] {
			return shortcode{}, 0, false
		}
	}
	call.name, call.args = strings.ToLower(name), parseArgs(rest)
	return call, length, name != ""
}

// liquid are the tags of Jekyll and GitBook; others are taken for text.
var liquid = map[string]bool{
	"hint": true, "tabs": true, "tab": true, "content-ref": true, "code": true, "embed": true, "raw": true, "comment": true,
	"highlight": true, "include": true, "include_relative": true, "link": true, "post_url": true, "if": true, "else": true,
	"elsif": true, "unless": true, "for": true, "assign": true, "capture": true, "stepper": true, "step": true,
	"columns": true, "column": true, "file": true, "swagger": true, "note": true, "warning": true, "tip": true, "ifversion": true,
	"data": true, "updates": true, "update": true, "case": true, "when": true,
}

// boxes are calls that enclose a text set off from the rest.
var boxes = map[string]bool{
	"note": true, "tip": true, "info": true, "warning": true, "caution": true, "danger": true, "important": true, "alert": true,
	"callout": true, "admonition": true, "hint": true, "notice": true,
}

// verbatims are calls that enclose code.
var verbatims = map[string]string{"highlight": "", "code-toggle": "yaml", "mermaid": "mermaid", "raw": "-", "comment": "-"}

// callBlock rewrites a call that has its line, the first, to itself.
func (r *rewriter) callBlock(prefix string, call shortcode, lines []string) int {
	if lang, ok := verbatims[call.name]; ok && !call.closing && !call.selfClosing {
		if n := r.enclosed(call.name, lines); n > 0 {
			r.codeBlock(prefix, call, lang, lines[1:n-1])
			return n
		}
	}
	switch label := r.callLabel(call); {
	case boxes[call.name] && call.closing:
		r.emitBlock(prefix, "</blockquote>")
	case call.closing:
		r.emitBlock(prefix)
	case boxes[call.name] && r.isClosed(call.name):
		r.emitBlock(prefix, "<blockquote>", "", strong(html.EscapeString(label)))
	case call.name == "ref", call.name == "relref", call.name == "link", call.name == "post_url":
		r.emitBlock(prefix, html.EscapeString(label))
	case strings.HasPrefix(label, "<"):
		r.emitBlock(prefix, label)
	default:
		r.emitBlock(prefix, strong(html.EscapeString(label)))
	}
	return 1
}

// enclosed counts the lines to the one that closes the call on the first.
func (r *rewriter) enclosed(name string, lines []string) int {
	for i, line := range lines[1:] {
		_, rest := cutPrefix(line)
		call, _, ok := parseCall(rest)
		if ok && call.name == name {
			if call.closing {
				return i + 2
			}
			return 0
		}
	}
	return 0
}

func (r *rewriter) codeBlock(prefix string, call shortcode, lang string, body []string) {
	switch call.name {
	case "comment":
		return
	case "raw":
		for _, line := range body {
			r.emit(line)
		}
		return
	case "highlight":
		lang = call.args.at(0)
	case "code-toggle":
		lang = dataLanguage(body)
	}
	ticks := "```"
	for strings.Contains(strings.Join(body, "\n"), ticks) {
		ticks += "`"
	}
	block := []string{ticks + lang}
	for _, line := range body {
		block = append(block, strings.TrimPrefix(line, prefix))
	}
	r.emitBlock(prefix, append(block, ticks)...)
}

var tomlLine = regexp.MustCompile(`^\s*(?:\[.*\]|[\w."-]+\s*=.*)\s*$`)

// dataLanguage tells the language of a site's settings by their first line.
func dataLanguage(body []string) string {
	for _, line := range body {
		switch {
		case isBlank(line):
			continue
		case tomlLine.MatchString(line):
			return "toml"
		case strings.HasPrefix(strings.TrimSpace(line), "{"):
			return "json"
		}
		break
	}
	return "yaml"
}

// isClosed tells whether a call encloses something anywhere.
func (r *rewriter) isClosed(name string) bool {
	for _, end := range []string{"{{< /", "{{</", "{{% /", "{{%/", "{% end", "{%end"} {
		if r.has(end + name) {
			return true
		}
	}
	return false
}

// callLabel is what a call that is not known to the reader shows by itself.
func (r *rewriter) callLabel(call shortcode) string {
	a := call.args
	switch call.name {
	case "note", "tip", "info", "warning", "caution", "danger", "important":
		return Label(call.name, a.first("title")+a.at(0))
	case "alert", "callout", "admonition", "hint", "notice":
		kind := a.first("type", "style", "color", "context", "level")
		if kind == "" {
			kind = a.at(0)
		}
		if _, known := kinds[kind]; !known {
			kind = "note"
		}
		return Label(kind, a.first("title")+a.at(1))
	case "figure", "img", "image":
		return figure(a)
	case "youtube":
		return mediaLink("https://www.youtube.com/watch?v="+a.first("id")+a.at(0), a.first("title"), "YouTube video")
	case "vimeo":
		return mediaLink("https://vimeo.com/"+a.first("id")+a.at(0), a.first("title"), "Vimeo video")
	case "embed", "content-ref", "swagger":
		return mediaLink(a.first("url", "src"), "", a.first("url", "src"))
	case "new-in":
		return "New in " + a.at(0)
	case "deprecated-in":
		return "Deprecated in " + a.at(0)
	case "tab", "details", "expand", "collapse", "accordion", "accordion-item", "step", "glossary-term", "glossary_tooltip", "hl", "card":
		if label := a.first("title", "name", "label", "header", "summary", "text"); label != "" {
			return label
		}
		return a.at(0)
	case "ref", "relref", "link", "post_url":
		return a.first("path") + a.at(0)
	}
	return r.unknownCall(call)
}

// silent are calls that only lay out or steer; nothing is lost with them.
var silent = map[string]bool{
	"tabs": true, "raw": true, "if": true, "else": true, "elsif": true, "unless": true, "for": true, "assign": true, "cards": true,
	"columns": true, "column": true, "stepper": true, "code": true, "highlight": true, "steps": true, "table": true,
	"capture": true, "ifversion": true, "data": true, "case": true, "when": true, "updates": true, "tabpane": true, "comment": true,
}

func (r *rewriter) unknownCall(call shortcode) string {
	text := call.args.first("title", "text", "content", "label", "caption", "alt")
	if text == "" && !silent[call.name] {
		r.warn("shortcode " + call.name + " left out")
	}
	return text
}

func figure(a args) string {
	src := a.first("src", "link")
	if src == "" {
		src = a.at(0)
	}
	out := `<figure><img src="` + html.EscapeString(src) + `" alt="` + html.EscapeString(a.first("alt")) + `">`
	if caption := strings.TrimSpace(a.first("title") + " " + a.first("caption")); caption != "" {
		out += "<figcaption>" + html.EscapeString(caption) + "</figcaption>"
	}
	return out + "</figure>"
}

func mediaLink(href, title, kind string) string {
	if title == "" {
		title = kind
	}
	return `<a href="` + html.EscapeString(href) + `">` + html.EscapeString(title) + `</a>`
}

// callText rewrites the calls within a piece of text.
func (r *rewriter) callText(s string) string {
	s = refLink.ReplaceAllString(s, "$1")
	s = inlineCode.ReplaceAllStringFunc(s, func(m string) string {
		return "<code>" + html.EscapeString(inlineCode.FindStringSubmatch(m)[1]) + "</code>"
	})
	var out strings.Builder
	for {
		at := strings.Index(s, "{")
		if at < 0 {
			break
		}
		out.WriteString(s[:at])
		s = s[at:]
		call, length, ok := parseCall(s)
		if !ok {
			out.WriteByte('{')
			s = s[1:]
			continue
		}
		s = s[length:]
		if call.closing {
			continue
		}
		label := r.callLabel(call)
		if strings.HasPrefix(label, "<") {
			out.WriteString(label)
		} else {
			out.WriteString(html.EscapeString(label))
		}
	}
	out.WriteString(s)
	return escapedCode.ReplaceAllStringFunc(out.String(), func(m string) string {
		return shownCall.Replace(escapedCode.ReplaceAllString(m, "{{$1 $2 $3}}"))
	})
}

// shownCall keeps a call that is shown from being taken for HTML.
var shownCall = strings.NewReplacer("<", "&lt;", ">", "&gt;")
