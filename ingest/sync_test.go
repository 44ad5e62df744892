package ingest_test

import (
	stdcontext "context"
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
	"finpages/ingest/inspect"
	"finpages/intercomapi/emulator"
	"finpages/sources"
	"finpages/state"

	"github.com/google/go-cmp/cmp"
)

func TestTheWayOfAPage(t *testing.T) {
	w := newWorld(t)
	w.put("a.md", "# First\n\nSee [b](sub/b.md).", "sub/b.md", "# Second\n\ntext")

	r := w.sync()
	w.wantCounts(r, "ok listed=2 created=2")
	w.wantInFin("a.md", "sub/b.md")
	p := w.page("a.md")
	if p.Title != "First" || p.URL != root+"/a.md" || !p.AIAgentAvailability || !p.AICopilotAvailability ||
		!strings.Contains(p.HTML, `href="`+root+`/sub/b.md"`) || p.SourceID != r.ImportSource {
		t.Errorf("page %+v", p)
	}

	r = w.sync()
	w.wantCounts(r, "ok listed=2 unchanged=2")
	w.wantWrites()

	w.date("a.md", time.Now().Add(-time.Minute)) // touched
	w.wantCounts(w.sync(), "ok listed=2 unchanged=2")
	w.wantWrites()

	w.put("a.md", "# First\n\nchanged")
	w.wantCounts(w.sync(), "ok listed=2 unchanged=1 updated=1")
	w.wantWrites("POST a.md")

	w.remove("a.md")
	w.wantCounts(w.sync(), "ok listed=1 unchanged=1 deleted=1")
	w.wantWrites("DELETE a.md")

	w.rename("sub/b.md", "c.md")
	w.wantCounts(w.sync(), "ok listed=1 moved=1")
	w.wantWrites("POST c.md", "DELETE sub/b.md")
	w.wantInFin("c.md")
}

func TestPlanSaysWhatBackfillDoes(t *testing.T) {
	w := newWorld(t)
	w.fill(12)
	steps := []func(){
		func() {},
		func() {
			w.put("page-00.md", "# Page 0\n\nchanged")
			w.put("new.md", "# New\n\ntext")
			w.remove("page-01.md")
		},
		func() { w.rename("page-02.md", "moved/page.md") },
		func() { w.put("page-03.md", "---\ndraft: true\n---\n# Draft") },
		func() { w.put("page-04.md", "---\ntitle: [\n---\nbroken front matter") },
		func() { w.remove("page-05.md", "page-06.md", "page-07.md", "page-08.md") }, // over the budget
		func() { w.src.Availability.AICopilot = false },
	}
	for i, step := range steps {
		step()
		stateBefore, _ := os.ReadFile(w.dbPath)
		plan := w.run(ingest.RunOptions{Plan: true})
		if len(w.writes()) > 0 {
			t.Errorf("step %d: the plan wrote %q", i, w.writes())
		}
		if after, _ := os.ReadFile(w.dbPath); !slices.Equal(stateBefore, after) {
			t.Errorf("step %d: the plan wrote to the state", i)
		}
		if got, want := counts(plan), counts(w.sync()); got != want {
			t.Errorf("step %d: planned %s, did %s", i, got, want)
		}
	}
}

