package dialect

import (
	"html"
	"maps"
	"strings"

	"finpages/ingest/render/internal/frontmatter"
	regexp "finpages/sources/lazyregexp"
)

// Nuxt's documents hold components: https://content.nuxt.com/docs/files/markdown
var (
	nuxtStart  = regexp.MustCompile(`^(:{2,})([a-z][a-zA-Z0-9-]*)(?:\[([^\]\n]*)\])?(\{.*\})?[ \t]*$`)
	nuxtSlot   = regexp.MustCompile(`^[ \t]*#[a-z][\w-]*(?:\{.*\})?[ \t]*$`)
	nuxtFence  = regexp.MustCompile("^[ \t]*```ya?ml \\[props\\][ \t]*$")
	nuxtInText = regexp.MustCompile(`(^|[^\w:\\/])(\[[^\[\]\n]+\]|:([a-z][a-zA-Z0-9-]*)(?:\[([^\[\]\n]*)\])?)(\{[^{}\n]*\})?`)
	nuxtLeaves = map[string]bool{"br": true, "hr": true}
)

// nuxtBoxes are the components that are boxes, by their names.
var nuxtBoxes = map[string]bool{
	"note": true, "tip": true, "info": true, "warning": true, "caution": true, "danger": true, "important": true, "alert": true,
	"callout": true, "u-alert": true,
}

// nuxt rewrites a component of Nuxt's that is a block, "::name{settings}" to "::".
// Components within lie between more colons.
func nuxt(r *rewriter, lines []string, depth int) int {
	prefix, rest := cutPrefix(lines[0])
	m := nuxtStart.FindStringSubmatch(rest)
	if m == nil || depth > maxNesting || len(m[1]) > 2 && !r.nuxt && r.Tool() != Nuxt {
		return 0
	}
	n := r.nuxtLength(lines, m[1])
	if n == 0 {
		if len(m[1]) == 2 && r.IsOf(Nuxt) && m[3]+m[4] != "" {
			r.emitBlock(r.place(prefix), r.nuxtText(rest[1:]))
			return 1
		}
		return 0
	}
	body := lines[1 : n-1]
	a, body := nuxtSettings(m[4], dedentAll(body, commonIndent(body)))
	if m[3] != "" {
		body = append([]string{m[3], ""}, body...)
	}
	name := strings.TrimPrefix(m[2], "prose-")
	inner := r.inner()
	inner.nuxt, inner.open = true, 1
	inner.isGroup = codeGroups[strings.ReplaceAll(name, "-", "")]
	inner.lines(body, depth+1)
	text := strings.Trim(inner.out.String(), "\n")
	r.emitBlock(r.place(prefix), r.nuxtBlock(name, a, text)...)
	return n
}

// nuxtBlock is a component with the text in it.
func (r *rewriter) nuxtBlock(name string, a args, text string) []string {
	body := strings.Split(text, "\n")
	if nuxtBoxes[name] {
		kind := name
		if l := name; l == "callout" || l == "alert" || l == "u-alert" {
			kind = ""
		}
		block := []string{"<blockquote>", "", strong(html.EscapeString(Label(kind, a.first("title", "label")))), ""}
		if about := a.first("description"); about != "" {
			block = append(block, html.EscapeString(about), "")
		}
		return append(append(block, body...), "", "</blockquote>")
	}
	if name == "field" || name == "prop" {
		if label := fieldLabel(a); label != "" {
			return strings.Split(besideText(label, text), "\n")
		}
	}
	shown := shownArgs(a)
	if headline := a.first("headline"); headline != "" {
		shown = append([]string{html.EscapeString(headline), ""}, shown...)
	}
	if len(shown) == 0 && isBlank(text) && !nuxtLeaves[name] {
		r.warn("component ::" + name + " left out")
	}
	return append(append(shown, ""), body...)
}

