package transform

import (
	"net/url"
	"strings"

	"finpages/ingest/render"
	"finpages/intercomapi"
)

// Part is a page that a document, or a part of it, becomes.
type Part struct {
	ID       string   // within the document, "" of the first part
	Headings []string // the ids of those in it
	Request  intercomapi.PageRequest
}

// parts are the requests that push a page. The first part has the address of the
// document, the others that of their headings.
func parts(m *Made) []Part {
	if len(m.Page.Parts) == 0 {
		return []Part{{Headings: m.Page.Headings, Request: m.Request}}
	}
	list := make([]Part, 0, len(m.Page.Parts))
	for _, part := range m.Page.Parts {
		q := m.Request
		q.ExternalID, q.Title, q.HTML = PartID(q.ExternalID, part.ID), part.Title, part.HTML
		q.URL = withFragment(q.URL, part.Fragment)
		list = append(list, Part{ID: part.ID, Headings: part.Headings, Request: q})
	}
	return list
}

// withFragment returns the address of a place on a page. What leads to a place
// already stays as it is.
func withFragment(page, fragment string) string {
	u, err := url.Parse(page)
	if err != nil || page == "" || fragment == "" || u.Fragment != "" {
		return page
	}
	u.Fragment = fragment
	return u.String()
}

// PartID is the external_id of a part of the document whose first part has the
// id.
func PartID(document, part string) string {
	if part == "" {
		return document
	}
	return document + "#" + part
}

// PartOf returns the part that an external_id names of the document whose first
// part has the id; false if it is none of its pages.
func PartOf(id, document string) (part string, ok bool) {
	if id == document {
		return "", true
	}
	return strings.CutPrefix(id, document+"#")
}

// Holds reports whether the page has what was the part with the ID when the
// document was cut otherwise.
func (p Part) Holds(id string) bool { return render.HoldsPart(p.Headings, p.ID == "", id) }
