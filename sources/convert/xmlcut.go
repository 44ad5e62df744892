package convert

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"finpages/sources/charset"
	regexp "finpages/sources/lazyregexp"
	"finpages/sources/limits"
)

// xmlElement is one that is open while XML is copied.
type xmlElement struct {
	name   string // without its prefix
	begins int    // in the output
	boxes  int    // how many bytes of text boxes stand before it

	isHidden    bool // by its style, or by itself
	isShown     bool // whatever its style says
	kept, gone  int  // runs of a paragraph, rows of a table
	fields      []string
	hasTextBox  bool
	outerBoxes  []byte
	isUnwrapped bool // its tags are left out

	style    string
	number   docxItem // of a paragraph
	numbers  string   // the element that says it
	label    string   // its number, as text
	labelsAt int      // where that belongs
}

// xmlRules decide what is left out of XML. The element is the last of those that
// are open; end is called before it is closed, and only if nothing around it is cut.
type xmlRules interface {
	start(c *xmlCutter, e *xmlElement, t xml.StartElement)
	end(c *xmlCutter, e *xmlElement)
}

// xmlCutter copies XML byte by byte, but for the elements that are cut. It keeps
// nothing else in memory.
type xmlCutter struct {
	out  bytes.Buffer
	open []xmlElement
	cut  int // how many elements are open down to one that is cut; 0: none
}

// maxXMLDepth bounds how deep elements of a document lie in each other.
const maxXMLDepth = 256

// cutXML returns XML without what the rules cut.
func cutXML(data []byte, rules xmlRules) ([]byte, error) {
	c := &xmlCutter{}
	c.out.Grow(len(data))
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		before := d.InputOffset()
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return c.out.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
		raw := data[before:d.InputOffset()]
		switch t := token.(type) {
		case xml.StartElement:
			if len(c.open) == maxXMLDepth {
				return nil, fmt.Errorf("%w: elements in each other more than %d deep", limits.ErrExceeded, maxXMLDepth)
			}
			c.open = append(c.open, xmlElement{name: t.Name.Local, begins: c.out.Len()})
			c.out.Write(raw)
			if c.cut == 0 {
				rules.start(c, c.last(), t)
			}
		case xml.EndElement:
			e := c.last()
			if !e.isUnwrapped || c.cut > 0 {
				c.out.Write(raw)
			}
			switch {
			case c.cut == 0:
				rules.end(c, e)
			case c.cut == len(c.open):
				c.out.Truncate(e.begins)
				c.cut = 0
			}
			c.open = c.open[:len(c.open)-1]
		default:
			c.out.Write(raw)
		}
	}
}

func (c *xmlCutter) last() *xmlElement { return &c.open[len(c.open)-1] }

// outer returns the nearest element around the last one that has one of the names;
// nil if there is none.
func (c *xmlCutter) outer(names ...string) *xmlElement {
	for i := len(c.open) - 2; i >= 0; i-- {
		for _, name := range names {
			if c.open[i].name == name {
				return &c.open[i]
			}
		}
	}
	return nil
}

// parent returns the name of the element n levels around the last one.
func (c *xmlCutter) parent(n int) string {
	if i := len(c.open) - 1 - n; i >= 0 {
		return c.open[i].name
	}
	return ""
}

// cutOuter cuts the nearest element around the last one that has the name.
func (c *xmlCutter) cutOuter(name string) {
	for i := len(c.open) - 2; i >= 0; i-- {
		if c.open[i].name == name {
			c.cut = i + 1
			return
		}
	}
}

// cutLast cuts the last element.
func (c *xmlCutter) cutLast() { c.cut = len(c.open) }

// unwrap leaves out the tags of the last element.
func (c *xmlCutter) unwrap() {
	c.last().isUnwrapped = true
	c.out.Truncate(c.last().begins)
}

// insert puts text into what was written.
func (c *xmlCutter) insert(at int, text string) {
	rest := bytes.Clone(c.out.Bytes()[at:])
	c.out.Truncate(at)
	c.out.WriteString(text)
	c.out.Write(rest)
}

// prefix returns that of the names in the tag at a place of the output, with its
// colon.
func (c *xmlCutter) prefix(at int) string {
	tag := c.out.Bytes()[at:]
	if i := bytes.IndexAny(tag, ": />"); i >= 0 && tag[i] == ':' {
		return string(tag[1 : i+1])
	}
	return ""
}

// plainXML returns XML that is in UTF-16 in UTF-8.
func plainXML(data []byte) []byte {
	if !bytes.HasPrefix(data, []byte("\xFF\xFE")) && !bytes.HasPrefix(data, []byte("\xFE\xFF")) {
		return data
	}
	text, err := charset.Text(data, true)
	if err != nil {
		return data
	}
	head, rest, _ := strings.Cut(text, "?>")
	return []byte(utf16Name.ReplaceAllString(head, "utf-8") + "?>" + rest)
}

var utf16Name = regexp.MustCompile(`(?i)utf-16`)

// rootOf returns the name of the outermost element of XML.
func rootOf(data []byte) string {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		token, err := d.RawToken()
		if err != nil {
			return ""
		}
		if t, ok := token.(xml.StartElement); ok {
			return t.Name.Local
		}
	}
}

// maxXMLValue bounds the values of attributes that are looked at: names of styles,
// which others repeat.
const maxXMLValue = 4 << 10

func xmlAttr(t xml.StartElement, local string) string {
	for _, a := range t.Attr {
		if a.Name.Local == local {
			return a.Value[:min(len(a.Value), maxXMLValue)]
		}
	}
	return ""
}
