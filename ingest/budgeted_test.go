package ingest_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/ingest/metrics"
	"finpages/ingest/transform"
	"finpages/sources"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// wikiPage is an entry of a stub: a wiki's page whose one link is looked up by
// what a test decides.
func wikiPage(id, revision string, address func(sources.Reference) string) sources.Entry {
	return sources.Entry{ID: id, Revision: revision, Load: func(context.Context) (sources.Document, error) {
		body := `<p>See <ac:link><ri:page ri:content-title="Tea"/></ac:link> for more about tea.</p>`
		return sources.Document{Format: sources.ConfluenceStorage, Title: id, Body: []byte(body), Address: address}, nil
	}}
}

func panics(sources.Reference) string { panic("a fault of the renderer") }

// A fault of ours costs the page that it is met in, once.
func TestPanicsCostOnePage(t *testing.T) {
	w := newWorld(t)
	reg := prometheus.NewPedanticRegistry()
	var log bytes.Buffer
	w.Engine.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	load := sources.Entry{ID: "load", Revision: "1",
		Load: func(context.Context) (sources.Document, error) { panic("a fault of the adapter") }}
	w.Stubbed(ingesttest.Doc("a.md", "", "# A\n\nApples."), wikiPage("render", "1", panics), load)
	w.WantCounts(w.Run(ingest.RunOptions{Plan: true}), "partial listed=3 created=1 failed=2")
	log.Reset()
	w.Engine.Metrics = metrics.New(reg)

	report := w.Sync()
	w.WantCounts(report, "partial listed=3 created=1 failed=2")
	w.WantInFin("a.md")
	if len(report.Errors) != 2 || report.Quarantined != 2 ||
		!strings.Contains(report.Errors[1].Error, "please report it") {
		t.Errorf("errors: %+v", report.Errors)
	}
	w.WantCounts(w.Sync(), "partial listed=3 unchanged=1 failed=2") // not tried again
	if n := strings.Count(log.String(), "stack="); n != 2 || !strings.Contains(log.String(), "budgeted_test.go") {
		t.Errorf("%d stacks in the log:\n%s", n, log.String())
	}
	const metric = "# HELP finpages_page_failures_total Pages that failed: unreadable in the source, refused, over " +
		"the budget, " +
		"a panic, or not deleted.\n# TYPE finpages_page_failures_total counter\n" +
		"finpages_page_failures_total{reason=\"budget\",source=\"docs\"} 0\n" +
		"finpages_page_failures_total{reason=\"delete\",source=\"docs\"} 0\n" +
		"finpages_page_failures_total{reason=\"panic\",source=\"docs\"} 2\n" +
		"finpages_page_failures_total{reason=\"refused\",source=\"docs\"} 0\n" +
		"finpages_page_failures_total{reason=\"unreadable\",source=\"docs\"} 0\n"
	if err := testutil.GatherAndCompare(reg, strings.NewReader(metric), "finpages_page_failures_total"); err != nil {
		t.Error(err)
	}
	for _, id := range []string{"render", "load"} {
		if _, err := w.Service().Preview(t.Context(), "docs", id); err == nil ||
			!strings.Contains(err.Error(), "a fault of the") {
			t.Errorf("preview of %s: %v", id, err)
		}
		x, err := w.Service().Explain(t.Context(), "docs", id)
		if err != nil || !x.Refused {
			t.Errorf("explain %s: %+v, %v", id, x, err)
		}
	}

	w.Stubbed(ingesttest.Doc("a.md", "", "# A\n\nApples."),
		wikiPage("render", "2", func(sources.Reference) string { return "" }))
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=1 created=1")
	w.WantInFin("a.md", "render")
}

// endless returns a look-up that does not return before the test ends.
func endless(t *testing.T) func(sources.Reference) string {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	return func(sources.Reference) string { <-over; return "" }
}

// What a document takes too long for costs its page, until the document changes
// or may take longer.
func TestDocumentsHaveTheirTime(t *testing.T) {
	w := newWorld(t)
	w.Src.RenderPool = transform.NewPool(1 << 20)
	w.Stubbed(ingesttest.Doc("a.md", "", "# A\n\nApples."))
	w.WantCounts(w.Sync(), "ok listed=1 created=1") // however long that takes
	w.Src.RenderTimeout = 10 * time.Millisecond
	w.Stubbed(ingesttest.Doc("a.md", "", "# A\n\nApples."), wikiPage("b", "1", endless(t)))
	report := w.Sync()
	w.WantCounts(report, "partial listed=2 unchanged=1 failed=1")
	if len(report.Errors) != 1 || !strings.Contains(report.Errors[0].Error, "longer than 10ms") ||
		report.Quarantined != 1 {
		t.Errorf("errors: %+v", report.Errors)
	}
	w.Stubbed(ingesttest.Doc("a.md", "", "# A\n\nApples."), wikiPage("b", "1", nil))
	w.WantCounts(w.Sync(), "partial listed=2 unchanged=1 failed=1") // not tried again
	w.Src.RenderTimeout = time.Minute
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=1 created=1")
	w.WantInFin("a.md", "b")
}

// A run ends in time whatever its documents do, and the work that does not end
// is bounded.
func TestRunsEndWhateverDocumentsDo(t *testing.T) {
	w := newWorld(t)
	never := endless(t)
	w.Src.RenderPool = transform.NewPool(1 << 20)
	loads := sources.Entry{ID: "load", Revision: "1", Load: func(context.Context) (sources.Document, error) {
		never(sources.Reference{})
		return sources.Document{}, nil
	}}
	w.Stubbed(ingesttest.Doc("a.md", "", "# A\n\nApples."), wikiPage("b", "1", never), loads)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // as SIGTERM does, once both are under way
		for len(w.InFin()) == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if r := w.Engine.Run(ctx, w.Source(), ingest.RunOptions{}); r.Result != ingest.Interrupted || !r.Interrupted {
		t.Errorf("report: %+v", r)
	}
	w.Src.Timeout = 10 * time.Millisecond
	w.Stubbed(loads)
	if r := w.Run(ingest.RunOptions{}); r.Result != ingest.Failed || !strings.Contains(r.Error, "timeout of 10ms") {
		t.Errorf("report: %+v", r)
	}

	w.Src.Timeout, w.Src.RenderTimeout = 0, time.Millisecond
	var many []sources.Entry
	for _, id := range strings.Split("b c d e f g h i j k l m n o p q r s t u v w x y z", " ") {
		many = append(many, wikiPage(id, "1", never))
	}
	w.Stubbed(many...)
	r := w.Run(ingest.RunOptions{})
	if r.Result != ingest.Failed || !strings.Contains(r.Error, "restart finpages") || r.Quarantined > 16 {
		t.Errorf("report: %+v", r)
	}
}

// What does not fit into memory costs its page, and nothing is begun.
func TestDocumentsHaveTheirMemory(t *testing.T) {
	w := newWorld(t)
	w.Src.RenderPool = transform.NewPool(1 << 20)
	w.Put("a.md", "# A\n\nApples.", "b.md", strings.Repeat("- a\n+ b\n", 1000))
	report := w.Sync()
	w.WantCounts(report, "partial listed=2 created=1 failed=1")
	if len(report.Errors) != 1 || !strings.Contains(report.Errors[0].Error, "needs about 2 MiB of memory") {
		t.Errorf("errors: %+v", report.Errors)
	}
	w.WantCounts(w.Sync(), "partial listed=2 unchanged=1 failed=1")
	w.Src.RenderPool = transform.NewPool(1 << 24)
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=1 created=1")
}
