package convert

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// docxVisible leaves out of a text of Word what its readers do not see: hidden and
// deleted text, hidden rows and drawings. What stands in text boxes, which Pandoc
// does not read, follows their paragraph.
// https://www.iso.org/standard/71691.html (ISO/IEC 29500-1)
type docxVisible struct {
	styles    docxStyles
	numbering *docxNumbering
	boxes     []byte // of the paragraph that is open
}

func (v *docxVisible) start(c *xmlCutter, e *xmlElement, t xml.StartElement) {
	e.boxes = len(v.boxes)
	switch e.name {
	case "del", "moveFrom":
		v.deleted(c, e)
	case "cellDel":
		if c.parent(1) == "tcPr" {
			c.cutOuter("tc")
		}
	case "vanish":
		v.vanish(c, isOn(t))
	case "hidden":
		if row := c.outer("tr"); c.parent(1) == "trPr" && row != nil && isOn(t) {
			row.isHidden = true
		}
	case "pStyle", "rStyle":
		if of := c.outer("p", "r"); of != nil && c.parent(2) == of.name {
			of.style = xmlAttr(t, "val")
			of.isHidden = v.styles.isHidden(of.style, 0)
			if v.styles.isMetadata[of.style] { // which Pandoc would take out of the text
				c.cutLast()
			}
		}
	case "numId", "ilvl":
		if p := c.outer("p"); p != nil && c.parent(1) == "numPr" && c.parent(2) == "pPr" && c.parent(3) == "p" {
			p.number.set(e.name, xmlAttr(t, "val"))
		}
	case "fldChar":
		if run := c.outer("r"); run != nil {
			run.fields = append(run.fields, xmlAttr(t, "fldCharType"))
		}
	case "p":
		e.outerBoxes, v.boxes = v.boxes, nil
	default:
		v.startShape(c, e, t)
	}
}

// startShape looks at what shapes are drawn with, and at what Pandoc does not know.
func (v *docxVisible) startShape(c *xmlCutter, e *xmlElement, t xml.StartElement) {
	switch e.name {
	case "customXml", "dir", "bdo", "ruby", "rubyBase":
		c.unwrap()
	case "customXmlPr", "rubyPr", "rt":
		c.cutLast()
	case "docPr":
		if isYes(xmlAttr(t, "hidden")) {
			c.cutOuter("drawing")
		}
	case "shape":
		if strings.Contains(strings.ReplaceAll(xmlAttr(t, "style"), " ", ""), "visibility:hidden") {
			c.cutLast()
		}
	case "r":
		if c.outer("r", "p") != nil && c.outer("r", "p").name == "r" { // the base of ruby text
			c.unwrap()
		}
	case "rPr":
		if c.parent(1) == "r" && c.open[len(c.open)-2].isUnwrapped {
			c.cutLast()
		}
	case "Fallback":
		if of := c.outer("AlternateContent"); of != nil && of.hasTextBox {
			c.cutLast()
		}
	}
}

// deleted cuts what was deleted or moved away: an element of its own around text,
// or a mark of a row.
func (v *docxVisible) deleted(c *xmlCutter, e *xmlElement) {
	switch c.parent(1) {
	case "trPr":
		if row := c.outer("tr"); row != nil {
			row.isHidden = true
		}
	case "rPr", "ctrlPr", "numPr": // of the end of a paragraph, or of a formula's signs
	default:
		c.cutLast()
		if p := c.outer("p"); p != nil {
			p.gone++
		}
	}
}

func (v *docxVisible) vanish(c *xmlCutter, on bool) {
	if c.parent(1) != "rPr" || c.parent(2) != "r" {
		return
	}
	run := c.outer("r")
	run.isHidden, run.isShown = on, !on
}

func (v *docxVisible) end(c *xmlCutter, e *xmlElement) {
	switch e.name {
	case "r":
		v.endRun(c, e)
	case "tr":
		table := c.outer("tbl")
		if table == nil {
			return
		}
		if e.isHidden {
			c.out.Truncate(e.begins)
			table.gone++
		} else {
			table.kept++
		}
	case "tbl":
		if e.gone > 0 && e.kept == 0 {
			c.out.Truncate(e.begins)
		}
	case "txbxContent":
		v.endTextBox(c, e)
	case "numPr":
		if p := c.outer("p"); p != nil && c.parent(1) == "pPr" && c.parent(2) == "p" {
			p.numbers = string(c.out.Bytes()[e.begins:])
			c.out.Truncate(e.begins)
		}
	case "pPr":
		v.endProperties(c, e)
	case "p":
		if e.label != "" && e.kept > 0 {
			c.insert(e.labelsAt, e.label)
		}
		if e.gone > 0 && e.kept == 0 && c.parent(1) != "tc" {
			c.out.Truncate(e.begins)
		}
		c.out.Write(v.boxes)
		v.boxes = e.outerBoxes
	}
}

func (v *docxVisible) endRun(c *xmlCutter, e *xmlElement) {
	p := c.outer("p")
	if e.isUnwrapped {
		return
	}
	isHidden := e.isHidden || p != nil && p.isHidden && !e.isShown
	if !isHidden {
		if p != nil {
			p.kept++
		}
		return
	}
	prefix := c.prefix(e.begins)
	c.out.Truncate(e.begins)
	v.boxes = v.boxes[:min(e.boxes, len(v.boxes))]
	if p != nil {
		p.gone++
		p.kept += len(e.fields)
	}
	for _, kind := range e.fields { // whose other end may be seen
		fmt.Fprintf(&c.out, `<%[1]sr><%[1]sfldChar %[1]sfldCharType="%[2]s"/></%[1]sr>`, prefix, kind)
	}
}

func (v *docxVisible) endTextBox(c *xmlCutter, e *xmlElement) {
	if p := c.outer("p"); p == nil {
		return
	}
	box := c.out.Bytes()[e.begins:]
	from, to := bytes.IndexByte(box, '>')+1, bytes.LastIndex(box, []byte("</"))
	if to > from && from > 0 {
		v.boxes = append(v.boxes, box[from:to]...)
	}
	c.out.Truncate(e.begins)
	if of := c.outer("AlternateContent"); of != nil {
		of.hasTextBox = true
	}
}

// isOn tells the value of a property that is on or off.
func isOn(t xml.StartElement) bool {
	switch xmlAttr(t, "val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}

func isYes(value string) bool { return value == "1" || value == "true" || value == "on" }
