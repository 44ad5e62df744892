package ingest

import (
	"errors"
	"time"

	"finpages/state"
)

func (r *run) now() time.Time { return time.Now().UTC() }

// undoneHash tells the document whose page undo took back, by its content and the
// title that it gave the page.
func undoneHash(body state.Hash, title string) state.ShortHash {
	return state.HashOf(body[:], title).Short()
}

// isUndone reports whether the page is that of a document which undo took back,
// and which has not changed since. What must not wait is pushed all the same.
func (p *pusher) isUndone(w *workItem, page *rendered, before state.Page) bool {
	return before.Undone == undoneHash(page.record.BodyHash, page.request.Title) && !goesAtOnce(w, page, before)
}

// keepUndone notes that Intercom keeps the version that was brought back. What
// drift was found of the page is mended if it was pushed just now.
func (p *pusher) keepUndone(w *workItem, page *rendered, before state.Page, pushed bool) error {
	before.Entry = w.ID
	return p.update(func(tx *state.Tx) error {
		err := errors.Join(tx.PutPage(page.id, before), tx.PutEntry(w.ID, page.record), tx.DeleteIntent(page.id))
		if pushed {
			err = errors.Join(err, mended(tx, page.id))
		}
		return err
	})
}
