package ingest

import (
	"finpages/ingest/decide"
	"finpages/ingest/destination"
	"finpages/ingest/listing"
	"finpages/ingest/tally"
	"finpages/state"
)

// removeAll deletes those of the pages that may go, several at once.
func (r *run) removeAll(pages []decide.Deletion, t *tally.Tally, mayGo func(decide.Deletion) bool) error {
	r.opts.Progress.Deletes.Store(int64(len(pages)))
	return destination.Each(r.Session, pages, func(d decide.Deletion) error {
		if !mayGo(d) {
			return nil
		}
		return r.removeOne(d, t)
	})
}

func (r *run) removeOne(d decide.Deletion, t *tally.Tally) error {
	if !r.opts.Plan {
		if ok, err := r.remove(d.ID, d.Page, d.Why(), d.MovedTo == "" && !d.MustRemove, t); !ok {
			return err
		}
	}
	t.Note(deletionChange(d), r.opts.Plan)
	t.Add(func(t *tally.Tally) {
		if d.MovedTo == "" {
			t.Deleted++
		} else {
			t.Moved++
		}
	})
	return nil
}

// deletionChange is what a report says of the deletion.
func deletionChange(d decide.Deletion) tally.Change {
	if d.MovedTo != "" {
		return tally.Change{Action: "move", ExternalID: d.MovedTo, From: d.ID}
	}
	return deleteChange(d.ID, d.Page, d.Why())
}

func deleteChange(id string, page state.Page, reason string) tally.Change {
	return tally.Change{Action: "delete", ExternalID: id, Title: page.Title, URL: page.URL, Reason: reason}
}

// holdChange is what a plan says of a deletion that waits for an approval.
func holdChange(d decide.Deletion, reason string) tally.Change {
	if d.IsForeign() {
		reason = "foreign: not pushed from this state, and the source has no document for it"
	}
	return tally.Change{Action: "hold", ExternalID: d.ID, Title: d.Page.Title, URL: d.Page.URL, Reason: reason}
}

// remove deletes a page from Intercom and from the state; false if it could
// not, which it counts. The error stops the run.
func (r *run) remove(id string, page state.Page, reason string, journal bool, t *tally.Tally) (bool, error) {
	failure, err := r.Delete(id, page, reason, journal)
	if failure == nil || err != nil {
		return err == nil, err
	}
	t.Add(func(t *tally.Tally) { t.Leftovers = true })
	t.Fail(id, failure, r.Started)
	return false, nil
}

// removeRetracted deletes retracted pages that Intercom could not be told of
// when somebody retracted them.
func (r *run) removeRetracted(before listing.Prior) (*tally.Tally, error) {
	t := &tally.Tally{}
	if r.opts.Plan {
		return t, nil // what the source still lists of them is withdrawn with its entry
	}
	for id, re := range before.Retracted {
		ids := []string{id}
		if !re.Part {
			pages, err := r.pagesOf(re.Entry)
			if err != nil {
				return t, err
			}
			ids = append(pages, id)
		}
		for _, page := range ids {
			if err := r.removeRetractedPage(page, re.Part || page != id, t); err != nil {
				return t, err
			}
		}
	}
	return t, nil
}

// pagesOf returns the external_ids of an entry's pages.
func (r *run) pagesOf(entry string) (pages []string, err error) {
	err = r.View(func(tx *state.Tx) error {
		rec, _, err := tx.Entry(entry)
		pages = rec.Pages
		return err
	})
	return pages, err
}

func (r *run) removeRetractedPage(id string, isPart bool, t *tally.Tally) error {
	page, found, err := r.Page(id)
	if err != nil || !found || page.IntercomID == "" {
		return err
	}
	ok, err := r.remove(id, page, "retracted", false, t)
	if err != nil || !ok {
		return err
	}
	t.Deleted++
	t.Note(deleteChange(id, page, "retracted"), r.opts.Plan)
	if isPart {
		return r.ForgetPart(page.Entry, id)
	}
	return r.MarkRetracted(page.Entry)
}
