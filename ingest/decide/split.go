package decide

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"finpages/ingest/tally"
	"finpages/state"
)

// Deletion is a page that is to be deleted.
type Deletion struct {
	ID         string // external_id
	Page       state.Page
	BodyHash   state.ShortHash
	MustRemove bool   // it must not be in Fin: the budget does not count it
	RuledOut   bool   // its document was seen, and a rule leaves it out
	Reason     string // "" means that its document is gone
	MovedTo    string // external_id of the page that is the same document's by now; "" if there is none
	Part       string // what the page is of its document; "" of the first or only one
	Recut      bool   // its text is in other pages of the same document by now: the budget does not count it
}

// Why says why the page goes.
func (d Deletion) Why() string {
	if d.MovedTo != "" {
		return "its document is " + d.MovedTo + " now"
	}
	return cmp.Or(d.Reason, "no longer in the source")
}

// DeleteFacts is what the deletes of a run are judged by.
type DeleteFacts struct {
	Budget      Deletes
	Hold        state.Hold      // of the run before
	Owned       int             // pages in Intercom before the run
	Shown       int             // entries that were listed, and may be in Fin
	EmptiedOver map[string]bool // external_ids of pages emptied by a run that changes more than its budget allows
}

// Split parts the pages that may go from those that must wait for an approval, and
// says why these wait. unseen are pages that are held, of which the listing proves
// nothing. The first row that fits counts.
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
func (f DeleteFacts) Split(gone, unseen []Deletion) (remove, held []Deletion, reason string) {
	var ours, foreign, ruledOut, emptied []Deletion
	for _, d := range gone {
		switch {
		case d.MovedTo != "" || d.MustRemove || d.Recut || f.Hold.Approved && f.Hold.HasDelete(d.ID):
			remove = append(remove, d)
		case f.EmptiedOver[d.ID]:
			emptied = append(emptied, d)
		case d.IsForeign():
			foreign = append(foreign, d)
		case d.RuledOut && !f.Hold.HasDelete(d.ID):
			ruledOut = append(ruledOut, d)
		default:
			ours = append(ours, d)
		}
	}
	if f.Budget.Exceeded(len(ruledOut), f.Owned, f.Shown) == "" {
		remove = append(remove, ruledOut...) // these documents were seen: they are no guess
	} else {
		ours = append(ours, ruledOut...)
	}
	if reason = f.Budget.Exceeded(len(ours), f.Owned, f.Shown); reason != "" {
		held, reason = slices.Concat(ours, unseen), reason+stillThere(ours)
	} else {
		held = unseen
		for _, d := range ours {
			if f.Hold.HasDelete(d.ID) {
				held = append(held, d)
			} else {
				remove = append(remove, d)
			}
		}
		reason = f.stillHeld(len(held))
	}
	held = append(append(held, emptied...), foreign...)
	return remove, held, joinReasons(reason, emptiedHeld(len(emptied)), foreignReason(CountForeign(held)))
}

// IsForeign reports whether no state of ours pushed the page: it was in the
// import source before, and no entry is known that it would be the page of.
func (d Deletion) IsForeign() bool { return d.Page.Entry == "" }

func emptiedHeld(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 document was emptied by a run that would have changed too much"
	}
	return fmt.Sprintf("%d documents were emptied by a run that would have changed too much", n)
}

// CountForeign counts the foreign pages among those to be deleted.
func CountForeign(pages []Deletion) (n int) {
	for _, d := range pages {
		if d.IsForeign() {
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
func stillThere(pages []Deletion) string {
	var reasons tally.Reasons
	for _, d := range pages {
		if d.Reason != "" {
			reasons.Add(tally.PlainReason(d.Reason), 1)
		}
	}
	if len(reasons) == 0 {
		return ""
	}
	return fmt.Sprintf("; the source still has %d of these documents (most of them: %s)",
		reasons.Total(), reasons.Sorted()[0].Reason)
}

// stillHeld says why deletes wait that were held before, and fit the budget now.
func (f DeleteFacts) stillHeld(n int) string {
	before := f.Hold
	switch n {
	case 0:
		return ""
	case len(before.Pages):
		return before.Reason
	}
	return fmt.Sprintf("%d of %d deletes that were held are left, and wait for an approval still", n, len(before.Pages))
}
