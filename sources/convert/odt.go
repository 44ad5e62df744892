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
	styles := odtHidden{styles: map[string]bool{}}
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
	styles map[string]bool
	style  string
}

func (h *odtHidden) start(c *xmlCutter, e *xmlElement, t xml.StartElement) {
	switch e.name {
	case "style":
		h.style = xmlAttr(t, "name")
		h.styles[h.style] = h.styles[xmlAttr(t, "parent-style-name")]
	case "text-properties":
		if shown := xmlAttr(t, "display"); shown != "" && c.parent(1) == "style" {
			h.styles[h.style] = shown == "none"
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
	case "p", "h", "span":
		if v.styles[xmlAttr(t, "style-name")] {
			c.cutLast()
		}
	case "hidden-paragraph":
		if isNot("is-hidden") {
			c.cutOuter("p")
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
