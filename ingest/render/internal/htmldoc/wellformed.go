package htmldoc

import (
	"slices"
	"strings"
	"sync"

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

// shape is an element that wellFormed knows.
type shape struct {
	name    string
	atom    atom.Atom
	nesting nesting
}

var shapes = func() map[string]*shape {
	m := map[string]*shape{}
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
			m[name] = &shape{name: a.String(), atom: a, nesting: n}
		}
	}
	return m
}()

// maxDeep is how deep elements may be nested for a parser's limit to be far.
const maxDeep = 200

// wellFormed makes the tree that a parser of HTML makes of markup, where that is
// plain: each element is known and ended, and stands where it may. What else there
// is in HTML, such as what ends elements by itself, is left to the parser: then it
// returns false. The tree shares the markup's memory.
func wellFormed(markup string) (root *html.Node, nodes []*slab, ok bool) {
	if strings.IndexByte(markup, '\r') >= 0 || strings.IndexByte(markup, 0) >= 0 {
		return nil, nil, false
	}
	b := builder{rest: markup}
	root, body := b.root()
	b.open = append(b.stack[:0], opened{node: body, shape: &shape{nesting: box}})
	tags, deepest := 0, 0
	for b.rest != "" {
		at := strings.IndexByte(b.rest, '<')
		if at < 0 {
			at = len(b.rest)
		}
		if at > 0 && !b.text(b.rest[:at]) {
			return nil, nil, false
		}
		if b.rest = b.rest[at:]; b.rest == "" {
			break
		}
		if !b.tag() || len(b.open) > maxDeep {
			return nil, nil, false
		}
		tags++
		deepest = max(deepest, b.marks)
	}
	isSmall := tags*(deepest+1) < maxNodes // as CountNodes counts at most
	return root, b.used, len(b.open) == 1 && isSmall
}

// builder builds a tree from well-formed markup.
type builder struct {
	rest  string
	open  []opened
	stack [16]opened // the first of them
	free  []html.Node
	used  []*slab // of which the last has the free nodes
	// how many are open
	marks, links, paragraphs int
}

type opened struct {
	node  *html.Node
	shape *shape
}

// slab are nodes that are made at once.
type slab [64]html.Node

// slabs are those that no tree is made of.
var slabs = sync.Pool{New: func() any { return new(slab) }}

func (b *builder) node() *html.Node {
	if len(b.free) == 0 {
		s := slabs.Get().(*slab)
		b.free, b.used = s[:], append(b.used, s)
	}
	n := &b.free[0]
	b.free = b.free[1:]
	return n
}

