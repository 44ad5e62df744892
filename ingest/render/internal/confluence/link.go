package confluence

import (
	"net/url"
	"strings"

	"finpages/ingest/render/internal/dom"

	"golang.org/x/net/html"
)

// link writes a link's text, as a link where the address of what it names is
// known.
func (c *converter) link(dst, n *html.Node) {
	target, anchor := linkTarget(n), strings.TrimPrefix(dom.Attr(n, "ac:anchor"), "#")
	address := ""
	if target != nil || anchor != "" {
		address = c.href(target, anchor)
	}
	if isMention(n) {
		before, after := gaps(n)
		appendText(dst, before)
		defer appendText(dst, after)
	}
	out := dst
	if address != "" {
		out = dom.Element("a", html.Attribute{Key: "href", Val: address})
		dst.AppendChild(out)
	}
	if c.linkBody(out, n) {
		return
	}
	name := anchor
	if target != nil {
		name = resourceName(target)
	}
	appendText(out, firstOf(name, address))
}

// linkTarget returns what a link names itself, not what an image in its text
// does; nil if nothing.
func linkTarget(n *html.Node) *html.Node {
	for _, c := range dom.Children(n) {
		if c.Type == html.ElementNode && strings.HasPrefix(c.Data, "ri:") {
			return c
		}
	}
	return nil
}

// linkBody writes what the author has chosen as a link's text, if anything.
func (c *converter) linkBody(dst, n *html.Node) bool {
	last := dst.LastChild
	for _, b := range dom.Children(n) {
		switch {
		case strings.HasPrefix(b.Data, "ri:") && b.Type == html.ElementNode:
			c.linkBody(dst, b) // that of a shortcut stands in it
		case dom.IsElement(b, "ac:plain-text-link-body"):
			appendText(dst, dom.Text(b))
		case b.Type == html.ElementNode || dom.Collapse(b.Data) != "":
			c.node(dst, b)
		}
	}
	return dst.LastChild != last
}

// linked is text, as a link where the address of what it names is known.
func (c *converter) linked(target *html.Node, name string) *html.Node {
	if target != nil {
		if address := c.href(target, ""); address != "" {
			return dom.Wrap("a", name, html.Attribute{Key: "href", Val: address})
		}
	}
	return dom.TextNode(name)
}

// image writes an image with what says what it shows: its alternative text,
// else its title, caption, or file name, which the editor of Cloud sets as
// alternative text where its author gave none.
func (c *converter) image(dst, n *html.Node) {
	img, file := dom.Element("img"), ""
	if target := resource(n); target != nil {
		if target.Data == "ri:url" {
			img.Attr = append(img.Attr, html.Attribute{Key: "src", Val: dom.Attr(target, "ri:value")})
		}
		file = fileName(resourceName(target))
	}
	alt, caption := firstOf(dom.Attr(n, "ac:alt"), dom.Attr(n, "ac:title")), dom.Child(n, "ac:caption")
	if caption != nil {
		switch text := dom.Collapse(dom.Text(caption)); {
		case text == "":
			caption = nil
		case alt == "", alt == text, alt == file:
			alt, caption = text, nil
		}
	}
	if alt = firstOf(alt, file); alt == "" {
		c.warn("image without a name left out")
		return
	}
	img.Attr = append(img.Attr, html.Attribute{Key: "alt", Val: alt})
	appendImage(dst, img)
	if caption != nil {
		c.in(dst, "p", caption)
	}
}

// appendImage adds an image, as a paragraph where it does not stand in one:
// images that follow each other there are blocks.
func appendImage(dst, img *html.Node) {
	if dst.Data == "body" || dst.Data == "div" || dst.Data == "blockquote" {
		p := dom.Element("p")
		dst.AppendChild(p)
		dst = p
	}
	dst.AppendChild(img)
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s = dom.Collapse(s); s != "" {
			return s
		}
	}
	return ""
}

// fileName is the last part of an address or path.
func fileName(ref string) string {
	ref, _, _ = strings.Cut(ref, "?")
	ref = strings.TrimRight(ref, "/")
	ref = ref[strings.LastIndexByte(ref, '/')+1:]
	if name, err := url.PathUnescape(ref); err == nil {
		return name
	}
	return ref
}
