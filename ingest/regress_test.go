package ingest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/intercomapi/emulator"
	"finpages/sources"
)

// An adopted page belongs to the entry of its name, also where that cannot be
// read, is refused, or lies in a scope that could not be listed.
func TestAdoptionKeepsWhatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	entries := []sources.Entry{doc("a", "", "# A"), doc("b", "", "# B"), doc("c", "", "# C"), doc("ops/d", "OPS", "# D")}
	s := w.stubbed(entries...)
	w.sync()
	w.loseState()
	s.entries = []sources.Entry{doc("a", "", "# A"), {ID: "b", Err: errors.New("unreadable")}, doc("c", "", "# C\n\nrefused")}
	s.incomplete = []sources.Incomplete{{Scope: "OPS", Err: errors.New("cut short")}}
	w.failWrites("c", 422, `{"type":"error.list","errors":[{"code":"data_invalid"}]}`)
	w.wantCounts(w.sync(), "partial listed=3 unchanged=1 failed=2 waiting=1")
	w.emu.Fail(nil)
	w.wantInFin("a", "b", "c", "ops/d")
	s.entries, s.incomplete = entries, nil
	w.wantCounts(w.sync(), "ok listed=4 unchanged=4")
}

func TestAdoptedPagesThatAreShutNowLeaveAtOnce(t *testing.T) {
	w := newWorld(t)
	w.fill(10)
	w.sync()
	w.loseState()
	for _, name := range []string{"page-00.md", "page-01.md", "page-02.md", "page-03.md", "page-04.md"} {
		w.put(name, "---\ndraft: true\n---\n# Draft")
	}
	plan := w.run(ingest.RunOptions{Plan: true})
	w.wantCounts(plan, "ok listed=5 excluded=5 unchanged=5 deleted=5")
	w.wantCounts(w.sync(), "ok listed=5 excluded=5 unchanged=5 deleted=5")
}

func TestALostCreateThatIsShutNowLeavesAtOnce(t *testing.T) {
	w := newWorld(t)
	w.put("a.md", "# A")
	w.emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/external_pages") {
			return &emulator.Fault{Cut: true, Effect: true}
		}
		return nil
	})
	w.run(ingest.RunOptions{})
	w.emu.Fail(nil)
	w.wantInFin("a.md")
	w.put("a.md", "---\ndraft: true\n---\n# A")
	w.sync()
	w.wantInFin()
}

// A page that changes its id is found also if the run ends between the write
// of the new one and the delete of the old.
func TestAChangedIDLeavesNothingBehind(t *testing.T) {
	w := newWorld(t)
	w.put("a.md", "# A", "b.md", "# B")
	w.sync()
	w.put("a.md", "---\nid: x\n---\n# A")
	w.emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodDelete {
			return &emulator.Fault{Status: 401, Body: `{"type":"error.list","errors":[{"code":"unauthorized"}]}`}
		}
		return nil
	})
	if r := w.run(ingest.RunOptions{}); r.Result != ingest.Failed {
		t.Errorf("%s", counts(r))
	}
	w.emu.Fail(nil)
	w.sync()
	w.wantInFin("b.md", "x")
	w.sync()
	w.wantWrites()
}

func TestIDsThatArePassedOnSettle(t *testing.T) {
	w := newWorld(t)
	w.put("a.md", "---\nid: x\n---\n# A", "b.md", "---\nid: y\n---\n# B")
	w.sync()
	w.put("a.md", "---\nid: y\n---\n# A", "b.md", "---\nid: x\n---\n# B")
	for range 3 {
		w.sync()
	}
	if w.wantInFin("x", "y"); w.page("x").Title != "B" || w.page("y").Title != "A" {
		t.Errorf("x is %q, y is %q", w.page("x").Title, w.page("y").Title)
	}
	w.sync()
	w.wantWrites()
}

func TestARetractionDuringAnOutageIsCarriedOutLater(t *testing.T) {
	w := newWorld(t)
	w.fill(2)
	w.sync()
	w.emu.Fail(func(*http.Request) *emulator.Fault { return &emulator.Fault{Status: 503} })
	if _, err := w.service().Retract(t.Context(), "docs", "page-00.md"); err == nil {
		t.Error("nothing was said of the outage")
	}
	w.emu.Fail(nil)
	w.sync()
	w.wantInFin("page-01.md")
}

func TestRetractNamesWhatItCannotFind(t *testing.T) {
	w := newWorld(t)
	w.fill(2)
	w.sync()
	if _, err := w.service().Retract(t.Context(), "docs", "nonexist.md"); err == nil || !strings.Contains(err.Error(), "nothing was retracted") {
		t.Errorf("retracting a page that nobody knows: %v", err)
	}
	for _, ref := range []string{root + "/page-00.md#top", "http://docs.example.com/page-01.md/"} {
		if _, err := w.service().Retract(t.Context(), "docs", ref); err != nil {
			t.Errorf("%s: %v", ref, err)
		}
	}
	w.wantInFin()
	w.loseState()
	w.fill(2)
}

func TestUnretractByPath(t *testing.T) {
	w := newWorld(t)
	w.put("z.md", "---\nid: zed\n---\n# Z")
	w.sync()
	service := w.service()
	if _, err := service.Retract(t.Context(), "docs", "z.md"); err != nil {
		t.Fatal(err)
	}
	w.wantInFin()
	if err := service.Unretract(t.Context(), "docs", "z.md"); err != nil {
		t.Fatal(err)
	}
	w.sync()
	w.wantInFin("zed")
}

func TestUndoTouchesNothingThatLives(t *testing.T) {
	w := newWorld(t)
	w.fill(3)
	w.sync()
	w.remove("page-00.md")
	w.sync()
	w.put("page-00.md", "# New page")
	w.sync()
	if _, err := w.service().Undo(t.Context(), "docs", "page-00.md"); err == nil || !strings.Contains(err.Error(), "in Fin already") {
		t.Errorf("undo over a live page: %v", err)
	}
	if w.page("page-00.md").Title != "New page" {
		t.Error("the old text is back")
	}
	w.remove("page-01.md")
	w.sync()
	w.put("page-01.md", "---\ndraft: true\n---\n# Draft")
	w.sync()
	if _, err := w.service().Undo(t.Context(), "docs", "page-01.md"); err == nil || !strings.Contains(err.Error(), "kept out") {
		t.Errorf("undo of a draft: %v", err)
	}
	w.rename("page-02.md", "moved.md")
	run := w.sync()
	if _, err := w.service().Undo(t.Context(), "docs", "page-02.md"); err == nil {
		t.Errorf("the old half of a rename came back after run %d", run.Run)
	}
}
