package native

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// odtStyle is what a style of a text says that matters to its words.
type odtStyle struct {
	hides          *bool // nil: nothing said
	begin, end     string
	isPre, isTitle bool
	level          int    // of headings; 0: none
	parent         string // the style that says the rest, under its key
}

// odtLevel says how headings or items of a list are numbered.
type odtLevel struct {
	isNumber               bool
	format, prefix, suffix string
	levels, start          int // how many levels a number shows; and the first
}

type odtLevels map[int]odtLevel

const maxStyleParents = 20

// styleOf is a style with what it has of those that it is derived from.
func (r *odtReader) styleOf(family, name string) odtStyle {
	s := r.styles[family+" "+name]
	parent := s.parent
	for range maxStyleParents {
		p, ok := r.styles[parent]
		if !ok {
			break
		}
		if s.hides == nil {
			s.hides = p.hides
		}
		if s.level == 0 {
			s.level = p.level
		}
		s.isPre, s.isTitle, parent = s.isPre || p.isPre, s.isTitle || p.isTitle, p.parent
	}
	return s
}

// style reads one.
func (r *odtReader) style(t xml.StartElement) error {
	if t.Name.Local != "style" {
		return r.levels(t)
	}
	name := attr(t, "name")
	family := attr(t, "family") + " "
	s := odtStyle{parent: family + attr(t, "parent-style-name")}
	switch name {
	case "Preformatted_20_Text", "Source_20_Code", "Source_Code", "HTML_20_Preformatted":
		s.isPre = true
	case "Title":
		s.isTitle = true
	}
	if level, err := strconv.Atoi(strings.TrimPrefix(name, "Heading_20_")); err == nil {
		s.level = level
	}
	if level, err := strconv.Atoi(attr(t, "default-outline-level")); err == nil {
		s.level = level
	}
	err := r.each(func(t xml.StartElement) error {
		if t.Name.Local == "text-properties" {
			s.letters(t)
		}
		return r.skip()
	})
	r.styles[family+name] = s
	return err
}

func (s *odtStyle) letters(t xml.StartElement) {
	if shown := attr(t, "display"); shown != "" {
		hides := shown == "none"
		s.hides = &hides
	}
	var names []string
	if strings.HasPrefix(attr(t, "text-position"), "super") {
		names = append(names, "sup")
	} else if strings.HasPrefix(attr(t, "text-position"), "sub") {
		names = append(names, "sub")
	}
	if attr(t, "font-weight") == "bold" {
		names = append(names, "strong")
	}
	if attr(t, "font-style") == "italic" {
		names = append(names, "em")
	}
	for _, name := range names {
		s.begin, s.end = s.begin+"<"+name+">", "</"+name+">"+s.end
	}
}

// levels reads how headings or lists of a style are numbered.
func (r *odtReader) levels(list xml.StartElement) error {
	levels := odtLevels{}
	err := r.each(func(t xml.StartElement) error {
		number, _ := strconv.Atoi(attr(t, "level"))
		shown, _ := strconv.Atoi(attr(t, "display-levels"))
		start, err := strconv.Atoi(attr(t, "start-value"))
		if err != nil {
			start = 1
		}
		levels[number] = odtLevel{isNumber: t.Name.Local != "list-level-style-bullet", format: attr(t, "num-format"),
			prefix: short(attr(t, "num-prefix")), suffix: short(attr(t, "num-suffix")), levels: max(1, shown), start: start}
		return r.skip()
	})
	if list.Name.Local == "outline-style" {
		r.outline = levels
	} else {
		r.lists[short(attr(list, "name"))] = levels
	}
	return err
}

// short bounds what is repeated for each heading or list.
func short(text string) string { return strings.ToValidUTF8(text[:min(len(text), 256)], "") }

// number counts a heading of the level, and returns its number with a blank; "" if
// such headings have none.
func (l odtLevels) number(counts []int, level int) string {
	style := l[level]
	if style.format == "" {
		return ""
	}
	if counts[level-1] == 0 {
		counts[level-1] = style.start - 1
	}
	counts[level-1]++
	clear(counts[level:])
	var parts []string
	for i := max(1, level-style.levels+1); i <= level; i++ {
		if l[i].format != "" {
			parts = append(parts, Numeral(l[i].format, max(counts[i-1], l[i].start)))
		}
	}
	return style.prefix + strings.Join(parts, ".") + style.suffix + " "
}

// Numeral writes a number in a format of OpenDocument: 1, a, A, i or I.
func Numeral(format string, n int) string {
	switch format {
	case "a", "A":
		if n < 1 {
			break
		}
		letter := string(rune(format[0]) + rune((n-1)%26))
		return strings.Repeat(letter, min((n-1)/26+1, 10))
	case "i":
		return strings.ToLower(roman(n))
	case "I":
		return roman(n)
	}
	return strconv.Itoa(n)
}

func roman(n int) string {
	if n < 1 || n > 3999 {
		return strconv.Itoa(n)
	}
	var out strings.Builder
	for _, r := range []struct {
		value int
		sign  string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"},
		{9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= r.value; n -= r.value {
			out.WriteString(r.sign)
		}
	}
	return out.String()
}
