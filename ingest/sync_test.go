package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/ingest/inspect"
	"finpages/intercomapi/emulator"
	"finpages/sources"
	"finpages/state"

	"github.com/google/go-cmp/cmp"
)

func TestTheWayOfAPage(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "# First\n\nSee [b](sub/b.md).", "sub/b.md", "# Second\n\ntext")

	r := w.Sync()
	w.WantCounts(r, "ok listed=2 created=2")
	w.WantInFin("a.md", "sub/b.md")
	p := w.Page("a.md")
	if p.Title != "First" || p.URL != ingesttest.Root+"/a.md" || !p.AIAgentAvailability || !p.AICopilotAvailability ||
		!strings.Contains(p.HTML, `href="`+ingesttest.Root+`/sub/b.md"`) || p.SourceID != r.ImportSource {
		t.Errorf("page %+v", p)
	}

	r = w.Sync()
	w.WantCounts(r, "ok listed=2 unchanged=2")
	w.WantWrites()

	w.Date("a.md", time.Now().Add(-time.Minute)) // touched
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=2")
	w.WantWrites()

	w.Put("a.md", "# First\n\nchanged")
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=1 updated=1")
	w.WantWrites("POST a.md")

	w.Remove("a.md")
	w.WantCounts(w.Sync(), "ok listed=1 unchanged=1 deleted=1")
	w.WantWrites("DELETE a.md")

	w.Rename("sub/b.md", "c.md")
	w.WantCounts(w.Sync(), "ok listed=1 moved=1")
	w.WantWrites("POST c.md", "DELETE sub/b.md")
	w.WantInFin("c.md")
}

func TestPlanSaysWhatBackfillDoes(t *testing.T) {
	w := newWorld(t)
	w.Fill(12)
	steps := []func(){
		func() {},
		func() {
			w.Put("page-00.md", "# Page 0\n\nchanged")
			w.Put("new.md", "# New\n\ntext")
			w.Remove("page-01.md")
		},
		func() { w.Rename("page-02.md", "moved/page.md") },
		func() { w.Put("page-03.md", "---\ndraft: true\n---\n# Draft") },
		func() { w.Put("page-04.md", "---\ntitle: [\n---\nbroken front matter") },
		func() { w.Remove("page-05.md", "page-06.md", "page-07.md", "page-08.md") }, // over the budget
		func() { w.Src.Availability.AICopilot = false },
	}
	for i, step := range steps {
		step()
		stateBefore, _ := os.ReadFile(w.DBPath)
		plan := w.Run(ingest.RunOptions{Plan: true})
		if len(w.Writes()) > 0 {
			t.Errorf("step %d: the plan wrote %q", i, w.Writes())
		}
		if after, _ := os.ReadFile(w.DBPath); !slices.Equal(stateBefore, after) {
			t.Errorf("step %d: the plan wrote to the state", i)
		}
		if got, want := ingesttest.Counts(plan), ingesttest.Counts(w.Sync()); got != want {
			t.Errorf("step %d: planned %s, did %s", i, got, want)
		}
	}
}

func TestPlanListsChanges(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "# A\n\nold text", "b.md", "# B\n\ntext of b", "c.md", "# C\n\nc", "d.md", "# D")
	w.Sync()
	w.Put("a.md", "# A\n\nnew text", "e.md", "# E")
	w.Remove("c.md")
	w.Rename("b.md", "sub/b.md")
	plan := w.Run(ingest.RunOptions{Plan: true, Diff: true})
	var got []string
	for _, c := range plan.Changes {
		got = append(got, strings.TrimSpace(c.Action+" "+c.From+" "+c.ExternalID))
	}
	want := []string{"create  e.md", "update  a.md", "move b.md sub/b.md", "delete  c.md"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if d := plan.Changes[1].Diff; !strings.Contains(d, "-old text") || !strings.Contains(d, "+new text") ||
		strings.Contains(d, "<p>") {
		t.Errorf("diff:\n%s", d)
	}
}

func TestPlanNeedsNoStateAndNoImportSource(t *testing.T) {
	w := newWorld(t)
	w.Fill(3)
	w.Engine.State = nil
	w.WantCounts(w.Run(ingest.RunOptions{Plan: true}), "ok listed=3 created=3")
	if len(w.InFin()) != 0 {
		t.Error("the plan pushed pages")
	}
}

