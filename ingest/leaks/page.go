package leaks

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Page is what would go to Fin.
type Page struct {
	ID    string // the external_id, often a path; one that it asks for stands on a line of its own
	Title string
	URL   string
	HTML  string

	// Source is the document as people wrote it, where that is text, not
	// markup: rendering may take secrets apart, and leave out front matter.
	Source string
}

// Page finds the secrets of a page: in its id, its title, its address, its text, the
// addresses of its links, and its source. Each is told once, where it is first
// found; at most mostFindings are told. An error means that the context ended
// before all was searched.
func (d *Detector) Page(ctx context.Context, p Page) ([]Finding, error) {
	var found []Finding
	known := map[string]bool{} // secrets by their rule
	for _, part := range partsOf(p) {
		for _, s := range d.of(ctx, part) {
			secret := part.text[s.start:s.end]
			if len(found) == mostFindings {
				return found, nil
			}
			if !known[s.rule+" "+secret] {
				known[s.rule+" "+secret] = true
				found = append(found, part.finding(s))
			}
		}
	}
	return found, context.Cause(ctx)
}

func (p part) finding(s span) Finding {
	return Finding{Rule: s.rule, Place: p.place(s.start), Fingerprint: fingerprint(s.rule, p.text[s.start:s.end])}
}

// mostFindings bounds what one page costs: fingerprints are slow.
const mostFindings = 20

// part is a text of a page.
type part struct {
	name  string // ends in "line" where its lines count
	text  string
	plain string // as plainText has it
	odd   places // what could be secrets in it
	keys  places // what of that could have been made by a machine
	cells []cell
}

// newPart makes a part of a text. Odd words that are known from another part
// are searched there.
func newPart(name, text string, known map[string]bool) part {
	plain := plainText(text)
	odd, keys := oddWords(plain, known)
	return part{name: name, text: text, plain: plain, odd: odd, keys: keys}
}

func (p part) place(at int) string {
	if !strings.HasSuffix(p.name, "line") {
		return p.name
	}
	return fmt.Sprintf("%s %d", p.name, 1+strings.Count(p.text[:at], "\n"))
}

// PlaceID is the place of a secret that no redaction takes out.
const PlaceID = "id"

func partsOf(p Page) []part {
	t := textOf(p.HTML)
	text := t.part()
	parts := []part{newPart(PlaceID, p.ID, nil), newPart("title", p.Title, nil), newPart("address", p.URL, nil), text}
	const apart = "\n\n\n\n\n" // so that no rule takes two links together
	seen := map[string]bool{}
	var links strings.Builder
	for _, l := range t.links {
		for _, value := range l.spellings() {
			if !seen[value] {
				seen[value] = true
				links.WriteString(value + apart)
			}
		}
	}
	parts = append(parts, newPart("link", links.String(), nil))
	if p.Source != "" {
		parts = append(parts, newPart("source line", p.Source, text.oddWords()))
	}
	return parts
}

func (t pageText) part() part {
	p := newPart("line", t.text, nil)
	p.cells = t.cells
	return p
}

// oddWords returns the odd words of a part.
func (p part) oddWords() map[string]bool {
	odd := make(map[string]bool, len(p.odd))
	for _, w := range p.odd {
		odd[bare(p.plain[w.start:w.end])] = true
	}
	return odd
}

// of finds the secrets of a part, those in its tables' columns, too.
func (d *Detector) of(ctx context.Context, p part) []span {
	found := d.spans(ctx, p)
	for _, c := range secretCells(p) {
		if !slices.ContainsFunc(found, func(s span) bool { return s.start < c.end && c.start < s.end }) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b span) int { return a.start - b.start })
	return found
}

// Redact returns the page with the name of a rule in place of each secret that
// the rule finds, except those that keep names; nil keeps none. An address that
// holds a secret is left out. The id and the source stay as they are. An error means that
// the context ended before all was searched.
func (d *Detector) Redact(ctx context.Context, p Page, keep func(Finding) bool) (Page, error) {
	cover := func(part part) []span {
		return slices.DeleteFunc(d.of(ctx, part), func(s span) bool {
			return keep != nil && keep(part.finding(s))
		})
	}
	t := readText(&markup{s: p.HTML}, true)
	p.Title = covered(p.Title, 0, cover(newPart("title", p.Title, nil)))
	if len(cover(newPart("address", p.URL, nil))) > 0 {
		p.URL = ""
	}
	spans := cover(t.part())
	p.HTML = t.rewrite(p.HTML, spans, func(l link) bool {
		return slices.ContainsFunc(l.spellings(), func(value string) bool { return len(cover(newPart("link", value, nil))) > 0 })
	})
	return p, context.Cause(ctx)
}