func TestPlanListsChanges(t *testing.T) {
	w := newWorld(t)
	w.put("a.md", "# A\n\nold text", "b.md", "# B\n\ntext of b", "c.md", "# C\n\nc", "d.md", "# D")
	w.sync()
	w.put("a.md", "# A\n\nnew text", "e.md", "# E")
	w.remove("c.md")
	w.rename("b.md", "sub/b.md")
	plan := w.run(ingest.RunOptions{Plan: true, Diff: true})
	var got []string
	for _, c := range plan.Changes {
		got = append(got, strings.TrimSpace(c.Action+" "+c.From+" "+c.ExternalID))
	}
	want := []string{"create  e.md", "update  a.md", "move b.md sub/b.md", "delete  c.md"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if d := plan.Changes[1].Diff; !strings.Contains(d, "-old text") || !strings.Contains(d, "+new text") || strings.Contains(d, "<p>") {
		t.Errorf("diff:\n%s", d)
	}
}

func TestPlanNeedsNoStateAndNoImportSource(t *testing.T) {
	w := newWorld(t)
	w.fill(3)
	w.engine.State = nil
	w.wantCounts(w.run(ingest.RunOptions{Plan: true}), "ok listed=3 created=3")
	if len(w.inFin()) != 0 {
		t.Error("the plan pushed pages")
	}
}

func TestFullPushesEverything(t *testing.T) {
	w := newWorld(t)
	w.fill(3)
	w.sync()
	w.wantCounts(w.run(ingest.RunOptions{Full: true}), "ok listed=3 updated=3")
}

func TestSettingsReachThePages(t *testing.T) {
	w := newWorld(t)
	w.fill(2)
	w.sync()
	w.src.Availability.AIAgent = false
	w.wantCounts(w.sync(), "ok listed=2 updated=2")
	if p := w.page("page-00.md"); p.AIAgentAvailability || !p.AICopilotAvailability {
		t.Errorf("page %+v", p)
	}
	w.src.PageURLText = ""
	w.wantCounts(w.sync(), "ok listed=2 updated=2")
	if p := w.page("page-00.md"); p.URL != "" {
		t.Errorf("the address stayed %q", p.URL)
	}
}

func TestFrontMatter(t *testing.T) {
	w := newWorld(t)
	w.src.FrontMatter.CitationHosts = []string{"elsewhere.example.com"}
	w.put("a.md", "---\nid: stable\ntitle: Named\nurl: https://elsewhere.example.com/x\nfin: {ai_agent: false}\n---\n# Heading\n\ntext")
	w.sync()
	p := w.page("stable")
	if p.Title != "Named" || p.URL != "https://elsewhere.example.com/x" || p.AIAgentAvailability || !p.AICopilotAvailability {
		t.Errorf("page %+v", p)
	}
	w.rename("a.md", "deep/er.md")
	w.wantCounts(w.sync(), "ok listed=1 unchanged=1") // the id keeps its identity, and nothing that Fin gets has changed
	w.wantWrites()
	w.wantInFin("stable")
}

func TestTwoPagesWithOneIDAreBothThere(t *testing.T) {
	w := newWorld(t)
	w.put("z/a.md", "---\nid: same\n---\n# Z", "m/a.md", "---\nid: same\n---\n# M", "x.md", "---\nid: y.md\n---\n# X", "y.md", "# Y")
	for range 3 {
		w.sync()
		w.wantInFin("same", "x.md", "y.md", "z/a.md")
	}
	w.wantWrites()
	if w.page("same").Title != "M" {
		t.Errorf("the id went to %q, not to the first path", w.page("same").Title)
	}
}

func TestWhoGetsAnIDDoesNotDependOnTiming(t *testing.T) {
	w := newWorld(t)
	second := make(chan struct{})
	slow := doc("1", "", "---\nid: same\n---\n# First\n\n"+strings.Repeat("many words ", 50_000))
	fast := doc("2", "", "---\nid: same\n---\n# Second")
	loadSlow, loadFast := slow.Load, fast.Load
	slow.Load = func(ctx context) (sources.Document, error) { <-second; return loadSlow(ctx) }
	fast.Load = func(ctx context) (sources.Document, error) { defer close(second); return loadFast(ctx) }
	w.stubbed(fast, slow)
	w.sync()
	if w.wantInFin("2", "same"); w.page("same").Title != "First" {
		t.Errorf("the id went to %q", w.page("same").Title)
	}
}

func TestWithheldLeavesAtOnce(t *testing.T) {
	w := newWorld(t)
	w.fill(6)
	w.sync()
	for i := range 6 { // far over the delete budget
		w.put(fmt.Sprintf("page-%02d.md", i), "---\nfin: false\n---\n# Private")
	}
	r := w.sync()
	w.wantCounts(r, "ok excluded=6 deleted=6")
	w.wantInFin()
	w.wantCounts(w.sync(), "ok excluded=6")
	w.wantWrites()
}

func TestUnreadableKeepsItsPage(t *testing.T) {
	w := newWorld(t)
	s := w.stubbed(doc("a", "", "# A"), doc("b", "", "# B"))
	w.sync()
	s.entries = []sources.Entry{{ID: "a", Err: errors.New("disk on fire")}, doc("b", "", "")} // b is listed anew and fails to load
	w.wantCounts(w.sync(), "partial listed=2 failed=2")
	w.wantInFin("a", "b")
	var loads []string
	noted := func(e sources.Entry) sources.Entry {
		load := e.Load
		e.Load = func(ctx context) (sources.Document, error) {
			loads = append(loads, e.ID)
			return load(ctx)
		}
		return e
	}
	s.entries = []sources.Entry{noted(doc("a", "", "# A")), noted(doc("b", "", "# B"))}
	w.wantCounts(w.sync(), "ok listed=2 unchanged=2")
	w.wantWrites()
	if !slices.Equal(loads, []string{"b"}) {
		t.Errorf("read %q, want only what failed to load", loads)
	}
	w.wantCounts(w.sync(), "ok listed=2 unchanged=2")
	if st, err := w.service().Status("docs"); err != nil || len(st.Problems) != 0 {
		t.Errorf("problems %v, %v", st.Problems, err)
	}
}

func TestDeletesNeedACompleteScope(t *testing.T) {
	w := newWorld(t)
	w.src.Deletes.AlwaysAllow = 10
	s := w.stubbed(doc("ops/1", "OPS", "# 1"), doc("ops/2", "OPS", "# 2"), doc("hr/1", "HR", "# 3"), doc("hr/2", "HR", "# 4"), doc("top", "", "# 5"))
	w.sync()
	s.entries = s.entries[4:]
	s.incomplete = []sources.Incomplete{{Scope: "OPS", Err: errors.New("page 3 of the list broke")}}
	r := w.sync()
	w.wantCounts(r, "partial listed=1 unchanged=1 deleted=2 waiting=2")
	w.wantInFin("ops/1", "ops/2", "top")
	if r.Complete || len(r.Incomplete) != 1 {
		t.Errorf("report %+v", r)
	}
	s.incomplete = nil
	w.wantCounts(w.sync(), "ok listed=1 unchanged=1 deleted=2")
	w.wantInFin("top")
}

// A page whose create was never answered lies in a scope that nobody knows.
func TestALostCreateIsNotDeletedByAnIncompleteListing(t *testing.T) {
	w := newWorld(t)
	s := w.stubbed(doc("hr/1", "HR", "# 1"))
	w.sync()
	s.entries = append(s.entries, doc("ops/1", "OPS", "# 2"))
	w.emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost {
			return &emulator.Fault{Cut: true, Effect: true}
		}
		return nil
	})
	w.run(ingest.RunOptions{})
	w.emu.Fail(nil)
	w.db.Update("docs", func(tx *state.Tx) error { return tx.DeleteEntry("ops/1") }) // as after a kill -9
	s.entries, s.incomplete = s.entries[:1], []sources.Incomplete{{Scope: "OPS", Err: errors.New("cut short")}}
	w.sync()
	w.wantInFin("hr/1", "ops/1")
	s.incomplete = nil
	w.sync()
	w.wantInFin("hr/1")
}

