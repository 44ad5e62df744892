package htmldoc

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// nesting says what an element may stand in, and what may stand in it, for the
// rules of HTML to take its tags as they are written.
type nesting byte

const (
	phrase  nesting = iota // parts no text
	mark                   // the same, one of those that are opened again if left open: "formatting" in HTML
	box                    // ends a paragraph
	heading                // the same; ends another heading
	items                  // a box of entry
	entry                  // stands in items
	terms                  // a box of term
	term                   // stands in terms
	grid                   // a box of group
	group                  // stands in grid
	row                    // stands in group
	cell                   // stands in row
	empty                  // has no content
	line                   // the same; ends a paragraph
	raw                    // its content is no markup
)

// Tag is an element that a [Builder] knows.
type Tag struct {
	name    string
	atom    atom.Atom
	nesting nesting
}

// TagOf returns the element of a name; nil if no [Builder] knows it.
func TagOf(name string) *Tag { return tags[name] }

var tags = func() map[string]*Tag {
	m := map[string]*Tag{}
	for n, names := range map[nesting]string{
		phrase:  "abbr bdi bdo cite data del dfn ins kbd label mark q samp span sub sup time var",
		mark:    "a b big code em font i s small strike strong tt u",
		box:     "p pre article aside blockquote center details div figcaption figure footer header main nav section summary",
		heading: "h1 h2 h3 h4 h5 h6",
		items:   "ol ul", entry: "li", terms: "dl", term: "dd dt",
		grid: "table", group: "tbody tfoot thead", row: "tr", cell: "td th",
		empty: "br img input wbr", line: "hr", raw: "script style",
	} {
		for name := range strings.FieldsSeq(names) {
			a := atom.Lookup([]byte(name))
			m[name] = &Tag{name: a.String(), atom: a, nesting: n}
		}
	}
	return m
}()

func (t *Tag) isVoid() bool { return t.nesting == empty || t.nesting == line }

// maxDeep is how deep elements may be nested for a parser's limit to be far.
const maxDeep = 200

// Builder builds the tree that a parser of HTML makes of elements, text and pieces
// of markup in their order, where that is plain: each element is known and ended,
// and stands where it may. What else there is in HTML, such as what ends elements by
// itself, is left to the parser: then there is no [Builder.Document].
type Builder struct {
	source string // that [Builder.Span] takes parts of
	root   *html.Node
	open   []opened
	stack  [16]opened // the first of them
	free   []html.Node
	used   []*slab // of which the last has the free nodes
	isOdd  bool    // something is not plain
	cards  bool    // see mayHoldCards

	// The text that no node is made of: joined and what follows, which is text or
	// the part of the source.
	joined   []byte
	text     string
	from, to int

	marks, links, paragraphs int // how many are open
	written, deepest         int // tags; marks that were open at once
}

type opened struct {
	node *html.Node
	tag  *Tag
}

// slab are nodes that are made at once.
type slab [64]html.Node

// slabs are some of those that no tree is made of. They stay where the garbage collector
// would take those of a [sync.Pool], which are all that a page needs anew.
var slabs = make(chan *slab, 64)

func newSlab() *slab {
	select {
	case s := <-slabs:
		return s
	default:
		return new(slab)
	}
}

// free keeps a slab for another tree.
func (s *slab) free() {
	clear(s[:])
	select {
	case slabs <- s:
	default:
	}
}

// NewBuilder returns a builder of the body of a page. Parts of the source may become
// its text.
func NewBuilder(source string) *Builder {
	b := &Builder{source: source}
	b.open = b.stack[:0]
	b.root = b.node()
	b.root.Type = html.DocumentNode
	b.add(b.root, atom.Html)
	page := b.root.LastChild
	b.add(page, atom.Head)
	b.add(page, atom.Body)
	b.open = append(b.open, opened{node: page.LastChild, tag: &Tag{nesting: box}})
	return b
}

// add makes one of the elements that every page has.
func (b *Builder) add(to *html.Node, a atom.Atom) {
	n := b.node()
	n.Type, n.DataAtom, n.Data = html.ElementNode, a, a.String()
	appendTo(to, n)
}

// Document returns what was built; nil if not all of it is plain.
func (b *Builder) Document() *Document {
	b.flush()
	isSmall := b.written*(b.deepest+1) < maxNodes // as CountNodes counts at most
	d := &Document{Root: b.root.FirstChild.LastChild, nodes: b.used, mayHoldCards: b.cards}
	if b.isOdd || len(b.open) != 1 || !isSmall {
		d.Release()
		return nil
	}
	return d
}

// Fail says that what is built is not plain.
func (b *Builder) Fail() { b.isOdd = true }

