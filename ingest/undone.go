package ingest

import (
	"errors"
	"fmt"
	"time"

	"finpages/ingest/destination"
	"finpages/ingest/listing"
	"finpages/state"
)

// isUndone reports whether the page is that of a document which undo took back,
// and which has not changed since. What must not wait is pushed all the same.
func (p *pusher) isUndone(w *listing.Item, page *rendered, before state.Page) bool {
	title, short := page.request.Title, page.body.Short()
	is := before.Undone == destination.UndoneHash(short[:], title) ||
		before.Undone == destination.UndoneHash(page.body[:], title) // by a state of schema 2
	return is && !goesAtOnce(w, page, before)
}

// keepUndone notes that Intercom keeps the version that was brought back. What
// drift was found of the page is mended if it was pushed just now.
func (p *pusher) keepUndone(w *listing.Item, page *rendered, before state.Page, pushed bool) error {
	before.Entry = w.ID
	return p.Update(func(tx *state.Tx) error {
		err := errors.Join(tx.PutPage(page.id, before), tx.PutEntry(w.ID, page.record), tx.DeleteIntent(page.id))
		if pushed {
			err = errors.Join(err, destination.Mended(tx, page.id))
		}
		return err
	})
}

// resend pushes the version that undo brought back once more: what Intercom has may
// be something else.
func (p *pusher) resend(w *listing.Item, page *rendered, before state.Page) error {
	var back state.BroughtBack
	err := p.View(func(tx *state.Tx) (err error) {
		back, _, err = tx.BroughtBack(page.id)
		return err
	})
	if err != nil {
		return err
	}
	q, err := destination.Unpack(back.Request)
	if err != nil {
		return p.failed(w, fmt.Errorf("read the version of %q that undo brought back: %w", page.id, err))
	}
	if p.opts.Plan {
		p.planUpsert(w, page, before, true)
		return nil
	}
	got, err := p.Client.UpsertPage(p.Hard, q)
	p.Count(1)
	if err != nil {
		return p.notPushed(w, page, err)
	}
	p.accepted(w, page, true)
	before.IntercomID, before.HTMLHash, before.Pushed = got.ID, state.Hash(got.HTMLHash).Short(), time.Now().UTC()
	return p.keepUndone(w, page, before, true)
}
