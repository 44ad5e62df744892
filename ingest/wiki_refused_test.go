package ingest_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/ingest/inspect"
	"finpages/ingest/metrics"
	"finpages/sources/confluence"
	wikiemulator "finpages/sources/confluence/emulator"
	"finpages/state"

	"github.com/prometheus/client_golang/prometheus"
)

// refuse makes the wiki refuse to tell who may view these pages, or all.
func (w *wikiWorld) refuse(ids ...string) {
	for _, id := range ids {
		w.wiki.Unindex(id)
	}
	w.wiki.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/restriction/") {
			return false
		}
		rw.WriteHeader(http.StatusForbidden)
		return true
	})
}

// What the wiki refuses to tell, twice, leaves within the delete budget; many
// such pages wait for somebody, who is told why. A restriction that was read
// takes a page out at once, also one that waits.
func TestWikiManyRefusals(t *testing.T) {
	t.Parallel()
	w := newWikiWorld(t, wikiFlavors()["cloud"])
	w.Sync()
	w.refuse("1001")
	w.WantCounts(w.Sync(), "ok listed=59 excluded=1 unchanged=59 deleted=1")
	var ids []string
	for i := 2; i < 20; i++ {
		ids = append(ids, fmt.Sprint(1000+i))
	}
	w.refuse(ids...)
	for range 2 {
		r := w.Sync()
		w.WantCounts(r, "held listed=41 excluded=19 unchanged=41 held=18")
		const want = "the source still has 18 of these documents (most of them: its view restrictions cannot be read"
		if !strings.Contains(r.HoldReason, want) {
			t.Errorf("held because %q, want %q in it", r.HoldReason, want)
		}
		w.WantWrites()
	}
	w.wiki.SetHook(nil)
	w.wiki.Restrict("1002", "admins")
	r := w.Sync()
	w.WantCounts(r, "ok listed=59 excluded=1 unchanged=58 created=1 deleted=1")
	writes := w.Writes() // of two entries, at the same time
	if slices.Sort(writes); !slices.Equal(writes, []string{"DELETE 1002", "POST 1001"}) {
		t.Errorf("writes: %q", writes)
	}
	if slices.Contains(w.InFin(), "1002") {
		t.Error("a restricted page stays in Fin")
	}
}

// A page that has moved to where the login may not look is not gone.
func TestWikiPageMovesOutOfSight(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(w *wikiWorld){
		"hidden": func(w *wikiWorld) { w.wiki.HideSpace("HR", true) },
		"403": func(w *wikiWorld) {
			w.wiki.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
				if !strings.Contains(r.URL.String(), "HR") && !strings.HasSuffix(r.URL.Path, "/1005") {
					return false
				}
				rw.WriteHeader(http.StatusForbidden)
				return true
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachWiki(t, func(t *testing.T, w *wikiWorld) {
				w.Sync()
				w.write(1005, "HR", "people")
				spoil(w)
				if r := w.Sync(); r.Deleted > 0 || len(w.InFin()) != 60 {
					t.Errorf("%s; %d in Fin", ingesttest.Counts(r), len(w.InFin()))
				}
				w.wiki.SetHook(nil)
				w.wiki.HideSpace("HR", false)
				w.WantCounts(w.Sync(), "ok listed=60 unchanged=59 updated=1")
			})
		})
	}
}

// To a login that may not see them, pages that become restricted look deleted:
// they leave, and many at once are held.
func TestWikiPagesAreHiddenFromTheLogin(t *testing.T) {
	eachWiki(t, func(t *testing.T, w *wikiWorld) {
		w.Sync()
		w.wiki.Hide("1001")
		w.WantCounts(w.Sync(), "ok listed=59 unchanged=59 deleted=1")
		w.WantWrites("DELETE 1001")
		for i := range 15 {
			w.wiki.Hide(fmt.Sprint(2000 + i))
		}
		w.WantCounts(w.Sync(), "held listed=44 unchanged=44 held=15")
		w.WantWrites()
	})
}

func withoutMarked(o *confluence.Options) { o.Labels.Exclude = []string{"no-fin"} }

// A page that gets a label which keeps it out leaves in the run that sees it,
// also where the listing of its space never ends.
func TestWikiPageIsMarkedInAnEndlessListing(t *testing.T) {
	t.Parallel()
	for name, c := range wikiFlavors() {
		t.Run(name, func(t *testing.T) {
			w := newWikiWorldOf(t, c, withoutMarked)
			for i := range 20 {
				w.write(1000+i, "OPS", "operations")
				w.write(2000+i, "HR", "people")
			}
			w.WantCounts(w.Sync(), "ok listed=40 created=40")
			w.wiki.SetTraps(wikiemulator.Traps{MaxLimit: 10, CursorLoop: true})
			marked := []string{"1001", "1002", "1003", "1004", "1005", "2003"} // more than the budget allows
			for _, id := range marked {
				w.wiki.Label(id, "no-fin")
			}
			r := w.Sync()
			if r.Complete || r.Deleted != len(marked) || r.Held > 0 {
				t.Errorf("%s; incomplete: %v", ingesttest.Counts(r), r.Incomplete)
			}
			for _, id := range marked {
				if slices.Contains(w.InFin(), id) {
					t.Errorf("page %s stays in Fin", id)
				}
			}
			st, err := w.Service().Status("docs")
			if err != nil || !strings.Contains(strings.Join(st.Incomplete, "; "), "goes round in a circle") {
				t.Errorf("status says %q, %v", st.Incomplete, err)
			}
		})
	}
}

