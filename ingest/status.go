package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"finpages/state"
)

// Status is how a source stands.
type Status struct {
	Name           string           `json:"name"`
	Kind           string           `json:"kind"`
	ImportSource   int64            `json:"import_source_id"`
	URL            string           `json:"import_source_url"`
	Pages          int              `json:"pages"` // in Fin
	Excluded       int              `json:"excluded"`
	Withheld       []state.Withheld `json:"withheld"` // why documents are excluded that are not left out by a rule
	State          string           `json:"state"`    // new, ok, held, partial, failed
	Running        *RunningNow      `json:"running,omitempty"`
	LastRun        *Report          `json:"last_run,omitempty"`
	NextRun        *time.Time       `json:"next_run,omitempty"`
	LastComplete   *time.Time       `json:"last_complete,omitempty"`
	DeletesWaiting *time.Time       `json:"deletes_waiting_since,omitempty"`
	Unpushed       *time.Time       `json:"oldest_unpushed_change,omitempty"`
	Hold           *HeldDeletes     `json:"hold,omitempty"`
	Quarantined    int              `json:"quarantined"`
	Failing        int              `json:"failing"`  // entries that failed last time, and are not in quarantine
	Problems       []PageProblem    `json:"problems"` // at most maxErrors
	Retracted      []string         `json:"retracted"`
	Retractions    []Retraction     `json:"retractions"` // the same, with what is known of each
	Incomplete     []string         `json:"incomplete"`
}

// RunningNow is a run under way.
type RunningNow struct {
	Since   time.Time `json:"since"`
	Listed  int64     `json:"listed"`
	Total   int64     `json:"total"`
	Done    int64     `json:"done"`
	Deletes int64     `json:"deletes"`
}

