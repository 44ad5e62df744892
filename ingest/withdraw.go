package ingest

import (
	"errors"
	"slices"
	"sync"
	"time"

	"finpages/state"
)

// withdraw takes the pages of an entry out of Fin at once, whatever the budget
// and however complete the listing: the entry must not be there.
func (r *run) withdraw(w *workItem, rec state.Entry, why string) error {
	rec.Revision, rec.Settings, rec.Scope = w.Revision, r.settings, w.Scope
	rec = withheld(rec, why)
	r.tally.withhold(why)
	if !slices.Contains(w.known.entry.Pages, w.ID) { // it may have been waiting to go since it was emptied
		w.known.entry.Pages = append(slices.Clone(w.known.entry.Pages), w.ID)
	}
	left, err := r.dropPages(w, "", why)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		rec.Pages, rec.Error = left, "could not be deleted from Intercom yet"
	}
	return r.update(func(tx *state.Tx) error { return tx.PutEntry(w.ID, rec) })
}

// withheld is the record of an entry that has no pages, whatever was wrong
// with it before.
func withheld(rec state.Entry, why string) state.Entry {
	rec.Withheld, rec.Refused, rec.Error, rec.ListingError, rec.Pages = why, "", "", false, nil
	return rec
}

// emptied notes that an entry has nothing to show. Unlike what must not be in
// Fin, its pages go as those of a deleted document do: in the end, within the
// budget. A wiki that fails may well answer with empty pages.
func (r *run) emptied(w *workItem, rec state.Entry, why string) error {
	if w.intent || w.Revoked != "" { // what it left in Intercom must be looked for, or must not wait
		return r.withdraw(w, rec, why)
	}
	rec = withheld(rec, why)
	r.tally.withhold(why)
	hasPages := false
	for _, id := range w.known.entry.Pages {
		p, found, err := r.page(id)
		if err != nil {
			return err
		}
		if found && (p.Entry == w.ID || p.Entry == "") {
			hasPages = true
			r.empty.add(gone{id: id, page: p, body: rec.BodyHash, why: why})
		}
	}
	return r.update(func(tx *state.Tx) error {
		if !hasPages {
			return tx.PutEntry(w.ID, rec)
		}
		info, err := tx.Info()
		if err != nil {
			return err
		}
		info.FindLeftovers = true // in case that the process ends before they are deleted
		return errors.Join(tx.PutInfo(info), tx.PutEntry(w.ID, rec))
	})
}

// refusedToTell takes the pages of an entry out within the budget: nobody has
// shut it, the source refuses to tell.
func (r *run) refusedToTell(w *workItem) error {
	rec := w.known.entry
	rec.Revision, rec.Settings, rec.Scope = w.Revision, r.settings, w.Scope
	return r.emptied(w, rec, w.Withheld)
}

// goneList collects pages from many goroutines.
type goneList struct {
	mu    sync.Mutex
	pages []gone
}

func (l *goneList) add(g gone) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pages = append(l.pages, g)
}

// dropStale deletes what the entry had under other external_ids.
func (r *run) dropStale(w *workItem, page, why string) error {
	left, err := r.dropPages(w, page, why)
	if len(left) > 0 {
		r.sweep.Store(true)
	}
	return err
}

// dropPages deletes the entry's pages but one, and returns those that could
// not be deleted.
func (r *run) dropPages(w *workItem, except, why string) (left []string, err error) {
	for _, id := range w.known.entry.Pages {
		if id == except {
			continue
		}
		p, found, err := r.page(id)
		if err != nil {
			return nil, err
		}
		if !found || p.Entry != w.ID && p.Entry != "" {
			continue
		}
		if r.opts.Plan {
			r.planned(Change{Action: "delete", ExternalID: id, Title: p.Title, URL: p.URL, Reason: why})
		} else if ok, err := r.remove(id, p, except != ""); err != nil {
			return nil, err
		} else if !ok {
			left = append(left, id)
			continue
		}
		r.tally.add(func(t *Report) { t.Deleted++ })
	}
	return left, nil
}

// findLost looks in Intercom for pages whose create was never answered, and
// whose entry is no longer there to be pushed again.
func (r *run) findLost() error {
	lost, err := r.lostIntents()
	if err != nil || len(lost) == 0 {
		return err
	}
	for page, err := range r.pagesOfOurs() {
		if err != nil {
			return err
		}
		if in, ok := lost[page.ExternalID]; ok {
			r.lost = append(r.lost, gone{id: page.ExternalID, shut: in.shut,
				page: state.Page{Entry: in.Entry, IntercomID: page.ID, Title: page.Title, URL: page.URL}})
			delete(lost, page.ExternalID)
		}
	}
	return r.update(func(tx *state.Tx) (err error) {
		for id, in := range lost {
			if time.Since(in.Since) > lateEffect {
				err = errors.Join(err, tx.DeleteIntent(id))
			}
		}
		return err
	})
}

// lateEffect is how long a write that was never answered may still take effect.
const lateEffect = 5 * time.Minute

// lostIntent is a write that was never answered.
type lostIntent struct {
	state.Intent
	shut bool // its entry must not be in Fin
}

func (r *run) lostIntents() (map[string]lostIntent, error) {
	lost := map[string]lostIntent{}
	if len(r.intents) == 0 {
		return lost, nil
	}
	err := r.State.View(r.src.Name, func(tx *state.Tx) error {
		intents, err := tx.Intents()
		for id, in := range intents {
			_, found, err := tx.Page(id)
			rec, known, err2 := tx.Entry(in.Entry)
			if err := errors.Join(err, err2); err != nil {
				return err
			}
			pushable := r.seen.has(in.Entry) && (slices.Contains(rec.Pages, id) || rec.Error != "" || rec.Refused != "")
			if _, before := r.intents[id]; before && !found && !pushable && !r.mayBeUnseen(rec, known) {
				lost[id] = lostIntent{in, rec.Withheld != ""}
			}
		}
		return err
	})
	return lost, err
}
