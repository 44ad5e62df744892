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
	rec := state.Entry{Revision: w.Revision, Settings: r.settings, Scope: w.Scope, BodyHash: sha256.Sum256(doc.Body)}
	weight := min(int64(len(doc.Body)), bytesRendered)
	if err := r.rendering.Acquire(r.ctx, weight); err != nil { // large documents wait for each other
		return nil, err
	}
	page, request, err := r.maker.Make(w.Entry, doc)
	r.rendering.Release(weight)
	if errors.Is(err, sources.ErrNoDocument) {
		return nil, r.emptied(w, rec, err.Error())
	}
	if err != nil {
		return nil, r.refuse(w, rec, err)
	}
	p := &rendered{id: w.ID, page: page, request: request, entry: rec}
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
