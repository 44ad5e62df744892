package ingest

import (
	"errors"
	"fmt"
	"time"

	"finpages/ingest/decide"
	"finpages/ingest/destination"
	"finpages/ingest/listing"
	"finpages/ingest/tally"
	"finpages/intercomapi"
	"finpages/state"
)

// pushPage brings Intercom's page in step with the rendered one.
func (p *pusher) pushPage(w *listing.Item, page *rendered) error {
	before, found, err := p.page(page.id)
	if err != nil {
		return err
	}
	if !found && p.prior.Info.Unlisted > 0 {
		if before, found, err = p.LookUp(p.prior.Info.ImportSource, page.id); err != nil {
			return p.notPushed(w, page, err)
		}
	}
	known := w.Prior
	_, known.Intent = p.prior.Intents[page.id]
	if found && p.isUndone(w, page, before) {
		if known.Intent {
			return p.resend(w, page, before)
		}
		p.Add(func(t *tally.Tally) { t.Unchanged++ })
		return p.keepUndone(w, page, before, false)
	}
	action := decide.Push(before, found, page.hash, known, p.opts.Full)
	if action == decide.Update && p.counting && p.isCounted(w, page, before) {
		p.countUpdate(w, page, before)
		return nil
	}
	for _, stale := range w.Prior.Record.Pages {
		if stale == page.id {
			continue
		}
		if err := p.PutIntent(stale, w.ID); err != nil { // so that it is found, should the run end before it is deleted
			return err
		}
	}
	switch action {
	case decide.KeepRefused:
		return p.keepRefused(w, page)
	case decide.Same:
		p.Add(func(t *tally.Tally) { t.Unchanged++ })
		return p.recordPushed(w, page, before, before, false)
	case decide.Create:
		return p.upsert(w, page, state.Page{}, false)
	}
	return p.upsert(w, page, before, true)
}

func (p *pusher) keepRefused(w *listing.Item, page *rendered) error {
	if w.Revoked != "" {
		return p.failed(w, errors.New(w.Prior.Record.Refused))
	}
	rec := page.record
	rec.Refused, rec.RefusedHash, rec.Since, rec.Pages =
		w.Prior.Record.Refused, page.hash, w.Prior.Record.Since, w.Prior.Record.Pages
	p.Quarantine(page.id, fmt.Errorf("in quarantine until it changes: %s", rec.Refused), rec.Since)
	return p.Update(func(tx *state.Tx) error { return tx.PutEntry(w.ID, rec) })
}

// upsert sends the page. That it begins is written down before.
func (p *pusher) upsert(w *listing.Item, page *rendered, before state.Page, isUpdate bool) error {
	if p.opts.Plan {
		p.planUpsert(w, page, before, isUpdate)
		return p.dropPages(w, page.id, "replaced by the id "+page.id)
	}
	accepted, ok, err := p.send(w, page, before, isUpdate)
	switch {
	case errors.As(err, new(*intercomapi.Error)):
		return p.notPushed(w, page, err)
	case !ok || err != nil:
		return err
	}
	if err := p.recordPushed(w, page, before, accepted, true); err != nil {
		return err
	}
	return p.withdrawIfRetracted(w, page)
}

// send sends the page, and returns what is known of it then; false if it could not
// be sent, which is counted.
func (p *pusher) send(
	w *listing.Item, page *rendered, before state.Page, isUpdate bool,
) (_ state.Page, ok bool, err error) {
	begun := p.prior.Intents[page.id]
	page.replaced, err = p.Begin(destination.Write{
		Page: page.id, Entry: w.ID, Hash: page.hash, Before: before, Begun: begun})
	if err != nil {
		return state.Page{}, false, err
	}
	// Whether an upsert without url takes the old one away is not documented.
	if before.URL != "" && page.request.URL == "" {
		const reason = "it has no address any more: it is pushed again without one"
		if ok, err := p.remove(page.id, before, reason, false, &p.Tally); !ok {
			return state.Page{}, false, err
		}
		if err := p.PutIntent(page.id, w.ID); err != nil {
			return state.Page{}, false, err
		}
	}
	p.Indexed(page.id, page.hash, page.request.Title, page.request.HTML)
	page.request.HTML, page.page.HTML, page.page.Parts = "", "", nil // what is sent has it
	got, err := p.Client.UpsertEncoded(p.Hard, page.encoded)
	p.Count(1)
	if err != nil {
		p.Index.Drop(p.Source, page.id) // as Intercom may have it as it was
		return state.Page{}, false, err
	}
	p.accepted(w, page, isUpdate)
	return state.Page{IntercomID: got.ID, HTMLHash: state.Hash(got.HTMLHash).Short(), Pushed: time.Now().UTC()}, true, nil
}

// withdrawIfRetracted takes the page out again if it was retracted while it
// was on its way.
func (p *pusher) withdrawIfRetracted(w *listing.Item, page *rendered) error {
	if !page.retracted {
		return nil
	}
	w.Prior.Record = page.record
	return p.withdraw(w, page.record, "retracted")
}

