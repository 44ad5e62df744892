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

// termParams are what a macro without a body shows beside a longer text, or alone.
var termParams = slices.Concat([]string{"abbr", "abbreviation", "acronym"}, labelParams)

// addressParams are where a button or a link leads.
var addressParams = []string{"href", "url", "link", "address", "target", "page"}

// settingParams are parts of the names of parameters that are no text, however
// many words they have.
var settingParams = []string{"ql", "query", "filter", "style", "css", "class", "column", "format", "pattern", "user", "group",
	"id", "label", "space", "sort", "order", "param", "config", "data", "json", "regex", "script", "key", "parent", "type"}

// bare writes a macro that has no body by the text that its parameters hold: a
// link, HTML, a word and what it means, or just words.
func (c *converter) bare(dst *html.Node, m macro) {
	if wikimacro.LimitsReaders(m.name, slices.Collect(maps.Keys(m.params))...) {
		return // or not for all readers
	}
	term, text := m.param(termParams...), m.paramText()
	address := m.param(addressParams...)
	if title := m.param("title"); term == "" && (address != "" || isProse(title)) {
		term = title
	}
	switch {
	case term != "" && (strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")):
		appendApart(dst, dom.Wrap("a", term, html.Attribute{Key: "href", Val: address}), m.node)
	case m.markupParam() != "":
		c.markupText(dst, m.markupParam())
		return
	case term == "":
		term = text
		fallthrough
	default:
		if term != "" && text != "" && term != text {
			term += " (" + text + ")"
		}
		if term != "" {
			appendText(dst, apart(term, m.node))
		}
	}
}

// paramText is the text that a macro without a body keeps in its parameters, ""
// if what they hold is none: in one of the usual names, else the meaning of a
// term, else in any that holds a sentence.
func (m macro) paramText() string {
	for _, name := range slices.Concat(textParams, noteParams) {
		if text := m.param(name); isProse(text) {
			return text
		}
	}
	if m.param("abbr", "abbreviation", "acronym", "term", "word") != "" && m.param("title") != "" {
		return m.param("title")
	}
	for _, name := range slices.Sorted(maps.Keys(m.params)) {
		isSetting := func(part string) bool { return strings.Contains(strings.ToLower(name), part) }
		text := m.param(name)
		if isProse(text) && strings.Count(text, " ") >= 3 && !strings.ContainsAny(text, "=|{}<>") && !slices.ContainsFunc(settingParams, isSetting) {
			return text
		}
	}
	return ""
}

// markupParam is the HTML that a macro keeps in a parameter, "" if none.
func (m macro) markupParam() string {
	for _, name := range slices.Sorted(maps.Keys(m.params)) {
		text := strings.TrimSpace(dom.Text(m.params[name]))
		if strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">") && strings.Contains(text, "</") {
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
