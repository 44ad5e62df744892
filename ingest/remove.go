package ingest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"finpages/intercomapi"
	"finpages/state"

	"golang.org/x/sync/errgroup"
)

// removeAll deletes those of the pages that may go, several at once.
func (r *run) removeAll(pages []deletion, t *tally, mayGo func(deletion) bool) error {
	r.opts.Progress.Deletes.Store(int64(len(pages)))
	group := errgroup.Group{}
	group.SetLimit(max(r.InFlight, 1))
	for _, d := range pages {
		if r.ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			if !mayGo(d) {
				return nil
			}
			err := r.removeOne(d, t)
			if err != nil {
				r.stop(err)
			}
			return err
		})
	}
	return group.Wait()
}

func (r *run) removeOne(d deletion, t *tally) error {
	if r.opts.Plan {
		t.plan(d.change())
	} else if ok, err := r.remove(d.id, d.page, d.why(), d.movedTo == "" && !d.mustRemove, t); !ok {
		return err
	}
	t.add(func(t *tally) {
		if d.movedTo == "" {
			t.deleted++
		} else {
			t.moved++
		}
	})
	return nil
}

// change is what a plan says of the deletion.
func (d deletion) change() Change {
	if d.movedTo != "" {
		return Change{Action: "move", ExternalID: d.movedTo, From: d.id}
	}
	return Change{Action: "delete", ExternalID: d.id, Title: d.page.Title, URL: d.page.URL,
		Reason: d.why()}
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
	if err := r.putIntent(id, page.Entry); err != nil {
		return false, err
	}
	if journal && r.src.Journal > 0 {
		if err := r.journal(id, page); err != nil {
			r.log.Warn("keep a copy of the page before it is deleted", "external_id", id, "error", err)
		}
	}
	err := r.Client.DeletePage(r.hard, page.IntercomID)
	r.count(1)
	if err != nil {
		return false, r.notRemoved(id, err, t)
	}
	r.log.Info("deleted page", "external_id", id, "title", page.Title, "reason", reason)
	r.Metrics.Changed(r.src.Name, "delete", 1)
	return true, r.update(func(tx *state.Tx) error {
		return errors.Join(tx.DeletePage(id), tx.DeleteIntent(id), mended(tx, id))
	})
}

func (r *run) notRemoved(id string, err error, t *tally) error {
	err = Hinted(fmt.Errorf("delete page %q: %w", id, err))
	var api *intercomapi.Error
	if !errors.As(err, &api) || api.Stop() || r.hard.Err() != nil {
		return err
	}
	t.add(func(t *tally) { t.leftovers = true })
	t.fail(id, err, r.started)
	r.Metrics.FailedPage(r.src.Name, "delete")
	r.log.Warn("page failed", "external_id", id, "error", err)
	return nil
}

// journal copies the page as Intercom has it into the journal.
func (r *run) journal(id string, page state.Page) error {
	got, err := r.Client.Page(r.hard, page.IntercomID)
	r.count(1)
	var api *intercomapi.Error
	switch {
	case errors.As(err, &api) && api.NotFound():
		return nil
	case err != nil:
		return err
	}
	request, err := json.Marshal(r.src.requestFor(got))
	if err != nil {
		return err
	}
	return r.update(func(tx *state.Tx) error {
		return tx.AppendJournal(state.Deleted{
			Page: id, Entry: page.Entry, Run: tx.NextRun(), Time: time.Now().UTC(), Request: request})
	})
}

// removeRetracted deletes retracted pages that Intercom could not be told of
// when somebody retracted them.
func (r *run) removeRetracted(before prior) (*tally, error) {
	t := &tally{}
	if r.opts.Plan {
		return t, nil // what the source still lists of them is withdrawn with its entry
	}
	for id := range before.retracted {
		page, found, err := r.page(id)
		if err != nil {
			return t, err
		}
		if !found || page.IntercomID == "" {
			continue
		}
		ok, err := r.remove(id, page, "retracted", false, t)
		if err != nil {
			return t, err
		}
		if !ok {
			continue
		}
		if err := r.markRetracted(page.Entry); err != nil {
			return t, err
		}
		t.deleted++
	}
	return t, nil
}

func (r *run) markRetracted(entry string) error {
	return r.update(func(tx *state.Tx) error {
		rec, found, err := tx.Entry(entry)
		if err != nil || !found {
			return err
		}
		return tx.PutEntry(entry, withheld(rec, "retracted"))
	})
}
