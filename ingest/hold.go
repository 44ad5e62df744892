package ingest

import (
	"slices"

	"finpages/ingest/decide"
	"finpages/state"
)

// holdBack keeps deletes and updates until somebody approves exactly these.
func (p *pruner) holdBack(held []decide.Deletion, reason string) error {
	hold := state.Hold{Reason: reason, Foreign: p.foreign, Updates: p.pushed.held, UpdatesReason: p.pushed.overBudget}
	for _, d := range held {
		hold.Pages = append(hold.Pages, d.ID)
		if p.opts.Plan {
			p.Note(holdChange(d, reason), p.opts.Plan)
		}
	}
	slices.Sort(hold.Pages)
	return p.putHold(hold)
}

// holdUpdates keeps updates until somebody approves them, beside the deletes that
// wait for that already.
func (p *pruner) holdUpdates() error {
	hold := p.prior.Hold
	if len(hold.Updates)+len(p.pushed.held) == 0 {
		return nil
	}
	hold.Updates, hold.UpdatesReason = p.pushed.held, p.pushed.overBudget
	return p.putHold(hold)
}

func (p *pruner) putHold(hold state.Hold) error {
	before := p.prior.Hold
	if len(hold.Pages)+len(hold.Updates) == 0 {
		if before.ID == "" {
			return nil
		}
		return p.Update((*state.Tx).DeleteHold)
	}
	hold.ID, hold.Since, hold.Approved = decide.HoldID(hold), p.Started.UTC(), false
	switch {
	case hold.ID == before.ID:
		hold.Since, hold.Reason, hold.UpdatesReason = before.Since, before.Reason, before.UpdatesReason
	case before.ID != "" && p.wereHeld(hold):
		hold.Since = before.Since
	}
	p.hold = hold
	return p.Update(func(tx *state.Tx) error {
		now, _, err := tx.Hold()
		if err != nil {
			return err
		}
		p.hold.Approved = now.Approved && now.ID == hold.ID // it may have been approved meanwhile
		return tx.PutHold(p.hold)
	})
}

// wereHeld reports whether all of the hold's pages were held before.
func (p *pruner) wereHeld(hold state.Hold) bool {
	return !slices.ContainsFunc(hold.Pages, func(id string) bool { return !p.prior.Hold.HasDelete(id) }) &&
		!slices.ContainsFunc(hold.Updates, func(u state.HeldUpdate) bool {
			_, before := p.prior.Hold.Update(u.Page)
			return !before
		})
}

// HeldWords says how many deletes and updates there are, of those that are held.
func HeldWords(deletes, updates int) string {
	switch {
	case updates == 0:
		return plural(deletes, "delete")
	case deletes == 0:
		return plural(updates, "update")
	}
	return plural(deletes, "delete") + " and " + plural(updates, "update")
}
