package ingest

import (
	"fmt"
	"slices"
	"strings"
)

// splitByBudget parts the pages that may go from those that must wait for an
// approval, and says why these wait. The first row that fits counts.
//
//	deletion                                          what becomes of it
//	moved, or must not be in Fin                      remove
//	of a document that is cut otherwise by now        remove: its text is in other pages
//	held before, and approved                         remove
//	in a scope that was not fully listed, held        held still
//	emptied, and over the budget of the updates       held
//	foreign: no state of ours pushed the page         held, however few these are
//	left out by a rule that is new, within the budget remove, also where others are held
//	any, where those that are left exceed the budget  held
//	held before                                       held still, also where it would fit by now
//	any other                                         remove
func (p *pruner) splitByBudget(gone, unseen []deletion) (remove, held []deletion, reason string) {
	var ours, foreign, ruledOut, emptied []deletion
	withUpdates := p.emptiedWithUpdates()
	for _, d := range gone {
		switch {
		case d.movedTo != "" || d.mustRemove || d.recut || p.prior.hold.Approved && p.prior.isHeld(d.id):
			remove = append(remove, d)
		case withUpdates[d.id]:
			emptied = append(emptied, d)
		case d.isForeign():
			foreign = append(foreign, d)
		case d.ruledOut && !p.prior.isHeld(d.id):
			ruledOut = append(ruledOut, d)
		default:
			ours = append(ours, d)
		}
	}
	shown := p.listing.listed - p.listing.withheld.total() - p.pushed.withheld.total()
	if p.src.Deletes.Exceeded(len(ruledOut), p.prior.pages, shown) == "" {
		remove = append(remove, ruledOut...) // these documents were seen: they are no guess
	} else {
		ours = append(ours, ruledOut...)
	}
	if reason = p.src.Deletes.Exceeded(len(ours), p.prior.pages, shown); reason != "" {
		held, reason = slices.Concat(ours, unseen), reason+stillThere(ours)
	} else {
		held = unseen
		for _, d := range ours {
			if p.prior.isHeld(d.id) {
				held = append(held, d)
			} else {
				remove = append(remove, d)
			}
		}
		reason = p.stillHeld(len(held))
	}
	held = append(append(held, emptied...), foreign...)
	p.foreign = countForeign(held)
	return remove, held, joinReasons(reason, emptiedHeld(len(emptied)), foreignReason(p.foreign))
}

// isForeign reports whether no state of ours pushed the page: it was in the
// import source before, and no entry is known that it would be the page of.
func (d deletion) isForeign() bool { return d.page.Entry == "" }

// emptiedWithUpdates returns the external_ids of the pages whose documents were
// emptied in a run that changes more than its budget allows.
func (p *pruner) emptiedWithUpdates() map[string]bool {
	emptied := map[string]bool{}
	if p.pushed.overBudget != "" {
		for _, d := range p.pushed.emptied {
			emptied[d.id] = true
		}
	}
	return emptied
}

func emptiedHeld(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 document was emptied by a run that would have changed too much"
	}
	return fmt.Sprintf("%d documents were emptied by a run that would have changed too much", n)
}

func countForeign(pages []deletion) (n int) {
	for _, d := range pages {
		if d.isForeign() {
			n++
		}
	}
	return n
}

// foreignReason says why the deletes of foreign pages wait.
func foreignReason(n int) string {
	if n == 0 {
		return ""
	}
	if n == 1 {
		return "1 page in the import source was not pushed from this state, and the source has no document for it"
	}
	return fmt.Sprintf("%d pages in the import source were not pushed from this "+
		"state, and the source has no document for them", n)
}

func joinReasons(reasons ...string) string {
	return strings.Join(slices.DeleteFunc(reasons, func(r string) bool { return r == "" }), "; ")
}

// stillThere says, where some of the pages are to go although the source has
// their documents, why that is.
func stillThere(pages []deletion) string {
	var reasons reasonCounts
	for _, d := range pages {
		if d.reason != "" {
			reasons.add(plainReason(d.reason), 1)
		}
	}
	if len(reasons) == 0 {
		return ""
	}
	return fmt.Sprintf("; the source still has %d of these documents (most of them: %s)",
		reasons.total(), reasons.sorted()[0].Reason)
}

// stillHeld says why deletes wait that were held before, and fit the budget now.
func (p *pruner) stillHeld(n int) string {
	before := p.prior.hold
	switch n {
	case 0:
		return ""
	case len(before.Pages):
		return before.Reason
	}
	return fmt.Sprintf("%d of %d deletes that were held are left, and wait for an approval still", n, len(before.Pages))
}
