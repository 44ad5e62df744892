package confluence

import (
	"maps"
	"slices"
	"strings"

	"finpages/ingest/render/internal/dom"
	"finpages/sources/wikimacro"

	"golang.org/x/net/html"
)

// macro is an ac:structured-macro, or ac:macro as it was before Confluence 5.
type macro struct {
	name   string
	node   *html.Node
	params map[string]*html.Node
	rich   *html.Node // nil if none
	plain  *html.Node // nil if none
}

func readMacro(n *html.Node) macro {
	m := macro{name: dom.Attr(n, "ac:name"), node: n, params: map[string]*html.Node{}}
	for _, c := range dom.Children(n) {
		switch c.Data {
		case "ac:parameter":
			m.params[strings.ToLower(dom.Attr(c, "ac:name"))] = c
		case "ac:default-parameter":
			m.params[""] = c
		case "ac:rich-text-body":
			m.rich = c
		case "ac:plain-text-body":
			m.plain = c
		}
	}
	return m
}

// param is the text of the first of the parameters that has any; "" is the
// name of the one without a name.
func (m macro) param(names ...string) string {
	for _, name := range names {
		if p := m.params[name]; p != nil {
			if s := dom.Collapse(dom.Text(p)); s != "" {
				return s
			}
		}
	}
	return ""
}

// resource is the page, file or user that the first of the parameters with
// any refers to; nil if none does.
func (m macro) resource(names ...string) *html.Node {
	for _, name := range names {
		if p := m.params[name]; p != nil {
			if r := resource(p); r != nil {
				return r
			}
		}
	}
	return nil
}

// target is the name of what a parameter refers to, else its text.
func (m macro) target(names ...string) string {
	if r := m.resource(names...); r != nil {
		return resourceName(r)
	}
	return m.param(names...)
}

// source is the body as plain text.
func (m macro) source() string {
	switch {
	case m.plain != nil:
		return dom.Text(m.plain)
	case m.rich != nil:
		return dom.Lines(m.rich)
	}
	return ""
}

// limitsReaders tells whether the macro shows its body to some readers only.
func (m macro) limitsReaders() bool {
	if m.rich == nil && m.plain == nil {
		return false
	}
	if strings.HasPrefix(m.name, "unmigrated-") && wikimacro.MarkupLimitsReaders(m.source()) {
		return true
	}
	return wikimacro.LimitsReaders(m.name, slices.Collect(maps.Keys(m.params))...)
}

func (c *converter) macro(dst *html.Node, m macro) {
	name := strings.ToLower(m.name)
	switch kind, known := macroKinds[name]; {
	case m.limitsReaders():
		c.warn("text in macro %q left out: some readers may not see it", name)
	case strings.Contains(name, "markdown") && c.markdown(dst, m):
	case isNote(name) && c.note(dst, m):
	case !known:
		c.unknown(dst, m)
	case kind == codeMacro:
		c.code(dst, m)
	case kind == boxMacro:
		c.boxMacro(dst, m)
	case kind == titledMacro:
		c.titled(dst, m)
	case kind == bodyMacro:
		c.body(dst, m)
	case kind == hideableMacro:
		c.hideable(dst, m)
	case kind == inlineMathMacro, kind == blockMathMacro:
		c.math(dst, m, kind == blockMathMacro)
	case kind == includeMacro:
		c.include(dst, m)
	case kind == fileMacro, kind == drawingMacro:
		c.file(dst, m, kind == drawingMacro)
	case kind == galleryMacro:
		c.gallery(dst, m)
	case kind == markupMacro:
		c.markup(dst, m)
	case kind == listMacro:
		c.warn("macro %q left out: it lists what is elsewhere", name)
		c.layout(name, m)
	case kind == layoutMacro:
		c.layout(name, m)
	default:
		c.phrase(dst, name, m)
	}
}

// unknown keeps the text of a macro that is not known.
func (c *converter) unknown(dst *html.Node, m macro) {
	u := c.macros.add(m.name)
	before := dst.LastChild
	if m.rich != nil || m.plain != nil {
		if title := m.param("title"); title != "" {
			dst.AppendChild(dom.BoldLine(title))
		}
	}
	c.body(dst, m)
	if dst.LastChild == before {
		c.bare(dst, m)
	}
	if dst.LastChild == before {
		u.empty++
	}
}
