package confluence

import (
	"maps"
	"slices"
	"strings"

	"finpages/ingest/render/internal/dom"
	"finpages/sources/wikimacro"

	"golang.org/x/net/html"
)

// textParams are parameters in which macros of add-ons keep text that a page
// shows, in the order in which it is read.
var textParams = []string{"text", "content", "body", "message", "description", "caption", "summary",
	"definition", "hint"}

// noteParams are those that show only once somebody points at the text before.
var noteParams = []string{"tooltip", "tooltiptext", "tooltip-text", "tooltipcontent", "tip", "footnote", "note",
	"popup"}

// labelParams are what one points at.
var labelParams = []string{"linktext", "link-text", "label", "word", "term", "anchortext"}

// isNote tells macros whose text is a note on the words before: tooltips and
// footnotes.
func isNote(name string) bool {
	return strings.Contains(name, "tooltip") || strings.Contains(name, "footnote")
}

// note writes a tooltip as its words and the tip in brackets, and a footnote in
// brackets where it is referred to; false if the macro has no text at all.
func (c *converter) note(dst *html.Node, m macro) bool {
	body, tip := dom.Collapse(m.source()), m.param(slices.Concat(noteParams, textParams)...)
	switch {
	case strings.Contains(strings.ToLower(m.name), "footnote"):
		tip = firstOf(body, tip, m.param(""))
	case body != "":
		c.body(dst, m)
	default:
		before, _ := gaps(m.node)
		appendText(dst, before+m.param(slices.Concat(labelParams, []string{""})...))
	}
	if tip != "" {
		appendText(dst, " ("+tip+")")
	}
	return tip != "" || body != ""
}

// paramText is the text that a macro without a body keeps in its parameters; ""
// if what they hold is no text, or not for all readers.
func (m macro) paramText() string {
	if wikimacro.LimitsReaders(m.name, slices.Collect(maps.Keys(m.params))...) {
		return ""
	}
	for _, name := range slices.Concat(textParams, noteParams) {
		if text := m.param(name); isProse(text) {
			return text
		}
	}
	return ""
}

// isProse tells words from settings, ids and addresses.
func isProse(s string) bool {
	return strings.Contains(s, " ") && !strings.ContainsAny(s[:1], "{[<#%")
}

// markdown writes what a macro holds as Markdown, in its body or a parameter;
// false if it holds none.
func (c *converter) markdown(dst *html.Node, m macro) bool {
	text := m.source()
	if strings.TrimSpace(text) == "" {
		for _, name := range []string{"markdown", "markdowntext", "source", "content", "text", "body", ""} {
			if p := m.params[name]; p != nil && strings.ContainsAny(strings.TrimSpace(dom.Text(p)), " \n") {
				text = dom.Text(p)
				break
			}
		}
	}
	if strings.TrimSpace(text) == "" || c.fromMarkdown == nil {
		return false
	}
	root := c.fromMarkdown(text)
	if root == nil {
		return false
	}
	out := dom.Element("div")
	dst.AppendChild(out)
	for _, n := range dom.Children(root) {
		root.RemoveChild(n)
		out.AppendChild(n)
	}
	return true
}