func TestAnErrorIsNotEmpty(t *testing.T) {
	w := newWorld(t)
	s := w.stubbed(doc("a", "", "# A"), doc("b", "", "# B"))
	w.sync()
	s.entries, s.err = nil, errors.New("the wiki is down")
	w.wantCounts(w.sync(), "partial waiting=2")
	s.openErr = errors.New("no route to host")
	if r := w.run(ingest.RunOptions{}); r.Result != ingest.Failed || !strings.Contains(r.Error, "no route to host") {
		t.Errorf("report %+v", r)
	}
	w.wantInFin("a", "b")
}

func TestDeletesOverBudgetAreHeld(t *testing.T) {
	w := newWorld(t)
	w.fill(10)
	w.sync()
	w.remove("page-00.md", "page-01.md", "page-02.md", "page-03.md")
	w.put("new.md", "# new")
	r := w.sync()
	w.wantCounts(r, "held listed=7 unchanged=6 created=1 held=4")
	hold := r.HoldID
	if hold == "" || len(w.inFin()) != 11 {
		t.Errorf("hold %q, %d pages", hold, len(w.inFin()))
	}

	w.put("page-00.md", "# Page 0\n\nText number 0.") // it comes back and leaves the hold
	r = w.sync()
	w.wantCounts(r, "held listed=8 unchanged=8 held=3")
	if r.HoldID == hold {
		t.Error("another set has the same id")
	}
	hold = r.HoldID

	w.fill(40) // a larger source never turns a hold into a delete; the pages that were removed come back
	w.remove("page-01.md", "page-02.md", "page-03.md")
	w.sync()
	r = w.sync()
	if r.Held != 3 || r.HoldID != hold || r.Deleted != 0 {
		t.Errorf("%s, hold %s", counts(r), r.HoldID)
	}

	s := w.service()
	if _, err := s.Approve(t.Context(), "docs", "0000000000"); err == nil || !strings.Contains(err.Error(), hold) {
		t.Errorf("approving another hold: %v", err)
	}
	w.remove("page-39.md") // gone since: within the budget of its own
	r, err := s.Approve(t.Context(), "docs", hold)
	if err != nil || r.Deleted != 4 || r.Held != 0 {
		t.Errorf("approved: %s, %v", counts(r), err)
	}
	if slices.Contains(w.inFin(), "page-01.md") {
		t.Error("an approved page is still there")
	}
}

