// Package confluence turns what Confluence keeps and shows into plain HTML:
// its storage format, and the markup that its renderer and its exports have
// written in the course of the versions.
//
// Storage format is described at
// https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html
package confluence

import (
	"fmt"
	"strings"

	"finpages/ingest/render/internal/dom"
	"finpages/sources"

	"golang.org/x/net/html"
)

// Storage reads storage format: XHTML with elements of Confluence, which may
// have several roots, entities of HTML, and faults. The root it returns has
// the page as plain HTML below it, still to be sanitized. The warnings say
// what could not be shown.
//
// fromMarkdown makes a tree of the Markdown in a macro, nil if it cannot; where it
// is nil itself, the text stays as it is.
//
// An error means that the document has more than a million elements.
func Storage(markup string, address func(sources.Reference) string, fromMarkdown func(string) *html.Node,
) (root *html.Node, warnings []string, err error) {
	source, err := parse(markup)
	if err != nil {
		return nil, nil, err
	}
	c := converter{address: address, fromMarkdown: fromMarkdown, macros: tally{}}
	root = dom.Element("body")
	c.children(root, source)
	SpellOutCells(root)
	ShowControls(root)
	return root, c.warnings(), nil
}

// converter copies a tree, with plain HTML for the elements of Confluence.
type converter struct {
	address      func(sources.Reference) string
	fromMarkdown func(string) *html.Node
	notes        []string
	seen         map[string]bool
	macros       tally
}

func (c *converter) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	if !c.seen[text] && len(c.notes) < maxNotes {
		c.seen[text] = true
		c.notes = append(c.notes, text)
	}
}

func (c *converter) warnings() []string {
	c.macros.warnings(c.warn, "unknown macro", func(m *missed) string {
		if m.empty == m.count {
			return "it holds no text"
		}
		return "its text was kept"
	})
	return c.notes
}

func (c *converter) children(dst, src *html.Node) {
	for n := src.FirstChild; n != nil; n = n.NextSibling {
		c.node(dst, n)
	}
}

func (c *converter) node(dst, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		dst.AppendChild(dom.TextNode(n.Data))
	case n.Type != html.ElementNode:
	case strings.HasPrefix(n.Data, "ac:"):
		c.foreign(dst, n)
	case strings.HasPrefix(n.Data, "ri:"):
		appendText(dst, resourceName(n))
	case n.Data == "time":
		appendApart(dst, c.date(n), n)
	case n.Data == "script", n.Data == "style":
	default:
		c.copy(dst, n)
	}
}

// copy copies an element of HTML. Its prefixed attributes mean nothing there.
func (c *converter) copy(dst, n *html.Node) {
	out := dom.Element(n.Data)
	for _, a := range n.Attr {
		if !strings.Contains(a.Key, ":") {
			out.Attr = append(out.Attr, a)
		}
	}
	dst.AppendChild(out)
	c.children(out, n)
	if first := out.FirstChild; n.Data == "pre" && first != nil && first.Type == html.TextNode {
		first.Data = strings.TrimPrefix(first.Data, "\n") // HTML does not count it
	}
}

func (c *converter) date(n *html.Node) *html.Node {
	out := dom.Element("time")
	c.children(out, n)
	if dom.Collapse(dom.Text(out)) == "" {
		out = dom.Wrap("time", dom.Attr(n, "datetime"))
	}
	return out
}

// foreign converts an element of Confluence.
func (c *converter) foreign(dst, n *html.Node) {
	switch strings.TrimPrefix(n.Data, "ac:") {
	case "structured-macro", "macro":
		c.macro(dst, readMacro(n))
	case "link":
		c.link(dst, n)
	case "image":
		c.image(dst, n)
	case "emoticon":
		character := emoji(dom.Attr(n, "ac:emoji-fallback"), dom.Attr(n, "ac:emoji-id"))
		appendText(dst, apart(sign(dom.Attr(n, "ac:name"), character, dom.Attr(n, "ac:emoji-shortname")), n))
	case "task-list":
		c.in(dst, "ul", n)
	case "task":
		c.task(dst, n)
	case "layout", "layout-section", "layout-cell", "rich-text-body":
		c.in(dst, "div", n)
	case "plain-text-body":
		dst.AppendChild(dom.CodeBlock(dom.Text(n), ""))
	case "adf-extension":
		c.adfExtension(dst, n)
	case "adf-node":
		c.adfNode(dst, n)
	default:
		if !silent[n.Data] {
			c.children(dst, n)
		}
	}
}

// in writes what is below n into a new element.
func (c *converter) in(dst *html.Node, name string, n *html.Node) {
	out := dom.Element(name)
	dst.AppendChild(out)
	c.children(out, n)
}

const (
	doneMark = "☑ "
	openMark = "☐ "
)

func (c *converter) task(dst, n *html.Node) {
	item := dom.Element("li")
	mark := openMark
	if s := dom.Child(n, "ac:task-status"); s != nil && dom.Collapse(dom.Text(s)) == "complete" {
		mark = doneMark
	}
	dst.AppendChild(item)
	c.children(item, n)
	if isShown(item) {
		item.InsertBefore(dom.TextNode(mark), item.FirstChild)
	}
}

// appendText adds text that is complete by itself.
func appendText(dst *html.Node, s string) {
	if s != "" {
		dst.AppendChild(dom.TextNode(s))
	}
}
