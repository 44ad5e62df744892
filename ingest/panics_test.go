package ingest_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/sources"
)

// faulty is an adapter that panics.
type faulty struct {
	*ingesttest.Stub
	opens bool
}

func (f faulty) Open(context.Context) (sources.Snapshot, error) {
	if !f.opens {
		panic("a fault of Open")
	}
	return f, nil
}

func (f faulty) List(_ context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	_ = yield(f.Entries[0])
	panic("a fault of List")
}

func (faulty) Explain(context.Context, string) (string, error) { panic("a fault of Explain") }

// A fault of an adapter costs its source the run, and nothing that is in Fin.
func TestPanicsOfAnAdapterCostItsRun(t *testing.T) {
	w := newWorld(t)
	stub := w.Stubbed(ingesttest.Doc("a.md", "", "# A\n\nApples."), ingesttest.Doc("b.md", "", "# B\n\nPears."))
	w.WantCounts(w.Sync(), "ok listed=2 created=2")
	var log bytes.Buffer
	w.Engine.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	for _, f := range []faulty{{stub, false}, {stub, true}} {
		w.Src.Adapter = f
		log.Reset()
		if r := w.Run(ingest.RunOptions{}); r.Result != ingest.Failed || !strings.Contains(r.Error, "please report it") {
			t.Errorf("report: %+v", r)
		}
		if n := strings.Count(log.String(), "stack="); n != 1 || !strings.Contains(log.String(), "panics_test.go") {
			t.Errorf("%d stacks in the log:\n%s", n, log.String())
		}
		w.WantInFin("a.md", "b.md")
	}
	if x, err := w.Service().Explain(t.Context(), "docs", "c.md"); err == nil && len(x.Reasons) == 0 {
		t.Errorf("explanation: %+v", x)
	}
	w.Src.Adapter = stub
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=2")
}