func TestApprovalReleasesNothingElse(t *testing.T) {
	w := newWorld(t)
	w.fill(10)
	w.sync()
	w.remove("page-00.md", "page-01.md", "page-02.md")
	hold := w.sync().HoldID
	w.remove("page-03.md", "page-04.md", "page-05.md")
	r, err := w.service().Approve(t.Context(), "docs", hold)
	if err != nil {
		t.Fatal(err)
	}
	w.wantCounts(r, "held listed=4 unchanged=4 deleted=3 held=3")
	if in := w.inFin(); slices.Contains(in, "page-00.md") || !slices.Contains(in, "page-03.md") {
		t.Errorf("in Fin: %q", in)
	}
}

func TestAnEmptiedSourceIsHeld(t *testing.T) {
	w := newWorld(t)
	w.fill(2)
	w.sync()
	w.remove("page-00.md", "page-01.md")
	r := w.sync()
	w.wantCounts(r, "held held=2")
	w.wantInFin("page-00.md", "page-01.md")
	if !strings.Contains(r.HoldReason, "all 2 pages would go") {
		t.Errorf("held because %q", r.HoldReason)
	}
	held := w.hold()
	w.put("page-00.md", "# Page 0\n\nText number 0.")
	r = w.sync()
	w.wantCounts(r, "held listed=1 unchanged=1 held=1")
	if !strings.Contains(r.HoldReason, "1 of 2 deletes that were held") || !w.hold().Since.Equal(held.Since) {
		t.Errorf("what is left is held because %q, since %v, before since %v", r.HoldReason, w.hold().Since, held.Since)
	}
}

// hold is what waits for an approval.
func (w *world) hold() inspect.HeldDeletes {
	w.t.Helper()
	st, err := w.service().Status("docs")
	if err != nil || st.Hold == nil {
		w.t.Fatalf("no hold: %v", err)
	}
	return *st.Hold
}

func TestMovesDoNotCountAgainstTheBudget(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	w.sync()
	for i := range 30 {
		w.rename(fmt.Sprintf("page-%02d.md", i), fmt.Sprintf("new/%02d.md", i))
	}
	w.wantCounts(w.sync(), "ok listed=30 moved=30")
	if n := len(w.inFin()); n != 30 {
		t.Errorf("%d pages", n)
	}
	writes := w.writes()
	if first := slices.IndexFunc(writes, func(s string) bool { return strings.HasPrefix(s, "DELETE") }); first != 30 {
		t.Errorf("the first DELETE is write %d, want it after 30 POSTs", first)
	}
}

