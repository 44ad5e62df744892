package dialect

import (
	"html"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// boxes are calls that enclose a text set off from the rest.
var boxes = map[string]bool{
	"note": true, "tip": true, "info": true, "warning": true, "caution": true, "danger": true, "important": true, "alert": true,
	"callout": true, "admonition": true, "hint": true, "notice": true,
}

// verbatims are calls that enclose code.
var verbatims = map[string]string{"highlight": "", "code-toggle": "yaml", "mermaid": "mermaid",
	"raw": "-", "comment": "-"}

// callBlock rewrites a call that has its line, the first, to itself.
func (r *rewriter) callBlock(prefix string, call shortcode, lines []string, depth int) int {
	r.toPlace(prefix, call, lines)
	if lang, ok := verbatims[call.name]; ok && !call.closing && !call.selfClosing {
		if n := r.enclosed(call.name, lines); n > 0 {
			r.codeBlock(prefix, call, lang, lines[1:n-1])
			return n
		}
	}
	r.noteCall(call)
	if call.name == "tabpane" {
		if r.pane = &call; call.closing {
			r.pane = nil
		}
	}
	if lang, label, ok := r.codePane(call); ok {
		if n := r.enclosed(call.name, lines); n > 0 {
			r.emitBlock(prefix, titleLine(label)...)
			r.codeBlock(prefix, call, lang, trimBlank(lines[1:n-1]))
			return n
		}
	}
	if n := r.ownBlock(prefix, call, lines); n > 0 {
		return n
	}
	if n := r.markdocTable(prefix, call, lines, depth); n > 0 {
		return n
	}
	if ref, ok := includeRef(call); ok {
		r.includeCall(prefix, ref, call.args, depth)
		return 1
	}
	if text, path := r.named(call); path != "" {
		r.includeText(prefix, text, path, depth, nil)
		return 1
	}
	switch label := r.callLabel(call); {
	case boxes[call.name] && call.closing:
		r.boxes = max(0, r.boxes-1)
		r.emitBlock(prefix, "</blockquote>")
	case call.closing:
		r.emitBlock(prefix)
	case boxes[call.name] && r.isClosed(call.name):
		r.boxes++
		r.emitBlock(prefix, "<blockquote>", "", strong(html.EscapeString(label)))
	case call.name == "ref", call.name == "relref", call.name == "link", call.name == "post_url",
		call.name == "param":
		r.emitBlock(prefix, html.EscapeString(label))
	case strings.HasPrefix(label, "<"):
		r.emitBlock(prefix, label)
	default:
		r.emitBlock(prefix, strong(html.EscapeString(label)))
	}
	return 1
}

// codePane tells whether a tab or a card of Docsy shows what it holds as code:
// https://www.docsy.dev/docs/content/shortcodes/#tabbed-panes
func (r *rewriter) codePane(call shortcode) (lang, label string, ok bool) {
	a := call.args
	label = a.first("header")
	switch {
	case call.closing || call.selfClosing:
		return "", "", false
	case call.name == "card" && a.isSet("code"):
		return a.first("lang"), label, true
	case call.name != "tab" || r.pane == nil || r.pane.args.isSet("text") || a.isSet("text"):
		return "", "", false
	}
	lang = a.first("lang")
	if lang == "" {
		lang = r.pane.args.first("lang")
	}
	if lang == "" && r.pane.args.isSet("langEqualsHeader") {
		lang = strings.ToLower(label)
	}
	if label == "" {
		label = a.at(0)
	}
	return lang, label, true
}

func trimBlank(lines []string) []string {
	for len(lines) > 0 && isBlank(lines[0]) {
		lines = lines[1:]
	}
	for len(lines) > 0 && isBlank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	return lines
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
		r.rawLiquid(body)
		return
	case "highlight":
		lang = call.args.at(0)
	case "code-toggle":
		lang = dataLanguage(body)
	}
	body = strings.Split(unescapeShortcodes(strings.Join(dedentAll(body, indent(prefix)), "\n")), "\n")
	r.emitBlock(prefix, fencedCode(lang, body)...)
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
func (d *Document) isClosed(name string) bool {
	for _, end := range []string{"{{< /", "{{</", "{{% /", "{{%/", "{% end", "{%end", "{% /", "{%/"} {
		if d.has(end + name) {
			return true
		}
	}
	return false
}

// callLabel is what a call that is not known to the reader shows by itself.
func (d *Document) callLabel(call shortcode) string {
	a := call.args
	if call.closing {
		return ""
	}
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
		return Label(kind, a.first("title", "name")+a.at(1))
	case "figure", "img", "image":
		return figure(a)
	case "youtube":
		return mediaLink("https://www.youtube.com/watch?v="+a.first("id")+a.at(0), a.first("title"), "YouTube video")
	case "vimeo":
		return mediaLink("https://vimeo.com/"+a.first("id")+a.at(0), a.first("title"), "Vimeo video")
	case "content-ref":
		if d.has("endcontent-ref") {
			return "" // the link stands in it
		}
		return mediaLink(a.first("url"), "", a.first("url"))
	case "embed":
		return mediaLink(a.first("url", "src"), "", a.first("url", "src"))
	case "file":
		return mediaLink(a.first("src", "url"), "", lastPart(a.first("src", "url")))
	case "update":
		return strings.TrimSpace(a.first("date") + " " + a.first("title"))
	case "swagger-parameter":
		return fieldLabel(a)
	case "swagger-response":
		return strings.Trim(a.first("status")+": "+a.first("description"), ": ")
	case "swagger":
		if a.first("src", "url") != "" {
			return mediaLink(a.first("src", "url"), "", a.first("src", "url"))
		}
		return strings.Trim(a.first("summary")+": "+strings.ToUpper(a.first("method"))+" "+a.first("path"), ": ")
	case "openapi", "openapi-operation":
		d.warn("description of an API left out: " + a.first("src", "spec"))
		return strings.TrimSpace(strings.ToUpper(a.first("method")) + " " + a.first("path"))
	case "param":
		text, ok := d.param(a.at(0))
		if !ok {
			d.warn("value left out: " + a.at(0))
		}
		return text
	case "new-in":
		return "New in " + a.at(0)
	case "deprecated-in":
		return "Deprecated in " + a.at(0)
	case "tab", "details", "expand", "collapse", "accordion", "accordion-item", "step", "card",
		"glossary-term", "glossary_tooltip", "hl":
		if label := a.first("title", "name", "label", "header", "summary", "text"); label != "" {
			return label
		}
		return a.at(0)
	case "ref", "relref", "link", "post_url":
		return a.first("path") + a.at(0)
	case "prompt":
		return a.first("description")
	case "if", "unless", "ifversion", "case":
		d.warn("condition left out: what holds in any case is shown")
	}
	return d.unknownCall(call)
}

