package ingest

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"

	"finpages/ingest/tally"
	"finpages/state"
)

// Result is how a run ended.
type Result string

// The results, the better ones first.
const (
	OK      Result = "ok"
	Held    Result = "held"    // done, but deletes or updates wait for an approval
	Partial Result = "partial" // done, but some pages or scopes failed
	Failed  Result = "failed"  // the run could not be finished

	Interrupted Result = "interrupted" // the run was stopped; the next one goes on from there
)

// Report is what a run did, or would do.
type Report struct {
	Name         string            `json:"name"`
	ImportSource int64             `json:"import_source_id"` // 0 if there is none yet
	Result       Result            `json:"result"`
	Complete     bool              `json:"complete"` // the listing
	Listed       int               `json:"listed"`
	Excluded     int               `json:"excluded"` // by rule, front matter, restriction or retraction
	Unchanged    int               `json:"unchanged"`
	Created      int               `json:"created"`
	Updated      int               `json:"updated"`
	Deleted      int               `json:"deleted"`
	Moved        int               `json:"moved"`        // to another external_id; not in created and deleted
	Held         int               `json:"held"`         // deletes and updates that wait for an approval
	HeldUpdates  int               `json:"held_updates"` // of those held
	Foreign      int               `json:"foreign"`      // of those held, pages not pushed from this state
	Failed       int               `json:"failed"`       // pages, those in quarantine among them
	Requests     int64             `json:"requests"`
	Duration     float64           `json:"duration_seconds"`
	Errors       []tally.PageError `json:"errors"`

	Audience      string             `json:"audience"` // who can see answers from the pages, in words
	Run           uint64             `json:"run,omitempty"`
	Started       time.Time          `json:"started"`
	Error         string             `json:"error,omitempty"`       // why the run failed, with the mend
	Interrupted   bool               `json:"interrupted,omitempty"` // by a stop, or as the source left the config
	HoldID        string             `json:"hold_id,omitempty"`
	HoldReason    string             `json:"hold_reason,omitempty"`
	Quarantined   int                `json:"quarantined"`
	Withheld      []state.Withheld   `json:"withheld,omitempty"` // why documents are out, but for rules, most first
	Waiting       int                `json:"waiting"`            // deletes, for a complete listing or an end of failures
	Incomplete    []tally.ScopeError `json:"incomplete,omitempty"`
	ErrorsOmitted int                `json:"errors_omitted,omitempty"`
	Takeover      *Takeover          `json:"takeover,omitempty"` // of a first run, if the import source had pages

	LeftOut        []tally.LeftOut `json:"left_out,omitempty"` // of a plan: the first ones of those withheld
	Changes        []tally.Change  `json:"changes,omitempty"`  // sorted: of a plan all, of a run the first ones
	ChangesOmitted int             `json:"changes_omitted,omitempty"`
}

// IsPrivate reports whether the run's pages were none for customers. A run of an
// earlier version, which noted no audience, is not taken for private.
func (r *Report) IsPrivate() bool { return r.Audience == "teammates" || r.Audience == "nobody" }

// Progress is a run under way, for others to look at.
type Progress struct {
	Listed, Total, Done atomic.Int64 // entries: seen so far, to be dealt with, dealt with
	Deletes             atomic.Int64

	Began time.Time // of the run; set before the progress is shown
}

// total is what all phases did.
func (res *results) total() *tally.Tally {
	return tally.Sum(res.retracted, &res.listing.Tally, &res.pushed.Tally, &res.pruned.Tally)
}

// report writes the report of a run that ended with err.
func (res *results) report(name string, err error) Report {
	total, hold := res.total(), res.pruned.hold
	withheld := total.Withheld.Total()
	r := Report{
		Name: name, Run: res.prior.Run, ImportSource: res.prior.Info.ImportSource, Interrupted: res.interrupted,
		Listed: res.listing.Listed - withheld, Excluded: res.listing.LeftOut + withheld,
		Unchanged: total.Unchanged, Created: total.Created - total.Moved, Updated: total.Updated,
		Deleted: total.Deleted,
		Moved:   total.Moved, Failed: total.Failed, Quarantined: total.Quarantined,
		Held: len(hold.Pages) + len(hold.Updates), HeldUpdates: len(hold.Updates),
		Foreign: res.pruned.foreign, HoldID: hold.ID, HoldReason: hold.Why(), Waiting: res.pruned.waiting,
		Errors: append([]tally.PageError{}, total.Errors...), ErrorsOmitted: total.Failed - len(total.Errors),
		Incomplete: res.listing.Incomplete, Complete: res.listing.Complete() && err == nil,
		Withheld: total.Withheld.Sorted(), LeftOut: total.LeftOut, Changes: withMoves(total.Changes),
	}
	if res.unchanged {
		last := res.prior.Info
		r.Listed, r.Unchanged, r.Excluded = last.Listed, last.Listed, last.Excluded
		r.Withheld, r.Complete = last.Withheld, err == nil
	}
	if before := res.prior.Hold; err != nil && r.HoldID == "" && !before.Approved { // as nothing was decided anew
		r.Held, r.HeldUpdates = len(before.Pages)+len(before.Updates), len(before.Updates)
		r.Foreign, r.HoldID, r.HoldReason = before.Foreign, before.ID, before.Why()
	}
	slices.SortStableFunc(r.LeftOut, func(a, b tally.LeftOut) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(r.Errors, func(a, b tally.PageError) int { return cmp.Compare(a.ExternalID, b.ExternalID) })
	if err == nil {
		r.Takeover = res.takeover(total)
	}
	r.judge(err)
	return r
}

// boundChanges leaves of the changes of a run what a history can keep.
func (r *Report) boundChanges() {
	r.LeftOut = nil
	r.Changes = r.Changes[:min(len(r.Changes), tally.MaxChanges)]
	r.ChangesOmitted = max(r.Created+r.Updated+r.Moved+r.Deleted-len(r.Changes), 0)
}

// judge says how the run ended.
func (r *Report) judge(err error) {
	switch {
	case err != nil && r.Interrupted:
		r.Result, r.Error = Interrupted, err.Error()
	case err != nil:
		r.Result, r.Error = Failed, err.Error()
	case r.Failed > 0 || !r.Complete:
		r.Result = Partial
	case r.Held > 0:
		r.Result = Held
	default:
		r.Result = OK
	}
}

// withMoves makes one change of a move and the create that it belongs to, and
// sorts the changes.
func withMoves(changes []tally.Change) (all []tally.Change) {
	from := map[string]string{} // old external_ids by new ones
	for _, c := range changes {
		if c.Action == "move" {
			from[c.ExternalID] = c.From
		}
	}
	for _, c := range changes {
		if old, moved := from[c.ExternalID]; moved && c.Action == "create" {
			c.Action, c.From = "move", old
		} else if c.Action == "move" {
			continue
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b tally.Change) int {
		byAction := cmp.Compare(actionOrder(a.Action), actionOrder(b.Action))
		return cmp.Or(byAction, cmp.Compare(a.ExternalID, b.ExternalID))
	})
	return all
}

func actionOrder(action string) int {
	return slices.Index([]string{"create", "update", "move", "delete", "hold"}, action)
}
