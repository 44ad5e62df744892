package ingest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"finpages/ingest/listing"
	"finpages/ingest/render"
	"finpages/ingest/transform"
	"finpages/state"
)

// failed notes that the entry could not be read: its pages stay, and the next
// run tries again.
func (p *pusher) failed(w *listing.Item, err error) error {
	rec := w.Prior.Record
	rec.ListingError = false
	return p.fault(w, rec, err)
}

// unread notes that the source lists the entry, but cannot tell of it: its
// pages stay, and are as good as before once it can.
func (p *pusher) unread(w *listing.Item) error {
	rec := w.Prior.Record
	rec.ListingError = rec.Error == "" || rec.ListingError
	return p.fault(w, rec, w.Err)
}

// noteRevoked writes down that what Fin has of the entry must not stay. The
// record says so until its pages are replaced, or out.
func (p *pusher) noteRevoked(w *listing.Item) error {
	rec := &w.Prior.Record
	if w.Revoked == "" || len(rec.Pages) == 0 || rec.Withheld != "" {
		return nil
	}
	rec.Withheld = w.Revoked
	return p.Update(func(tx *state.Tx) error { return tx.PutEntry(w.ID, *rec) })
}

// recoverBatch is how many entries are noted in one change of the state.
const recoverBatch = 1024

// clearErrors notes that errors of the listing are over.
func (r *run) clearErrors(recovered []string) error {
	for ids := range slices.Chunk(recovered, recoverBatch) {
		err := r.Update(func(tx *state.Tx) error {
			for _, id := range ids {
				rec, _, err := tx.Entry(id) // it was found when it was listed
				if err != nil {
					return err
				}
				rec.Error, rec.ListingError, rec.Since = "", false, time.Time{}
				if err := tx.PutEntry(id, rec); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// fault notes that the entry failed. Its pages stay, unless they were revoked:
// then they leave, and the next run tries again to put the entry in their place.
func (p *pusher) fault(w *listing.Item, rec state.Entry, err error) error {
	if w.Revoked != "" {
		left, dropErr := p.removePages(w, "", w.Revoked)
		if dropErr != nil {
			return dropErr
		}
		rec = withheld(rec, w.Revoked)
		rec.Pages = left
		err = fmt.Errorf("%w; it is out of Fin until that is mended, since %s", err, w.Revoked)
	}
	rec.Error, rec.Since, rec.Scope = err.Error(), failingSince(w.Prior.Record, p.Started), w.Scope
	p.Fail(w.ID, err, rec.Since)
	p.Metrics.FailedPage(p.Source, "unreadable")
	p.Log.Warn("page failed", "external_id", w.ID, "error", err)
	return p.Update(func(tx *state.Tx) error { return tx.PutEntry(w.ID, rec) })
}

// refuse puts the entry into quarantine: its pages stay as they are until its
// content or the settings change.
func (p *pusher) refuse(w *listing.Item, rec state.Entry, err error) error {
	if w.Revoked != "" {
		return p.failed(w, err)
	}
	rec.Refused, rec.Pages, rec.Since = err.Error(), w.Prior.Record.Pages, failingSince(w.Prior.Record, p.Started)
	p.Quarantine(w.ID, err, rec.Since)
	p.Metrics.FailedPage(p.Source, refusal(err))
	p.Log.Warn("page put into quarantine until it changes", "external_id", w.ID, "error", err)
	if fault := new(render.PanicError); errors.As(err, &fault) {
		p.Log.Debug("where it failed", "external_id", w.ID, "stack", string(fault.Stack))
	}
	return p.Update(func(tx *state.Tx) error { return tx.PutEntry(w.ID, rec) })
}

// refusal says in a word, for the metric, why a page is in quarantine.
func refusal(err error) string {
	switch {
	case errors.As(err, new(*render.PanicError)):
		return "panic"
	case errors.Is(err, render.ErrBudget):
		return "budget"
	case errors.As(err, new(*transform.LossError)):
		return "lossy"
	}
	return "refused"
}

// failingSince is when an entry that fails now began to.
func failingSince(before state.Entry, now time.Time) time.Time {
	if (before.Error != "" || before.Refused != "") && !before.Since.IsZero() {
		return before.Since
	}
	return now.UTC()
}
