package ingest

import (
	"strings"
	"sync"
	"time"
)

// tally counts what a phase did, for the report. Its methods may be called
// from many goroutines; it is read once the phase is over.
type tally struct {
	mu          sync.Mutex
	unchanged   int // entries
	created     int // pages, and so are the following
	updated     int
	deleted     int
	moved       int // created under another external_id, and deleted under the old one
	quarantined int // entries
	withheld    reasonCounts
	failed      int
	errors      []PageError // at most maxErrors
	oldest      time.Time   // since when the oldest change waits to be pushed
	leftovers   bool        // pages are left that the next run must look for
	changes     []Change    // of a plan all, of a run at most maxChanges
}

// maxErrors bounds the errors that a report spells out.
const maxErrors = 1000

func (t *tally) add(f func(*tally)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(t)
}

// withhold counts an entry that must not be in Fin.
func (t *tally) withhold(reason string) {
	t.add(func(t *tally) { t.withheld.add(plainReason(reason), 1) })
}

// plainReason is a reason without the document that it was inherited from.
func plainReason(reason string) string {
	plain, _, _ := strings.Cut(reason, " (inherited from ")
	return plain
}

// fail counts a page that failed.
func (t *tally) fail(id string, err error, since time.Time) {
	t.add(func(t *tally) {
		t.failed++
		t.waits(since)
		if len(t.errors) < maxErrors {
			t.errors = append(t.errors, PageError{id, err.Error()})
		}
	})
}

// waits notes since when a change waits to be pushed.
func (t *tally) waits(since time.Time) {
	if t.oldest.IsZero() || since.Before(t.oldest) {
		t.oldest = since
	}
}

// quarantine counts an entry that was refused.
func (t *tally) quarantine(id string, err error, since time.Time) {
	t.add(func(t *tally) { t.quarantined++ })
	t.fail(id, err, since)
}

// maxChanges bounds the changes that the report of a run spells out.
const maxChanges = 200

// note notes a change that the run made, or would make.
func (r *run) note(t *tally, c Change) {
	t.add(func(t *tally) {
		if r.opts.Plan || len(t.changes) < maxChanges {
			t.changes = append(t.changes, c)
		}
	})
}

// sum adds up the tallies of phases, in their order.
func sum(phases ...*tally) *tally {
	total := &tally{}
	for _, t := range phases {
		total.unchanged += t.unchanged
		total.created += t.created
		total.updated += t.updated
		total.deleted += t.deleted
		total.moved += t.moved
		total.quarantined += t.quarantined
		total.failed += t.failed
		total.leftovers = total.leftovers || t.leftovers
		total.errors = append(total.errors, t.errors...)
		total.changes = append(total.changes, t.changes...)
		for reason, n := range t.withheld {
			total.withheld.add(reason, n)
		}
		if total.oldest.IsZero() || !t.oldest.IsZero() && t.oldest.Before(total.oldest) {
			total.oldest = t.oldest
		}
	}
	total.errors = total.errors[:min(len(total.errors), maxErrors)]
	return total
}

// reasonCounts counts entries by the reason why they are not in Fin.
type reasonCounts map[string]int

// maxReasons bounds the reasons that a report spells out.
const maxReasons = 50

func (c *reasonCounts) add(reason string, n int) {
	if *c == nil {
		*c = reasonCounts{}
	}
	if _, met := (*c)[reason]; !met && len(*c) >= maxReasons {
		reason = "other reasons"
	}
	(*c)[reason] += n
}

func (c reasonCounts) total() (n int) {
	for _, count := range c {
		n += count
	}
	return n
}