// recordPushed writes down that Intercom has the page as rendered, and deletes
// what the entry had under other external_ids. What drift was found of the page
// is mended if it was pushed just now.
func (p *pusher) recordPushed(w *listing.Item, page *rendered, before, rec state.Page, pushed bool) error {
	if !p.opts.Plan {
		if err := p.recordPage(w, page, before, rec, pushed, &page.record); err != nil {
			return err
		}
	}
	return p.dropPages(w, page.id, "replaced by the id "+page.id)
}

// recordPage writes down that Intercom has the page as rendered, and the record of
// its entry, nil to leave that as it is.
func (p *pusher) recordPage(
	w *listing.Item, page *rendered, before, rec state.Page, pushed bool, entry *state.Entry,
) error {
	q := page.request
	rec.Entry, rec.Hash, rec.Restored, rec.Empty = w.ID, page.hash, false, page.page.Empty
	rec.Undone = state.ShortHash{}
	rec.Title, rec.URL, rec.Locale, rec.AIAgent, rec.AICopilot = q.Title, q.URL, q.Locale, q.AIAgent, q.AICopilot
	return p.Update(func(tx *state.Tx) error {
		err := errors.Join(tx.PutPage(page.id, rec), tx.DeleteIntent(page.id))
		if entry != nil {
			err = errors.Join(err, tx.PutEntry(w.ID, *entry))
		}
		if before.Restored || before.Undone != (state.ShortHash{}) {
			err = errors.Join(err, tx.DeleteBroughtBack(page.id))
		}
		if pushed {
			err = errors.Join(err, destination.Mended(tx, page.id))
			out, failed := tx.IsRetracted(page.id, w.ID)
			page.retracted, err = out, errors.Join(err, failed)
		}
		return err
	})
}

// accepted counts a page that Intercom has taken.
func (p *pusher) accepted(w *listing.Item, page *rendered, isUpdate bool) {
	action := "create"
	if isUpdate {
		action = "update"
	}
	p.countUpsert(w, page, isUpdate)
	c := tally.Change{Action: action, ExternalID: page.id, Title: page.request.Title, URL: page.request.URL}
	p.Note(c, p.opts.Plan)
	p.outages.Store(0)
	p.Log.Debug("pushed page", "action", action, "external_id", page.id, "title", page.request.Title)
	for _, warning := range page.page.Warnings {
		p.Log.Debug("lost on the way", "external_id", page.id, "warning", warning)
	}
	p.Metrics.Changed(p.Source, action, 1)
	since := p.prior.Info.LastComplete
	if since.IsZero() {
		return // a first sync: the changes are older than finpages
	}
	changed := p.Started
	if m := w.Modified; m.After(since) && m.Before(changed) {
		changed = m
	}
	p.Metrics.Fresh(p.Source, time.Since(changed))
}

func (p *pusher) countUpsert(w *listing.Item, page *rendered, isUpdate bool) {
	p.Add(func(t *tally.Tally) {
		if isUpdate {
			t.Updated++
		} else {
			t.Created++
		}
	})
	if !isUpdate && p.listing.Vanished {
		p.created.add(page.record.BodyHash, w.ID, createdPage{page.id, page.part})
	}
}

// outageLength is how many pages may fail by an outage, none succeeding in
// between, before the run gives up.
const outageLength = 10

// notPushed deals with a page that Intercom did not accept. It returns what
// stops the run.
func (p *pusher) notPushed(w *listing.Item, page *rendered, err error) error {
	refused, failure, err := p.judge(w, page, err)
	switch {
	case err != nil:
		return err
	case refused != nil:
		page.record.RefusedHash = page.hash
		return p.refuse(w, page.record, refused)
	}
	return p.failed(w, failure)
}

// judge tells what to make of an error of Intercom's: it refuses the page, fails in
// a way that may pass, or the run is to stop.
func (p *pusher) judge(w *listing.Item, page *rendered, err error) (refused, failure, stop error) {
	err = intercomapi.Hinted(fmt.Errorf("push page %q: %w", page.id, err))
	var api *intercomapi.Error
	if !errors.As(err, &api) {
		return nil, nil, err
	}
	if !api.Ambiguous() && !w.Prior.Intent { // nothing was written: what Intercom has is still known
		err := p.Update(func(tx *state.Tx) error {
			return errors.Join(tx.DeleteIntent(page.id), destination.Refused(tx, page.replaced))
		})
		if err != nil {
			return nil, nil, err
		}
	}
	switch {
	case api.Stop(), p.Hard.Err() != nil:
		return nil, nil, err
	case api.NotFound():
		return nil, nil, fmt.Errorf("%w: the import source %d may have been deleted in Intercom; "+
			"finpages verify --repair makes it anew",
			err, p.prior.Info.ImportSource)
	case api.Refused():
		return err, nil, nil
	}
	p.Add(func(*tally.Tally) { p.upsertFailed = true })
	if p.outages.Add(1) >= outageLength {
		return nil, nil, fmt.Errorf("%w; so did %d others in a row, and the run ends here", err, outageLength-1)
	}
	return nil, err, nil
}
