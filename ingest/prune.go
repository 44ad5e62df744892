package ingest

import (
	"cmp"
	"errors"
	"slices"
	"sync/atomic"

	"finpages/ingest/decide"
	"finpages/ingest/listing"
	"finpages/ingest/tally"
	"finpages/ingest/transform"
	"finpages/state"
)

// pruned is what became of the pages whose documents are gone.
type pruned struct {
	tally.Tally
	waiting int        // deletes that wait for a complete listing or the end of failures
	hold    state.Hold // what waits for an approval
	foreign int        // of the deletes that do, those of pages that no state of ours pushed
}

// pruner deletes what the listing proves to be gone.
type pruner struct {
	*run
	prior         listing.Prior
	source        listing.Opened
	listing       *listing.Listing
	pushed        *pushed
	confirmFailed atomic.Bool // the source could not tell whether a document is gone: deletes wait
	*pruned
}

// prune takes out the pages whose documents are gone, within the budget.
func (r *run) prune(before listing.Prior, src listing.Opened, l *listing.Listing, done *pushed) (*pruned, error) {
	p := &pruner{run: r, prior: before, source: src, listing: l, pushed: done, pruned: &pruned{}}
	return p.pruned, p.prune()
}

func (p *pruner) prune() error {
	lost, err := p.findLost()
	if err != nil {
		return err
	}
	gone, held, err := p.candidates()
	if err != nil {
		return err
	}
	gone = append(lost, gone...)
	if p.pushed.upsertFailed {
		return errors.Join(p.holdUpdates(), p.removeMarked(gone))
	}
	p.findMoves(gone)
	remove, held, reason := p.deleteFacts().Split(gone, held)
	p.foreign = decide.CountForeign(held)
	if err := p.holdBack(held, reason); err != nil {
		return err
	}
	if err := p.removeGone(remove); err != nil {
		return err
	}
	return p.forgetEntries()
}

// deleteFacts gathers what decides which pages may go.
func (p *pruner) deleteFacts() decide.DeleteFacts {
	emptiedOver := map[string]bool{}
	if p.pushed.overBudget != "" {
		for _, d := range p.pushed.emptied {
			emptiedOver[d.ID] = true
		}
	}
	return decide.DeleteFacts{Budget: p.src.Deletes, Hold: p.prior.Hold, Owned: p.prior.Pages, EmptiedOver: emptiedOver,
		Shown: p.listing.Listed - p.listing.Withheld.Total() - p.pushed.Withheld.Total()}
}

// removeMarked removes what must not be in Fin. The rest waits until all upserts
// are through.
func (p *pruner) removeMarked(gone []decide.Deletion) error {
	var marked []decide.Deletion
	for _, d := range gone {
		if d.MustRemove {
			marked = append(marked, d)
		}
	}
	waiting := len(gone) - len(marked)
	p.waiting += waiting
	p.Leftovers = waiting > 0
	return p.removeGone(marked)
}

// candidates returns the pages whose documents are gone, as far as the listing
// proves it, and those held pages of which it proves nothing.
func (p *pruner) candidates() (gone, held []decide.Deletion, err error) {
	found := map[string]bool{}
	if p.listing.Vanished || p.prior.Info.FindLeftovers || p.prior.Hold.ID != "" || len(p.prior.Intents) > 0 {
		gone, held, err = p.scan()
		for i, d := range gone {
			found[d.ID] = true
			same := func(v decide.Deletion) bool { return v.ID == d.ID }
			if at := slices.IndexFunc(p.pushed.vanished, same); at >= 0 {
				gone[i] = p.pushed.vanished[at]
			}
		}
	}
	for _, d := range slices.Concat(p.pushed.emptied, p.pushed.vanished) {
		if !found[d.ID] {
			gone = append(gone, d)
		}
	}
	for id, page := range p.prior.Adopted {
		f := p.facts(id, page, state.Entry{}, false)
		if !f.Listed && !f.Claimed && decide.Prune(f) == decide.Remove {
			gone = append(gone, decide.Deletion{ID: id, Page: page})
		}
	}
	return gone, held, err
}

// scanBatch is how many pages are looked at in one transaction.
const scanBatch = 4096

