package inspect

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"finpages/ingest"
	"finpages/state"
)

// Status is how a source stands.
type Status struct {
	Name           string           `json:"name"`
	Kind           string           `json:"kind"`
	ImportSource   int64            `json:"import_source_id"`
	URL            string           `json:"import_source_url"`
	Audience       string           `json:"audience"`     // who can see answers from the pages, in words
	FirstPublic    bool             `json:"first_public"` // the next sync is the first whose pages customers can see
	Pages          int              `json:"pages"`        // in Fin
	Excluded       int              `json:"excluded"`
	Withheld       []state.Withheld `json:"withheld"` // why documents are excluded that are not left out by a rule
	State          string           `json:"state"`    // new, ok, held, partial, failed, [Drifted], or [Unconfigured]
	Running        *RunningNow      `json:"running,omitempty"`
	Replica        string           `json:"replica,omitempty"` // another one that runs the source now
	LastRun        *ingest.Report   `json:"last_run,omitempty"`
	NextRun        *time.Time       `json:"next_run,omitempty"`
	LastComplete   *time.Time       `json:"last_complete,omitempty"`
	IncompleteFrom *time.Time       `json:"incomplete_since,omitempty"` // no listing has been complete from then on
	DeletesWaiting *time.Time       `json:"deletes_waiting_since,omitempty"`
	Unpushed       *time.Time       `json:"oldest_unpushed_change,omitempty"`
	Hold           *HeldDeletes     `json:"hold,omitempty"`
	Drift          *Drift           `json:"drift,omitempty"`
	Quarantined    int              `json:"quarantined"`
	Failing        int              `json:"failing"`  // entries that failed last time, and are not in quarantine
	Lossy          int              `json:"lossy"`    // documents whose pages lack over 1 % of their words, or show syntax
	Problems       []PageProblem    `json:"problems"` // at most maxProblems
	Retracted      []string         `json:"retracted"`
	Retractions    []Retraction     `json:"retractions"` // the same, with what is known of each
	Restored       int              `json:"restored"`    // pages as undo brought them back
	Incomplete     []string         `json:"incomplete"`
}

// Drifted is the state of a source whose pages in Intercom are not those that
// were pushed, unless its last run failed.
const Drifted = "drifted"

// maxProblems bounds the problems that a status spells out.
const maxProblems = 1000

// RunningNow is a run under way.
type RunningNow struct {
	Since   time.Time `json:"since"`
	Listed  int64     `json:"listed"`
	Total   int64     `json:"total"`
	Done    int64     `json:"done"`
	Deletes int64     `json:"deletes"`
}

// HeldDeletes is a set of deletes and updates that waits for an approval.
type HeldDeletes struct {
	ID       string    `json:"id"`
	Pages    []string  `json:"pages"`   // whose deletes wait
	Updates  []string  `json:"updates"` // pages whose updates wait
	Since    time.Time `json:"since"`
	Reason   string    `json:"reason"`
	Approved bool      `json:"approved"`
	Foreign  int       `json:"foreign"` // of the pages, those that were not pushed from this state
}

// PageProblem is an entry that is in quarantine or failed last time.
type PageProblem struct {
	Entry       string    `json:"entry"`
	Error       string    `json:"error"`
	Quarantined bool      `json:"quarantined"`
	Since       time.Time `json:"since"`
}

// Retraction is a page that somebody took out of Fin, and since when.
type Retraction struct {
	Page  string    `json:"page"` // external_id
	Since time.Time `json:"since"`
}

// StatusAll tells how the named sources stand; if none is named, all that are
// configured, and those that no longer are and have pages in Fin.
func (i *Inspector) StatusAll(_ context.Context, names []string) ([]Status, error) {
	all := []Status{}
	if len(names) == 0 {
		gone, err := i.Unconfigured()
		if err != nil {
			return all, err
		}
		names = append(i.Names(), gone...)
	}
	for _, name := range names {
		st, err := i.Status(name)
		if err != nil {
			return all, err
		}
		all = append(all, st)
	}
	return all, nil
}

