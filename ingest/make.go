package ingest

import (
	"crypto/sha256"
	"errors"

	"finpages/ingest/render"
	"finpages/intercomapi"
	"finpages/sources"
	"finpages/state"
)

// rendered is an entry's page, ready to be pushed.
type rendered struct {
	id      string // external_id
	page    render.Page
	request intercomapi.PageRequest
	hash    state.Hash
	entry   state.Entry // the entry's record once the page is in
}

// make loads and renders the entry. It returns nil if that was all there was
// to do about it.
func (r *run) make(w *workItem) (*rendered, error) {
	doc, err := w.Load(r.ctx)
	if r.ctx.Err() != nil {
		return nil, r.ctx.Err()
	}
	if errors.Is(err, sources.ErrNoDocument) {
		return nil, r.withdraw(w, w.known.entry, err.Error())
	}
	if err != nil {
		return nil, r.failed(w, err)
	}
	rec := state.Entry{Revision: w.Revision, Settings: r.settings, Scope: w.Scope, Body: sha256.Sum256(doc.Body)}
	weight := min(int64(len(doc.Body)), bytesRendered)
	if err := r.rendering.Acquire(r.ctx, weight); err != nil { // large documents wait for each other
		return nil, err
	}
	p, err := r.render(w, doc)
	r.rendering.Release(weight)
	if errors.Is(err, sources.ErrNoDocument) {
		return nil, r.emptied(w, rec, err.Error())
	}
	if err != nil {
		return nil, r.refuse(w, rec, err)
	}
	p.entry = rec
	if why := p.page.Withheld(); why != "" {
		return nil, r.withdraw(w, rec, why)
	}
	if err := r.identify(w, p); err != nil {
		return nil, r.failed(w, err)
	}
	if _, out := r.retract[p.id]; out {
		return nil, r.withdraw(w, rec, "retracted")
	}
	body, err := r.Client.Encode(p.request)
	if err != nil {
		return nil, r.refuse(w, rec, err)
	}
	p.hash = sha256.Sum256(body)
	p.entry.Pages = []string{p.id}
	return p, nil
}

// render makes the page of a document, and the request that pushes it.
func (r *run) render(w *workItem, doc sources.Document) (*rendered, error) {
	url := r.src.address(w.ID, doc.Path, r.vars)
	if url == "" {
		url = w.URL
	}
	page, err := render.Render(render.Input{Document: doc, URL: url, Link: r.link})
	if err != nil {
		return nil, err
	}
	return r.request(w, page, url), nil
}

// link returns the web address of a document by its path; "" if a source that
// knows its paths has none there.
func (r *run) link(path string) string {
	if l, ok := r.snap.(sources.Linker); ok {
		id, ok := l.Link(path)
		if !ok {
			return ""
		}
		return r.src.address(id, path, r.vars)
	}
	return r.src.address(path, path, r.vars)
}

func (r *run) request(w *workItem, page render.Page, url string) *rendered {
	if page.Meta.URL != "" {
		url = page.Meta.URL
	}
	a := r.src.Availability
	return &rendered{id: w.ID, page: page, request: intercomapi.PageRequest{
		SourceID: max(r.info.ImportSource, 1), ExternalID: w.ID, // a plan may have no import source yet
		Title: page.Title, HTML: page.HTML, URL: url, Locale: r.src.Locale,
		AIAgent:      narrowed(a.AIAgent, page.Meta.AIAgent),
		AICopilot:    narrowed(a.AICopilot, page.Meta.AICopilot),
		AISalesAgent: narrowedSales(a.AISalesAgent, page.Meta.AISalesAgent),
	}}
}

// narrowed lets a page's front matter override the source's availability.
func narrowed(source bool, page *bool) bool {
	if page != nil {
		return *page
	}
	return source
}

func narrowedSales(source, page *bool) *bool {
	if page != nil && source != nil {
		return page
	}
	return source
}
