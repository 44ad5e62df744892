package convert

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"finpages/sources/convert/native"
	regexp "finpages/sources/lazyregexp"
)

// docxStyles are the styles of a document.
type docxStyles struct {
	basedOn    map[string]string
	vanish     map[string]bool // what the styles say themselves
	isHeading  map[string]bool
	isMetadata map[string]bool
	numbers    map[string]docxItem
	style      string // that is read
}

func newDocxStyles() docxStyles {
	return docxStyles{basedOn: map[string]string{}, vanish: map[string]bool{}, isHeading: map[string]bool{},
		isMetadata: map[string]bool{}, numbers: map[string]docxItem{}}
}

func (s *docxStyles) start(c *xmlCutter, e *xmlElement, t xml.StartElement) {
	switch value := xmlAttr(t, "val"); e.name {
	case "style":
		s.style = xmlAttr(t, "styleId")
	case "name":
		switch name := strings.ToLower(value); name {
		case "subtitle", "author", "date", "abstract":
			s.isMetadata[s.style] = true
		default:
			s.isHeading[s.style] = strings.HasPrefix(name, "heading ")
		}
	case "basedOn":
		s.basedOn[s.style] = value
	case "outlineLvl":
		s.isHeading[s.style] = s.isHeading[s.style] || value != "9"
	case "vanish":
		if c.parent(1) == "rPr" && c.parent(2) == "style" {
			s.vanish[s.style] = isOn(t)
		}
	case "numId", "ilvl":
		if c.parent(1) == "numPr" {
			item := s.numbers[s.style]
			item.set(e.name, value)
			s.numbers[s.style] = item
		}
	}
}

func (s *docxStyles) end(*xmlCutter, *xmlElement) {}

// maxStyles bounds how many styles are derived from each other.
const maxStyles = 20

func (s *docxStyles) isHidden(style string, depth int) bool {
	if on, said := s.vanish[style]; said || depth > maxStyles {
		return on
	}
	outer, ok := s.basedOn[style]
	return ok && s.isHidden(outer, depth+1)
}

// numbered returns how paragraphs of the style are numbered, and whether they are
// headings.
func (s *docxStyles) numbered(style string) (item docxItem, isHeading bool) {
	for range maxStyles {
		own := s.numbers[style]
		if item.list == "" {
			item.list = own.list
		}
		if item.level == "" {
			item.level = own.level
		}
		isHeading = isHeading || s.isHeading[style]
		if style = s.basedOn[style]; style == "" {
			break
		}
	}
	return item, isHeading
}

// docxItem says which list numbers a paragraph, at which level; "" says nothing.
type docxItem struct{ list, level string }

func (i *docxItem) set(name, value string) {
	if name == "numId" {
		i.list = value
	} else {
		i.level = value
	}
}

// maxLabel bounds how long a number of a heading is, as each of them repeats it.
const maxLabel = 256

// docxLevel is how a list numbers one of its levels, from 0.
type docxLevel struct {
	start        int
	format, text string
	isLegal      bool // all its numbers are Arabic
	style        string
}

// docxLevels is how many a list has.
const docxLevels = 9

// docxNumbering are the lists of a document, and how far they have come.
type docxNumbering struct {
	kinds  map[string]*[docxLevels]docxLevel // of lists
	lists  map[string]string                 // their kinds
	starts map[string]map[int]int            // of lists that begin anew
	counts map[string]*[docxLevels]int       // by kinds
	begun  map[string]bool                   // lists

	kind, list string // that is read
	level      int
}

func newDocxNumbering() *docxNumbering {
	return &docxNumbering{kinds: map[string]*[docxLevels]docxLevel{}, lists: map[string]string{},
		starts: map[string]map[int]int{}, counts: map[string]*[docxLevels]int{}, begun: map[string]bool{}}
}

func (n *docxNumbering) start(c *xmlCutter, e *xmlElement, t xml.StartElement) {
	value := xmlAttr(t, "val")
	number, _ := strconv.Atoi(value)
	switch e.name {
	case "abstractNum":
		n.kind, n.list = xmlAttr(t, "abstractNumId"), ""
		n.kinds[n.kind] = &[docxLevels]docxLevel{}
	case "num":
		n.list = xmlAttr(t, "numId")
	case "abstractNumId":
		n.lists[n.list] = value
	case "lvl", "lvlOverride":
		level, _ := strconv.Atoi(xmlAttr(t, "ilvl"))
		n.level = max(0, min(level, docxLevels-1))
	case "startOverride":
		if n.starts[n.list] == nil {
			n.starts[n.list] = map[int]int{}
		}
		n.starts[n.list][n.level] = number
	}
	if n.list != "" || c.parent(1) != "lvl" || n.kinds[n.kind] == nil {
		return
	}
	switch level := &n.kinds[n.kind][n.level]; e.name {
	case "start":
		level.start = number
	case "numFmt":
		level.format = value
	case "lvlText":
		level.text = strings.ToValidUTF8(value[:min(len(value), maxLabel)], "")
	case "isLgl":
		level.isLegal = isOn(t)
	case "pStyle":
		level.style = value
	}
}