func TestFullPushesEverything(t *testing.T) {
	w := newWorld(t)
	w.Fill(3)
	w.Sync()
	w.WantCounts(w.Run(ingest.RunOptions{Full: true}), "ok listed=3 updated=3")
}

func TestSettingsReachThePages(t *testing.T) {
	w := newWorld(t)
	w.Fill(2)
	w.Sync()
	w.Src.Availability.AIAgent = false
	w.WantCounts(w.Sync(), "ok listed=2 updated=2")
	if p := w.Page("page-00.md"); p.AIAgentAvailability || !p.AICopilotAvailability {
		t.Errorf("page %+v", p)
	}
	w.Src.PageURLText = ""
	w.WantCounts(w.Sync(), "ok listed=2 updated=2")
	if p := w.Page("page-00.md"); p.URL != "" {
		t.Errorf("the address stayed %q", p.URL)
	}
}

func TestFrontMatter(t *testing.T) {
	w := newWorld(t)
	w.Src.FrontMatter.CitationHosts = []string{"elsewhere.example.com"}
	w.Put("a.md", "---\nid: stable\ntitle: Named\nurl: https://elsewhere.example.com/x\nfin: {ai_agent: "+
		"false}\n---\n# Heading\n\ntext")
	w.Sync()
	p := w.Page("stable")
	if p.Title != "Named" || p.URL != "https://elsewhere.example.com/x" || p.AIAgentAvailability ||
		!p.AICopilotAvailability {
		t.Errorf("page %+v", p)
	}
	w.Rename("a.md", "deep/er.md")
	w.WantCounts(w.Sync(), "ok listed=1 unchanged=1") // the id keeps its identity, and nothing that Fin gets has changed
	w.WantWrites()
	w.WantInFin("stable")
}

func TestTwoPagesWithOneIDAreBothThere(t *testing.T) {
	w := newWorld(t)
	w.Put("z/a.md", "---\nid: same\n---\n# Z", "m/a.md", "---\nid: same\n---\n# M", "x.md", "---\nid: y.md\n---\n# X",
		"y.md", "# Y")
	for range 3 {
		w.Sync()
		w.WantInFin("same", "x.md", "y.md", "z/a.md")
	}
	w.WantWrites()
	if w.Page("same").Title != "M" {
		t.Errorf("the id went to %q, not to the first path", w.Page("same").Title)
	}
}

func TestWhoGetsAnIDDoesNotDependOnTiming(t *testing.T) {
	w := newWorld(t)
	second := make(chan struct{})
	slow := ingesttest.Doc("1", "", "---\nid: same\n---\n# First\n\n"+strings.Repeat("many words ", 50_000))
	fast := ingesttest.Doc("2", "", "---\nid: same\n---\n# Second")
	loadSlow, loadFast := slow.Load, fast.Load
	slow.Load = func(ctx context.Context) (sources.Document, error) { <-second; return loadSlow(ctx) }
	fast.Load = func(ctx context.Context) (sources.Document, error) { defer close(second); return loadFast(ctx) }
	w.Stubbed(fast, slow)
	w.Sync()
	if w.WantInFin("2", "same"); w.Page("same").Title != "First" {
		t.Errorf("the id went to %q", w.Page("same").Title)
	}
}

func TestWithheldLeavesAtOnce(t *testing.T) {
	w := newWorld(t)
	w.Fill(6)
	w.Sync()
	for i := range 6 { // far over the delete budget
		w.Put(fmt.Sprintf("page-%02d.md", i), "---\nfin: false\n---\n# Private")
	}
	r := w.Sync()
	w.WantCounts(r, "ok excluded=6 deleted=6")
	w.WantInFin()
	w.WantCounts(w.Sync(), "ok excluded=6")
	w.WantWrites()
}

func TestUnreadableKeepsItsPage(t *testing.T) {
	w := newWorld(t)
	s := w.Stubbed(ingesttest.Doc("a", "", "# A"), ingesttest.Doc("b", "", "# B"))
	w.Sync()
	s.Entries = []sources.Entry{{ID: "a", Err: errors.New("disk on fire")},
		ingesttest.Doc("b", "", "")} // b is listed anew and fails to load
	w.WantCounts(w.Sync(), "partial listed=2 failed=2")
	w.WantInFin("a", "b")
	var loads []string
	noted := func(e sources.Entry) sources.Entry {
		load := e.Load
		e.Load = func(ctx context.Context) (sources.Document, error) {
			loads = append(loads, e.ID)
			return load(ctx)
		}
		return e
	}
	s.Entries = []sources.Entry{noted(ingesttest.Doc("a", "", "# A")), noted(ingesttest.Doc("b", "", "# B"))}
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=2")
	w.WantWrites()
	if !slices.Equal(loads, []string{"b"}) {
		t.Errorf("read %q, want only what failed to load", loads)
	}
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=2")
	if st, err := w.Service().Status("docs"); err != nil || len(st.Problems) != 0 {
		t.Errorf("problems %v, %v", st.Problems, err)
	}
}