// A rule of the config that keeps many pages out all at once may be a slip: it
// counts against the delete budget, and what is held stays so.
func TestWikiNarrowedRules(t *testing.T) {
	w := newWikiWorldOf(t, wikiFlavors()["datacenter"], withoutMarked)
	for i := range 20 {
		w.write(1000+i, "OPS", "operations")
		w.write(2000+i, "HR", "people")
		w.wiki.Label(fmt.Sprint(2000+i), "internal")
	}
	w.WantCounts(w.Sync(), "ok listed=40 created=40")
	w.configure(func(o *confluence.Options) { o.Labels.Exclude = []string{"no-fin", "internal"} })
	for range 2 {
		r := w.Sync()
		w.WantCounts(r, "held listed=20 excluded=20 unchanged=20 held=20")
		if !strings.Contains(r.HoldReason, `excluded by its label "internal"`) {
			t.Errorf("held because %q", r.HoldReason)
		}
	}
	w.wiki.Label("1001", "no-fin") // by its owner, meanwhile
	w.WantCounts(w.Sync(), "held listed=19 excluded=21 unchanged=19 deleted=1 held=20")
	w.WantWrites("DELETE 1001")
	w.wiki.Label("1002", "old") // few that a new rule leaves out do not wait with the others
	w.configure(func(o *confluence.Options) { o.Labels.Exclude = append(o.Labels.Exclude, "old") })
	w.WantCounts(w.Sync(), "held listed=18 excluded=22 unchanged=18 deleted=1 held=20")
	w.WantWrites("DELETE 1002")
}

// A page that includes one of a space which is not configured is read anew when
// that has moved into a configured one.
func TestWikiIncludedPageMovesIn(t *testing.T) {
	eachWiki(t, func(t *testing.T, w *wikiWorld) {
		other := func(space string) string {
			return strings.Replace(include("Shared"), "ri:content-title", `ri:space-key="`+space+`" ri:content-title`, 1)
		}
		w.wiki.PutPage(wikiemulator.Page{ID: "5000", Space: "ELSE", Title: "Shared", Storage: "<p>Text of all.</p>"})
		w.wiki.PutPage(wikiemulator.Page{ID: "1001", Space: "OPS", Title: "Page 1001", Storage: "<p>Own.</p>" +
			other("ELSE")})
		w.WantCounts(w.Sync(), "ok listed=60 created=60")
		w.WantCounts(w.Sync(), "ok listed=60 unchanged=60")
		if html := w.Page("1001").HTML; strings.Contains(html, "Text of all") {
			t.Fatalf("the text of a space that is not configured is in Fin: %s", html)
		}
		w.wiki.MoveToSpace("5000", "OPS") // which changes the links to it, and no version
		w.wiki.SetStorage("1001", "<p>Own.</p>"+other("OPS"))
		w.WantCounts(w.Sync(), "ok listed=61 unchanged=59 created=1 updated=1")
		if html := w.Page("1001").HTML; !strings.Contains(html, "Text of all") {
			t.Errorf("page 1001 is %s", html)
		}
		w.WantCounts(w.Sync(), "ok listed=61 unchanged=61")
	})
}

func mustStatus(w *wikiWorld) inspect.Status {
	w.T.Helper()
	st, err := w.Service().Status("docs")
	if err != nil {
		w.T.Fatal(err)
	}
	return st
}

// What never ends says so wherever people look.
func TestWikiEndlessListing(t *testing.T) {
	eachWiki(t, func(t *testing.T, w *wikiWorld) {
		w.Sync()
		complete := mustStatus(w).LastComplete
		w.wiki.SetTraps(wikiemulator.Traps{MaxLimit: 10, CursorLoop: true, NoScan: true, EndlessNext: true, NoSearch: true})
		r := w.Run(ingest.RunOptions{})
		if r.Complete || r.Result != ingest.Partial || len(w.InFin()) != 60 {
			t.Errorf("%s; %d in Fin", ingesttest.Counts(r), len(w.InFin()))
		}
		st := mustStatus(w)
		if text := strings.Join(st.Incomplete, "; "); !strings.Contains(text, "the listing") {
			t.Errorf("status says %q", st.Incomplete)
		}
		if st.IncompleteFrom == nil || !st.LastRun.Started.Truncate(time.Second).Equal(*st.IncompleteFrom) {
			t.Errorf("incomplete since %v, want since the run at %v", st.IncompleteFrom, st.LastRun.Started)
		}
		reg := prometheus.NewRegistry()
		w.Engine.Metrics = metrics.New(reg)
		anHourAgo := st.IncompleteFrom.Add(-time.Hour)
		err := w.DB.Update("docs", func(tx *state.Tx) error {
			info, err := tx.Info()
			info.IncompleteFrom = anHourAgo
			return errors.Join(err, tx.PutInfo(info))
		})
		if err != nil {
			t.Fatal(err)
		}
		w.Run(ingest.RunOptions{})
		if again := mustStatus(w).IncompleteFrom; again == nil || !again.Equal(anHourAgo) {
			t.Errorf("after another run: incomplete since %v, want %v", again, anHourAgo)
		}
		if got := gaugeOf(t, reg, "finpages_incomplete_listing_seconds"); got < 3600 {
			t.Errorf("the metric says incomplete for %v s, want an hour", got)
		}
		if !st.LastComplete.Equal(*complete) {
			t.Errorf("last complete at %v, want %v", st.LastComplete, complete)
		}
		lines, err := w.Src.Adapter.(*confluence.Confluence).Check(t.Context())
		if err == nil || !strings.Contains(err.Error(), "the listing") {
			t.Errorf("check says %q, %v", lines, err)
		}
	})
}

// gaugeOf returns the value of a gauge that has one series.
func gaugeOf(t *testing.T, reg *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name && len(f.Metric) == 1 {
			return f.Metric[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}
