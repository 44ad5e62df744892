package inspect

import (
	"fmt"
	"slices"
	"time"

	"finpages/ingest/destination"
	"finpages/state"
)

// DeletedPage is a page that was deleted, and is in the journal.
type DeletedPage struct {
	ID    string    `json:"id"` // external_id
	Title string    `json:"title"`
	Run   uint64    `json:"run"` // that deleted it
	Time  time.Time `json:"time"`
	Kept  string    `json:"kept_out,omitempty"` // why it may not be brought back; "" if it may
}

// Deleted returns up to n pages that are in the journal and not in Fin, the
// last deleted first, and each once.
func (i *Inspector) Deleted(name string, n int) ([]DeletedPage, error) {
	return i.journal(name, func(tx *state.Tx) (deleted []state.Deleted, err error) {
		last, err := tx.LastDeleted("", n)
		if err != nil {
			return nil, err
		}
		slices.Reverse(last)
		for _, d := range last {
			if deleted, err = addDeleted(tx, deleted, d, n); err != nil {
				return nil, err
			}
		}
		if len(deleted) < n && len(last) == n { // some are back: look at all, without holding all
			deleted = deleted[:0]
			err = tx.EachDeleted(func(d state.Deleted) (err error) {
				deleted, err = addDeleted(tx, deleted, d, n)
				return err
			})
		}
		slices.Reverse(deleted)
		return deleted, err
	})
}

// addDeleted adds a record to those that came before it, if its page is not in
// Fin. The last of a page's records counts, and the last n are kept.
func addDeleted(tx *state.Tx, deleted []state.Deleted, d state.Deleted, n int) ([]state.Deleted, error) {
	_, back, err := tx.PageSummary(d.Page)
	if err != nil || back {
		return deleted, err
	}
	if at := slices.IndexFunc(deleted, func(g state.Deleted) bool { return g.Page == d.Page }); at >= 0 {
		deleted = slices.Delete(deleted, at, at+1)
	}
	deleted = append(deleted, d)
	return slices.Delete(deleted, 0, max(len(deleted)-n, 0)), nil
}

// Deletions returns up to n of the times that a page was deleted, the last
// first, whether or not it is in Fin again.
func (i *Inspector) Deletions(name, page string, n int) ([]DeletedPage, error) {
	return i.journal(name, func(tx *state.Tx) ([]state.Deleted, error) { return tx.LastDeleted(page, n) })
}

// journal returns the records that f reads, for people.
func (i *Inspector) journal(name string, f func(*state.Tx) ([]state.Deleted, error)) ([]DeletedPage, error) {
	if _, err := i.Lookup(name); err != nil {
		return nil, err
	}
	pages := []DeletedPage{}
	err := i.State.View(name, func(tx *state.Tx) error {
		retracted, err := tx.Retractions()
		if err != nil {
			return err
		}
		records, err := f(tx)
		for _, d := range records {
			request, err := destination.Unpack(d.Request)
			if err != nil {
				return fmt.Errorf("read the journal's copy of %q: %w", d.Page, err)
			}
			rec, _, err := tx.Entry(d.Entry)
			if err != nil {
				return err
			}
			if _, out := retracted[d.Page]; out {
				rec.Withheld = "retracted"
			}
			pages = append(pages, DeletedPage{d.Page, request.Title, d.Run, d.Time, rec.Withheld})
		}
		return err
	})
	return pages, err
}