func TestDeletesNeedACompleteScope(t *testing.T) {
	w := newWorld(t)
	w.Src.Deletes.AlwaysAllow = 10
	s := w.Stubbed(ingesttest.Doc("ops/1", "OPS", "# 1"), ingesttest.Doc("ops/2", "OPS", "# 2"),
		ingesttest.Doc("hr/1", "HR", "# 3"), ingesttest.Doc("hr/2", "HR", "# 4"), ingesttest.Doc("top", "", "# 5"))
	w.Sync()
	s.Entries = s.Entries[4:]
	s.Incomplete = []sources.Incomplete{{Scope: "OPS", Err: errors.New("page 3 of the list broke")}}
	r := w.Sync()
	w.WantCounts(r, "partial listed=1 unchanged=1 deleted=2 waiting=2")
	w.WantInFin("ops/1", "ops/2", "top")
	if r.Complete || len(r.Incomplete) != 1 {
		t.Errorf("report %+v", r)
	}
	s.Incomplete = nil
	w.WantCounts(w.Sync(), "ok listed=1 unchanged=1 deleted=2")
	w.WantInFin("top")
}

// A page whose create was never answered lies in a scope that nobody knows.
func TestALostCreateIsNotDeletedByAnIncompleteListing(t *testing.T) {
	w := newWorld(t)
	s := w.Stubbed(ingesttest.Doc("hr/1", "HR", "# 1"))
	w.Sync()
	s.Entries = append(s.Entries, ingesttest.Doc("ops/1", "OPS", "# 2"))
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost {
			return &emulator.Fault{Cut: true, Effect: true}
		}
		return nil
	})
	w.Run(ingest.RunOptions{})
	w.Emu.Fail(nil)
	w.DB.Update("docs", func(tx *state.Tx) error { return tx.DeleteEntry("ops/1") }) // as after a kill -9
	s.Entries, s.Incomplete = s.Entries[:1], []sources.Incomplete{{Scope: "OPS", Err: errors.New("cut short")}}
	w.Sync()
	w.WantInFin("hr/1", "ops/1")
	s.Incomplete = nil
	w.Sync()
	w.WantInFin("hr/1")
}

func TestAnErrorIsNotEmpty(t *testing.T) {
	w := newWorld(t)
	s := w.Stubbed(ingesttest.Doc("a", "", "# A"), ingesttest.Doc("b", "", "# B"))
	w.Sync()
	s.Entries, s.Err = nil, errors.New("the wiki is down")
	w.WantCounts(w.Sync(), "partial waiting=2")
	s.OpenErr = errors.New("no route to host")
	if r := w.Run(ingest.RunOptions{}); r.Result != ingest.Failed || !strings.Contains(r.Error, "no route to host") {
		t.Errorf("report %+v", r)
	}
	w.WantInFin("a", "b")
}

func TestDeletesOverBudgetAreHeld(t *testing.T) {
	w := newWorld(t)
	w.Fill(10)
	w.Sync()
	w.Remove("page-00.md", "page-01.md", "page-02.md", "page-03.md")
	w.Put("new.md", "# new")
	r := w.Sync()
	w.WantCounts(r, "held listed=7 unchanged=6 created=1 held=4")
	hold := r.HoldID
	if hold == "" || len(w.InFin()) != 11 {
		t.Errorf("hold %q, %d pages", hold, len(w.InFin()))
	}

	w.Put("page-00.md", "# Page 0\n\nText number 0.") // it comes back and leaves the hold
	r = w.Sync()
	w.WantCounts(r, "held listed=8 unchanged=8 held=3")
	if r.HoldID == hold {
		t.Error("another set has the same id")
	}
	hold = r.HoldID

	w.Fill(40) // a larger source never turns a hold into a delete; the pages that were removed come back
	w.Remove("page-01.md", "page-02.md", "page-03.md")
	w.Sync()
	r = w.Sync()
	if r.Held != 3 || r.HoldID != hold || r.Deleted != 0 {
		t.Errorf("%s, hold %s", ingesttest.Counts(r), r.HoldID)
	}

	s := w.Service()
	if _, err := s.Approve(t.Context(), "docs", "0000000000"); err == nil || !strings.Contains(err.Error(), hold) {
		t.Errorf("approving another hold: %v", err)
	}
	w.Remove("page-39.md") // gone since: within the budget of its own
	r, err := s.Approve(t.Context(), "docs", hold)
	if err != nil || r.Deleted != 4 || r.Held != 0 {
		t.Errorf("approved: %s, %v", ingesttest.Counts(r), err)
	}
	if slices.Contains(w.InFin(), "page-01.md") {
		t.Error("an approved page is still there")
	}
}

