package confluence

import (
	"strings"

	"finpages/ingest/render/internal/dom"
	regexp "finpages/sources/lazyregexp"

	"golang.org/x/net/html"
)

// expands opens what a click would open, under its heading.
func (v *view) expands() {
	v.each(".expand-control", func(n *html.Node) {
		if title := dom.Visible(n); title != "" {
			dom.Replace(n, dom.BoldLine(title))
		}
	})
	v.each(".expand-control-text", func(n *html.Node) {
		if title := dom.Visible(n); title != "" {
			if dom.IsElement(n.Parent, "button") {
				n = n.Parent
			}
			dom.Replace(n, dom.BoldLine(title))
		}
	})
}

// folded finds the classes that Confluence and its add-ons give to what a
// click opens.
var folded = regexp.MustCompile(`(?i)(?:^|[-_ ])(?:tabs?|panes?|panels?|cards?|deck|accordions?|expand\w*|collaps\w*)(?:[-_ ]|$)`)

// folds opens what a browser shows only after a click.
func (v *view) folds() {
	v.each("[style], [hidden], [aria-hidden]", func(n *html.Node) {
		if folded.MatchString(dom.Attr(n, "class")) || strings.HasPrefix(dom.Attr(n, "id"), "expander-content") {
			show(n)
		}
	})
	v.each(".deck > *", show)
}

// tabs puts each tab's label before what it shows.
func (v *view) tabs() {
	byID := map[string]*html.Node{}
	for d := range v.doc.Get(0).Descendants() {
		if id := dom.Attr(d, "id"); d.Type == html.ElementNode && id != "" && byID[id] == nil {
			byID[id] = d
		}
	}
	v.each("ul, ol, .tabs-menu, .tab-navigation, .tabBar, [role=tablist]", func(list *html.Node) {
		links := tabLinks(list)
		if len(links) == 0 {
			return
		}
		isTabs := tabList.MatchString(dom.Attr(list, "class")) || dom.Attr(list, "role") == "tablist"
		panes := panesOf(list, links, byID, isTabs)
		if panes == nil && isTabs {
			panes = followers(list, len(links))
		}
		if panes != nil {
			openTabs(list, links, panes)
		}
	})
}

// tabList finds the classes of lists of tabs.
var tabList = regexp.MustCompile(`(?:^| )(?:tabs-menu|tab-navigation|tabBar)(?: |$)`)

// tabLinks are the links to parts of the page that a list is made of, nil if
// there is anything else in it.
func tabLinks(list *html.Node) []*html.Node {
	var links []*html.Node
	for c := list.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		a := c
		for depth := 0; a != nil && a.Data != "a" && depth < 3; depth++ {
			a = dom.FirstElement(a)
		}
		if !dom.IsElement(a, "a") || !strings.HasPrefix(dom.Attr(a, "href"), "#") {
			return nil
		}
		links = append(links, a)
	}
	return links
}

// panesOf are the panes that the links lead to, nil if one leads elsewhere.
func panesOf(list *html.Node, links []*html.Node, byID map[string]*html.Node, isTabs bool) []*html.Node {
	var panes []*html.Node
	for _, a := range links {
		pane := byID[strings.TrimPrefix(dom.Attr(a, "href"), "#")]
		if pane == nil || pane == list || !isTabs && !folded.MatchString(dom.Attr(pane, "class")) {
			return nil
		}
		panes = append(panes, pane)
	}
	return panes
}

// followers are the elements behind a list, nil if they are not so many.
func followers(list *html.Node, count int) []*html.Node {
	var found []*html.Node
	for n := list.NextSibling; n != nil; n = n.NextSibling {
		if n.Type != html.ElementNode {
			continue
		}
		if found = append(found, n); len(found) > count {
			return nil
		}
	}
	if len(found) < count {
		return nil
	}
	return found
}

func openTabs(list *html.Node, links, panes []*html.Node) {
	for i, pane := range panes {
		show(pane)
		pane.InsertBefore(dom.BoldLine(dom.Visible(links[i])), pane.FirstChild)
	}
	dom.Remove(list)
}
