package verify_test

import (
	"net/http"
	"strings"
	"testing"

	"finpages/ingest/documents"
	"finpages/ingest/inspect"
	"finpages/ingest/metrics"
	"finpages/ingest/verify"
	"finpages/intercomapi/emulator"
	"finpages/state"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// driftMetric is the metric of the world's source, a line for each kind.
func driftMetric(missing, orphaned, duplicated, changed string) string {
	return `# HELP finpages_drift_pages Pages in Intercom that verify found to be other than they were pushed: missing, orphaned, duplicated, changed.
# TYPE finpages_drift_pages gauge
finpages_drift_pages{kind="changed",source="docs"} ` + changed + `
finpages_drift_pages{kind="duplicated",source="docs"} ` + duplicated + `
finpages_drift_pages{kind="missing",source="docs"} ` + missing + `
finpages_drift_pages{kind="orphaned",source="docs"} ` + orphaned + "\n"
}

// metrics gives the world's engine metrics, and returns what checks that of drift.
func (w *world) metrics() (wantDrift func(missing, orphaned, duplicated, changed string)) {
	reg := prometheus.NewRegistry()
	w.Engine.Metrics = metrics.New(reg)
	return func(missing, orphaned, duplicated, changed string) {
		w.T.Helper()
		want := driftMetric(missing, orphaned, duplicated, changed)
		if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "finpages_drift_pages"); err != nil {
			w.T.Error(err)
		}
	}
}

func (w *world) status() inspect.Status {
	w.T.Helper()
	st, err := w.Service().Status("docs")
	if err != nil {
		w.T.Fatal(err)
	}
	return st
}

// wantDrift checks the state of the source, and what its drift is in words.
func (w *world) wantDrift(state, words string) {
	w.T.Helper()
	st, got := w.status(), ""
	if st.Drift != nil {
		got = st.Drift.Words()
	}
	if st.State != state || got != words {
		w.T.Errorf("the source is %s: %q, want %s: %q", st.State, got, state, words)
	}
}

// What verify finds is how the source stands until it is mended: by a repair, by
// pushes, by deletes, or by a verification that finds nothing.
func TestDriftIsSeenUntilItIsMended(t *testing.T) {
	w := newWorld(t)
	wantMetric := w.metrics()
	w.Fill(6)
	w.Sync()
	w.Service().SetGauges()
	wantMetric("0", "0", "0", "0")

	w.Edit("page-01.md")
	w.Edit("page-02.md")
	w.Tamper("DELETE", "/ai/external_pages/"+w.Page("page-03.md").ID, "")
	w.Tamper("DELETE", "/ai/external_pages/"+w.Page("page-04.md").ID, "")
	w.Tamper("POST", "/ai/external_pages", `{"source_id":1,"external_id":"orphan","title":"O","html":"<p>x</p>","locale":"en"}`)
	w.Verify(verify.Options{})
	const all = "2 pages are missing, 2 were changed, 1 is unknown to finpages"
	w.wantDrift("drifted", all)
	wantMetric("2", "1", "0", "2")
	w.Sync()
	w.wantDrift("drifted", all) // a sync does not see it
	since := w.status().Drift.Since
	w.Verify(verify.Options{})
	if again := w.status().Drift; !again.Since.Equal(since) || len(again.Pages) != 5 ||
		again.Pages[1].ExternalID != "page-01.md" || strings.Join(again.Pages[1].Fields, " ") != "html title" {
		t.Errorf("found again: %+v", again)
	}
	for ref, want := range map[string]string{
		"page-01.md": "it was changed in Intercom (html, title): finpages verify --repair docs",
		"page-03.md": "it is missing in Intercom: finpages verify --repair docs",
	} {
		x, err := w.Service().Recall("docs", ref)
		if err != nil || x.InFin != (ref == "page-01.md") || !strings.Contains(strings.Join(x.Reasons, "\n"), want) {
			t.Errorf("explain %s: in Fin: %v, %q, %v", ref, x.InFin, x.Reasons, err)
		}
	}
	inv, err := w.Service().Inventory(t.Context(), "docs", documents.InventoryQuery{Limit: 9})
	if err != nil || inv.Documents[3].Drift != state.DriftMissing || inv.Documents[3].InFin ||
		inv.Documents[0].Drift != "" {
		t.Errorf("inventory: %+v, %v", inv.Documents, err)
	}

	w.Put("page-01.md", "# Page 1\n\nNew text.")
	w.Put("page-03.md", "# Page 3\n\nNew text.")
	w.Sync() // pushes these
	w.wantDrift("drifted", "1 page is missing, 1 was changed, 1 is unknown to finpages")
	w.Remove("page-04.md")
	w.Sync()
	w.wantDrift("drifted", "1 page was changed, 1 is unknown to finpages")
	wantMetric("0", "1", "0", "1")
	w.Verify(verify.Options{Repair: true})
	w.wantDrift("held", "") // the orphan is foreign now
	wantMetric("0", "0", "0", "0")

	w.Edit("page-05.md")
	edited := w.Page("page-05.md")
	w.Verify(verify.Options{})
	w.wantDrift("drifted", "1 page was changed")
	w.Tamper("DELETE", "/ai/external_pages/"+edited.ID, "")
	w.Verify(verify.Options{})
	w.wantDrift("drifted", "1 page is missing")
	w.Sync()
	w.Verify(verify.Options{Repair: true})
	w.wantDrift("held", "")
}

// A verification that could not finish, or a repair whose run failed, mends nothing.
func TestDriftStaysWhereARepairFails(t *testing.T) {
	w := newWorld(t)
	w.Fill(3)
	w.Sync()
	w.Edit("page-01.md")
	w.Tamper("DELETE", "/ai/external_pages/"+w.Page("page-02.md").ID, "")
	w.Verify(verify.Options{})
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/external_pages") {
			return &emulator.Fault{Status: 500}
		}
		return nil
	})
	w.Verify(verify.Options{})
	w.wantDrift("drifted", "1 page is missing, 1 was changed")
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost {
			return &emulator.Fault{Status: 500}
		}
		return nil
	})
	w.Verify(verify.Options{Repair: true})
	w.wantDrift("drifted", "1 page is missing, 1 was changed")
	w.Emu.Fail(nil)
	w.Sync() // goes on where the repair ended
	w.wantDrift("ok", "")
}

// A missing page whose document is gone, too, is not missing any more.
func TestDriftOfAPageWithoutADocument(t *testing.T) {
	w := newWorld(t)
	w.Fill(3)
	w.Sync()
	w.Tamper("DELETE", "/ai/external_pages/"+w.Page("page-02.md").ID, "")
	w.Verify(verify.Options{})
	w.Remove("page-02.md")
	w.Verify(verify.Options{Repair: true})
	w.wantDrift("ok", "")
}

// An import source that was deleted is missing pages, all of them.
func TestDriftOfADeletedImportSource(t *testing.T) {
	w := newWorld(t)
	w.Fill(3)
	w.Sync()
	w.Tamper("DELETE", "/ai/content_import_sources/1", "")
	w.Verify(verify.Options{})
	w.wantDrift("drifted", "3 pages are missing")
	w.Verify(verify.Options{Repair: true})
	w.wantDrift("ok", "")
}
