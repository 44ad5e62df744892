package flavour

import (
	"html"
	"regexp"
	"strings"
)

// tag is a JSX tag within a text.
type tag struct {
	name        string
	args        string
	closing     bool
	selfClosing bool
	length      int
}

var tagStart = regexp.MustCompile(`^<(/?)([A-Za-z][\w.:-]*)`)

const maxTag = 8 << 10

// parseTag reads a tag at the start of s. Strings and braces in it may hold
// any character; a blank line outside of braces ends the attempt.
func parseTag(s string) (tag, bool) {
	m := tagStart.FindStringSubmatch(s)
	if m == nil {
		return tag{}, false
	}
	t := tag{name: m[2], closing: m[1] != ""}
	quote, depth := byte(0), 0
	for i := len(m[0]); i < min(len(s), maxTag); i++ {
		c := s[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"', c == '\'' && depth == 0, c == '`' && depth > 0:
			quote = c
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == '<' && depth == 0, c == '\n' && depth == 0 && strings.HasPrefix(s[i:], "\n\n"):
			return tag{}, false
		case c == '>' && depth <= 0:
			t.args = strings.TrimSpace(s[len(m[0]):i])
			t.selfClosing = strings.HasSuffix(t.args, "/")
			t.args = strings.TrimSuffix(t.args, "/")
			t.length = i + 1
			return t, true
		}
	}
	return tag{}, false
}

// isComponent tells JSX from HTML and from placeholders such as <TOKEN>.
func (r *rewriter) isComponent(t tag) bool {
	first := t.name[0]
	switch {
	case first >= 'A' && first <= 'Z':
		return strings.ToUpper(t.name) != t.name || len(t.name) == 1 || t.selfClosing && r.jsx
	case r.jsx:
		return strings.Contains(t.args, "={")
	}
	return false
}

// component rewrites tags that stand at the start of a line, over several
// lines if need be.
func component(r *rewriter, lines []string, _ int) int {
	prefix, rest := cutPrefix(lines[0])
	if !strings.HasPrefix(rest, "<") || !r.jsx && indent(lines[0]) >= 4 && !r.inList {
		return 0
	}
	joined, n := rest, 1
	t, ok := parseTag(joined)
	for !ok && n < min(len(lines), 60) && tagStart.MatchString(rest) && !isBlank(lines[n]) && len(joined) < maxTag {
		joined += "\n" + lines[n]
		n++
		t, ok = parseTag(joined)
	}
	if ok && markdownInside.MatchString(t.args) && t.length == len(joined) {
		r.emitBlock(prefix, "<"+t.name+">")
		return n
	}
	if !ok || !r.isComponent(t) || r.isPlaceholder(t) {
		return 0
	}
	after := strings.TrimSpace(joined[t.length:])
	if after != "" && !blockComponents[strings.ToLower(t.name)] && !r.onlyTags(after) {
		return 0
	}
	if indent(prefix) >= 4 && !r.inList {
		prefix = ""
	}
	r.track(t)
	r.emitBlock(prefix, r.componentBlock(t)...)
	if after == "" {
		return n
	}
	return n - 1 + r.afterTag(prefix, after, lines[n:])
}

// blockComponents are set off from the text that shares their line.
var blockComponents = map[string]bool{
	"tabs": true, "tabitem": true, "tab": true, "details": true, "card": true, "cards": true, "cardgroup": true, "steps": true,
	"step": true, "accordion": true, "accordiongroup": true, "admonition": true, "callout": true, "figure": true,
}

// track counts the components that are open.
func (r *rewriter) track(t tag) {
	r.inList = false
	switch {
	case t.closing:
		r.open = max(0, r.open-1)
	case !t.selfClosing:
		r.open++
	}
}

func (r *rewriter) onlyTags(s string) bool {
	for s != "" {
		t, ok := parseTag(s)
		if !ok || !r.isComponent(t) {
			return false
		}
		s = strings.TrimSpace(s[t.length:])
	}
	return true
}

