package replicas

import (
	"testing"
	"time"

	"finpages/state"
)

type hourly struct{}

func (hourly) Next(t time.Time) time.Time { return t.Add(time.Hour) }

// Each row of the table of dueAt.
func TestDueAt(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.Local)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	tests := []struct {
		name string
		job  state.Job
		want time.Time
	}{
		{"cut off", state.Job{Kind: verifyJob, Began: ago(time.Minute), CutOff: true}, ago(time.Minute)},
		{"never begun", state.Job{Kind: syncJob}, time.Time{}},
		{"begun with another config", state.Job{Kind: syncJob, Began: ago(time.Minute), Config: "old"}, ago(time.Minute)},
		{"wanted, and at rest", state.Job{Kind: syncJob, Began: ago(time.Minute), Config: "new", Wanted: ago(time.Second),
			Touched: ago(time.Second)}, ago(time.Second - debounce)},
		{"wanted again and again", state.Job{Kind: syncJob, Began: ago(time.Minute), Config: "new", Wanted: ago(time.Minute),
			Touched: now}, ago(time.Minute - maxDebounce)},
		{"wanted, and due before", state.Job{Kind: syncJob, Began: ago(time.Hour), Config: "new", Wanted: now, Touched: now}, now},
		{"at its time", state.Job{Kind: syncJob, Began: ago(time.Minute), Config: "new"}, now.Add(59 * time.Minute)},
		{"a verification that nobody knows of", state.Job{Kind: verifyJob}, now.Add(time.Hour)},
		{"a verification, whatever the config", state.Job{Kind: verifyJob, Began: ago(time.Minute), Config: "old"}, now.Add(59 * time.Minute)},
	}
	for _, tt := range tests {
		if got := dueAt(tt.job, hourly{}, "new", now); !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Of two configs of a source, the one that was taken up last counts.
func TestIsNewest(t *testing.T) {
	began := time.Unix(0, 0)
	replicas := []state.Replica{
		{ID: "a", Configs: map[string]state.ConfigOfNote{"docs": {Sum: "old", Since: began}}},
		{ID: "b", Configs: map[string]state.ConfigOfNote{"docs": {Sum: "new", Since: began.Add(time.Second)}}},
	}
	if isNewest(replicas, "docs", "old") || !isNewest(replicas, "docs", "new") || !isNewest(replicas, "wiki", "any") {
		t.Errorf("docs: old %t, new %t; wiki %t", isNewest(replicas, "docs", "old"), isNewest(replicas, "docs", "new"),
			isNewest(replicas, "wiki", "any"))
	}
}
