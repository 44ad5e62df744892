// Package loss measures what a page lacks of its document, and what it shows that
// is not the author's. It reads both by rules of its own, which know nothing of
// how the page is made: what would hide a fault of the renderer from the renderer
// does not hide it here.
//
// Words count whatever their case and order. What an author wrote for a machine
// (settings, comments, addresses, scripts, calls) is no loss; where it is in doubt
// whether readers should see it, the page may show it or not.
package loss

import (
	"math"

	"finpages/sources"
)

// Input is a document and the page that was made of it.
type Input struct {
	Format sources.Format
	Source string // as text, without its front matter
	Title  string // of the page
	Page   string // its HTML, as the renderer writes it

	// Others are texts whose words the page may show, too: front matter, the
	// document's path, what it includes.
	Others []string
}

// Loss is how a page compares with its document.
type Loss struct {
	Words     int      `json:"words"`                // of the author's
	Lost      int      `json:"lost"`                 // of these, those that the page lacks
	LostWords []string `json:"lost_words,omitempty"` // the first of them

	Shown        int      `json:"shown"`                   // words of the page
	Foreign      int      `json:"foreign"`                 // of these, those that are not the author's
	ForeignWords []string `json:"foreign_words,omitempty"` // the first of them

	Leftovers []Leftover `json:"leftovers,omitempty"` // syntax that readers see, by its kind
	DeadLinks int        `json:"dead_links"`          // links to documents that are not there
	Images    int        `json:"images_without_text"`
}

// Leftover is syntax of a documentation tool that is left over in a page.
type Leftover struct {
	Kind    string `json:"kind"`
	Count   int    `json:"count"`
	Example string `json:"example"`
}

// Share is how much of the author's words the page lacks, from 0 to 1.
func (l Loss) Share() float64 { return share(l.Lost, l.Words) }

// ForeignShare is how many of the page's words are not the author's, from 0 to 1.
func (l Loss) ForeignShare() float64 { return share(l.Foreign, l.Shown) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// few are the words that a page may lack without being called lossy: in a short
// one they are a large share.
const few = 2

// Exceeds reports whether the page lacks more than a share, from 0 to 1.
func (l Loss) Exceeds(limit float64) bool { return l.Lost > few && l.Share() > limit }

// LeftoverCount is how many pieces of syntax are left over.
func (l Loss) LeftoverCount() (n int) {
	for _, left := range l.Leftovers {
		n += left.Count
	}
	return n
}

// worthNaming is the share of words that are not the author's from which on they
// are named: boxes have labels, and images are called so.
const worthNaming = 0.005

// Unnamed leaves out the words themselves: they may be secret.
func (l *Loss) Unnamed() {
	l.LostWords, l.ForeignWords = nil, nil
	for i := range l.Leftovers {
		l.Leftovers[i].Example = ""
	}
}

// maxExamples is how many words are spelled out.
const maxExamples = 12

// Measure compares a page with its document. The links and images are the
// renderer's to tell.
func Measure(in Input) Loss {
	t := tables.Get().(*table)
	defer t.free()
	count := &counter{table: t}
	readSource(in, count)
	left := leftovers{}
	page := &counter{table: t, isPage: true}
	page.text(in.Title, must)
	page.part()
	readPage(in.Page, page, left.look)
	l := Loss{Shown: page.words, Leftovers: left.list()}
	for i := range t.words {
		c := &t.words[i]
		l.Words += int(c.must)
		l.Lost += int(max(0, c.must-c.page))
		l.Foreign += int(max(0, c.page-c.must-c.may))
	}
	if l.Lost > 0 {
		lost := newCollector(t, func(c counts) int32 { return c.must - c.page })
		readSource(in, lost)
		l.LostWords = lost.found
	}
	if l.ForeignShare() > worthNaming {
		foreign := newCollector(t, func(c counts) int32 { return c.page - c.must - c.may })
		foreign.text(in.Title, must)
		foreign.part()
		readPage(in.Page, foreign, nil)
		l.ForeignWords = foreign.found
	}
	return l
}

// readSource reads a document. Its words go to the sink, those of the others as
// words that may be shown.
func readSource(in Input, to sink) {
	for _, other := range in.Others {
		to.text(other, may)
		to.part()
	}
	switch in.Format {
	case sources.Markdown, sources.MDX:
		readMarkdown(in.Source, in.Format == sources.MDX, to)
	case sources.Text:
		to.text(in.Source, must)
	case sources.ConfluenceStorage:
		readStorage(in.Source, to)
	default:
		readHTML(in.Source, in.Format != sources.ConfluenceView && in.Format != sources.Content, to)
	}
	to.part()
}

// Fraction is a share in units of 1/10,000, rounded up, so that little is not
// nothing.
func Fraction(share float64) uint16 {
	return uint16(math.Ceil(min(max(share, 0), 1) * 10_000))
}
