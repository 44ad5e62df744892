package dialect

import (
	"html"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// vueTabLine begins a tab of VuePress': "@tab Title#value".
var vueTabLine = regexp.MustCompile(`^@tab(?::active)?(?:[ \t]+(.*?))?(?:#[\w.-]+)?[ \t]*$`)

// vueTab writes the label of a tab.
func vueTab(r *rewriter, lines []string, _ int) int {
	m := vueTabLine.FindStringSubmatch(lines[0])
	if m == nil || !r.has("::: tabs") && !r.has(":::tabs") && !r.has("::: code-tabs") && !r.has(":::code-tabs") {
		return 0
	}
	r.emitBlock("", strong(html.EscapeString(strings.TrimSpace(m[1]))))
	return 1
}

// vueValue leaves out what the documents of Vue's tools have a program compute,
// "{{ count }}". One that is a text or a number stands for itself.
func (d *Document) vueValue(name string) (text string, ok bool) {
	if d.Tool() != VitePress || d.has("v-pre") {
		return "", false
	}
	if m := quoted.FindStringSubmatch(name); m != nil {
		return html.EscapeString(m[1] + m[2]), true
	}
	d.warn("value left out: " + name)
	return "", true
}
