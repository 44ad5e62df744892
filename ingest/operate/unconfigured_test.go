package operate_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/ingest/inspect"
	"finpages/ingest/metrics"
	"finpages/ingest/operate"
	"finpages/ingest/verify"
	"finpages/intercomapi/emulator"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// names are the sources that a status of all shows, with their states.
func names(t *testing.T, s *operate.Service) (list []string) {
	t.Helper()
	all, err := s.StatusAll(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range all {
		list = append(list, st.Name+" "+st.State)
	}
	return list
}

// A source that was taken out of the config is shown for as long as Fin has
// pages of it.
func TestASourceThatIsNoLongerConfigured(t *testing.T) {
	w := newWorld(t)
	w.Fill(3)
	w.Sync()
	reg := prometheus.NewRegistry()
	w.Engine.Metrics = metrics.New(reg)
	wantMetric := func(series string) {
		t.Helper()
		want := "# HELP finpages_unconfigured_pages Pages in Fin of a source that is no longer configured.\n" +
			"# TYPE finpages_unconfigured_pages gauge\nfinpages_unconfigured_pages" + series + "\n"
		if series == "" {
			want = ""
		}
		if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "finpages_unconfigured_pages"); err != nil {
			t.Error(err)
		}
	}
	s := w.Service()
	s.SetGauges()
	wantMetric(`{source="docs"} 0`)
	s.Configure(nil)
	s.SetGauges()
	wantMetric(`{source="docs"} 3`)
	if got := names(t, s); !slices.Equal(got, []string{"docs unconfigured"}) {
		t.Errorf("status: %q", got)
	}
	st, err := s.Status("docs")
	if err != nil || st.Pages != 3 || st.URL != ingesttest.Root ||
		inspect.StillInFin(st.Pages) != "no longer configured, 3 pages still in Fin" {
		t.Errorf("status: %+v, %v", st, err)
	}
	w.Edit("page-01.md")
	v, err := s.Verify(t.Context(), "docs", verify.Options{Repair: true})
	if err != nil || v.Unconfigured != 3 || v.Clean() || len(v.Changed) != 1 || v.Repair != nil || v.Error != "" {
		t.Errorf("verify: %+v, %v", v, err)
	}
	wantMetric(`{source="docs"} 3`)

	s.Configure([]*ingest.Source{w.Source()}) // one way on
	s.SetGauges()
	wantMetric(`{source="docs"} 0`)
	s.Configure(nil)
	if f, err := s.Forget(t.Context(), "docs", true); err != nil || f != (operate.Forgotten{Deleted: 3}) { // the other
		t.Errorf("forget: %+v, %v", f, err)
	}
	wantMetric("")
	if got := names(t, s); len(got) != 0 {
		t.Errorf("status of what is forgotten: %q", got)
	}
	if _, err := s.Verify(t.Context(), "docs", verify.Options{}); err == nil {
		t.Error("verified a source that nobody knows")
	}
}

// The pages of a source with a new name, and the same import source, pass on.
func TestARenamedSourceIsNotShownTwice(t *testing.T) {
	w := newWorld(t)
	w.Fill(2)
	w.Sync()
	w.Src.Name = "handbook"
	s := w.Service()
	if got := names(t, s); !slices.Equal(got, []string{"handbook new"}) {
		t.Errorf("before its first run: %q", got)
	}
	if _, err := s.Run(t.Context(), "handbook", ingest.RunOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := names(t, s); !slices.Equal(got, []string{"handbook ok"}) {
		t.Errorf("after it: %q", got)
	}
}

// Forget says what stays in Fin, and takes out also what was pushed without an answer.
func TestForgetTellsWhatStays(t *testing.T) {
	w := newWorld(t)
	w.Fill(2)
	w.Sync()
	w.Tamper("POST", "/ai/external_pages", `{"source_id":1,"external_id":"theirs","title":"T","html":"<p>x</p>","locale":"en"}`)
	w.Put("late.md", "# Late")
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost {
			return &emulator.Fault{Cut: true, Effect: true}
		}
		return nil
	})
	w.Run(ingest.RunOptions{})
	w.Emu.Fail(nil)
	w.WantInFin("late.md", "page-00.md", "page-01.md", "theirs")
	f, err := w.Service().Forget(t.Context(), "docs", true)
	if err != nil || f != (operate.Forgotten{Deleted: 3, Kept: 1}) {
		t.Errorf("forget with pages: %+v, %v", f, err)
	}
	w.WantInFin("theirs")

	w = newWorld(t)
	w.Fill(2)
	w.Sync()
	if f, err := w.Service().Forget(t.Context(), "docs", false); err != nil || f != (operate.Forgotten{Kept: 2}) {
		t.Errorf("forget: %+v, %v", f, err)
	}
	w.WantInFin("page-00.md", "page-01.md")
}