// Status tells how a source stands.
func (i *Inspector) Status(name string) (Status, error) {
	c, err := i.Lookup(name)
	if err != nil && i.isUnconfigured(name) {
		return i.unconfiguredStatus(name)
	}
	if err != nil {
		return Status{}, err
	}
	st := newStatus(name)
	st.Kind, st.URL = c.Kind, c.ImportSource.URL
	if err := i.State.View(name, st.read); err != nil {
		return st, err
	}
	for n, p := range st.Problems {
		st.Problems[n].Entry, st.Problems[n].Error = c.Leaks.Shown(p.Entry), c.Leaks.Shown(p.Error)
	}
	st.Audience = c.Availability.Audience()
	st.FirstPublic = c.Availability.ShowsCustomers() && (st.LastRun == nil || st.LastRun.IsPrivate())
	progress, next := c.Running()
	st.NextRun, st.Running = moment(next), runningNow(progress)
	if i.Elsewhere != nil {
		st.Replica = i.Elsewhere(name)
	}
	return st, nil
}

func newStatus(name string) Status {
	return Status{Name: name, State: "new",
		Problems: []PageProblem{}, Retracted: []string{}, Retractions: []Retraction{}, Incomplete: []string{},
		Withheld: []state.Withheld{}}
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (st *Status) read(tx *state.Tx) error {
	info, err := tx.Info()
	if err != nil {
		return err
	}
	st.ImportSource, st.Pages, st.Excluded = info.ImportSource, tx.CountPages(), info.Excluded
	st.IncompleteFrom = moment(info.IncompleteFrom)
	st.LastComplete, st.DeletesWaiting = moment(info.LastComplete), moment(info.DeletesWaiting)
	st.Unpushed, st.Restored = moment(info.OldestUnpushed), tx.CountBroughtBack()
	st.Incomplete, st.Withheld = append(st.Incomplete, info.Incomplete...), append(st.Withheld, info.Withheld...)
	if hold, held, err := tx.Hold(); err != nil {
		return err
	} else if held {
		st.Hold = &HeldDeletes{ID: hold.ID, Pages: append([]string{}, hold.Pages...),
			Updates: append([]string{}, hold.UpdatedPages()...),
			Since:   hold.Since, Reason: hold.Why(), Approved: hold.Approved, Foreign: hold.Foreign}
	}
	return errors.Join(st.readRetracted(tx), st.readProblems(tx), st.readRuns(tx), st.readDrift(tx))
}

func (st *Status) readRetracted(tx *state.Tx) error {
	retracted, err := tx.Retractions()
	for _, id := range slices.Sorted(maps.Keys(retracted)) {
		st.Retracted = append(st.Retracted, id)
		st.Retractions = append(st.Retractions, Retraction{id, retracted[id].Since})
	}
	return err
}

func (st *Status) readProblems(tx *state.Tx) error {
	return tx.EachFlagged("", func(id string, n state.EntryFlags) error {
		if n.IsLossy() {
			st.Lossy++
		}
		switch {
		case n&state.FlagRefused != 0:
			st.Quarantined++
		case n&state.FlagFailed != 0:
			st.Failing++
		default:
			return nil
		}
		if len(st.Problems) >= maxProblems {
			return nil
		}
		rec, _, err := tx.Entry(id)
		st.Problems = append(st.Problems, PageProblem{id, rec.Problem(), rec.Refused != "", rec.Since})
		return err
	})
}

func (st *Status) readRuns(tx *state.Tx) error {
	runs, err := tx.Runs(1)
	if err != nil || len(runs) == 0 {
		return err
	}
	st.LastRun = &ingest.Report{}
	err = decodeReport(runs[0], &struct {
		*ingest.Report
		Changes ignored `json:"changes"`
	}{Report: st.LastRun})
	if err != nil {
		return err
	}
	st.State = string(st.LastRun.Result)
	return nil
}

// runningNow is what a run has done so far; nil if none is under way.
func runningNow(p *ingest.Progress) *RunningNow {
	if p == nil {
		return nil
	}
	return &RunningNow{p.Began, p.Listed.Load(), p.Total.Load(), p.Done.Load(), p.Deletes.Load()}
}

// Pulse is what can be asked often: while it stays the same, no run has begun,
// ended or gone on, and no verification found what another did not.
type Pulse struct {
	Runs    uint64 // finished so far
	Next    time.Time
	Running *RunningNow
	Listed  int // documents, by the last run that was not cut short
	Drifted int // pages
}

// Pulse returns a source's pulse.
func (i *Inspector) Pulse(name string) (p Pulse, err error) {
	c, err := i.Lookup(name)
	if err != nil {
		return p, err
	}
	progress, next := c.Running()
	p.Next, p.Running = next, runningNow(progress)
	return p, i.State.View(name, func(tx *state.Tx) error {
		info, err := tx.Info()
		p.Runs, p.Listed, p.Drifted = tx.NextRun()-1, info.Listed, tx.CountDrift()
		return err
	})
}