// HeldDeletes is a set of deletes that waits for an approval.
type HeldDeletes struct {
	ID       string    `json:"id"`
	Pages    []string  `json:"pages"`
	Since    time.Time `json:"since"`
	Reason   string    `json:"reason"`
	Approved bool      `json:"approved"`
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

// StatusAll tells how the named sources stand, or all if none is named.
func (s *Service) StatusAll(_ context.Context, names []string) ([]Status, error) {
	names, err := s.Select(names)
	all := []Status{}
	for _, name := range names {
		st, err := s.Status(name)
		if err != nil {
			return all, err
		}
		all = append(all, st)
	}
	return all, err
}

// Status tells how a source stands.
func (s *Service) Status(name string) (Status, error) {
	m, err := s.source(name)
	if err != nil {
		return Status{}, err
	}
	st := Status{Name: name, Kind: m.src.Kind, URL: m.src.ImportSource.URL, State: "new",
		Problems: []PageProblem{}, Retracted: []string{}, Retractions: []Retraction{}, Incomplete: []string{}, Withheld: []state.Withheld{}}
	if err := s.view(m, st.read); err != nil {
		return st, err
	}
	progress, next := m.running()
	st.NextRun, st.Running = moment(next), progress.now()
	return st, nil
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
	st.LastComplete, st.DeletesWaiting, st.Unpushed = moment(info.LastComplete), moment(info.DeletesWaiting), moment(info.Unpushed)
	st.Incomplete, st.Withheld = append(st.Incomplete, info.Incomplete...), append(st.Withheld, info.Withheld...)
	if hold, held, err := tx.Hold(); err != nil {
		return err
	} else if held {
		st.Hold = &HeldDeletes{hold.ID, hold.Pages, hold.Since, hold.Reason, hold.Approved}
	}
	return errors.Join(st.readRetracted(tx), st.readProblems(tx), st.readRuns(tx))
}

func (st *Status) readRetracted(tx *state.Tx) error {
	retracted, err := tx.Retracted()
	for _, id := range slices.Sorted(maps.Keys(retracted)) {
		st.Retracted = append(st.Retracted, id)
		st.Retractions = append(st.Retractions, Retraction{id, retracted[id].Since})
	}
	return err
}

func (st *Status) readProblems(tx *state.Tx) error {
	return tx.EachNotable("", func(id string, n state.Notable) error {
		switch {
		case n&state.NotableRefused != 0:
			st.Quarantined++
		case n&state.NotableFailed != 0:
			st.Failing++
		default:
			return nil
		}
		if len(st.Problems) >= maxErrors {
			return nil
		}
		rec, _, err := tx.Entry(id)
		st.Problems = append(st.Problems, PageProblem{id, trouble(rec), rec.Refused != "", rec.Since})
		return err
	})
}

// trouble says what is wrong with an entry; "" if nothing is. One that was
// refused may, after that, not even be readable.
func trouble(rec state.Entry) string {
	if rec.Refused != "" && rec.Error != "" {
		return rec.Refused + "; then " + rec.Error
	}
	return rec.Refused + rec.Error
}

func (st *Status) readRuns(tx *state.Tx) error {
	runs, err := tx.Runs(1)
	if err != nil || len(runs) == 0 {
		return err
	}
	st.LastRun = &Report{}
	if err := json.Unmarshal(runs[0].Report, st.LastRun); err != nil {
		return fmt.Errorf("decode the report of run %d: %w", runs[0].ID, err)
	}
	st.State = string(st.LastRun.Result)
	return nil
}

// now is what the run has done so far; nil if none is under way.
func (p *Progress) now() *RunningNow {
	if p == nil {
		return nil
	}
	return &RunningNow{p.began, p.Listed.Load(), p.Total.Load(), p.Done.Load(), p.Deletes.Load()}
}

// Pulse is what can be asked often: while it stays the same, no run has begun,
// ended or gone on.
type Pulse struct {
	Runs    uint64 // finished so far
	Next    time.Time
	Running *RunningNow
	Listed  int // documents, by the last run that was not cut short
}

// Pulse returns a source's pulse.
func (s *Service) Pulse(name string) (p Pulse, err error) {
	m, err := s.source(name)
	if err != nil {
		return p, err
	}
	progress, next := m.running()
	p.Next, p.Running = next, progress.now()
	return p, s.view(m, func(tx *state.Tx) error {
		info, err := tx.Info()
		p.Runs, p.Listed = tx.NextRun()-1, info.Listed
		return err
	})
}

// History returns up to n reports of a source's runs, the newest first.
func (s *Service) History(name string, n int) ([]Report, error) {
	return history(s, name, n, nil, func(r *Report) any { return r })
}

// Runs is History without what the reports spell out.
func (s *Service) Runs(name string, n int) ([]Report, error) {
	return history(s, name, n, nil, func(r *Report) any {
		return &struct {
			*Report
			Errors     passedOver `json:"errors"`
			Incomplete passedOver `json:"incomplete"`
		}{Report: r}
	})
}

// passedOver is a part of a report that is not read.
type passedOver struct{}

// UnmarshalJSON reads nothing.
func (*passedOver) UnmarshalJSON([]byte) error { return nil }

// RunsThatName is History of the runs whose reports name one of the IDs.
func (s *Service) RunsThatName(name string, n int, ids ...string) ([]Report, error) {
	return history(s, name, n, func(report []byte) bool { return namesAny(report, ids) }, func(r *Report) any { return r })
}

// namesAny tells whether an encoded report has one of the IDs in it.
func namesAny(report []byte, ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool {
		quoted, err := json.Marshal(id)
		return err != nil || bytes.Contains(report, quoted)
	})
}

// history decodes those of the last n reports that are wanted, all if wanted is
// nil, into what into makes of each.
func history(s *Service, name string, n int, wanted func([]byte) bool, into func(*Report) any) ([]Report, error) {
	m, err := s.source(name)
	if err != nil {
		return nil, err
	}
	reports := []Report{}
	err = s.view(m, func(tx *state.Tx) error {
		runs, err := tx.Runs(n)
		for _, run := range runs {
			if wanted != nil && !wanted(run.Report) {
				continue
			}
			var report Report
			if err := json.Unmarshal(run.Report, into(&report)); err != nil {
				return fmt.Errorf("decode the report of run %d: %w", run.ID, err)
			}
			reports = append(reports, report)
		}
		return err
	})
	return reports, err
}

// PublishKnown sets the metrics to what the state knows, before the first run.
// What cannot be read is told by that.
func (s *Service) PublishKnown() {
	for _, name := range s.Names() {
		m, err := s.source(name)
		if err != nil {
			continue
		}
		st, err := s.Status(name)
		if err != nil {
			continue
		}
		held := 0
		if st.Hold != nil {
			held = len(st.Hold.Pages)
		}
		_ = s.view(m, func(tx *state.Tx) error {
			info, err := tx.Info()
			s.engine.Metrics.Known(name, info, st.Pages, held, st.Quarantined)
			return err
		})
	}
}
