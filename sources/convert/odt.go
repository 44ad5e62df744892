package convert

import (
	"encoding/xml"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

var odtHeads = regexp.MustCompile(`</?table:table-header-rows[^>]*>`)

// odtParts gives Pandoc what readers of a text in OpenDocument see, and makes the
// heads of tables rows like the others, as it leaves heads out.
func odtParts(g *gathered, _ sources.Others) {
	styles := odtHidden{styles: map[string]odtHides{}}
	look := func(name string, data []byte) error {
		if name != "styles.xml" {
			return nil
		}
		_, err := cutXML(data, &styles)
		return err
	}
	rewriteZip(g, look, func(name string, data []byte) ([]byte, error) {
		if name != "content.xml" {
			return data, nil
		}
		return cutXML(odtHeads.ReplaceAll(data, nil), &odtVisible{styles})
	})
}

// odtHidden learns which styles hide their text.
type odtHidden struct {
	styles map[string]odtHides
	style  string // that is read, with its family
}

// odtHides is whether a style hides its text; nil: its parent says it.
type odtHides struct {
	hides  *bool
	parent string
}

const maxStyleParents = 20

func (h *odtHidden) isHidden(style string) bool {
	for range maxStyleParents {
		s := h.styles[style]
		if s.hides != nil {
			return *s.hides
		}
		style = s.parent
	}
	return false
}

func (h *odtHidden) start(c *xmlCutter, e *xmlElement, t xml.StartElement) {
	switch e.name {
	case "style":
		family := xmlAttr(t, "family") + " "
		h.style = family + xmlAttr(t, "name")
		h.styles[h.style] = odtHides{parent: family + xmlAttr(t, "parent-style-name")}
	case "text-properties":
		if shown := xmlAttr(t, "display"); shown != "" && c.parent(1) == "style" {
			hides := shown == "none"
			h.styles[h.style] = odtHides{hides: &hides}
		}
	}
}

func (h *odtHidden) end(*xmlCutter, *xmlElement) {}

// odtVisible leaves out what readers do not see.
type odtVisible struct{ odtHidden }

func (v *odtVisible) start(c *xmlCutter, e *xmlElement, t xml.StartElement) {
	v.odtHidden.start(c, e, t)
	isNot := func(attribute string) bool { value := xmlAttr(t, attribute); return value != "" && value != "false" }
	switch e.name {
	case "p", "h":
		if v.isHidden("paragraph " + xmlAttr(t, "style-name")) {
			c.cutLast()
		}
	case "span":
		if v.isHidden("text " + xmlAttr(t, "style-name")) {
			c.cutLast()
		}
	case "hidden-paragraph":
		if isNot("is-hidden") {
			if of := c.outer("p", "h"); of != nil {
				c.cutOuter(of.name)
			}
		}
	case "section":
		if shown := xmlAttr(t, "display"); shown == "none" || shown == "condition" && isNot("is-hidden") {
			c.cutLast()
		}
	case "table-row":
		if shown := xmlAttr(t, "visibility"); shown == "collapse" || shown == "filter" {
			c.cutLast()
		}
	}
}