func TestApprovalReleasesNothingElse(t *testing.T) {
	w := newWorld(t)
	w.Fill(10)
	w.Sync()
	w.Remove("page-00.md", "page-01.md", "page-02.md")
	hold := w.Sync().HoldID
	w.Remove("page-03.md", "page-04.md", "page-05.md")
	r, err := w.Service().Approve(t.Context(), "docs", hold)
	if err != nil {
		t.Fatal(err)
	}
	w.WantCounts(r, "held listed=4 unchanged=4 deleted=3 held=3")
	if in := w.InFin(); slices.Contains(in, "page-00.md") || !slices.Contains(in, "page-03.md") {
		t.Errorf("in Fin: %q", in)
	}
}

func TestAnEmptiedSourceIsHeld(t *testing.T) {
	w := newWorld(t)
	w.Fill(2)
	w.Sync()
	w.Remove("page-00.md", "page-01.md")
	r := w.Sync()
	w.WantCounts(r, "held held=2")
	w.WantInFin("page-00.md", "page-01.md")
	if !strings.Contains(r.HoldReason, "all 2 pages would go") {
		t.Errorf("held because %q", r.HoldReason)
	}
	held := w.hold()
	w.Put("page-00.md", "# Page 0\n\nText number 0.")
	r = w.Sync()
	w.WantCounts(r, "held listed=1 unchanged=1 held=1")
	if !strings.Contains(r.HoldReason, "1 of 2 deletes that were held") || !w.hold().Since.Equal(held.Since) {
		t.Errorf("what is left is held because %q, since %v, before since %v", r.HoldReason, w.hold().Since, held.Since)
	}
}

// hold is what waits for an approval.
func (w *world) hold() inspect.HeldDeletes {
	w.T.Helper()
	st, err := w.Service().Status("docs")
	if err != nil || st.Hold == nil {
		w.T.Fatalf("no hold: %v", err)
	}
	return *st.Hold
}

func TestMovesDoNotCountAgainstTheBudget(t *testing.T) {
	w := newWorld(t)
	w.Fill(30)
	w.Sync()
	for i := range 30 {
		w.Rename(fmt.Sprintf("page-%02d.md", i), fmt.Sprintf("new/%02d.md", i))
	}
	w.WantCounts(w.Sync(), "ok listed=30 moved=30")
	if n := len(w.InFin()); n != 30 {
		t.Errorf("%d pages", n)
	}
	writes := w.Writes()
	if first := slices.IndexFunc(writes, func(s string) bool { return strings.HasPrefix(s, "DELETE") }); first != 30 {
		t.Errorf("the first DELETE is write %d, want it after 30 POSTs", first)
	}
}

func TestQuarantine(t *testing.T) {
	for name, status := range map[string]int{"parameter_invalid": 400, "too_large": 413, "unprocessable": 422} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Fill(3)
			w.Sync()
			w.Put("page-01.md", "# Page 1\n\nrefused text")
			w.FailWrites("page-01.md", status, `{"type":"error.list","errors":[{"code":"`+name+`","message":"no, thanks"}]}`)
			r := w.Sync()
			w.WantCounts(r, "partial listed=3 unchanged=2 failed=1")
			if r.Quarantined != 1 || !strings.Contains(r.Errors[0].Error, "no, thanks") {
				t.Errorf("report %+v", r)
			}
			w.WantCounts(w.Sync(), "partial listed=3 unchanged=2 failed=1")
			w.WantWrites() // not sent again
			w.Date("page-01.md", time.Now().Add(-2*time.Minute))
			w.Sync()
			w.WantWrites() // nor when it was only touched
			if got := w.Page("page-01.md").HTML; strings.Contains(got, "refused") {
				t.Errorf("page %s", got)
			}
			w.Emu.Fail(nil)
			w.Put("page-01.md", "# Page 1\n\nbetter text")
			w.WantCounts(w.Sync(), "ok listed=3 unchanged=2 updated=1")
		})
	}
}

