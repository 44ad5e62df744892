package render

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"finpages/ingest/render/internal/htmldoc"
	"finpages/ingest/render/internal/sanitize"
	"finpages/ingest/render/internal/split"
	regexp "finpages/sources/lazyregexp"

	"golang.org/x/net/html"
)

// Split says how long documents are cut into parts, each of which becomes a page.
// The zero value leaves them whole.
type Split struct {
	Level    int // of the headings that begin a part: those up to it do
	MaxBytes int // of a part's HTML, where it can be cut further; 0: no limit
}

func (s Split) isOn() bool { return s.Level > 0 || s.MaxBytes > 0 }

// Part is a part of a document as a page.
type Part struct {
	ID       string // within the document, "" of the first part
	Fragment string // of its web address, which is the document's; "" if it has no place of its own
	Title    string // plain text on one line, with its place in the document
	HTML     string

	// Headings are those of the page that are in the part, its own among them.
	Headings []string
}

var numberedPart = regexp.MustCompile(`(?:^|-)part-\d+$`)

// HoldsPart reports whether text under some headings has what was the part with the
// ID when the document was cut otherwise.
func HoldsPart(headings []string, isFirst bool, id string) bool {
	under := numberedPart.ReplaceAllString(id, "")
	return slices.Contains(headings, id) || slices.Contains(headings, under) || under == "" && isFirst
}

// split cuts a page into parts. It also notes what headings the page has.
func (p *Page) split(written sanitize.Written, title *html.Node, in Input) {
	markup, marks := written.HTML, written.Marks
	ids := newAnchors(in.Document.Format)
	if title != nil {
		p.Headings = append(p.Headings, shortAnchor(ids.of(title)))
	}
	if !in.Split.isOn() {
		for _, m := range marks {
			if m.Heading != nil {
				p.Headings = append(p.Headings, shortAnchor(ids.of(m.Heading)))
			}
		}
		return
	}
	list := make([]split.Mark, 0, len(marks))
	headings := map[int]string{} // by offset
	for _, m := range marks {
		cut := split.Mark{Offset: m.Offset, Level: m.Level}
		if m.Heading != nil {
			cut.Anchor, cut.Text = ids.of(m.Heading), headingText(markup[m.Offset:])
			headings[m.Offset] = shortAnchor(cut.Anchor)
			p.Headings = append(p.Headings, headings[m.Offset])
		}
		if m.IsBlock {
			list = append(list, cut)
		}
	}
	parts := split.Cut(markup, list, split.Options(in.Split))
	if len(parts) < 2 {
		return
	}
	var under []string // the headings of the section that the part is of
	section, next := -1, 0
	for i, cut := range parts {
		if cut.Start != section {
			section, under = cut.Start, nil
			for ; next < len(marks) && marks[next].Offset < cut.End; next++ {
				if m := marks[next]; m.Heading != nil && m.Offset >= cut.Start {
					under = append(under, headings[m.Offset])
				}
			}
			if i == 0 && title != nil {
				under = append(under, p.Headings[0])
			}
		}
		part := p.part(cut, ids)
		part.Headings = under
		p.Parts = append(p.Parts, part)
	}
}

// headingText is the text of the heading that our own HTML begins with.
func headingText(markup string) string {
	text, _, _ := strings.Cut(markup, "</h")
	var out strings.Builder
	for text != "" {
		before, rest, _ := strings.Cut(text, "<")
		out.WriteString(before)
		_, text, _ = strings.Cut(rest, ">")
	}
	return truncate(plainText(htmldoc.Unescape(out.String())), maxTitle)
}

// part makes a page of what was cut. Its heading leaves it where the title has it
// in full.
func (p *Page) part(cut split.Part, ids anchors) Part {
	part := Part{ID: shortAnchor(cut.Anchor), Fragment: cut.Anchor, HTML: cut.HTML}
	title := strings.Join(append([]string{p.Title}, cut.Place...), ": ")
	if cut.Number > 1 {
		number := strconv.Itoa(cut.Number)
		title += " (part " + number + ")"
		part.ID = ids.take(strings.TrimPrefix(part.ID+"-part-"+number, "-"))
	}
	if part.Title = truncate(title, maxTitle); utf8.RuneCountInString(title) > maxTitle {
		part.HTML = cut.Heading + part.HTML
	}
	return part
}
