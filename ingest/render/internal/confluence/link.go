package confluence

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// link writes a link's text. Only where the storage format holds an address
// does it stay a link: pages and files are named there, not addressed.
func (c *converter) link(dst, n *html.Node) {
	target := resource(n)
	out := dst
	if target != nil && target.Data == "ri:url" {
		out = element("a", html.Attribute{Key: "href", Val: attr(target, "ri:value")})
		dst.AppendChild(out)
	}
	if c.linkBody(out, n) {
		return
	}
	name := strings.TrimPrefix(attr(n, "ac:anchor"), "#")
	if target != nil {
		name = resourceName(target)
	}
	appendText(out, name)
}

// linkBody writes what the author has chosen as a link's text, if anything.
func (c *converter) linkBody(dst, n *html.Node) bool {
	last := dst.LastChild
	for _, b := range children(n) {
		switch {
		case strings.HasPrefix(b.Data, "ri:") && b.Type == html.ElementNode:
		case isElement(b, "ac:plain-text-link-body"):
			appendText(dst, text(b))
		case b.Type == html.ElementNode || collapse(b.Data) != "":
			c.node(dst, b)
		}
	}
	return dst.LastChild != last
}

// resource returns what an element refers to: its first ri: child, or that of
// a link within it; nil if none.
func resource(n *html.Node) *html.Node {
	return find(n, func(d *html.Node) bool { return strings.HasPrefix(d.Data, "ri:") })
}

// resourceName is how a reader calls what n refers to.
func resourceName(n *html.Node) string {
	switch strings.TrimPrefix(n.Data, "ri:") {
	case "page", "blog-post", "content-entity":
		return attr(n, "ri:content-title")
	case "attachment":
		return attr(n, "ri:filename")
	case "user":
		return mention(attr(n, "ri:username"))
	case "space":
		return attr(n, "ri:space-key")
	case "url":
		return attr(n, "ri:value")
	case "shortcut":
		return attr(n, "ri:parameter") + "@" + attr(n, "ri:key")
	}
	return ""
}

// accountID finds the names that are only numbers of an account.
var accountID = regexp.MustCompile(`^(?:[0-9a-f]{16,}|[0-9]+:.*|.*[0-9a-f]{8}-[0-9a-f]{4}-.*)$`)

func mention(username string) string {
	if username == "" || accountID.MatchString(username) {
		return "@user"
	}
	return "@" + username
}

// image writes an image with what says what it shows: its alternative text,
// else its title, caption, or file name.
func (c *converter) image(dst, n *html.Node) {
	img := element("img")
	caption := child(n, "ac:caption")
	alt := firstOf(attr(n, "ac:alt"), attr(n, "ac:title"))
	if caption != nil && collapse(text(caption)) != "" && (alt == "" || collapse(text(caption)) == alt) {
		alt = collapse(text(caption))
		caption = nil
	}
	if target := resource(n); target != nil {
		if target.Data == "ri:url" {
			img.Attr = append(img.Attr, html.Attribute{Key: "src", Val: attr(target, "ri:value")})
		}
		alt = firstOf(alt, fileName(resourceName(target)))
	}
	if alt == "" {
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
		p := element("p")
		dst.AppendChild(p)
		dst = p
	}
	dst.AppendChild(img)
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s = collapse(s); s != "" {
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