func TestQuarantine(t *testing.T) {
	for name, status := range map[string]int{"parameter_invalid": 400, "too_large": 413, "unprocessable": 422} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.fill(3)
			w.sync()
			w.put("page-01.md", "# Page 1\n\nrefused text")
			w.failWrites("page-01.md", status, `{"type":"error.list","errors":[{"code":"`+name+`","message":"no, thanks"}]}`)
			r := w.sync()
			w.wantCounts(r, "partial listed=3 unchanged=2 failed=1")
			if r.Quarantined != 1 || !strings.Contains(r.Errors[0].Error, "no, thanks") {
				t.Errorf("report %+v", r)
			}
			w.wantCounts(w.sync(), "partial listed=3 unchanged=2 failed=1")
			w.wantWrites() // not sent again
			w.date("page-01.md", time.Now().Add(-2*time.Minute))
			w.sync()
			w.wantWrites() // nor when it was only touched
			if got := w.page("page-01.md").HTML; strings.Contains(got, "refused") {
				t.Errorf("page %s", got)
			}
			w.emu.Fail(nil)
			w.put("page-01.md", "# Page 1\n\nbetter text")
			w.wantCounts(w.sync(), "ok listed=3 unchanged=2 updated=1")
		})
	}
}

func TestRenderFailureIsQuarantined(t *testing.T) {
	w := newWorld(t)
	w.put("a.md", "# A\n\ngood", "b.md", "# B")
	w.sync()
	w.put("a.md", "\x00\x01\x02binary\x00")
	r := w.sync()
	w.wantCounts(r, "partial listed=2 unchanged=1 failed=1")
	w.wantInFin("a.md", "b.md")
	w.wantCounts(w.sync(), "partial listed=2 unchanged=1 failed=1")
}

func TestStopConditions(t *testing.T) {
	for _, status := range []int{401, 402, 403} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			w := newWorld(t)
			w.fill(60)
			w.emu.Fail(func(r *http.Request) *emulator.Fault {
				if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/external_pages") {
					return &emulator.Fault{Status: status, Body: `{"type":"error.list","errors":[{"code":"unauthorized","message":"Access Token Invalid"}]}`}
				}
				return nil
			})
			r := w.run(ingest.RunOptions{})
			if r.Result != ingest.Failed || !strings.Contains(r.Error, "Access Token Invalid") {
				t.Errorf("report %+v", r)
			}
			if n := len(w.writes()); n > 20 {
				t.Errorf("%d writes before it stopped", n)
			}
			w.emu.Fail(nil)
			w.wantCounts(w.sync(), "ok listed=60 created=60")
		})
	}
}

func TestAnOutageEndsTheRunAndTheNextOneGoesOn(t *testing.T) {
	w := newWorld(t)
	w.fill(60)
	w.emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/external_pages") {
			return &emulator.Fault{Status: 502, Body: "<html>Bad Gateway</html>"}
		}
		return nil
	})
	if r := w.run(ingest.RunOptions{}); r.Result != ingest.Failed || len(w.writes()) > 30 {
		t.Errorf("%s after %d writes", counts(r), len(w.writes()))
	}
	w.emu.Fail(nil)
	w.wantCounts(w.sync(), "ok listed=60 created=60")
	w.wantCounts(w.sync(), "ok listed=60 unchanged=60")
}

func TestDeletesWaitForUpsertsThatMayYetSucceed(t *testing.T) {
	w := newWorld(t)
	w.fill(6)
	w.sync()
	w.put("page-00.md", "# Page 0\n\nchanged")
	w.remove("page-01.md")
	w.failWrites("page-00.md", 503, "busy")
	w.wantCounts(w.sync(), "partial listed=5 unchanged=4 failed=1 waiting=1")
	w.emu.Fail(nil)
	w.wantCounts(w.sync(), "ok listed=5 unchanged=4 updated=1 deleted=1")
	w.wantWrites("POST page-00.md", "DELETE page-01.md")
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
			w.put("keep.md", "# Keep")
			w.sync()
			w.put("a.md", "# A")
			w.emu.Fail(cut("POST"))
			w.run(ingest.RunOptions{})
			w.emu.Fail(nil)
			w.remove("a.md")
			w.sync()
			w.wantInFin("keep.md")
			w.sync()
			w.wantWrites()
		})
		t.Run("update "+name+", then taken back", func(t *testing.T) {
			w := newWorld(t)
			w.put("a.md", "# A\n\none", "b.md", "# B")
			w.sync()
			saved := filepath.Join(t.TempDir(), "a.md")
			os.Rename(filepath.Join(w.dir, "a.md"), saved) // with its inode and time
			w.put("a.md", "# A\n\ntwo")
			w.emu.Fail(cut("POST"))
			w.run(ingest.RunOptions{})
			w.emu.Fail(nil)
			os.Rename(saved, filepath.Join(w.dir, "a.md"))
			w.sync()
			if html := w.page("a.md").HTML; !strings.Contains(html, "one") {
				t.Errorf("Fin has %s", html)
			}
		})
		t.Run("delete "+name+", then back", func(t *testing.T) {
			w := newWorld(t)
			w.put("a.md", "# A\n\none", "b.md", "# B")
			w.sync()
			saved := filepath.Join(t.TempDir(), "a.md")
			os.Rename(filepath.Join(w.dir, "a.md"), saved)
			w.emu.Fail(cut("DELETE"))
			w.run(ingest.RunOptions{})
			w.emu.Fail(nil)
			os.Rename(saved, filepath.Join(w.dir, "a.md"))
			w.sync()
			w.wantInFin("a.md", "b.md")
		})
	}
}