func TestRenderFailureIsQuarantined(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "# A\n\ngood", "b.md", "# B")
	w.Sync()
	w.Put("a.md", "\x00\x01\x02binary\x00")
	r := w.Sync()
	w.WantCounts(r, "partial listed=2 unchanged=1 failed=1")
	w.WantInFin("a.md", "b.md")
	w.WantCounts(w.Sync(), "partial listed=2 unchanged=1 failed=1")
}

func TestStopConditions(t *testing.T) {
	for _, status := range []int{401, 402, 403} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			w := newWorld(t)
			w.Fill(60)
			w.Emu.Fail(func(r *http.Request) *emulator.Fault {
				if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/external_pages") {
					return &emulator.Fault{Status: status, Body: `{"type":"error.list","errors":[{"code":"unauthorized","message":"Access Token Invalid"}]}`}
				}
				return nil
			})
			r := w.Run(ingest.RunOptions{})
			if r.Result != ingest.Failed || !strings.Contains(r.Error, "Access Token Invalid") {
				t.Errorf("report %+v", r)
			}
			if n := len(w.Writes()); n > 20 {
				t.Errorf("%d writes before it stopped", n)
			}
			w.Emu.Fail(nil)
			w.WantCounts(w.Sync(), "ok listed=60 created=60")
		})
	}
}

func TestAnOutageEndsTheRunAndTheNextOneGoesOn(t *testing.T) {
	w := newWorld(t)
	w.Fill(60)
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/external_pages") {
			return &emulator.Fault{Status: 502, Body: "<html>Bad Gateway</html>"}
		}
		return nil
	})
	if r := w.Run(ingest.RunOptions{}); r.Result != ingest.Failed || len(w.Writes()) > 30 {
		t.Errorf("%s after %d writes", ingesttest.Counts(r), len(w.Writes()))
	}
	w.Emu.Fail(nil)
	w.WantCounts(w.Sync(), "ok listed=60 created=60")
	w.WantCounts(w.Sync(), "ok listed=60 unchanged=60")
}

func TestDeletesWaitForUpsertsThatMayYetSucceed(t *testing.T) {
	w := newWorld(t)
	w.Fill(6)
	w.Sync()
	w.Put("page-00.md", "# Page 0\n\nchanged")
	w.Remove("page-01.md")
	w.FailWrites("page-00.md", 503, "busy")
	w.WantCounts(w.Sync(), "partial listed=5 unchanged=4 failed=1 waiting=1")
	w.Emu.Fail(nil)
	w.WantCounts(w.Sync(), "ok listed=5 unchanged=4 updated=1 deleted=1")
	w.WantWrites("POST page-00.md", "DELETE page-01.md")
}

// A write whose answer never came may have taken effect or not; either way the
// next run ends with what the source has.
func TestInterruptedWrites(t *testing.T) {
	for name, effect := range map[string]bool{"took effect": true, "did not": false} {
		cut := func(method string) func(*http.Request) *emulator.Fault {
			return func(r *http.Request) *emulator.Fault {
				if r.Method == method && strings.Contains(r.URL.Path, "/external_pages") {
					return &emulator.Fault{Cut: true, Effect: effect}
				}
				return nil
			}
		}
		t.Run("create "+name+", then gone", func(t *testing.T) {
			w := newWorld(t)
			w.Put("keep.md", "# Keep")
			w.Sync()
			w.Put("a.md", "# A")
			w.Emu.Fail(cut("POST"))
			w.Run(ingest.RunOptions{})
			w.Emu.Fail(nil)
			w.Remove("a.md")
			w.Sync()
			w.WantInFin("keep.md")
			w.Sync()
			w.WantWrites()
		})
		t.Run("update "+name+", then taken back", func(t *testing.T) {
			w := newWorld(t)
			w.Put("a.md", "# A\n\none", "b.md", "# B")
			w.Sync()
			saved := filepath.Join(t.TempDir(), "a.md")
			os.Rename(filepath.Join(w.Dir, "a.md"), saved) // with its inode and time
			w.Put("a.md", "# A\n\ntwo")
			w.Emu.Fail(cut("POST"))
			w.Run(ingest.RunOptions{})
			w.Emu.Fail(nil)
			os.Rename(saved, filepath.Join(w.Dir, "a.md"))
			w.Sync()
			if html := w.Page("a.md").HTML; !strings.Contains(html, "one") {
				t.Errorf("Fin has %s", html)
			}
		})
		t.Run("delete "+name+", then back", func(t *testing.T) {
			w := newWorld(t)
			w.Put("a.md", "# A\n\none", "b.md", "# B")
			w.Sync()
			saved := filepath.Join(t.TempDir(), "a.md")
			os.Rename(filepath.Join(w.Dir, "a.md"), saved)
			w.Emu.Fail(cut("DELETE"))
			w.Run(ingest.RunOptions{})
			w.Emu.Fail(nil)
			os.Rename(saved, filepath.Join(w.Dir, "a.md"))
			w.Sync()
			w.WantInFin("a.md", "b.md")
		})
	}
}