// afterTag writes what stands after a tag on its line, up to the next one.
// It returns how many lines it took, the tag's own among them.
func (r *rewriter) afterTag(prefix, after string, lines []string) int {
	tail := append([]string{prefix + after}, lines...)
	if n := component(r, tail, 0); n > 0 {
		return n
	}
	for at := 1; at < len(after); at++ {
		if after[at] != '<' {
			continue
		}
		if t, ok := parseTag(after[at:]); ok && blockComponents[strings.ToLower(t.name)] {
			r.inline([]string{prefix + after[:at]})
			return component(r, append([]string{prefix + after[at:]}, lines...), 0)
		}
	}
	return r.inline(tail)
}

var (
	closingTag = regexp.MustCompile(`^</(?:div|details|figure|section|center|p)>[ \t]*$`)
	smallTag   = regexp.MustCompile(`^<(?:small|sub|sup)>[ \t]*$`)
)

// htmlLine ends HTML that a closing tag has ended in all eyes but the parser's,
// for which it goes on to the next blank line; and keeps a tag within text
// from beginning such HTML.
func htmlLine(r *rewriter, lines []string, _ int) int {
	if len(lines) < 2 || isBlank(lines[1]) || indent(lines[0]) >= 4 || !r.blank {
		return 0
	}
	line := strings.TrimLeft(lines[0], " ")
	switch next := strings.TrimLeft(lines[1], " \t"); {
	case closingTag.MatchString(line) && next[0] != '<' && indent(lines[1]) < 4:
		r.emit(lines[0])
		r.emit("")
		return 1
	case smallTag.MatchString(line) && !strings.ContainsRune("<#>`~-|", rune(next[0])):
		return 1 + r.inline(append([]string{strings.TrimRight(lines[0], " \t") + next}, lines[2:]...))
	}
	return 0
}

// markdownInside marks HTML elements whose content is Markdown all the same.
var markdownInside = regexp.MustCompile(`(?:^|\s)markdown(?:\s|=|$)`)

// components rewrites the tags in a piece of text.
func (r *rewriter) components(s string) string {
	var out strings.Builder
	for {
		at := strings.IndexByte(s, '<')
		if at < 0 {
			break
		}
		out.WriteString(s[:at])
		s = s[at:]
		t, ok := parseTag(s)
		switch {
		case !ok:
			out.WriteByte('<')
			s = s[1:]
			continue
		case r.isPlaceholder(t):
			out.WriteString(html.EscapeString(s[:t.length]))
		case r.isComponent(t):
			out.WriteString(r.componentText(t))
		default:
			out.WriteString(s[:t.length])
		}
		s = s[t.length:]
	}
	out.WriteString(s)
	return out.String()
}