func TestLifeWithoutTheState(t *testing.T) {
	w := newWorld(t)
	w.fill(130) // three pages of Intercom's list
	w.sync()
	w.loseState()
	w.put("page-00.md", "# Page 0\n\nchanged meanwhile")
	w.remove("page-01.md")
	plan := w.run(ingest.RunOptions{Plan: true})
	w.wantCounts(plan, "held listed=129 unchanged=128 updated=1 held=1")
	w.wantCounts(w.sync(), "held listed=129 unchanged=128 updated=1 held=1")
	w.wantWrites("POST page-00.md")
	w.emu.ClearRequests()
	r, err := w.service().Approve(t.Context(), "docs", "")
	if err != nil {
		t.Fatal(err)
	}
	w.wantCounts(r, "ok listed=129 unchanged=129 deleted=1")
	w.wantWrites("DELETE page-01.md")
	w.wantCounts(w.sync(), "ok listed=129 unchanged=129")
}

func TestAdoptionIsUnderTheBudget(t *testing.T) {
	w := newWorld(t)
	w.fill(10)
	w.sync()
	w.loseState()
	w.remove("page-00.md", "page-01.md", "page-02.md", "page-03.md")
	w.wantCounts(w.sync(), "held listed=6 unchanged=6 held=4")
	w.wantCounts(w.sync(), "held listed=6 unchanged=6 held=4")
}

func TestAnotherWorkspaceIsRefused(t *testing.T) {
	w := newWorld(t)
	w.fill(1)
	w.engine.Workspace = "other"
	r := w.run(ingest.RunOptions{})
	if r.Result != ingest.Failed || !strings.Contains(r.Error, "intercom.workspace demands other") || len(w.inFin()) > 0 {
		t.Errorf("report %+v", r)
	}
	w.engine.Workspace = ""
	if err := w.db.SetWorkspace("before"); err != nil {
		t.Fatal(err)
	}
	if r := w.run(ingest.RunOptions{}); r.Result != ingest.Failed || !strings.Contains(r.Error, "the state belongs to the workspace before") {
		t.Errorf("report %+v", r)
	}
}

func TestACancelledRunFinishesWhatItBegan(t *testing.T) {
	w := newWorld(t)
	w.fill(80)
	ctx, cancel := stdcontext.WithCancelCause(t.Context())
	w.emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost && strings.Contains(readBody(r), `"page-20.md"`) {
			cancel(errors.New("told to stop"))
		}
		return nil
	})
	r := w.engine.Run(ctx, w.source(), ingest.RunOptions{})
	w.emu.Fail(nil)
	if r.Result != ingest.Failed || !strings.HasPrefix(r.Error, "told to stop") || r.Created == 0 || r.Created == 80 {
		t.Errorf("%s %s", counts(r), r.Error)
	}
	w.db.View("docs", func(tx *state.Tx) error {
		intents, err := tx.Intents()
		if len(intents) > 0 || tx.CountPages() != len(w.inFin()) {
			t.Errorf("%d intents, %d pages known of %d, %v", len(intents), tx.CountPages(), len(w.inFin()), err)
		}
		return nil
	})
	pushed := len(w.inFin())
	w.wantCounts(w.sync(), fmt.Sprintf("ok listed=80 unchanged=%d created=%d", pushed, 80-pushed))
}