// IsOdd tells whether something was not plain: nothing more need be added.
func (b *Builder) IsOdd() bool { return b.isOdd }

// Depth is how many elements are open.
func (b *Builder) Depth() int { return len(b.open) }

func (b *Builder) node() *html.Node {
	if len(b.free) == 0 {
		s := newSlab()
		b.free, b.used = s[:], append(b.used, s)
	}
	n := &b.free[0]
	b.free = b.free[1:]
	return n
}

// appendTo is html.Node.AppendChild of a node that is new.
func appendTo(parent, n *html.Node) {
	n.Parent, n.PrevSibling = parent, parent.LastChild
	if parent.LastChild != nil {
		parent.LastChild.NextSibling = n
	} else {
		parent.FirstChild = n
	}
	parent.LastChild = n
}

func (b *Builder) top() opened { return b.open[len(b.open)-1] }

// Text adds text, in which nothing is markup.
func (b *Builder) Text(s string) {
	switch {
	case s == "":
	case b.text == "" && b.from == b.to && len(b.joined) == 0:
		b.text = s
	default:
		b.join()
		b.joined = append(b.joined, s...)
	}
}

// Span adds the text that stands in the source between two offsets.
func (b *Builder) Span(from, to int) {
	switch {
	case from == to:
	case from == b.to && b.from < b.to:
		b.to = to
	default:
		if b.text != "" || b.from < b.to {
			b.join()
		}
		b.from, b.to = from, to
	}
}

func (b *Builder) join() {
	b.joined = append(b.joined, b.text...)
	b.joined = append(b.joined, b.source[b.from:b.to]...)
	b.text, b.from, b.to = "", 0, 0
}

// flush makes a node of the text that was added.
func (b *Builder) flush() {
	s := b.text
	switch {
	case len(b.joined) > 0:
		b.join()
		s = string(b.joined)
		b.joined = b.joined[:0]
	case b.from < b.to:
		s = b.source[b.from:b.to]
	}
	b.text, b.from, b.to = "", 0, 0
	if s == "" {
		return
	}
	top := b.top()
	if isOfTable(top.tag.nesting) && strings.Trim(s, " \t\n\f") != "" {
		b.isOdd = true
		return
	}
	if top.tag.atom == atom.Pre && top.node.FirstChild == nil {
		if s = strings.TrimPrefix(s, "\n"); s == "" {
			return
		}
	}
	n := b.node()
	n.Type, n.Data = html.TextNode, s
	appendTo(top.node, n)
}

// isOfTable tells whether an element takes nothing but parts of a table.
func isOfTable(n nesting) bool { return n == grid || n == group || n == row }

// Start begins an element; one that has no content is ended, too.
func (b *Builder) Start(t *Tag, attrs ...html.Attribute) {
	b.flush()
	b.written++
	if !b.mayStand(t) {
		b.isOdd = true
		return
	}
	n := b.node()
	n.Type, n.DataAtom, n.Data, n.Attr = html.ElementNode, t.atom, t.name, attrs
	if t.nesting == mark && len(attrs) > 1 {
		slices.SortFunc(attrs, func(x, y html.Attribute) int { return strings.Compare(x.Key, y.Key) })
	}
	appendTo(b.top().node, n)
	if !t.isVoid() {
		b.open = append(b.open, opened{n, t})
		b.count(t, 1)
		b.isOdd = b.isOdd || len(b.open) > maxDeep
	}
}

// End ends an element, which is plain if it was begun last.
func (b *Builder) End(t *Tag) {
	b.flush()
	b.written++
	if b.top().tag != t {
		b.isOdd = true
		return
	}
	b.count(t, -1)
	b.open = b.open[:len(b.open)-1]
}

func (b *Builder) count(t *Tag, by int) {
	switch {
	case t.nesting == mark:
		b.marks += by
		b.deepest = max(b.deepest, b.marks)
		if t.atom == atom.A {
			b.links += by
		}
	case t.atom == atom.P:
		b.paragraphs += by
	}
}

// mayStand tells whether an element may begin here without ending another.
func (b *Builder) mayStand(t *Tag) bool {
	around := b.top().tag.nesting
	switch t.nesting {
	case entry:
		return around == items && b.paragraphs == 0
	case term:
		return around == terms && b.paragraphs == 0
	case group:
		return around == grid
	case row:
		return around == group
	case cell:
		return around == row
	}
	switch {
	case isOfTable(around):
		return false
	case t.nesting == mark:
		return t.atom != atom.A || b.links == 0
	case t.nesting == phrase, t.nesting == empty, t.nesting == raw:
		return true
	}
	return b.paragraphs == 0 && (t.nesting != heading || around != heading)
}