// silent are calls that only lay out or steer; nothing is lost with them.
var silent = map[string]bool{
	"tabs": true, "raw": true, "if": true, "else": true, "elsif": true, "unless": true, "for": true, "assign": true, "cards": true,
	"columns": true, "column": true, "stepper": true, "code": true, "highlight": true, "steps": true, "table": true,
	"capture": true, "ifversion": true, "data": true, "case": true, "when": true, "updates": true, "tabpane": true, "comment": true,
	"swagger-description": true, "form": true, "elif": true, "elseif": true,
}

func lastPart(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func (d *Document) unknownCall(call shortcode) string {
	if address := call.args.first("url", "src"); integration.MatchString(call.name) && address != "" {
		return mediaLink(address, call.args.first("title"), address)
	}
	text := call.args.first("title", "text", "content", "label", "caption", "alt", "description")
	if integration.MatchString(call.name) && strings.Contains(call.name, "mermaid") {
		return "<pre><code class=\"language-mermaid\">" + html.EscapeString(text) + "</code></pre>"
	}
	if text == "" && !silent[call.name] {
		d.warn("shortcode " + call.name + " left out")
	}
	return text
}

func figure(a args) string {
	src := a.first("src", "link")
	if src == "" {
		src = a.at(0)
	}
	out := "<figure>" + image(src, a.first("alt"))
	if caption := strings.TrimSpace(a.first("title") + " " + a.first("caption")); caption != "" {
		caption = captionLink.ReplaceAllString(html.EscapeString(caption), `<a href="$2">$1</a>`)
		out += "<figcaption>" + caption + "</figcaption>"
	}
	return out + "</figure>"
}

// captionLink is a link in a caption, which Hugo reads as Markdown.
var captionLink = regexp.MustCompile(`\[([^\[\]]+)\]\(([^()\s]+)\)`)

func mediaLink(href, title, kind string) string {
	if title == "" {
		title = kind
	}
	return `<a href="` + html.EscapeString(href) + `">` + plainText(title) + `</a>`
}
