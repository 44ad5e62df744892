package ingest

import (
	"cmp"
	"errors"
	"slices"
	"sync/atomic"

	"finpages/ingest/decide"
	"finpages/ingest/transform"
	"finpages/state"
)

// deletion is a page that is to be deleted.
type deletion struct {
	id         string // external_id
	page       state.Page
	bodyHash   state.ShortHash
	mustRemove bool   // it must not be in Fin: the budget does not count it
	ruledOut   bool   // its document was seen, and a rule leaves it out
	reason     string // "" means that its document is gone
	movedTo    string // external_id of the page that is the same document's by now; "" if there is none
	part       string // what the page is of its document; "" of the first or only one
	recut      bool   // its text is in other pages of the same document by now: the budget does not count it
}

// pruned is what became of the pages whose documents are gone.
type pruned struct {
	tally
	waiting int        // deletes that wait for a complete listing or the end of failures
	hold    state.Hold // what waits for an approval
	foreign int        // of the deletes that do, those of pages that no state of ours pushed
}

// pruner deletes what the listing proves to be gone.
type pruner struct {
	*run
	prior         prior
	source        opened
	listing       *listing
	pushed        *pushed
	confirmFailed atomic.Bool // the source could not tell whether a document is gone: deletes wait
	*pruned
}

// prune takes out the pages whose documents are gone, within the budget.
func (r *run) prune(before prior, src opened, l *listing, done *pushed) (*pruned, error) {
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
	remove, held, reason := p.splitByBudget(gone, held)
	if err := p.holdBack(held, reason); err != nil {
		return err
	}
	if err := p.removeGone(remove); err != nil {
		return err
	}
	return p.forgetEntries()
}

// removeMarked removes what must not be in Fin. The rest waits until all upserts
// are through.
func (p *pruner) removeMarked(gone []deletion) error {
	var marked []deletion
	for _, d := range gone {
		if d.mustRemove {
			marked = append(marked, d)
		}
	}
	waiting := len(gone) - len(marked)
	p.waiting += waiting
	p.leftovers = waiting > 0
	return p.removeGone(marked)
}

// candidates returns the pages whose documents are gone, as far as the listing
// proves it, and those held pages of which it proves nothing.
func (p *pruner) candidates() (gone, held []deletion, err error) {
	found := map[string]bool{}
	if p.listing.vanished || p.prior.info.FindLeftovers || p.prior.hold.ID != "" || len(p.prior.intents) > 0 {
		gone, held, err = p.scan()
		for i, d := range gone {
			found[d.id] = true
			if at := slices.IndexFunc(p.pushed.vanished, func(v deletion) bool { return v.id == d.id }); at >= 0 {
				gone[i] = p.pushed.vanished[at]
			}
		}
	}
	for _, d := range slices.Concat(p.pushed.emptied, p.pushed.vanished) {
		if !found[d.id] {
			gone = append(gone, d)
		}
	}
	for id, page := range p.prior.adopted {
		f := p.facts(id, page, state.Entry{}, false)
		if !f.Listed && !f.Claimed && f.Fate() == decide.Remove {
			gone = append(gone, deletion{id: id, page: page})
		}
	}
	return gone, held, err
}

// scanBatch is how many pages are looked at in one transaction.
const scanBatch = 4096

// scan goes through the pages that the state knows.
func (p *pruner) scan() (gone, held []deletion, err error) {
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
				switch p.facts(id, page, rec, recorded).Fate() {
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
func (p *pruner) deletion(id string, page state.Page, rec state.Entry) deletion {
	entry := cmp.Or(page.Entry, id)
	d := deletion{id: id, page: page, bodyHash: rec.BodyHash}
	if len(rec.Pages) > 0 {
		d.part, _ = transform.PartOf(id, rec.Pages[0])
	}
	if p.listing.seen.has(entry) {
		if d.reason = rec.Withheld; d.reason == "" && d.part != "" {
			d.reason = vanishedReason
		}
	}
	if rule := p.listing.excluded[entry]; rule != "" {
		d.ruledOut = true
		d.reason, d.mustRemove = rule, p.prior.info.Rules == p.src.rules() && !p.prior.isHeld(id)
	}
	return d
}

// facts gathers what the fate of a page hangs on.
func (p *pruner) facts(id string, page state.Page, rec state.Entry, recorded bool) decide.PageFacts {
	part := ""
	if len(rec.Pages) > 0 {
		part, _ = transform.PartOf(id, rec.Pages[0])
	}
	return decide.PageFacts{
		Listed:   p.listing.seen.has(cmp.Or(page.Entry, id)),
		Owned:    slices.Contains(rec.Pages, id),
		Failed:   rec.Error != "",
		Refused:  rec.Refused != "",
		Adopted:  page.Entry == "",
		Claimed:  p.pushed.claims.claimed(id),
		Restored: page.Restored,
		Part:     part != "",
		Excluded: p.listing.excluded[cmp.Or(page.Entry, id)] != "",
		Failures: p.listing.failed+p.pushed.failed > 0,
		Missable: p.listing.mayHaveMissed(rec, recorded),
		Held:     p.prior.isHeld(id),
	}
}

// removeGone deletes the pages that the source confirms to be gone.
func (p *pruner) removeGone(gone []deletion) error {
	var unconfirmed atomic.Int64
	err := p.removeAll(gone, &p.tally, func(d deletion) bool {
		if d.movedTo != "" || d.reason != "" || d.mustRemove || p.confirmed(d) {
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
	if !p.listing.vanished || p.opts.Plan {
		return nil
	}
	return p.Update(func(tx *state.Tx) error {
		var drop []string
		err := tx.EachEntry("", func(id string, rec state.Entry) error {
			_, excluded := p.listing.excluded[id]
			if p.listing.seen.has(id) || !excluded && p.listing.mayHaveMissed(rec, true) {
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
