package ingest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/intercomapi/emulator"
	"finpages/sources"
)

// An adopted page belongs to the entry of its name, also where that cannot be
// read, is refused, or lies in a scope that could not be listed.
func TestAdoptionKeepsWhatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	entries := []sources.Entry{ingesttest.Doc("a", "", "# A"), ingesttest.Doc("b", "", "# B"),
		ingesttest.Doc("c", "", "# C"), ingesttest.Doc("ops/d", "OPS", "# D")}
	s := w.Stubbed(entries...)
	w.Sync()
	w.LoseState()
	s.Entries = []sources.Entry{ingesttest.Doc("a", "", "# A"), {ID: "b", Err: errors.New("unreadable")},
		ingesttest.Doc("c", "", "# C\n\nrefused")}
	s.Incomplete = []sources.Incomplete{{Scope: "OPS", Err: errors.New("cut short")}}
	w.FailWrites("c", 422, `{"type":"error.list","errors":[{"code":"data_invalid"}]}`)
	w.WantCounts(w.Sync(), "partial listed=3 unchanged=1 failed=2 waiting=1")
	w.Emu.Fail(nil)
	w.WantInFin("a", "b", "c", "ops/d")
	s.Entries, s.Incomplete = entries, nil
	w.WantCounts(w.Sync(), "ok listed=4 unchanged=4")
}

func TestAdoptedPagesThatAreShutNowLeaveAtOnce(t *testing.T) {
	w := newWorld(t)
	w.Fill(10)
	w.Sync()
	w.LoseState()
	for _, name := range []string{"page-00.md", "page-01.md", "page-02.md", "page-03.md", "page-04.md"} {
		w.Put(name, "---\ndraft: true\n---\n# Draft")
	}
	plan := w.Run(ingest.RunOptions{Plan: true})
	w.WantCounts(plan, "ok listed=5 excluded=5 unchanged=5 deleted=5")
	w.WantCounts(w.Sync(), "ok listed=5 excluded=5 unchanged=5 deleted=5")
}

func TestALostCreateThatIsShutNowLeavesAtOnce(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "# A")
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/external_pages") {
			return &emulator.Fault{Cut: true, Effect: true}
		}
		return nil
	})
	w.Run(ingest.RunOptions{})
	w.Emu.Fail(nil)
	w.WantInFin("a.md")
	w.Put("a.md", "---\ndraft: true\n---\n# A")
	w.Sync()
	w.WantInFin()
}

// A page that changes its id is found also if the run ends between the write
// of the new one and the delete of the old.
func TestAChangedIDLeavesNothingBehind(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "# A", "b.md", "# B")
	w.Sync()
	w.Put("a.md", "---\nid: x\n---\n# A")
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodDelete {
			return &emulator.Fault{Status: 401, Body: `{"type":"error.list","errors":[{"code":"unauthorized"}]}`}
		}
		return nil
	})
	if r := w.Run(ingest.RunOptions{}); r.Result != ingest.Failed {
		t.Errorf("%s", ingesttest.Counts(r))
	}
	w.Emu.Fail(nil)
	w.Sync()
	w.WantInFin("b.md", "x")
	w.Sync()
	w.WantWrites()
}

func TestIDsThatArePassedOnSettle(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "---\nid: x\n---\n# A", "b.md", "---\nid: y\n---\n# B")
	w.Sync()
	w.Put("a.md", "---\nid: y\n---\n# A", "b.md", "---\nid: x\n---\n# B")
	for range 3 {
		w.Sync()
	}
	if w.WantInFin("x", "y"); w.Page("x").Title != "B" || w.Page("y").Title != "A" {
		t.Errorf("x is %q, y is %q", w.Page("x").Title, w.Page("y").Title)
	}
	w.Sync()
	w.WantWrites()
}

func TestARetractionDuringAnOutageIsCarriedOutLater(t *testing.T) {
	w := newWorld(t)
	w.Fill(2)
	w.Sync()
	w.Emu.Fail(func(*http.Request) *emulator.Fault { return &emulator.Fault{Status: 503} })
	if _, err := w.Service().Retract(t.Context(), "docs", "page-00.md"); err == nil {
		t.Error("nothing was said of the outage")
	}
	w.Emu.Fail(nil)
	w.Sync()
	w.WantInFin("page-01.md")
}

func TestRetractNamesWhatItCannotFind(t *testing.T) {
	w := newWorld(t)
	w.Fill(2)
	w.Sync()
	if _, err := w.Service().Retract(t.Context(), "docs", "nonexist.md"); err == nil ||
		!strings.Contains(err.Error(), "nothing was retracted") {
		t.Errorf("retracting a page that nobody knows: %v", err)
	}
	for _, ref := range []string{ingesttest.Root + "/page-00.md#top", "http://docs.example.com/page-01.md/"} {
		if _, err := w.Service().Retract(t.Context(), "docs", ref); err != nil {
			t.Errorf("%s: %v", ref, err)
		}
	}
	w.WantInFin()
	w.LoseState()
	w.Fill(2)
}

func TestUnretractByPath(t *testing.T) {
	w := newWorld(t)
	w.Put("z.md", "---\nid: zed\n---\n# Z")
	w.Sync()
	service := w.Service()
	if _, err := service.Retract(t.Context(), "docs", "z.md"); err != nil {
		t.Fatal(err)
	}
	w.WantInFin()
	if err := service.Unretract(t.Context(), "docs", "z.md"); err != nil {
		t.Fatal(err)
	}
	w.Sync()
	w.WantInFin("zed")
}

func TestUndoTouchesNothingThatLives(t *testing.T) {
	w := newWorld(t)
	w.Fill(3)
	w.Sync()
	w.Remove("page-00.md")
	w.Sync()
	w.Put("page-00.md", "# New page")
	w.Sync()
	if _, err := w.Service().Undo(t.Context(), "docs", "page-00.md"); err == nil ||
		!strings.Contains(err.Error(), "in Fin already") {
		t.Errorf("undo over a live page: %v", err)
	}
	if w.Page("page-00.md").Title != "New page" {
		t.Error("the old text is back")
	}
	w.Remove("page-01.md")
	w.Sync()
	w.Put("page-01.md", "---\ndraft: true\n---\n# Draft")
	w.Sync()
	if _, err := w.Service().Undo(t.Context(), "docs", "page-01.md"); err == nil ||
		!strings.Contains(err.Error(), "kept out") {
		t.Errorf("undo of a draft: %v", err)
	}
	w.Rename("page-02.md", "moved.md")
	run := w.Sync()
	if _, err := w.Service().Undo(t.Context(), "docs", "page-02.md"); err == nil {
		t.Errorf("the old half of a rename came back after run %d", run.Run)
	}
}
