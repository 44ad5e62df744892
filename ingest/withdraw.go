package ingest

import (
	"errors"
	"slices"

	"finpages/ingest/decide"
	"finpages/ingest/listing"
	"finpages/ingest/tally"
	"finpages/ingest/transform"
	"finpages/state"
)

// withdraw takes the pages of an entry out of Fin at once, whatever the budget
// and however complete the listing: the entry must not be there.
func (p *pusher) withdraw(w *listing.Item, rec state.Entry, reason string) error {
	rec.Revision, rec.Settings, rec.Scope = w.Revision, p.source.Settings, w.Scope
	rec = withheld(rec, reason)
	p.Withhold(w.ID, reason)
	if !slices.Contains(w.Prior.Record.Pages, w.ID) { // it may have been waiting to go since it was emptied
		w.Prior.Record.Pages = append(slices.Clone(w.Prior.Record.Pages), w.ID)
	}
	if err := p.addLeftParts(w); err != nil {
		return err
	}
	left, err := p.removePages(w, "", reason)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		rec.Pages, rec.Error = left, "could not be deleted from Intercom yet"
	}
	return p.Update(func(tx *state.Tx) error { return tx.PutEntry(w.ID, rec) })
}

// withheld is the record of an entry that has no pages, whatever was wrong
// with it before.
func withheld(rec state.Entry, reason string) state.Entry {
	if !transform.IsLeak(reason) {
		rec.Leaks = nil
	}
	return rec.WithoutPages(reason)
}

// empty notes that an entry has nothing to show. Unlike what must not be in
// Fin, its pages go as those of a deleted document do: in the end, within the
// budget. A wiki that fails may well answer with empty pages.
func (p *pusher) empty(w *listing.Item, rec state.Entry, reason string) error {
	if w.Prior.Intent || w.Revoked != "" { // what it left in Intercom must be looked for, or must not wait
		return p.withdraw(w, rec, reason)
	}
	rec = withheld(rec, reason)
	p.Withhold(w.ID, reason)
	hasPages := false
	for _, id := range w.Prior.Record.Pages {
		page, found, err := p.page(id)
		if err != nil {
			return err
		}
		if found && (page.Entry == w.ID || page.Entry == "") {
			hasPages = true
			d := decide.Deletion{ID: id, Page: page, BodyHash: rec.BodyHash, Reason: reason}
			p.Add(func(*tally.Tally) { p.emptied = append(p.emptied, d) })
		}
	}
	return p.Update(func(tx *state.Tx) error {
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
// restricted it, the source refuses to tell.
func (p *pusher) refusedToTell(w *listing.Item) error {
	rec := w.Prior.Record
	rec.Revision, rec.Settings, rec.Scope = w.Revision, p.source.Settings, w.Scope
	return p.empty(w, rec, w.Withheld)
}

// dropPages deletes what the entry has under other external_ids than one. What
// cannot be deleted now is left to the next run.
func (p *pusher) dropPages(w *listing.Item, except, reason string) error {
	_, err := p.removePages(w, except, reason)
	return err
}

// removePages deletes the entry's pages but one, and returns those that could
// not be deleted.
func (p *pusher) removePages(w *listing.Item, except, reason string) (left []string, err error) {
	for _, id := range w.Prior.Record.Pages {
		if id == except {
			continue
		}
		page, found, err := p.page(id)
		if err != nil {
			return nil, err
		}
		if !found || page.Entry != w.ID && page.Entry != "" {
			continue
		}
		if !p.opts.Plan {
			ok, err := p.remove(id, page, reason, except != "", &p.Tally)
			if err != nil {
				return nil, err
			}
			if !ok {
				left = append(left, id)
				continue
			}
		}
		p.Note(deleteChange(id, page, reason), p.opts.Plan)
		p.Add(func(t *tally.Tally) { t.Deleted++ })
	}
	return left, nil
}
