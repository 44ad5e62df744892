package confluence

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"finpages/ingest/render/internal/dom"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// View rewrites, in place, what Confluence's renderer and its exports write
// below root, so that plain HTML is left: from version 2 to Cloud, and as
// Apache's exporter changed it. Pages that are not of Confluence stay as they
// are. The warnings say what could not be shown. An error means that ctx is done.
func View(ctx context.Context, root *html.Node) (warnings []string, err error) {
	v := view{
		doc:    goquery.NewDocumentFromNode(root),
		failed: tally{}, unseen: tally{},
		files:    map[string]string{},
		isApache: isApache(root),
	}
	for _, step := range []func(){
		v.listFiles, v.furniture, v.leftovers, v.scripts, v.highlighted, v.errors, v.placeholders, v.apps,
		v.boxes, v.panels, v.expands, v.folds, v.tabs, v.columns, v.tasks, v.decisions, v.emoticons, v.mentions,
		v.jira, v.lozenges, v.formulas, v.shownFiles, v.images, v.deadLinks,
	} {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		step()
	}
	SpellOutCells(root)
	v.failed.warnings(v.warn, "unknown macro", func(*missed) string { return "the page shows only an error" })
	v.unseen.warnings(v.warn, "macro", func(*missed) string {
		return "a browser draws it, the page itself holds nothing of it"
	})
	return v.notes, nil
}

// contentPlaces hold what a page says, in the surest order: in Apache's
// exports, in those of version 4 and later, and before.
var contentPlaces = []string{"#ConfluenceContent", "#main-content.wiki-content", "table.pagecontent td.pagebody"}

// Content finds the element that holds the content of an exported page, even
// if it is empty; nil on other pages.
func Content(page *html.Node) *html.Node {
	for _, place := range contentPlaces {
		var best *html.Node
		for _, n := range selectIn(page, place) {
			if best == nil || len(dom.Visible(n)) > len(dom.Visible(best)) {
				best = n
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

// IsContent tells whether n is the content of a page whose title stands outside.
func IsContent(n *html.Node) bool {
	return dom.Attr(n, "id") == "ConfluenceContent" || strings.Contains(dom.Attr(n, "class"), "wiki-content")
}

type view struct {
	doc    *goquery.Document
	notes  []string
	failed tally // macros that left an error message
	unseen tally // macros that left nothing

	files    map[string]string // names of attachments by their address
	isApache bool
}

func (v *view) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if len(v.notes) < maxNotes && !slices.Contains(v.notes, text) {
		v.notes = append(v.notes, text)
	}
}

// each runs f over what a selector finds, as long as it is part of the page.
func (v *view) each(selector string, f func(n *html.Node)) {
	root := v.doc.Get(0)
	for _, n := range v.doc.Find(selector).Nodes {
		if n != root && n.Parent != nil {
			f(n)
		}
	}
}

// holds tells whether n is still part of the page, and of nothing that was
// taken out.
func (v *view) holds(n *html.Node) bool {
	root := v.doc.Get(0)
	for n != nil && n != root {
		n = n.Parent
	}
	return n != nil
}

func (v *view) remove(selector string) { v.each(selector, dom.Remove) }

// leftovers takes out elements of storage format that some versions leave in
// what they render. One that ends in "/>" seems to hold all that follows it.
func (v *view) leftovers() {
	v.each("*", func(n *html.Node) {
		switch {
		case silent[n.Data] && strings.HasPrefix(n.Data, "ac:") && n.Data != "ac:placeholder" && !dom.HasBlock(n):
			dom.Remove(n)
		case strings.HasPrefix(n.Data, "ac:") || strings.HasPrefix(n.Data, "ri:"):
			n.Data = "span"
			n.Attr = nil
		}
	})
}

// findIn returns the first node below n that a selector finds, nil if none.
func findIn(n *html.Node, selector string) *html.Node {
	found := goquery.NewDocumentFromNode(n).Find(selector)
	if found.Length() == 0 {
		return nil
	}
	return found.Get(0)
}

// rename makes another element of n, without its attributes.
func rename(n *html.Node, name string) {
	dom.Rename(n, name)
	n.Attr = nil
}

// show opens what a browser shows only after a click.
func show(n *html.Node) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key == "style" || a.Key == "hidden" || a.Key == "aria-hidden"
	})
}