// Quoted returns a text that may quote a document, such as an error about it,
// with the name of a rule in place of each secret of either.
func (d *Detector) Quoted(ctx context.Context, text, document string) string {
	of := func(p part) (pairs []string) {
		for _, s := range d.of(ctx, p) {
			pairs = append(pairs, p.text[s.start:s.end], "["+s.rule+"]")
		}
		return pairs
	}
	text = strings.NewReplacer(of(newPart("", document, nil))...).Replace(text)
	p := newPart("", text, nil)
	return covered(text, 0, d.of(ctx, p))
}

// covered returns the text, which begins at the offset, with names in place of the spans.
func covered(text string, offset int, spans []span) string {
	var out strings.Builder
	at := 0
	for _, s := range spans {
		start, end := max(s.start-offset, 0), min(s.end-offset, len(text))
		if start >= end || end <= at {
			continue
		}
		out.WriteString(text[at:max(start, at)])
		if s.start >= offset { // else the name stands in an earlier piece
			out.WriteString("[" + s.rule + "]")
		}
		at = end
	}
	out.WriteString(text[at:])
	return out.String()
}

// pageText is the text of a piece of HTML, and where it lies in it.
type pageText struct {
	text   string
	pieces []piece
	links  []link
	cells  []cell
}

// piece is a text between two tags.
type piece struct {
	from, to int // in the HTML
	at, end  int // in the text
}

// link is an attribute that holds an address.
type link struct {
	from, to int // of its tag in the HTML
	value    string
}

// spellings are the value as it stands, and without the escapes of addresses.
func (l link) spellings() []string {
	if plain, err := url.PathUnescape(l.value); err == nil && plain != l.value {
		return []string{l.value, plain}
	}
	return []string{l.value}
}

// cell is one of a table, by its place in the text.
type cell struct {
	start, end int
	table      int
	row, col   int
	head       bool
}

// textOf reads the text of clean HTML: a line for each block, a tab between cells.
func textOf(source string) pageText { return readText(&markup{s: source}, false) }

// readText reads a text, with where its pieces lie in the markup if it is to be rewritten.
func readText(m *markup, withPieces bool) pageText {
	source := m.s
	var t pageText
	var out strings.Builder
	out.Grow(len(source))
	var tables tableState
	pre, between := 0, true // between blocks, where white space is none of the text
	for k, ok := m.next(); ok; k, ok = m.next() {
		switch k.kind {
		case html.TextToken:
			if between && pre == 0 && strings.TrimSpace(source[k.from:k.to]) == "" {
				continue
			}
			between = false
			p := piece{from: k.from, to: k.to, at: out.Len()}
			out.WriteString(k.text)
			if p.end = out.Len(); withPieces {
				t.pieces = append(t.pieces, p)
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			end := breakOf(k.name)
			for _, value := range k.values {
				t.links = append(t.links, link{k.from, k.to, value})
			}
			switch {
			case k.name == "dt" && k.kind == html.EndTagToken: // its description follows
			case end == "\n" && !strings.HasSuffix(out.String(), "\n") && out.Len() > 0, end == "\t" && k.kind != html.EndTagToken:
				out.WriteString(end)
			}
			between = end != ""
			if k.name == "pre" {
				pre += depthOf(k.kind)
			}
			tables.tag(k.name, k.kind == html.EndTagToken, out.Len(), &t.cells)
		}
	}
	t.text = out.String()
	return t
}

// breakOf is what a tag puts between the text before and behind it.
func breakOf(tag string) string {
	switch tag {
	case "p", "div", "li", "ul", "ol", "tr", "table", "thead", "tbody", "pre", "blockquote", "br", "hr", "dt", "dl",
		"h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "figure", "figcaption", "details", "summary":
		return "\n"
	case "td", "th", "dd":
		return "\t"
	}
	return ""
}

func depthOf(kind html.TokenType) int {
	switch kind {
	case html.StartTagToken:
		return 1
	case html.EndTagToken:
		return -1
	}
	return 0
}

// rewrite covers the spans of the text in the HTML, and drops tags whose
// address is bad.
func (t pageText) rewrite(markup string, spans []span, isBad func(link) bool) string {
	type change struct {
		from, to int
		text     string
	}
	var changes []change
	next := 0
	for _, p := range t.pieces {
		for next < len(spans) && spans[next].end <= p.at {
			next++
		}
		if next < len(spans) && spans[next].start < p.end {
			changes = append(changes, change{p.from, p.to, html.EscapeString(covered(t.text[p.at:p.end], p.at, spans[next:]))})
		}
	}
	for _, l := range t.links {
		if isBad(l) {
			tag, _, _ := strings.Cut(strings.Trim(markup[l.from:l.to], "<>"), " ")
			changes = append(changes, change{l.from, l.to, "<" + tag + ">"})
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return a.from - b.from })
	var out strings.Builder
	at := 0
	for _, c := range changes {
		if c.from >= at {
			out.WriteString(markup[at:c.from] + c.text)
			at = c.to
		}
	}
	return out.String() + markup[at:]
}
