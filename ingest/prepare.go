package ingest

import (
	"crypto/sha256"
	"errors"

	"finpages/ingest/listing"
	"finpages/ingest/render"
	"finpages/ingest/transform"
	"finpages/intercomapi"
	"finpages/sources"
	"finpages/state"
)

// rendered is an entry's page, ready to be pushed.
type rendered struct {
	id      string // external_id
	page    render.Page
	request intercomapi.PageRequest
	encoded []byte          // the request as it is sent
	hash    state.ShortHash // of that
	body    state.Hash      // of the document
	record  state.Entry     // the entry's record once the page is in

	retracted bool // when it was recorded that it was pushed

	part     string         // what the page is of the document; "" of the first or only one
	replaced *state.Deleted // what the page was before this run updated it; nil if that is not kept
}

// outcome is what an entry turned out to be when it was loaded.
type outcome int

const (
	ready       outcome = iota // there is a page to be pushed
	stopped                    // the run ends
	notReadable                // its pages stay, and the next run tries again
	notPushable                // its pages stay until it changes
	mustStayOut                // its pages leave now
	hasNothing                 // it has nothing to show: its pages go as deleted ones do
)

// prepared is an entry after it was loaded and rendered.
type prepared struct {
	outcome outcome
	page    *rendered   // if ready and whole
	parts   []*rendered // if ready, and cut into several, or it was before
	record  state.Entry // the entry's record, unless it was not readable
	reason  string      // why it stays out, or has nothing
	err     error       // what was met otherwise
}

// prepare loads and renders an entry.
func (p *pusher) prepare(w *listing.Item) prepared {
	rec := state.Entry{Revision: w.Revision, Settings: p.source.Settings, Scope: w.Scope}
	doc, err := p.source.Maker.Load(p.Ctx, w.Entry)
	switch {
	case p.Ctx.Err() != nil:
		return prepared{outcome: stopped, err: p.Ctx.Err()}
	case errors.Is(err, sources.ErrNoDocument):
		return prepared{outcome: mustStayOut, record: w.Prior.Record, reason: err.Error()}
	case errors.As(err, new(*render.PanicError)):
		rec.BodyHash = w.Prior.Record.BodyHash
		return prepared{outcome: notPushable, record: rec, err: err}
	case err != nil:
		return prepared{outcome: notReadable, err: err}
	}
	body := state.Hash(sha256.Sum256(doc.Body))
	rec.BodyHash = body.Short()
	made, err := p.source.Maker.Make(p.Ctx, w.Entry, doc)
	rec.Leaks, rec.Conversion = leakRecords(made.Leaks), made.Conversion
	rec.Included, rec.IncludedHash, rec.Loss = made.Included, made.IncludedHash, made.LossRecord()
	rec.ByNames = made.ByNames
	p.logLeaks(w.ID, made)
	switch {
	case p.Ctx.Err() != nil:
		return prepared{outcome: stopped, err: p.Ctx.Err()}
	case errors.Is(err, transform.ErrBusy):
		return prepared{outcome: stopped, err: err}
	case errors.Is(err, sources.ErrNoDocument):
		return prepared{outcome: hasNothing, record: rec, reason: err.Error()}
	case errors.Is(err, render.ErrBudget):
		rec.Settings = p.source.Budgeted
		return prepared{outcome: notPushable, record: rec, err: err}
	case errors.Is(err, sources.ErrNotConverted), errors.Is(err, transform.ErrInclude):
		return prepared{outcome: notReadable, err: err}
	case err != nil:
		return prepared{outcome: notPushable, record: rec, err: err}
	case made.Withheld != "":
		return prepared{outcome: mustStayOut, record: rec, reason: made.Withheld}
	}
	p.Metrics.Loss(p.Source, made.Page.Loss.Share())
	if made.Hollow != nil {
		return prepared{outcome: notPushable, record: rec, err: made.Hollow}
	}
	page := &rendered{id: w.ID, page: made.Page, request: made.Request, body: body, record: rec}
	return p.address(w, page, made.Parts)
}

// address gives a page its external_id, and its request the form that is sent.
func (p *pusher) address(w *listing.Item, page *rendered, made []transform.Part) prepared {
	rec := page.record
	if err := p.identify(w, page); err != nil {
		return prepared{outcome: notReadable, err: err}
	}
	if p.prior.IsRetracted(page.id, w.ID) {
		return prepared{outcome: mustStayOut, record: rec, reason: "retracted"}
	}
	kept, reason := p.prior.WithoutRetracted(page.id, w.ID, made)
	if len(kept) == 0 {
		return prepared{outcome: mustStayOut, record: rec, reason: reason}
	}
	if len(made) > 1 || len(w.Prior.Record.Pages) > 1 && !page.page.Empty {
		return p.addressParts(w, page, kept)
	}
	if err := page.encode(p.Client); err != nil {
		return prepared{outcome: notPushable, record: rec, err: err}
	}
	if page.page.Empty {
		switch emptied, err := p.isEmptied(w, page); {
		case err != nil:
			return prepared{outcome: stopped, err: err}
		case emptied:
			return prepared{outcome: hasNothing, record: rec, reason: emptiedReason}
		}
	}
	page.record.Pages = []string{page.id}
	return prepared{page: page}
}

// encode gives the request the form that is sent.
func (page *rendered) encode(c *intercomapi.Client) (err error) {
	if page.encoded, err = c.Encode(page.request); err == nil {
		page.hash = state.Hash(sha256.Sum256(page.encoded)).Short()
	}
	return err
}

// emptiedReason is why the page of a document leaves that has lost its text.
const emptiedReason = "the document has no text any more"

// isEmptied reports whether a document without text had some before. One that
// never had is pushed with its title alone.
func (p *pusher) isEmptied(w *listing.Item, page *rendered) (bool, error) {
	before := w.Prior.Record
	if before.Withheld == emptiedReason {
		return true, nil
	}
	if w.Prior.Found && before.BodyHash == page.record.BodyHash {
		return false, nil
	}
	last, found, err := p.page(page.id)
	return found && !last.Empty && last.Hash != page.hash, err
}
