package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"finpages/state"
)

// Status is how a source stands.
type Status struct {
	Name           string        `json:"name"`
	Kind           string        `json:"kind"`
	ImportSource   int64         `json:"import_source_id"`
	URL            string        `json:"import_source_url"`
	Pages          int           `json:"pages"` // in Fin
	Excluded       int           `json:"excluded"`
	State          string        `json:"state"` // new, ok, held, partial, failed
	Running        *RunningNow   `json:"running,omitempty"`
	LastRun        *Report       `json:"last_run,omitempty"`
	NextRun        *time.Time    `json:"next_run,omitempty"`
	LastComplete   *time.Time    `json:"last_complete,omitempty"`
	DeletesWaiting *time.Time    `json:"deletes_waiting_since,omitempty"`
	Unpushed       *time.Time    `json:"oldest_unpushed_change,omitempty"`
	Hold           *HeldDeletes  `json:"hold,omitempty"`
	Quarantined    int           `json:"quarantined"`
	Problems       []PageProblem `json:"problems"` // at most maxErrors
	Retracted      []string      `json:"retracted"`
	Incomplete     []string      `json:"incomplete"`
}

// RunningNow is a run under way.
type RunningNow struct {
	Listed  int64 `json:"listed"`
	Total   int64 `json:"total"`
	Done    int64 `json:"done"`
	Deletes int64 `json:"deletes"`
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
		Problems: []PageProblem{}, Retracted: []string{}, Incomplete: []string{}}
	if err := s.view(m, func(tx *state.Tx) error { return st.read(tx) }); err != nil {
		return st, err
	}
	progress, next := m.running()
	st.NextRun = moment(next)
	if progress != nil {
		st.Running = &RunningNow{progress.Listed.Load(), progress.Total.Load(), progress.Done.Load(), progress.Deletes.Load()}
	}
	return st, nil
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (st *Status) read(tx *state.Tx) error {
	if err := st.glance(tx); err != nil {
		return err
	}
	return tx.EachEntry("", st.problem)
}

func (st *Status) problem(id string, rec state.Entry) error {
	if rec.Refused == "" && rec.Error == "" {
		return nil
	}
	if rec.Refused != "" {
		st.Quarantined++
	}
	if len(st.Problems) < maxErrors {
		st.Problems = append(st.Problems, PageProblem{id, rec.Refused + rec.Error, rec.Refused != "", rec.Since})
	}
	return nil
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

// History returns up to n reports of a source's runs, the newest first.
func (s *Service) History(name string, n int) ([]Report, error) {
	m, err := s.source(name)
	if err != nil {
		return nil, err
	}
	reports := []Report{}
	err = s.view(m, func(tx *state.Tx) error {
		runs, err := tx.Runs(n)
		for _, run := range runs {
			var report Report
			if err := json.Unmarshal(run.Report, &report); err != nil {
				return fmt.Errorf("decode the report of run %d: %w", run.ID, err)
			}
			reports = append(reports, report)
		}
		return err
	})
	return reports, err
}

// PublishKnown sets the metrics to what the state knows, before the first run.
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
		s.view(m, func(tx *state.Tx) error {
			info, err := tx.Info()
			s.engine.Metrics.Known(name, info, st.Pages, held, st.Quarantined)
			return err
		})
	}
}
