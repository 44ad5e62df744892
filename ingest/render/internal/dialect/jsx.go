package dialect

import (
	"html"
	"strings"
)

// component rewrites tags that stand at the start of a line, over several
// lines if need be.
func component(r *rewriter, lines []string, _ int) int {
	prefix, rest := cutPrefix(lines[0])
	if !strings.HasPrefix(rest, "<") || !r.jsx && indent(lines[0]) >= 4 && !r.inList {
		return 0
	}
	joined, n := rest, 1
	t, ok := parseTag(joined)
	if !ok && tagStart.MatchString(rest) {
		joined = strings.Join(append([]string{rest}, lines[1:min(len(lines), maxTagLines)]...), "\n")
		if t, ok = parseTag(joined); ok {
			n += strings.Count(joined[:t.length], "\n")
		}
	}
	after, _, _ := strings.Cut(joined[t.length:], "\n")
	after = strings.TrimSpace(after)
	if ok && markdownInside.MatchString(t.args) && after == "" {
		r.emitBlock(prefix, "<"+t.name+">")
		return n
	}
	if !ok || !r.isComponent(t) || r.isPlaceholder(t) {
		return 0
	}
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
	lines[n-1] = prefix + after
	return n - 1 + r.afterTag(prefix, lines[n-1:])
}

// maxTagLines is how many lines a tag may take.
const maxTagLines = 60

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

// afterTag writes what stands after a tag on its line, which is now the first,
// up to the next one. It returns how many lines it took.
func (r *rewriter) afterTag(prefix string, lines []string) int {
	if n := component(r, lines, 0); n > 0 {
		return n
	}
	line := lines[0]
	for at := len(prefix) + 1; at < len(line); at++ {
		if line[at] != '<' {
			continue
		}
		t, ok := parseTag(line[at:])
		if !ok || !r.isComponent(t) || !blockComponents[strings.ToLower(t.name)] {
			continue
		}
		r.inline([]string{line[:at]})
		lines[0] = prefix + line[at:]
		if n := component(r, lines, 0); n > 0 {
			return n
		}
		break
	}
	return r.inline(lines)
}

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
