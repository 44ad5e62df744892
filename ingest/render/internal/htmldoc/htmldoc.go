// Package htmldoc reads HTML into a tree and finds in it what a reader came
// for: the main content and the title.
package htmldoc

import (
	"strings"

	"finpages/ingest/render/internal/dom"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// Document is markup as a tree.
type Document struct {
	Root  *html.Node // its children are the content
	Title string     // of the head; "" if none
	Base  string     // href of <base>; "" if none

	heading      *html.Node
	nodes        []*slab // that the tree is made of, as far as they are to be used again
	mayHoldCards bool
}

// Release gives up the tree: its nodes are used again.
func (d *Document) Release() {
	for _, s := range d.nodes {
		s.free()
	}
	*d = Document{}
}

// Parse reads markup, whole or a fragment. All of its body is content, until
// [Document.ChooseMain] has found what of a web page is.
func Parse(markup string) (*Document, error) {
	if d := wellFormed(markup); d != nil {
		return d, nil
	}
	root, err := parseTree(markup)
	if err != nil {
		return nil, err
	}
	return &Document{Root: bodyOf(root), mayHoldCards: mayHoldCards(markup)}, nil
}

// bodyOf is the body of a page, the page itself where it has none: one of
// frames has only what they are for.
func bodyOf(page *html.Node) *html.Node {
	if body := dom.Find(page, func(n *html.Node) bool { return n.Data == "body" && n.Namespace == "" }); body != nil {
		return body
	}
	return page
}

// Of makes a document of a tree that holds nothing but content.
func Of(root *html.Node) *Document { return &Document{Root: root} }

// ReadHead reads what a page says of itself outside of its body.
func (d *Document) ReadHead() {
	page := goquery.NewDocumentFromNode(pageOf(d.Root))
	d.Base = page.Find("base[href]").First().AttrOr("href", "")
	d.Title = pageTitle(page)
}

// pageOf is the whole page that a part lies in.
func pageOf(n *html.Node) *html.Node {
	for n.Parent != nil {
		n = n.Parent
	}
	return n
}

// FindHeading finds the h1 that may be the page's title. titleOutside says
// that pages of this kind have theirs outside of the content, so that a single
// h1 may be a section's.
func (d *Document) FindHeading(titleOutside bool) {
	d.heading = firstHeading(d.Root)
	if d.Title != "" && !d.isTitle(titleOutside) {
		d.heading = nil
	}
}

// isTitle tells whether the first h1 is the page's title, not a section's: it
// is the only one, or the title of the head agrees.
func (d *Document) isTitle(titleOutside bool) bool {
	count := 0
	for n := range d.Root.Descendants() {
		if dom.IsElement(n, "h1") {
			count++
		}
	}
	if count == 1 && !titleOutside {
		return true
	}
	return d.heading != nil && strings.Contains(strings.ToLower(d.Title), strings.ToLower(dom.Collapse(Text(d.heading))))
}

// Heading is the text of the h1 at the top of the content, "" if none.
func (d *Document) Heading() string {
	if d.heading == nil {
		return ""
	}
	return textWithout(d.heading, isNoteMark)
}

// isNoteMark tells the number of a footnote, which is no word of a title.
func isNoteMark(n *html.Node) bool {
	return dom.IsElement(n, "sup") && strings.HasPrefix(dom.Attr(n, "id"), "fnref")
}

// TopHeading is the h1 at the top of the content, nil if there is none.
func (d *Document) TopHeading() *html.Node { return d.heading }

// RemoveHeading takes the h1 at the top out of the content.
func (d *Document) RemoveHeading() {
	if d.heading != nil && d.heading.Parent != nil {
		d.heading.Parent.RemoveChild(d.heading)
	}
	d.heading = nil
}

// Unescape decodes entities.
func Unescape(s string) string { return html.UnescapeString(s) }

// Text is all text below a node, words of neighboring blocks apart.
func Text(n *html.Node) string { return textWithout(n, nil) }

// textWithout is the text below a node without that of some elements in it.
func textWithout(n *html.Node, isLeftOut func(*html.Node) bool) string {
	var out strings.Builder
	for d := range n.Descendants() {
		switch {
		case isLeftOut != nil && isIn(d, n, isLeftOut):
		case d.Type == html.TextNode:
			out.WriteString(d.Data)
		case dom.IsElement(d, "br"):
			out.WriteByte(' ')
		case dom.IsElement(d, "img"):
			out.WriteString(dom.Attr(d, "alt"))
		}
	}
	return out.String()
}

// isIn tells whether a node lies in an element that is left out, itself below n.
func isIn(d, n *html.Node, isLeftOut func(*html.Node) bool) bool {
	for p := d.Parent; p != nil && p != n; p = p.Parent {
		if isLeftOut(p) {
			return true
		}
	}
	return false
}

// nearTop is how many bytes of text may stand before a heading that is still
// the title: badges, a breadcrumb, a line of metadata.
const nearTop = 300

func firstHeading(root *html.Node) *html.Node {
	before := 0
	for n := range root.Descendants() {
		switch {
		case n.Type == html.TextNode:
			before += len(strings.TrimSpace(n.Data))
		case dom.IsElement(n, "h1") && strings.TrimSpace(Text(n)) != "":
			return n
		}
		if before > nearTop {
			return nil
		}
	}
	return nil
}