// nuxtLength counts the lines to the end of a component that begins with the
// colons; 0 if none ends it.
func (r *rewriter) nuxtLength(lines []string, colons string) int {
	open := 0
	for i := 0; i < len(lines); i++ {
		if r.searched++; r.searched > maxSearched {
			return 0
		}
		if m := openFence(lines[i]); m != nil {
			i += fenceLength(lines[i:], m[2]) - 1
			continue
		}
		_, rest := cutPrefix(lines[i])
		switch m := nuxtStart.FindStringSubmatch(rest); {
		case m != nil && m[1] == colons:
			open++
		case strings.TrimRight(rest, " \t") == colons:
			if open--; open <= 0 {
				return i + 1
			}
		}
	}
	return 0
}

// nuxtSettings reads what a component is told, in braces or at the start of its body.
func nuxtSettings(braces string, body []string) (args, []string) {
	a := parseArgs(strings.TrimSuffix(strings.TrimPrefix(braces, "{"), "}"))
	body = trimBlank(body)
	if len(body) > 0 && nuxtFence.MatchString(body[0]) {
		n := fenceLength(body, "```")
		body = append(append([]string{"---"}, body[1:n-1]...), append([]string{"---"}, body[n:]...)...)
	}
	if len(body) == 0 || strings.TrimRight(body[0], " ") != "---" {
		return a, body
	}
	fields, rest, err := frontmatter.Split(strings.Join(body, "\n"))
	if err != nil || fields == nil {
		return a, body
	}
	texts := map[string]string{}
	for key, value := range fields {
		if text, ok := value.(string); ok {
			texts[key] = strings.TrimSpace(text)
		}
	}
	maps.Copy(texts, a.named)
	a.named = texts
	return a, strings.Split(rest, "\n")
}

// slot drops the line that says which part of a component follows, "#title".
func slot(r *rewriter, lines []string, _ int) int {
	if !r.nuxt || !nuxtSlot.MatchString(lines[0]) {
		return 0
	}
	r.emit("")
	return 1
}

// mayBeNuxt tells whether a text may hold a component of Nuxt's, or settings.
func mayBeNuxt(text string) bool {
	for at := strings.IndexByte(text, ':'); at >= 0 && at < len(text)-2; {
		name := at + 1
		for name < len(text) && (text[name]|0x20 >= 'a' && text[name]|0x20 <= 'z' || text[name] == '-') {
			name++
		}
		if name > at+1 && (name < len(text) && (text[name] == '[' || text[name] == '{') || nuxtLeaves[text[at+1:name]]) {
			return true
		}
		next := strings.IndexByte(text[at+1:], ':')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return strings.Contains(text, "]{")
}

// nuxtText rewrites the components and settings within a text: ":badge[New]",
// "[text]{.class}".
func (r *rewriter) nuxtText(s string) string {
	return nuxtInText.ReplaceAllStringFunc(s, func(m string) string {
		p := nuxtInText.FindStringSubmatch(m)
		if p[3] == "" { // a span
			if p[5] == "" {
				return m
			}
			return p[1] + strings.Trim(p[2], "[]")
		}
		if p[4] == "" && p[5] == "" && !nuxtLeaves[p[3]] {
			return m
		}
		a := parseArgs(strings.Trim(p[5], "{}"))
		text := p[4]
		if text == "" {
			text = html.EscapeString(a.first("label", "title", "text", "value", "alt"))
		}
		switch href := a.first("to", "href", "src"); {
		case p[3] == "br":
			text = "<br>"
		case p[3] == "kbd" && text != "":
			text = "<kbd>" + text + "</kbd>"
		case href != "" && text != "":
			text = `<a href="` + html.EscapeString(href) + `">` + text + "</a>"
		case href != "":
			text = mediaLink(href, "", href)
		case text == "" && p[3] != "icon" && !nuxtLeaves[p[3]]:
			r.warn("component :" + p[3] + " left out")
		}
		return p[1] + text
	})
}
