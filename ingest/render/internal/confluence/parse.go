package confluence

import (
	"bytes"
	"fmt"
	"strings"

	"finpages/ingest/render/internal/dom"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	maxDepth = 128       // of elements that are kept; the text of deeper ones goes up
	maxNodes = 1_000_000 // bounds the memory that one document takes
)

// void elements have no content, with or without a slash at their end.
var void = dom.Set("br", "hr", "img", "col", "wbr", "input", "meta", "link", "area", "base", "embed", "source", "track",
	"param")

// parser builds a tree from XHTML as it stands, without HTML's rules for what
// may lie in what: the format is XML, where an empty macro may end in "/>" and
// a paragraph may hold a macro that holds a table.
type parser struct {
	top   *html.Node
	depth int
	nodes int
	over  []string // elements open below maxDepth
	muted int      // those of them whose text nobody sees
}

// parse reads storage format. Where it is not well-formed it goes on as best
// it can, so that no text is lost.
func parse(markup string) (*html.Node, error) {
	root := dom.Element("body")
	p := parser{top: root}
	z := html.NewTokenizer(strings.NewReader(prolog(markup)))
	z.AllowCDATA(true)
	for p.nodes <= maxNodes {
		kind := z.Next()
		if kind == html.ErrorToken {
			return root, nil
		}
		if code, ok := bytes.CutPrefix(z.Raw(), []byte("<![CDATA[")); ok && kind == html.TextToken {
			p.text(string(bytes.TrimSuffix(code, []byte("]]>")))) // the tokenizer would decode entities in it
			continue
		}
		p.token(z, kind)
	}
	return nil, fmt.Errorf("%w: more than %d elements", dom.ErrTooLarge, maxNodes)
}

// prolog cuts off what may stand before the content: a document type, whose
// list of entities is no HTML.
func prolog(markup string) string {
	rest := strings.TrimSpace(strings.TrimPrefix(markup, "\ufeff"))
	if strings.HasPrefix(rest, "<?xml") {
		if _, after, ok := strings.Cut(rest, "?>"); ok {
			rest = strings.TrimSpace(after)
		}
	}
	if len(rest) < 9 || !strings.EqualFold(rest[:9], "<!DOCTYPE") {
		return rest
	}
	end := strings.IndexByte(rest, '>')
	if open := strings.IndexByte(rest, '['); open >= 0 && open < end {
		if i := strings.Index(rest[open:], "]"); i >= 0 {
			if j := strings.IndexByte(rest[open+i:], '>'); j >= 0 {
				end = open + i + j
			}
		}
	}
	return rest[end+1:]
}

func (p *parser) token(z *html.Tokenizer, kind html.TokenType) {
	switch kind {
	case html.TextToken:
		p.text(string(z.Text()))
	case html.StartTagToken, html.SelfClosingTagToken:
		z.NextIsNotRawText()
		t := z.Token()
		n := &html.Node{Type: html.ElementNode, Data: t.Data, DataAtom: atom.Lookup([]byte(t.Data)), Attr: t.Attr}
		p.start(n, kind == html.SelfClosingTagToken || void[t.Data])
	case html.EndTagToken:
		name, _ := z.TagName()
		p.end(string(name))
	}
}

func (p *parser) text(s string) {
	if s == "" || p.muted > 0 {
		return
	}
	if last := p.top.LastChild; last != nil && last.Type == html.TextNode && len(last.Data)+len(s) < 4<<10 {
		last.Data += s
		return
	}
	p.nodes++
	p.top.AppendChild(dom.TextNode(s))
}

// silent elements hold what nobody sees.
var silent = dom.Set("ac:parameter", "ac:default-parameter", "ac:task-id", "ac:task-list-id", "ac:task-uuid",
	"ac:task-status", "ac:placeholder",
	"ac:adf-attribute", "ac:adf-fallback", "ac:adf-parameter", "script", "style")

func (p *parser) start(n *html.Node, closed bool) {
	if p.depth >= maxDepth && !closed {
		p.over = append(p.over, n.Data)
		if silent[n.Data] {
			p.muted++
		}
		return
	}
	if p.muted > 0 {
		return
	}
	p.nodes++
	p.top.AppendChild(n)
	if !closed {
		p.top = n
		p.depth++
	}
}

// end closes the nearest element of the name that is open, and those in it. A
// stray end tag of HTML does not reach beyond its macro.
func (p *parser) end(name string) {
	if last := len(p.over) - 1; last >= 0 {
		if silent[p.over[last]] {
			p.muted--
		}
		p.over = p.over[:last]
		return
	}
	foreign := strings.Contains(name, ":")
	for n, up := p.top, 1; n.Parent != nil; n, up = n.Parent, up+1 {
		if n.Data == name {
			p.top = n.Parent
			p.depth -= up
			return
		}
		if !foreign && strings.Contains(n.Data, ":") {
			return
		}
	}
}