func TestLifeWithoutTheState(t *testing.T) {
	w := newWorld(t)
	w.Fill(130) // three pages of Intercom's list
	w.Sync()
	w.LoseState()
	w.Put("page-00.md", "# Page 0\n\nchanged meanwhile")
	w.Remove("page-01.md")
	plan := w.Run(ingest.RunOptions{Plan: true})
	w.WantCounts(plan, "held listed=129 unchanged=128 updated=1 held=1")
	w.WantCounts(w.Sync(), "held listed=129 unchanged=128 updated=1 held=1")
	w.WantWrites("POST page-00.md")
	w.Emu.ClearRequests()
	r, err := w.Service().Approve(t.Context(), "docs", "")
	if err != nil {
		t.Fatal(err)
	}
	w.WantCounts(r, "ok listed=129 unchanged=129 deleted=1")
	w.WantWrites("DELETE page-01.md")
	w.WantCounts(w.Sync(), "ok listed=129 unchanged=129")
}

func TestAdoptionIsUnderTheBudget(t *testing.T) {
	w := newWorld(t)
	w.Fill(10)
	w.Sync()
	w.LoseState()
	w.Remove("page-00.md", "page-01.md", "page-02.md", "page-03.md")
	w.WantCounts(w.Sync(), "held listed=6 unchanged=6 held=4")
	w.WantCounts(w.Sync(), "held listed=6 unchanged=6 held=4")
}

func TestAnotherWorkspaceIsRefused(t *testing.T) {
	w := newWorld(t)
	w.Fill(1)
	w.Engine.Workspace = "other"
	r := w.Run(ingest.RunOptions{})
	if r.Result != ingest.Failed || !strings.Contains(r.Error, "intercom.workspace demands other") || len(w.InFin()) > 0 {
		t.Errorf("report %+v", r)
	}
	w.Engine.Workspace = ""
	if err := w.DB.SetWorkspace("before"); err != nil {
		t.Fatal(err)
	}
	if r := w.Run(ingest.RunOptions{}); r.Result != ingest.Failed ||
		!strings.Contains(r.Error, "the state belongs to the workspace before") {
		t.Errorf("report %+v", r)
	}
}

func TestACancelledRunFinishesWhatItBegan(t *testing.T) {
	w := newWorld(t)
	w.Fill(80)
	ctx, cancel := context.WithCancelCause(t.Context())
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost && strings.Contains(ingesttest.ReadBody(r), `"page-20.md"`) {
			cancel(errors.New("told to stop"))
		}
		return nil
	})
	r := w.Engine.Run(ctx, w.Source(), ingest.RunOptions{})
	w.Emu.Fail(nil)
	if r.Result != ingest.Interrupted || !strings.HasPrefix(r.Error, "told to stop") || r.Created == 0 || r.Created == 80 {
		t.Errorf("%s %s", ingesttest.Counts(r), r.Error)
	}
	w.DB.View("docs", func(tx *state.Tx) error {
		intents, err := tx.Intents()
		if len(intents) > 0 || tx.CountPages() != len(w.InFin()) {
			t.Errorf("%d intents, %d pages known of %d, %v", len(intents), tx.CountPages(), len(w.InFin()), err)
		}
		return nil
	})
	pushed := len(w.InFin())
	w.WantCounts(w.Sync(), fmt.Sprintf("ok listed=80 unchanged=%d created=%d", pushed, 80-pushed))
}
