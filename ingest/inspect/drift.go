package inspect

import (
	"fmt"
	"strings"
	"time"

	"finpages/ingest"
	"finpages/state"
)

// Drift is how Intercom differs from what was pushed, as verify found it, as
// far as that was not mended since.
type Drift struct {
	Since      time.Time     `json:"since"` // when verify first found one of the pages
	Missing    int           `json:"missing"`
	Orphaned   int           `json:"orphaned"`
	Duplicated int           `json:"duplicated"`
	Changed    int           `json:"changed"`
	Pages      []DriftedPage `json:"pages"` // at most maxProblems

	BeyondRepair int `json:"beyond_repair"` // of the changed ones, those whose text is kept nowhere
}

// DriftedPage is a page that Intercom does not have as it was pushed.
type DriftedPage struct {
	ExternalID string          `json:"external_id"`
	Kind       state.DriftKind `json:"kind"`
	Fields     []string        `json:"fields,omitempty"` // of a changed page
	Since      time.Time       `json:"since"`
}

// Words says what differs: "2 pages are missing, 1 was changed".
func (d *Drift) Words() string {
	var parts []string
	add := func(n int, one, many string) {
		switch {
		case n == 1 && parts == nil:
			parts = append(parts, "1 page "+one)
		case n == 1:
			parts = append(parts, "1 "+one)
		case n > 1 && parts == nil:
			parts = append(parts, fmt.Sprintf("%d pages %s", n, many))
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, many))
		}
	}
	add(d.Missing, "is missing", "are missing")
	add(d.Changed, "was changed", "were changed")
	add(d.Orphaned, "is unknown to finpages", "are unknown to finpages")
	add(d.Duplicated, "is there more than once", "are there more than once")
	return strings.Join(parts, ", ")
}

// Mend says what is to be done about the drift of a source.
func (d *Drift) Mend(source string) string {
	const beyond = "approve the deletes of the pages whose text was edited after their documents had gone, " +
		"or put the documents back"
	switch d.BeyondRepair {
	case 0:
		return Repair(source)
	case d.Missing + d.Orphaned + d.Duplicated + d.Changed:
		return beyond
	}
	return Repair(source) + "; and " + beyond
}

// Repair is the command that mends the drift of a source.
func Repair(source string) string { return "finpages verify --repair " + source }

func (st *Status) readDrift(tx *state.Tx) error {
	d := &Drift{Pages: []DriftedPage{}}
	err := tx.EachDrift(func(id string, p state.Drift) error {
		switch p.Kind {
		case state.DriftMissing:
			d.Missing++
		case state.DriftOrphaned:
			d.Orphaned++
		case state.DriftDuplicated:
			d.Duplicated++
		case state.DriftChanged:
			d.Changed++
		}
		if p.BeyondRepair {
			d.BeyondRepair++
		}
		if d.Since.IsZero() || p.Since.Before(d.Since) {
			d.Since = p.Since
		}
		if len(d.Pages) < maxProblems {
			d.Pages = append(d.Pages, DriftedPage{id, p.Kind, p.Fields, p.Since})
		}
		return nil
	})
	if d.Since.IsZero() {
		return err
	}
	if st.Drift = d; st.LastRun == nil || st.State != string(ingest.Failed) {
		st.State = Drifted
	}
	return err
}
