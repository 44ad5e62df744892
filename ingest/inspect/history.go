package inspect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"finpages/ingest"
	"finpages/state"
)

// History returns up to n reports of a source's runs, the newest first.
func (i *Inspector) History(name string, n int) ([]ingest.Report, error) {
	return i.history(name, n, nil, func(r *ingest.Report) any { return r })
}

// Runs is History without what the reports spell out.
func (i *Inspector) Runs(name string, n int) ([]ingest.Report, error) {
	return i.history(name, n, nil, func(r *ingest.Report) any {
		return &struct {
			*ingest.Report
			Errors     ignored `json:"errors"`
			Incomplete ignored `json:"incomplete"`
			Changes    ignored `json:"changes"`
		}{Report: r}
	})
}

// RunReport returns the report of one run; false if the history does not have it, or
// no longer.
func (i *Inspector) RunReport(name string, run uint64) (report ingest.Report, found bool, err error) {
	if _, err := i.Lookup(name); err != nil {
		return report, false, err
	}
	err = i.State.View(name, func(tx *state.Tx) error {
		rec, ok, err := tx.Run(run)
		if err != nil || !ok {
			return err
		}
		found = true
		return decodeReport(rec, &report)
	})
	return report, found, err
}

// maxRuns is how many runs are looked through: all that are kept.
const maxRuns = 1000

// RunThatPushed returns the run that pushed a page at a time, which is in whole
// seconds; 0 if the history has none.
func (i *Inspector) RunThatPushed(name, page string, at time.Time) (run uint64, err error) {
	if _, err := i.Lookup(name); err != nil {
		return 0, err
	}
	return run, i.State.View(name, func(tx *state.Tx) error {
		runs, err := tx.Runs(maxRuns)
		for _, r := range runs {
			if at.Before(r.Started.Truncate(time.Second)) || at.After(r.Finished) {
				continue
			}
			if run = r.ID; namesAny(r.Report, []string{page}) { // another may have begun in the same second
				break
			}
		}
		return err
	})
}

func decodeReport(run state.Run, into any) error {
	if err := json.Unmarshal(run.Report, into); err != nil {
		return fmt.Errorf("decode the report of run %d: %w", run.ID, err)
	}
	return nil
}

// ignored is a part of a report that is not read.
type ignored struct{}

// UnmarshalJSON reads nothing.
func (*ignored) UnmarshalJSON([]byte) error { return nil }

// RunsThatName is History of the runs whose reports name one of the IDs.
func (i *Inspector) RunsThatName(name string, n int, ids ...string) ([]ingest.Report, error) {
	names := func(report []byte) bool { return namesAny(report, ids) }
	return i.history(name, n, names, func(r *ingest.Report) any { return r })
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
func (i *Inspector) history(
	name string, n int, wanted func([]byte) bool, into func(*ingest.Report) any,
) ([]ingest.Report, error) {
	if _, err := i.Lookup(name); err != nil {
		return nil, err
	}
	reports := []ingest.Report{}
	err := i.State.View(name, func(tx *state.Tx) error {
		runs, err := tx.Runs(n)
		for _, run := range runs {
			if wanted != nil && !wanted(run.Report) {
				continue
			}
			var report ingest.Report
			if err := decodeReport(run, into(&report)); err != nil {
				return err
			}
			reports = append(reports, report)
		}
		return err
	})
	return reports, err
}