var placeholder = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*$`)

// isPlaceholder finds what looks like a tag but stands for a value that the
// reader fills in: <TOKEN>, <YOUR-NAME>. Nothing closes it.
func (r *rewriter) isPlaceholder(t tag) bool {
	return !t.closing && !t.selfClosing && t.args == "" && placeholder.MatchString(t.name) &&
		!isHTML[strings.ToLower(t.name)] && !r.has("</"+t.name)
}

var isHTML = map[string]bool{
	"a": true, "b": true, "blockquote": true, "br": true, "center": true, "code": true, "dd": true, "div": true, "dl": true,
	"dt": true, "em": true, "font": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "hr": true,
	"i": true, "img": true, "kbd": true, "li": true, "ol": true, "p": true, "pre": true, "s": true, "small": true, "span": true,
	"strong": true, "sub": true, "sup": true, "table": true, "tbody": true, "td": true, "th": true, "thead": true, "tr": true,
	"tt": true, "u": true, "ul": true, "details": true, "summary": true, "iframe": true, "video": true, "html": true, "body": true,
}

var tabLabels = regexp.MustCompile(`\{\s*label:\s*['"]([^'"]+)['"]\s*,\s*value:\s*['"]([^'"]+)['"]|\{\s*value:\s*['"]([^'"]+)['"]\s*,\s*label:\s*['"]([^'"]+)['"]`)

// componentBlock says in Markdown what a component at the start of a line shows.
func (r *rewriter) componentBlock(t tag) []string {
	a := parseArgs(t.args)
	name := strings.ToLower(t.name)
	switch {
	case t.name[0] >= 'a' && t.name[0] <= 'z':
		return []string{htmlTag(t, a)}
	case boxComponents[name]:
		return r.boxComponent(t, a)
	case t.closing:
		return nil
	case name == "tabs":
		for _, m := range tabLabels.FindAllStringSubmatch(t.args, 50) {
			r.labels[m[2]+m[3]] = m[1] + m[4]
		}
		return nil
	case name == "tabitem":
		label := a.first("label")
		if label == "" {
			label = r.labels[a.named["value"]]
		}
		if label == "" {
			label = a.named["value"]
		}
		return []string{strong(html.EscapeString(label))}
	}
	text := shownArgs(a)
	if len(text) == 0 && t.selfClosing {
		r.warn("component <" + t.name + "> left out")
	}
	return text
}

// shownArgs are the settings of a component that readers see.
func shownArgs(a args) []string {
	var out []string
	if label := a.first("title", "label", "heading", "header", "summary"); label != "" {
		label = strong(html.EscapeString(label))
		if href := a.first("href", "to", "url", "link"); href != "" {
			label = `<a href="` + html.EscapeString(href) + `">` + label + `</a>`
		}
		out = append(out, label, "")
	}
	for _, key := range []string{"description", "caption", "text", "content"} {
		if v := a.named[key]; v != "" {
			out = append(out, html.EscapeString(v), "")
		}
	}
	if alt := a.named["alt"]; alt != "" {
		out = append(out, `<img src="`+html.EscapeString(a.named["src"])+`" alt="`+html.EscapeString(alt)+`">`, "")
	}
	return out
}

var boxComponents = map[string]bool{
	"admonition": true, "note": true, "tip": true, "info": true, "warning": true, "caution": true, "danger": true,
	"important": true, "callout": true, "aside": true, "alert": true, "hint": true,
}

func (r *rewriter) boxComponent(t tag, a args) []string {
	if t.closing {
		return []string{"</blockquote>"}
	}
	kind := t.name
	if k := a.first("type", "kind", "severity", "variant"); k != "" {
		kind = k
	} else if l := strings.ToLower(kind); l == "admonition" || l == "callout" || l == "aside" || l == "alert" {
		kind = "note"
	}
	label := strong(html.EscapeString(Label(kind, a.first("title", "header"))))
	if t.selfClosing || !r.has("</"+t.name) {
		return append([]string{label, ""}, shownArgs(args{named: map[string]string{"text": a.first("text", "content", "description")}})...)
	}
	return []string{"<blockquote>", "", label}
}

// componentText is what a component shows within a line of text.
func (r *rewriter) componentText(t tag) string {
	a := parseArgs(t.args)
	if t.name[0] >= 'a' && t.name[0] <= 'z' {
		return htmlTag(t, a)
	}
	if t.closing {
		return ""
	}
	text := html.EscapeString(a.first("label", "text", "title", "name", "alt"))
	if href := a.first("href", "to"); href != "" && !t.selfClosing {
		return text
	}
	if text == "" && t.selfClosing {
		r.warn("component <" + t.name + "> left out")
	}
	return text
}

// htmlTag is an HTML tag with the settings that are plain strings.
func htmlTag(t tag, a args) string {
	if t.closing {
		return "</" + t.name + ">"
	}
	var out strings.Builder
	out.WriteString("<" + t.name)
	for _, key := range []string{"href", "src", "alt", "title", "colspan", "rowspan", "start", "type"} {
		if v := a.named[key]; v != "" {
			out.WriteString(" " + key + `="` + html.EscapeString(v) + `"`)
		}
	}
	if t.selfClosing {
		out.WriteString(" /")
	}
	return out.String() + ">"
}
