package confluence

import (
	"net/url"
	"strings"

	"finpages/ingest/render/internal/dom"
	"finpages/sources"
	regexp "finpages/sources/lazyregexp"

	"golang.org/x/net/html"
)

// resource returns what an element refers to: its first ri: element, at
// whatever depth; nil if none.
func resource(n *html.Node) *html.Node {
	return dom.Find(n, func(d *html.Node) bool { return strings.HasPrefix(d.Data, "ri:") })
}

// resourceName is how a reader calls what n refers to.
func resourceName(n *html.Node) string {
	switch strings.TrimPrefix(n.Data, "ri:") {
	case "page", "blog-post", "content-entity":
		return dom.Attr(n, "ri:content-title")
	case "attachment":
		return dom.Attr(n, "ri:filename")
	case "user":
		return mention(dom.Attr(n, "ri:username"))
	case "space":
		return dom.Attr(n, "ri:space-key")
	case "url":
		return dom.Attr(n, "ri:value")
	case "shortcut":
		return dom.Attr(n, "ri:parameter") + "@" + dom.Attr(n, "ri:key")
	}
	return ""
}

// href is the web address of what n refers to, "" if that is not known. A nil
// n is the page itself.
func (c *converter) href(n *html.Node, anchor string) string {
	if n != nil && n.Data == "ri:url" {
		return dom.Attr(n, "ri:value")
	}
	ref, ok := reference(n)
	if !ok || c.address == nil {
		return ""
	}
	u, err := url.Parse(c.address(ref))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	if anchor != "" {
		u.Fragment, u.RawFragment = strings.Join(strings.Fields(anchor), "-"), "" // as Cloud makes the ids of headings
	}
	return u.String()
}

// reference reads what n names; false if that is neither a page nor a file,
// but a space or a person.
func reference(n *html.Node) (sources.Reference, bool) {
	if n == nil {
		return sources.Reference{}, true
	}
	switch strings.TrimPrefix(n.Data, "ri:") {
	case "page", "blog-post", "content-entity":
		ref := sources.Reference{
			ID:    dom.Attr(n, "ri:content-id"),
			Space: dom.Attr(n, "ri:space-key"),
			Title: dom.Attr(n, "ri:content-title"),
		}
		return ref, ref.ID != "" || ref.Title != ""
	case "attachment":
		ref, ok := reference(resource(n))
		ref.File = dom.Attr(n, "ri:filename")
		return ref, ok && ref.File != ""
	}
	return sources.Reference{}, false
}

// accountID finds the names that are only numbers of an account.
var accountID = regexp.MustCompile(`^(?:[0-9a-f]{16,}|[0-9]+:.*|.*[0-9a-f]{8}-[0-9a-f]{4}-.*)$`)

func mention(username string) string {
	if username == "" || accountID.MatchString(username) {
		return "@user"
	}
	return "@" + username
}