func (n *docxNumbering) end(*xmlCutter, *xmlElement) {}

// next counts a paragraph, and returns its number; "" if it has none.
func (n *docxNumbering) next(item docxItem, style string) (label string, level docxLevel) {
	kind := n.lists[item.list]
	levels := n.kinds[kind]
	if levels == nil {
		return "", level
	}
	at, err := strconv.Atoi(item.level)
	if err != nil {
		for i := range levels {
			if style != "" && levels[i].style == style {
				at = i
			}
		}
	}
	at = max(0, min(at, docxLevels-1))
	counts := n.counts[kind]
	if counts == nil {
		counts = &[docxLevels]int{}
		for i := range levels {
			counts[i] = levels[i].start - 1
		}
		n.counts[kind] = counts
	}
	if !n.begun[item.list] {
		n.begun[item.list] = true
		for i, start := range n.starts[item.list] {
			counts[i] = start - 1
		}
	}
	counts[at]++
	for i := at + 1; i < docxLevels; i++ {
		counts[i] = levels[i].start - 1
	}
	level = levels[at]
	return labelPart.ReplaceAllStringFunc(level.text, func(part string) string {
		i := int(part[1] - '1')
		return docxNumeral(levels[i].format, max(counts[i], levels[i].start), level.isLegal)
	}), level
}

var (
	labelPart   = regexp.MustCompile(`%[1-9]`)
	simpleLabel = regexp.MustCompile(`^\(?%[1-9][.)]*$`)
)

func docxNumeral(format string, n int, isLegal bool) string {
	if isLegal {
		return strconv.Itoa(n)
	}
	switch format {
	case "upperRoman":
		return native.Numeral("I", n)
	case "lowerRoman":
		return native.Numeral("i", n)
	case "upperLetter":
		return native.Numeral("A", n)
	case "lowerLetter":
		return native.Numeral("a", n)
	case "decimalZero":
		return fmt.Sprintf("%02d", n)
	case "ordinal":
		return ordinal(n)
	case "none":
		return ""
	}
	return strconv.Itoa(n)
}

func ordinal(n int) string {
	suffix := "th"
	if tens := n / 10 % 10; tens != 1 {
		suffix = map[int]string{1: "st", 2: "nd", 3: "rd"}[n%10]
	}
	return strconv.Itoa(n) + cmp.Or(suffix, "th")
}

// endProperties gives a heading its number as text, as Pandoc drops that, and a
// paragraph whose number is more than those of lists in HTML.
func (v *docxVisible) endProperties(c *xmlCutter, e *xmlElement) {
	p := c.outer("p")
	if p == nil || c.parent(1) != "p" || v.numbering == nil {
		return
	}
	item, isHeading := v.styles.numbered(p.style)
	if p.number.list != "" {
		item.list = p.number.list
	}
	if p.number.level != "" {
		item.level = p.number.level
	}
	label, level := v.numbering.next(item, p.style)
	prefix := c.prefix(e.begins)
	closing := []byte("</" + prefix + "pPr>")
	if !bytes.HasSuffix(c.out.Bytes(), closing) {
		return // it has none, nor a number of its own
	}
	if label != "" && level.format != "bullet" && (isHeading || !simpleLabel.MatchString(level.text)) {
		p.numbers = fmt.Sprintf(`<%[1]snumPr><%[1]silvl %[1]sval="0"/><%[1]snumId %[1]sval="0"/></%[1]snumPr>`, prefix)
		var text strings.Builder
		_ = xml.EscapeText(&text, []byte(label))
		p.label = fmt.Sprintf(`<%[1]sr><%[1]st xml:space="preserve">%[2]s </%[1]st></%[1]sr>`, prefix, text.String())
	}
	c.insert(c.out.Len()-len(closing), p.numbers)
	p.labelsAt = c.out.Len()
}