// root makes the elements that every page has.
func (b *builder) root() (root, body *html.Node) {
	root = b.node()
	root.Type = html.DocumentNode
	add := func(to *html.Node, a atom.Atom) *html.Node {
		n := b.node()
		n.Type, n.DataAtom, n.Data = html.ElementNode, a, a.String()
		appendTo(to, n)
		return n
	}
	page := add(root, atom.Html)
	add(page, atom.Head)
	return root, add(page, atom.Body)
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

func (b *builder) top() opened { return b.open[len(b.open)-1] }

// isOfTable tells whether an element takes nothing but parts of a table.
func isOfTable(n nesting) bool { return n == grid || n == group || n == row }

func (b *builder) text(s string) bool {
	top := b.top()
	if isOfTable(top.shape.nesting) && strings.Trim(s, " \t\n\f") != "" {
		return false
	}
	if top.shape.atom == atom.Pre && top.node.FirstChild == nil {
		s = strings.TrimPrefix(s, "\n")
	}
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	if s == "" {
		return true
	}
	if last := top.node.LastChild; last != nil && last.Type == html.TextNode {
		return false // behind what is no node
	}
	n := b.node()
	n.Type, n.Data = html.TextNode, s
	appendTo(top.node, n)
	return true
}

// tag reads what begins with "<".
func (b *builder) tag() bool {
	if len(b.rest) < 3 {
		return false
	}
	switch c := b.rest[1]; {
	case c == '/':
		return b.end()
	case c == '!':
		return b.comment()
	case c >= 'a' && c <= 'z':
		return b.start()
	}
	return false
}

func (b *builder) end() bool {
	top := b.top()
	name := top.shape.name
	if len(b.open) == 1 || len(b.rest) < len(name)+3 || b.rest[2:2+len(name)] != name || b.rest[2+len(name)] != '>' {
		return false
	}
	b.rest = b.rest[len(name)+3:]
	b.open = b.open[:len(b.open)-1]
	b.count(top.shape, -1)
	return true
}

func (b *builder) count(s *shape, by int) {
	switch {
	case s.nesting == mark:
		b.marks += by
		if s.atom == atom.A {
			b.links += by
		}
	case s.atom == atom.P:
		b.paragraphs += by
	}
}

// comment reads a comment that nothing can take for anything else.
func (b *builder) comment() bool {
	inner, ok := strings.CutPrefix(b.rest, "<!--")
	end := strings.Index(inner, "-->")
	if !ok || end < 0 {
		return false
	}
	inner = inner[:end]
	if strings.Contains(inner, "--") || strings.HasPrefix(inner, ">") || strings.HasPrefix(inner, "-") ||
		strings.HasSuffix(inner, "-") || hasHead.MatchString(inner) {
		return false
	}
	n := b.node()
	n.Type, n.Data = html.CommentNode, html.UnescapeString(inner)
	appendTo(b.top().node, n)
	b.rest = b.rest[len("<!--")+end+len("-->"):]
	return true
}

// start reads a start tag.
func (b *builder) start() bool {
	length := 1
	for length < len(b.rest) && isNameByte(b.rest[length]) {
		length++
	}
	s := shapes[b.rest[1:length]]
	if s == nil || !b.mayStand(s) {
		return false
	}
	b.rest = b.rest[length:]
	n := b.node()
	n.Type, n.DataAtom, n.Data = html.ElementNode, s.atom, s.name
	isVoid := s.nesting == empty || s.nesting == line
	if !b.attributes(n, isVoid) {
		return false
	}
	if s.nesting == mark {
		slices.SortFunc(n.Attr, func(x, y html.Attribute) int { return strings.Compare(x.Key, y.Key) })
	}
	appendTo(b.top().node, n)
	if s.nesting == raw {
		return b.raw(n)
	}
	if !isVoid {
		b.open = append(b.open, opened{node: n, shape: s})
		b.count(s, 1)
	}
	return true
}

// raw reads the content of an element in which nothing looks like markup.
func (b *builder) raw(n *html.Node) bool {
	content, rest, ok := strings.Cut(b.rest, "<")
	after, isEnd := strings.CutPrefix(rest, "/"+n.Data+">")
	if !ok || !isEnd {
		return false
	}
	if content != "" {
		text := b.node()
		text.Type, text.Data = html.TextNode, content
		appendTo(n, text)
	}
	b.rest = after
	return true
}

func isKeyByte(c byte) bool { return isNameByte(c) || c >= 'A' && c <= 'Z' || c == ':' }

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// mayStand tells whether an element may begin here without ending another.
func (b *builder) mayStand(s *shape) bool {
	around := b.top().shape.nesting
	switch s.nesting {
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
	case s.nesting == mark:
		return s.atom != atom.A || b.links == 0
	case s.nesting == phrase, s.nesting == empty, s.nesting == raw:
		return true
	}
	return b.paragraphs == 0 && (s.nesting != heading || around != heading)
}

// attributes reads those of a tag, up to its end.
func (b *builder) attributes(n *html.Node, isVoid bool) bool {
	for b.rest != "" {
		isApart := b.rest[0] == ' ' || b.rest[0] == '\n'
		b.rest = strings.TrimLeft(b.rest, " \n")
		switch {
		case strings.HasPrefix(b.rest, ">"):
			b.rest = b.rest[1:]
			return true
		case isVoid && strings.HasPrefix(b.rest, "/>"):
			b.rest = b.rest[2:]
			return true
		case !isApart || !b.attribute(n):
			return false
		}
	}
	return false
}

// attribute reads one that is a name, or a name and a value in quotes.
func (b *builder) attribute(n *html.Node) bool {
	length := 0
	for length < len(b.rest) && isKeyByte(b.rest[length]) {
		length++
	}
	a := html.Attribute{Key: strings.ToLower(b.rest[:length])}
	if length == 0 || slices.ContainsFunc(n.Attr, func(other html.Attribute) bool { return other.Key == a.Key }) {
		return false
	}
	b.rest = b.rest[length:]
	if strings.HasPrefix(b.rest, `="`) || strings.HasPrefix(b.rest, `='`) {
		end := strings.IndexByte(b.rest[2:], b.rest[1])
		if end < 0 {
			return false
		}
		a.Val = b.rest[2 : 2+end]
		b.rest = b.rest[2+end+1:]
		if strings.IndexByte(a.Val, '<') >= 0 || !isPlain(a.Val) {
			return false
		}
		if strings.IndexByte(a.Val, '&') >= 0 {
			a.Val = html.UnescapeString(a.Val)
		}
	} else if b.rest == "" || strings.IndexByte(" \n/>", b.rest[0]) < 0 {
		return false
	}
	n.Attr = append(n.Attr, a)
	return true
}

// isPlain tells whether the entities of an attribute mean there what they mean
// in text: those that end in a semicolon.
func isPlain(value string) bool {
	for {
		at := strings.IndexByte(value, '&')
		if at < 0 {
			return true
		}
		value = value[at+1:]
		end := strings.IndexByte(value, ';')
		if end <= 0 || end > 8 || strings.Trim(value[:end], "abcdefghijklmnopqrstuvwxyz0123456789#") != "" {
			return false
		}
		if value[0] != '#' && strings.HasSuffix(html.UnescapeString("&"+value[:end+1]), ";") {
			return false // it is not the name of one
		}
	}
}
