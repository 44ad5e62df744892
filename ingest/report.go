package ingest

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"finpages/state"
)

// Result is how a run ended.
type Result string

// The results, the better ones first.
const (
	OK      Result = "ok"
	Held    Result = "held"    // done, but deletes wait for an approval
	Partial Result = "partial" // done, but some pages or scopes failed
	Failed  Result = "failed"  // the run could not be finished
)

// Report is what a run did, or would do.
type Report struct {
	Name         string      `json:"name"`
	ImportSource int64       `json:"import_source_id"` // 0 if there is none yet
	Result       Result      `json:"result"`
	Complete     bool        `json:"complete"` // the listing
	Listed       int         `json:"listed"`
	Excluded     int         `json:"excluded"` // by rule, front matter, restriction or retraction
	Unchanged    int         `json:"unchanged"`
	Created      int         `json:"created"`
	Updated      int         `json:"updated"`
	Deleted      int         `json:"deleted"`
	Moved        int         `json:"moved"` // created under a new external_id and deleted under the old; not in created and deleted
	Held         int         `json:"held"`
	Failed       int         `json:"failed"` // pages, those in quarantine among them
	Requests     int64       `json:"requests"`
	Duration     float64     `json:"duration_seconds"`
	Errors       []PageError `json:"errors"`

	Run           uint64           `json:"run,omitempty"`
	Started       time.Time        `json:"started"`
	Error         string           `json:"error,omitempty"`       // why the run failed, with the mend
	Interrupted   bool             `json:"interrupted,omitempty"` // it failed because finpages was stopped, or the source taken out of the config
	HoldID        string           `json:"hold_id,omitempty"`
	HoldReason    string           `json:"hold_reason,omitempty"`
	Quarantined   int              `json:"quarantined"`
	Withheld      []state.Withheld `json:"withheld,omitempty"` // why documents are excluded that are not left out by a rule, the commonest reasons first
	Waiting       int              `json:"waiting"`            // deletes that wait for a complete listing or the end of failures
	Incomplete    []ScopeError     `json:"incomplete,omitempty"`
	ErrorsOmitted int              `json:"errors_omitted,omitempty"`
	Changes       []Change         `json:"changes,omitempty"` // of a plan, sorted
}

// PageError is a page that failed, and why.
type PageError struct {
	ExternalID string `json:"external_id"`
	Error      string `json:"error"`
}

// ScopeError is a part of the source that could not be listed, and why.
type ScopeError struct {
	Scope string `json:"scope"`
	Error string `json:"error"`
}

func (e ScopeError) String() string {
	if e.Scope == "" {
		return e.Error
	}
	return e.Scope + ": " + e.Error
}

// Change is one page that a plan would change.
type Change struct {
	Action     string   `json:"action"` // create, update, delete, move, hold
	ExternalID string   `json:"external_id"`
	From       string   `json:"from,omitempty"` // a move's old external_id
	Title      string   `json:"title,omitempty"`
	URL        string   `json:"url,omitempty"`
	Reason     string   `json:"reason,omitempty"`
	Warnings   []string `json:"warnings,omitempty"`
	Diff       string   `json:"diff,omitempty"`
}

// maxErrors bounds the errors that a report spells out.
const maxErrors = 1000

// Progress is a run under way, for others to look at.
type Progress struct {
	Listed, Total, Done atomic.Int64 // entries: seen so far, to be dealt with, dealt with
	Deletes             atomic.Int64

	Began time.Time // of the run; set before the progress is shown
}

// tally collects a report from many goroutines.
type tally struct {
	mu sync.Mutex
	Report
	oldest   time.Time      // since when the longest-failing page fails
	withheld map[string]int // documents by reason
}

func (t *tally) add(f func(*Report)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(&t.Report)
}

// withhold counts an entry out that must not be in Fin.
func (t *tally) withhold(why string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Listed--
	t.Excluded++
	why, _, _ = strings.Cut(why, " (inherited from ")
	if t.withheld == nil {
		t.withheld = map[string]int{}
	}
	if _, known := t.withheld[why]; !known && len(t.withheld) >= maxReasons {
		why = "other reasons"
	}
	t.withheld[why]++
}

// maxReasons bounds the reasons that a report spells out.
const maxReasons = 50

func (t *tally) change(c Change) {
	t.add(func(r *Report) { r.Changes = append(r.Changes, c) })
}

func (t *tally) fail(id string, err error, since time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Failed++
	if t.oldest.IsZero() || since.Before(t.oldest) {
		t.oldest = since
	}
	if len(t.Errors) >= maxErrors {
		t.ErrorsOmitted++
		return
	}
	t.Errors = append(t.Errors, PageError{id, err.Error()})
}

// finish puts the report in order and judges it.
func (t *tally) finish(err error, took time.Duration) Report {
	r := &t.Report
	r.Duration = took.Seconds()
	slices.SortStableFunc(r.Errors, func(a, b PageError) int { return cmp.Compare(a.ExternalID, b.ExternalID) })
	for why, n := range t.withheld {
		r.Withheld = append(r.Withheld, state.Withheld{Reason: why, Count: n})
	}
	slices.SortFunc(r.Withheld, func(a, b state.Withheld) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	slices.SortStableFunc(r.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(actionOrder(a.Action), actionOrder(b.Action)), cmp.Compare(a.ExternalID, b.ExternalID))
	})
	switch {
	case err != nil:
		r.Result, r.Error = Failed, err.Error()
	case r.Failed > 0 || !r.Complete:
		r.Result = Partial
	case r.Held > 0:
		r.Result = Held
	default:
		r.Result = OK
	}
	return *r
}

func actionOrder(action string) int {
	return slices.Index([]string{"create", "update", "move", "delete", "hold"}, action)
}
