package main

import (
	"strings"
	"testing"
	"time"

	"finpages/ingest/inspect"
	"finpages/state"
)

// A run under way does not hide how the one before it went.
func TestStateOfASource(t *testing.T) {
	started, going := &inspect.RunningNow{Listed: 7}, &inspect.RunningNow{Total: 4, Done: 1}
	for _, c := range []struct {
		state   string
		running *inspect.RunningNow
		want    string
	}{
		{"ok", nil, "ok"}, {"ok", started, "running"}, {"new", going, "running (1 of 4)"},
		{"failed", nil, "failed"}, {"failed", started, "failed, running"}, {"held", going, "held, running (1 of 4)"}, {"partial", started, "partial, running"},
	} {
		var b strings.Builder
		printStatus(newPrintable(&b), []inspect.Status{{Name: "docs", State: c.state, Running: c.running}})
		if got := strings.Split(b.String(), "\n")[1]; !strings.HasPrefix(got, "docs    "+c.want+"  ") {
			t.Errorf("%s, %+v: %q, want %q", c.state, c.running, got, c.want)
		}
	}
}

// What verify found is said in words, with the pages and the mend.
func TestStatusTellsOfDrift(t *testing.T) {
	found := time.Now().Add(-3 * time.Hour)
	drift := &inspect.Drift{Since: found, Missing: 1, Changed: 1, Pages: []inspect.DriftedPage{
		{ExternalID: "a.md", Kind: state.DriftMissing}, {ExternalID: "b.md", Kind: state.DriftChanged, Fields: []string{"html", "title"}}}}
	var b strings.Builder
	printStatus(newPrintable(&b), []inspect.Status{{Name: "docs", State: inspect.Drifted, Drift: drift}})
	_, got, _ := strings.Cut(b.String(), "\ndocs: ") // after the table
	want := "Fin does not have what was pushed: 1 page is missing, 1 was changed; verify found it 3h ago:\n" +
		"  missing: a.md\n  changed: b.md html title\n  to fix this: finpages verify --repair docs\n"
	if got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
}
