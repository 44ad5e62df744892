package confluence

import (
	"path"

	"finpages/ingest/render/internal/dom"
	"finpages/sources/wikimacro"

	"golang.org/x/net/html"
)

// adfExtension converts what Cloud keeps beside storage format.
func (c *converter) adfExtension(dst, n *html.Node) { c.children(dst, adfBody(n)) }

// adfBody is the content itself, else its fallback in elements that older
// readers know.
func adfBody(n *html.Node) *html.Node {
	fallback := dom.Child(n, "ac:adf-fallback")
	hasText := func(d *html.Node) bool { return d.Data == "ac:adf-content" && dom.Collapse(dom.Text(d)) != "" }
	if fallback == nil || dom.Find(n, hasText) != nil {
		return n
	}
	return fallback
}

// adfNode converts a node of Atlassian's document format.
func (c *converter) adfNode(dst, n *html.Node) {
	switch kind := dom.Attr(n, "type"); kind {
	case "panel":
		c.box(dst, adfLabels[adfAttribute(n, "panel-type")], adfBody(n))
	case "decision-list":
		c.in(dst, "ul", adfBody(n))
	case "decision-item":
		item := dom.Element("li")
		if adfAttribute(n, "state") == "DECIDED" {
			item.AppendChild(dom.TextNode(doneMark))
		}
		dst.AppendChild(item)
		c.children(item, adfBody(n))
	case "extension", "inline-extension", "bodied-extension":
		c.app(dst, n)
	default:
		c.children(dst, adfBody(n))
	}
}

// app keeps the text of a macro of Forge, Cloud's way of add-ons. Its key
// ends in the name.
func (c *converter) app(dst, n *html.Node) {
	name := path.Base(adfAttribute(n, "extension-key"))
	if name == "." {
		name = nameless
	}
	if body := adfBody(n); wikimacro.LimitsReaders(name, adfParameters(n)...) && dom.Collapse(dom.Text(body)) != "" {
		c.warn("text in macro %q left out: some readers may not see it", name)
		return
	}
	missed := c.macros.add(name)
	before := dst.LastChild
	c.children(dst, adfBody(n))
	if dst.LastChild == before {
		missed.empty++
	}
}

var adfLabels = map[string]string{
	"info": "Info", "note": "Note", "tip": "Tip", "success": "Success", "warning": "Warning", "error": "Error",
}

// adfParameters are the names of the parameters of an app's macro.
func adfParameters(n *html.Node) (names []string) {
	dom.Find(n, func(d *html.Node) bool {
		if dom.IsElement(d, "ac:adf-parameter") {
			names = append(names, dom.Attr(d, "key"))
		}
		return false
	})
	return names
}

func adfAttribute(n *html.Node, key string) string {
	for _, c := range dom.Children(n) {
		if dom.IsElement(c, "ac:adf-attribute") && dom.Attr(c, "key") == key {
			return dom.Collapse(dom.Text(c))
		}
	}
	return ""
}