// scan goes through the pages that the state knows.
func (p *pruner) scan() (gone, held []decide.Deletion, err error) {
	for from, more := "", true; more; {
		n := 0
		err := p.View(func(tx *state.Tx) error {
			more = false
			return tx.EachPage(from, func(id string, page state.Page) error {
				if n == scanBatch {
					from, more = id, true
					return state.Stop
				}
				n++
				rec, recorded, err := tx.Entry(cmp.Or(page.Entry, id))
				if err != nil {
					return err
				}
				d := p.deletion(id, page, rec)
				switch decide.Prune(p.facts(id, page, rec, recorded)) {
				case decide.Remove:
					gone = append(gone, d)
				case decide.Wait:
					p.waiting++
				case decide.StayHeld:
					held = append(held, d)
				}
				return nil
			})
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return gone, held, nil
}

// deletion says why a page is to go. What its owner has marked leaves at once;
// what is left out since the rules have changed does so within the budget, and
// where that held it, once somebody approves.
func (p *pruner) deletion(id string, page state.Page, rec state.Entry) decide.Deletion {
	entry := cmp.Or(page.Entry, id)
	d := decide.Deletion{ID: id, Page: page, BodyHash: rec.BodyHash}
	if len(rec.Pages) > 0 {
		d.Part, _ = transform.PartOf(id, rec.Pages[0])
	}
	if p.listing.Seen.Has(entry) {
		if d.Reason = rec.Withheld; d.Reason == "" && d.Part != "" {
			d.Reason = vanishedReason
		}
	}
	if rule := p.listing.Excluded[entry]; rule != "" {
		d.RuledOut = true
		d.Reason, d.MustRemove = rule, p.prior.Info.Rules == p.src.rules() && !p.prior.Hold.HasDelete(id)
	}
	return d
}

// facts gathers what [decide.Prune] goes by.
func (p *pruner) facts(id string, page state.Page, rec state.Entry, recorded bool) decide.PageFacts {
	part := ""
	if len(rec.Pages) > 0 {
		part, _ = transform.PartOf(id, rec.Pages[0])
	}
	return decide.PageFacts{
		Listed:   p.listing.Seen.Has(cmp.Or(page.Entry, id)),
		Owned:    slices.Contains(rec.Pages, id),
		Failed:   rec.Error != "",
		Refused:  rec.Refused != "",
		Adopted:  page.Entry == "",
		Claimed:  p.pushed.claims.claimed(id),
		Restored: page.Restored,
		Part:     part != "",
		Excluded: p.listing.Excluded[cmp.Or(page.Entry, id)] != "",
		Failures: p.listing.Failed+p.pushed.Failed > 0,
		MayExist: p.listing.MayHaveMissed(rec, recorded),
		Held:     p.prior.Hold.HasDelete(id),
	}
}

// removeGone deletes the pages that the source confirms to be gone.
func (p *pruner) removeGone(gone []decide.Deletion) error {
	var unconfirmed atomic.Int64
	err := p.removeAll(gone, &p.Tally, func(d decide.Deletion) bool {
		if d.MovedTo != "" || d.Reason != "" || d.MustRemove || p.confirmed(d) {
			return true
		}
		unconfirmed.Add(1)
		return false
	})
	p.waiting += int(unconfirmed.Load())
	return err
}

// forgetEntries drops the records of entries that are gone and have no pages.
func (p *pruner) forgetEntries() error {
	if !p.listing.Vanished || p.opts.Plan {
		return nil
	}
	return p.Update(func(tx *state.Tx) error {
		var drop []string
		err := tx.EachEntry("", func(id string, rec state.Entry) error {
			_, excluded := p.listing.Excluded[id]
			if p.listing.Seen.Has(id) || !excluded && p.listing.MayHaveMissed(rec, true) {
				return nil
			}
			for _, page := range rec.Pages {
				owned, found, err := tx.Page(page)
				if err != nil || found && owned.Entry == id {
					return err
				}
			}
			drop = append(drop, id)
			return nil
		})
		for _, id := range drop {
			err = errors.Join(err, tx.DeleteEntry(id))
		}
		return err
	})
}
