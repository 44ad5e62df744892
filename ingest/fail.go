package ingest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"finpages/intercomapi"
	"finpages/state"
)

// failed notes that the entry could not be read: its pages stay, and the next
// run tries again.
func (r *run) failed(w *workItem, err error) error {
	rec := w.known.entry
	rec.ListingError = false
	return r.fault(w, rec, err)
}

// unread notes that the source lists the entry, but cannot tell of it: its
// pages stay, and are as good as before once it can.
func (r *run) unread(w *workItem) error {
	rec := w.known.entry
	rec.ListingError = rec.Error == "" || rec.ListingError
	return r.fault(w, rec, w.Err)
}

// noteRevoked writes down that what Fin has of the entry must not stay. The
// record says so until its pages are replaced, or out.
func (r *run) noteRevoked(w *workItem) error {
	rec := &w.known.entry
	if w.Revoked == "" || len(rec.Pages) == 0 || rec.Withheld != "" {
		return nil
	}
	rec.Withheld = w.Revoked
	return r.update(func(tx *state.Tx) error { return tx.PutEntry(w.ID, *rec) })
}

// recover notes that errors of the listing are over.
func (r *run) recover() error {
	for ids := range slices.Chunk(r.recovered, listBatch) {
		err := r.update(func(tx *state.Tx) error {
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
func (r *run) fault(w *workItem, rec state.Entry, err error) error {
	if w.Revoked != "" {
		left, dropErr := r.dropPages(w, "", w.Revoked)
		if dropErr != nil {
			return dropErr
		}
		rec = withheld(rec, w.Revoked)
		rec.Pages = left
		err = fmt.Errorf("%w; it is out of Fin until that is mended, since %s", err, w.Revoked)
	}
	rec.Error, rec.Since, rec.Scope = err.Error(), since(w, r.started), w.Scope
	r.tally.fail(w.ID, err, rec.Since)
	r.Metrics.failedPage(r.src.Name, "unreadable")
	r.log.Warn("page failed", "external_id", w.ID, "error", err)
	return r.update(func(tx *state.Tx) error { return tx.PutEntry(w.ID, rec) })
}

// refuse puts the entry into quarantine: its pages stay as they are until its
// content or the settings change.
func (r *run) refuse(w *workItem, rec state.Entry, err error) error {
	if w.Revoked != "" {
		return r.failed(w, err)
	}
	rec.Refused, rec.Pages, rec.Since = err.Error(), w.known.entry.Pages, since(w, r.started)
	r.tally.add(func(t *Report) { t.Quarantined++ })
	r.tally.fail(w.ID, err, rec.Since)
	r.Metrics.failedPage(r.src.Name, "refused")
	r.log.Warn("page put into quarantine until it changes", "external_id", w.ID, "error", err)
	return r.update(func(tx *state.Tx) error { return tx.PutEntry(w.ID, rec) })
}

// since is when the entry began to fail.
func since(w *workItem, now time.Time) time.Time {
	if before := w.known.entry; (before.Error != "" || before.Refused != "") && !before.Since.IsZero() {
		return before.Since
	}
	return now.UTC()
}

// notPushed deals with a page that Intercom did not accept. It returns what
// stops the run.
func (r *run) notPushed(w *workItem, p *rendered, err error) error {
	err = Hinted(fmt.Errorf("push page %q: %w", p.id, err))
	var api *intercomapi.Error
	if !errors.As(err, &api) {
		return err
	}
	if !api.Ambiguous() && !w.intent { // nothing was written: what Intercom has is still known
		if err := r.update(func(tx *state.Tx) error { return tx.DeleteIntent(p.id) }); err != nil {
			return err
		}
	}
	switch {
	case api.Stop(), r.hard.Err() != nil:
		return err
	case api.NotFound():
		return fmt.Errorf("%w: the import source %d may have been deleted in Intercom; finpages verify --repair makes it anew", err, r.info.ImportSource)
	case api.Refused():
		p.entry.RefusedHash = p.hash
		return r.refuse(w, p.entry, err)
	}
	r.unsettled.Store(true)
	if r.failures.Add(1) >= failuresInARow {
		return fmt.Errorf("%w; so did %d others in a row, and the run ends here", err, failuresInARow-1)
	}
	return r.failed(w, err)
}

// failuresInARow is how many pages may fail by an outage, none succeeding in
// between, before the run gives up.
const failuresInARow = 10
