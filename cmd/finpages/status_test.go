package main

import (
	"strings"
	"testing"

	"finpages/ingest/inspect"
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
