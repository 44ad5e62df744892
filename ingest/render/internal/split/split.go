// Package split cuts a page that is too long at its headings, and where these
// do not suffice, between its blocks.
package split

import (
	"slices"
	"strings"
)

// Options say where a page is cut.
type Options struct {
	Level    int // of the headings that begin a part: those up to it do
	MaxBytes int // of a part's HTML; 0: no limit
}

// Mark is a place in a page's HTML where it may be cut.
type Mark struct {
	Offset int    // in bytes
	Level  int    // of the heading that begins here; 0: another block
	Anchor string // of the heading, unlike that of any other
	Text   string // of the heading
}

// Part is a part of a page.
type Part struct {
	Anchor  string   // of the heading that it is under, "" before the first
	Place   []string // texts of the headings above it, and of its own
	Number  int      // of the parts under this heading: 1 unless it is cut between blocks
	Heading string   // as HTML, "" if it begins with none
	HTML    string   // after the heading
	Start   int      // where it begins on the page, with its heading
	End     int
}

// Cut cuts a page whose marks are in the order of their offsets. It returns one
// part where there is nothing to cut. A section without text is joined with what
// comes before it; where it only holds deeper ones, their places name it.
func Cut(page string, marks []Mark, o Options) []Part {
	c := cutter{page: page, marks: marks, Options: o}
	whole := section{end: len(page), to: len(marks)}
	for _, s := range c.merge(c.atHeadings(whole, o.Level)) {
		c.limit(s)
	}
	return c.parts
}

type cutter struct {
	Options
	page  string
	marks []Mark
	parts []Part
}

// section is a part of the page, and of the marks, with the headings above it.
type section struct {
	start, end int // on the page
	from, to   int // of the marks
	above      []Mark
	hasHeading bool // it begins with the last of above
}

// level is that of the section's heading, 0 before the first one.
func (s section) level() int {
	if len(s.above) == 0 {
		return 0
	}
	return s.above[len(s.above)-1].Level
}

// atHeadings cuts a section at all headings up to a level but its own.
func (c *cutter) atHeadings(s section, level int) []section {
	list := []section{s}
	for i := s.from; i < s.to; i++ {
		m := c.marks[i]
		last := &list[len(list)-1]
		if m.Level == 0 || m.Level > level || m.Offset == last.start && last.hasHeading {
			continue
		}
		next := section{start: m.Offset, end: s.end, from: i, to: s.to, hasHeading: true}
		for _, h := range last.above {
			if h.Level < m.Level {
				next.above = append(next.above, h)
			}
		}
		next.above = append(next.above, m)
		last.end, last.to = m.Offset, i
		list = append(list, next)
	}
	return list
}

// merge joins sections that have no text with others.
func (c *cutter) merge(list []section) []section {
	var out []section
	for i, s := range list {
		switch {
		case c.hasText(s):
			out = append(out, s)
		case len(out) == 0 && i+1 < len(list): // the first part is that of the document, whatever it begins with
			next := &list[i+1]
			next.start, next.from, next.above, next.hasHeading = s.start, s.from, s.above, s.hasHeading
		case i+1 < len(list) && list[i+1].level() > s.level(): // the titles of its parts name it
		case len(out) > 0:
			out[len(out)-1].end, out[len(out)-1].to = s.end, s.to
		default:
			out = append(out, s)
		}
	}
	return out
}

// limit cuts a section that is too long, and adds what it comes to.
func (c *cutter) limit(s section) {
	if c.MaxBytes <= 0 || s.end-s.start <= c.MaxBytes {
		c.add(s, []string{c.body(s)})
		return
	}
	for level := s.level() + 1; level <= 6; level++ {
		if list := c.merge(c.atHeadings(s, level)); len(list) > 1 {
			for _, sub := range list {
				c.limit(sub)
			}
			return
		}
	}
	c.add(s, c.betweenBlocks(s))
}

// betweenBlocks cuts what comes after a section's heading into pieces.
func (c *cutter) betweenBlocks(s section) []string {
	offsets := []int{s.end - len(c.body(s))}
	for i := s.from; i < s.to; i++ {
		if at := c.marks[i].Offset; at > offsets[0] {
			offsets = append(offsets, at)
		}
	}
	offsets = append(offsets, s.end)
	var pieces []string
	var piece strings.Builder
	for i := range len(offsets) - 1 {
		for _, block := range breakBlock(c.page[offsets[i]:offsets[i+1]], c.MaxBytes) {
			if piece.Len() > 0 && piece.Len()+len(block) > c.MaxBytes {
				pieces = append(pieces, piece.String())
				piece.Reset()
			}
			piece.WriteString(block)
		}
	}
	return append(pieces, piece.String())
}

// add adds the parts under a heading.
func (c *cutter) add(s section, pieces []string) {
	p := Part{Start: s.start, End: s.end, Heading: c.heading(s)}
	for _, h := range s.above {
		p.Anchor, p.Place = h.Anchor, append(slices.Clip(p.Place), h.Text)
	}
	for i, piece := range pieces {
		p.Number, p.HTML = i+1, piece
		if i > 0 {
			p.Heading = ""
		}
		c.parts = append(c.parts, p)
	}
}

// heading is the element that a section begins with, "" if it has none.
func (c *cutter) heading(s section) string {
	if !s.hasHeading {
		return ""
	}
	text := c.page[s.start:s.end]
	if end := strings.Index(text, "</h"); end >= 0 && strings.HasPrefix(text, "<h") && end+len("</h1>\n") <= len(text) {
		return text[:end+len("</h1>\n")]
	}
	return ""
}

func (c *cutter) body(s section) string { return c.page[s.start+len(c.heading(s)) : s.end] }

// hasText reports whether a section has text beside its heading.
func (c *cutter) hasText(s section) bool { return hasText(c.body(s)) }

func hasText(markup string) bool {
	for markup != "" {
		open := strings.IndexByte(markup, '<')
		if open < 0 {
			open = len(markup)
		}
		if strings.TrimSpace(markup[:open]) != "" {
			return true
		}
		end := strings.IndexByte(markup[open:], '>')
		if end < 0 {
			return false
		}
		markup = markup[open+end+1:]
	}
	return false
}
