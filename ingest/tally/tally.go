// Package tally counts what the phases of a run did, and notes the changes and
// the errors that its report spells out.
package tally

import (
	"sync"
	"time"
)

// Tally counts what a phase did, for the report. Its methods may be called
// from many goroutines; it is read once the phase is over.
type Tally struct {
	mu          sync.Mutex
	Unchanged   int // entries
	Created     int // pages, and so are the following
	Updated     int
	Deleted     int
	Moved       int // created under another external_id, and deleted under the old one
	Quarantined int // entries
	Withheld    Reasons
	Failed      int
	Errors      []PageError // at most maxErrors
	Oldest      time.Time   // since when the oldest change waits to be pushed
	Leftovers   bool        // pages are left that the next run must look for
	Changes     []Change    // of a plan all, of a run at most MaxChanges
	LeftOut     []LeftOut   // at most MaxChanges
}

// LeftOut is an entry that must not be in Fin.
type LeftOut struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// maxErrors bounds the errors that a report spells out.
const maxErrors = 1000

// Add changes the counts while nobody else does.
func (t *Tally) Add(f func(*Tally)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(t)
}

// Withhold counts and notes an entry that must not be in Fin.
func (t *Tally) Withhold(id, reason string) {
	t.Add(func(t *Tally) {
		t.Withheld.Add(PlainReason(reason), 1)
		if len(t.LeftOut) < MaxChanges {
			t.LeftOut = append(t.LeftOut, LeftOut{id, reason})
		}
	})
}

// Fail counts a page that failed.
func (t *Tally) Fail(id string, err error, since time.Time) {
	t.Add(func(t *Tally) {
		t.Failed++
		t.WaitsSince(since)
		if len(t.Errors) < maxErrors {
			t.Errors = append(t.Errors, PageError{id, err.Error()})
		}
	})
}

// WaitsSince notes since when a change waits to be pushed. It is called within Add.
func (t *Tally) WaitsSince(since time.Time) {
	if t.Oldest.IsZero() || since.Before(t.Oldest) {
		t.Oldest = since
	}
}

// Quarantine counts an entry that was refused.
func (t *Tally) Quarantine(id string, err error, since time.Time) {
	t.Add(func(t *Tally) { t.Quarantined++ })
	t.Fail(id, err, since)
}

// MaxChanges bounds the changes that the report of a run spells out.
const MaxChanges = 200

// Note notes a change that the run made; of a plan, which keeps them all, one that
// it would make.
func (t *Tally) Note(c Change, isPlan bool) {
	t.Add(func(t *Tally) {
		if isPlan || len(t.Changes) < MaxChanges {
			t.Changes = append(t.Changes, c)
		}
	})
}

// Sum adds up the tallies of phases, in their order.
func Sum(phases ...*Tally) *Tally {
	total := &Tally{}
	for _, t := range phases {
		total.Unchanged += t.Unchanged
		total.Created += t.Created
		total.Updated += t.Updated
		total.Deleted += t.Deleted
		total.Moved += t.Moved
		total.Quarantined += t.Quarantined
		total.Failed += t.Failed
		total.Leftovers = total.Leftovers || t.Leftovers
		total.Errors = append(total.Errors, t.Errors...)
		total.Changes = append(total.Changes, t.Changes...)
		total.LeftOut = append(total.LeftOut, t.LeftOut...)
		for reason, n := range t.Withheld {
			total.Withheld.Add(reason, n)
		}
		if total.Oldest.IsZero() || !t.Oldest.IsZero() && t.Oldest.Before(total.Oldest) {
			total.Oldest = t.Oldest
		}
	}
	total.Errors = total.Errors[:min(len(total.Errors), maxErrors)]
	total.LeftOut = total.LeftOut[:min(len(total.LeftOut), MaxChanges)]
	return total
}
