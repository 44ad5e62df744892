package leaks

import (
	"strings"

	"golang.org/x/net/html"
)

// Thorough is the detector without what it skips to be quick.
func (d *Detector) Thorough() *Detector {
	in := d.index()
	in.rules = append([]rule(nil), in.rules...)
	for i := range in.rules {
		with := in.rules[i].compiled
		in.rules[i].oneOf = nil
		in.rules[i].compiled = func() compiled { return compiled{Regexp: with().Regexp} }
	}
	return &Detector{index: func() index { return in }}
}

// Shape is what the matches of an expression have.
func Shape(expr string) (word, value int) {
	s := shapeOf(expr)
	return s.word, s.value
}

// May tells for texts in turn whether an expression may match.
func May(expr string, texts ...string) (may []bool) {
	a := automatonOf(expr)
	for _, text := range texts {
		may = append(may, a.may(text))
	}
	return may
}

// Compile compiles all that is compiled when it is first needed.
func (d *Detector) Compile() {
	for _, r := range d.index().rules {
		r.compiled()
		r.fits("a", "a", "a")
	}
}

// Words finds words in a text, each by its start, its end and its number.
func Words(words []string, text string) (found [][3]int) {
	keywordsOf(words).walk(text, func(start, end, word int) bool {
		found = append(found, [3]int{start, end, word})
		return true
	})
	return found
}

// Text reads the text of a page, and what its links hold, by the tokenizer of HTML
// alone if that is asked for.
func Text(source string, byTokenizer bool) (text string, pieces [][4]int, links []string) {
	m := &markup{s: source}
	if byTokenizer {
		m.other = html.NewTokenizer(strings.NewReader(source))
	}
	t := readText(m, true)
	for _, p := range t.pieces {
		pieces = append(pieces, [4]int{p.from, p.to, p.at, p.end})
	}
	for _, l := range t.links {
		links = append(links, l.value)
	}
	return t.text, pieces, links
}
