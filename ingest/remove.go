package ingest

import (
	"cmp"

	"finpages/ingest/destination"
	"finpages/state"
)

// removeAll deletes those of the pages that may go, several at once.
func (r *run) removeAll(pages []deletion, t *tally, mayGo func(deletion) bool) error {
	r.opts.Progress.Deletes.Store(int64(len(pages)))
	return destination.Each(r.Session, pages, func(d deletion) error {
		if !mayGo(d) {
			return nil
		}
		return r.removeOne(d, t)
	})
}

func (r *run) removeOne(d deletion, t *tally) error {
	if !r.opts.Plan {
		if ok, err := r.remove(d.id, d.page, d.why(), d.movedTo == "" && !d.mustRemove, t); !ok {
			return err
		}
	}
	r.note(t, d.change())
	t.add(func(t *tally) {
		if d.movedTo == "" {
			t.deleted++
		} else {
			t.moved++
		}
	})
	return nil
}

// change is what a report says of the deletion.
func (d deletion) change() Change {
	if d.movedTo != "" {
		return Change{Action: "move", ExternalID: d.movedTo, From: d.id}
	}
	return deleteChange(d.id, d.page, d.why())
}

func deleteChange(id string, page state.Page, reason string) Change {
	return Change{Action: "delete", ExternalID: id, Title: page.Title, URL: page.URL, Reason: reason}
}

// why says why the page goes.
func (d deletion) why() string {
	if d.movedTo != "" {
		return "its document is " + d.movedTo + " now"
	}
	return cmp.Or(d.reason, "no longer in the source")
}

// holdChange is what a plan says of a deletion that waits for an approval.
func (d deletion) holdChange(reason string) Change {
	if d.isForeign() {
		reason = "foreign: not pushed from this state, and the source has no document for it"
	}
	return Change{Action: "hold", ExternalID: d.id, Title: d.page.Title, URL: d.page.URL, Reason: reason}
}

// remove deletes a page from Intercom and from the state; false if it could
// not, which it counts. The error stops the run.
func (r *run) remove(id string, page state.Page, reason string, journal bool, t *tally) (bool, error) {
	failure, err := r.Delete(id, page, reason, journal)
	if failure == nil || err != nil {
		return err == nil, err
	}
	t.add(func(t *tally) { t.leftovers = true })
	t.fail(id, failure, r.Started)
	return false, nil
}

// removeRetracted deletes retracted pages that Intercom could not be told of
// when somebody retracted them.
func (r *run) removeRetracted(before prior) (*tally, error) {
	t := &tally{}
	if r.opts.Plan {
		return t, nil // what the source still lists of them is withdrawn with its entry
	}
	for id, re := range before.retracted {
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

func (r *run) removeRetractedPage(id string, isPart bool, t *tally) error {
	page, found, err := r.Page(id)
	if err != nil || !found || page.IntercomID == "" {
		return err
	}
	ok, err := r.remove(id, page, "retracted", false, t)
	if err != nil || !ok {
		return err
	}
	t.deleted++
	r.note(t, deleteChange(id, page, "retracted"))
	if isPart {
		return r.ForgetPart(page.Entry, id)
	}
	return r.MarkRetracted(page.Entry)
}
