package emulator

import (
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// pageBody is a page as an answer holds it. Before 2.16 it does not tell
// whether the sales agent may use it.
type pageBody struct {
	Type string `json:"type"`
	*Page
	AISalesAgentAvailability *bool `json:"ai_sales_agent_availability,omitempty"`
	FinAvailability          bool  `json:"fin_availability"`
}

func (c *call) pageBody(p *Page) any {
	body := pageBody{Type: "external_page", Page: p, FinAvailability: p.AIAgentAvailability}
	if c.version.readsSalesAgent() {
		body.AISalesAgentAvailability = &p.AISalesAgentAvailability
	}
	return body
}

// listPages answers the list, or the one page with the query's source_id and
// external_id, where the emulator's Lists know these.
func (s *Server) listPages(c *call) answer {
	if s.opts.Lists == ListsPlain {
		return list(c, listBounds{}, s.store.listPages, c.pageBody)
	}
	bounds := listBounds{perPage: maxPerPage, reach: s.opts.ListReach, silent: s.opts.Lists == ListsEmpty}
	if s.opts.Lists == ListsUnbounded {
		bounds.reach = 0
	}
	query := c.URL.Query()
	bySource, byExternalID := query.Has("source_id"), query.Has("external_id")
	switch {
	case bySource && !byExternalID:
		return missing("external_id").answer()
	case byExternalID && !bySource:
		return missing("source_id").answer()
	case !bySource:
		return list(c, bounds, s.store.listPages, c.pageBody)
	}
	key := pageKey{parseID(query.Get("source_id")), query.Get("external_id")}
	return list(c, bounds, func(skip, n int) ([]*Page, int) { return s.store.findPages(key, skip, n) }, c.pageBody)
}

func (s *Server) getPage(c *call) answer {
	p := s.store.page(c.PathValue("id"))
	if p == nil {
		return errNoPage.answer()
	}
	return jsonAnswer(http.StatusOK, c.pageBody(p))
}

// upsertPage creates, or updates what has the same source and external id.
// Flags that the body lacks are false in a new page and stay in an old one.
func (s *Server) upsertPage(c *call) answer {
	p := &c.params
	w := c.readPage()
	externalID := p.requiredText("external_id")
	w.externalID = &externalID
	if s.opts.NormalizeHTML {
		w.html = normalizeHTML(w.html)
	}
	c.readFlags(&w)
	if p.err != nil {
		return p.err.answer()
	}
	page := s.store.upsertPage(w)
	if page == nil {
		return errNoSourceForPage.answer()
	}
	return jsonAnswer(http.StatusOK, c.pageBody(page))
}

func (s *Server) updatePage(c *call) answer {
	id := c.PathValue("id")
	if s.store.page(id) == nil {
		return errNoPage.answer()
	}
	w := c.readPage()
	if _, said := c.params.fields["external_id"]; said {
		externalID := c.params.requiredText("external_id")
		w.externalID = &externalID
	}
	c.readUpdate(&w)
	if c.params.err != nil {
		return c.params.err.answer()
	}
	page, err := s.store.updatePage(id, w)
	if err != nil {
		return err.answer()
	}
	return jsonAnswer(http.StatusOK, c.pageBody(page))
}

// readUpdate reads what only a PUT means. Up to 2.16 it knows no flag but
// fin_availability, which is true when absent: a PUT that does not speak of
// availability makes a page available.
func (c *call) readUpdate(w *pageWrite) {
	if c.version.isNew() {
		c.readFlags(w)
		if w.url == nil {
			w.url = new(string)
		}
		return
	}
	if w.url == nil {
		c.params.fail(missing("url"))
	}
	fin := optional[bool](&c.params, "fin_availability")
	if fin == nil {
		yes := true
		fin = &yes
	}
	w.agent, w.copilot = fin, fin
}

// readPage reads what a POST and a PUT have in common.
func (c *call) readPage() pageWrite {
	p := &c.params
	w := pageWrite{
		sourceID: required[int64](p, "source_id"),
		title:    p.requiredText("title"),
		html:     required[string](p, "html"),
		locale:   p.locale(c.version),
		url:      optional[string](p, "url"),
		now:      time.Now().Unix(),
	}
	if w.url != nil && *w.url != "" {
		p.checkURL("url", *w.url)
	}
	return w
}

func (c *call) readFlags(w *pageWrite) {
	w.agent = optional[bool](&c.params, "ai_agent_availability")
	w.copilot = optional[bool](&c.params, "ai_copilot_availability")
	if c.version.isNew() {
		w.sales = optional[bool](&c.params, "ai_sales_agent_availability")
	}
}

// normalizeHTML returns html as a parser writes the body that it makes of it.
func normalizeHTML(fragment string) string {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(fragment), body)
	if err != nil { // deeper than the parser goes
		return fragment
	}
	var b strings.Builder
	for _, n := range nodes {
		if err := html.Render(&b, n); err != nil {
			return fragment
		}
	}
	return b.String()
}

func (s *Server) deletePage(c *call) answer {
	p := s.store.deletePage(c.PathValue("id"))
	if p == nil {
		return errNoPage.answer()
	}
	deleted := *p
	deleted.HTML = ""
	return jsonAnswer(http.StatusOK, c.pageBody(&deleted))
}

// externalID names the page that a request is about to write, where it is one.
func (s *Server) externalID(c *call) string {
	if c.URL.Path == pathPages && c.Method == http.MethodPost {
		name := params{fields: c.params.fields}
		return required[string](&name, "external_id")
	}
	collection, id := splitPath(c.URL.Path)
	if collection != pathPages || c.Method != http.MethodPut && c.Method != http.MethodDelete {
		return ""
	}
	if p := s.store.page(id); p != nil {
		return p.ExternalID
	}
	return ""
}
