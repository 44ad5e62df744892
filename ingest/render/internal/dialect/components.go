package dialect

import (
	"html"
	"regexp"
	"strings"
)

var tabLabels = regexp.MustCompile(`\{\s*label:\s*['"]([^'"]+)['"]\s*,\s*value:\s*['"]([^'"]+)['"]|` +
	`\{\s*value:\s*['"]([^'"]+)['"]\s*,\s*label:\s*['"]([^'"]+)['"]`)

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
		out = append(out, image(a.named["src"], alt), "")
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
		text := map[string]string{"text": a.first("text", "content", "description")}
		return append([]string{label, ""}, shownArgs(args{named: text})...)
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
