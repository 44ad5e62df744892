package operate_test

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/ingest/operate"
	"finpages/intercomapi/emulator"
	"finpages/state"
)

func TestRetractWhileTheSourceIsAway(t *testing.T) {
	w := newWorld(t)
	s := w.Stubbed(ingesttest.Doc("a", "", "# A"), ingesttest.Doc("b", "", "# B"))
	w.Sync()
	s.OpenErr = errors.New("the wiki is down")
	service := w.Service()
	if id, err := service.Retract(t.Context(), "docs", "a"); id != "a" || err != nil {
		t.Fatalf("Retract = %q, %v", id, err)
	}
	w.WantInFin("b")
	s.OpenErr = nil
	w.WantCounts(w.Run(ingest.RunOptions{Full: true}), "ok listed=1 excluded=1 updated=1")
	w.WantInFin("b")

	s.Entries[0] = ingesttest.Doc("a", "", "# A, changed")
	w.WantCounts(w.Sync(), "ok listed=1 excluded=1 unchanged=1")
	if err := service.Unretract(t.Context(), "docs", "a"); err != nil {
		t.Fatal(err)
	}
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=1 created=1")
	if err := service.Unretract(t.Context(), "docs", "a"); err == nil ||
		!strings.Contains(err.Error(), "is not retracted") {
		t.Errorf("Unretract of a page that is not: %v", err)
	}
}

func TestRetractDuringARun(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "# A")
	w.Sync()
	w.Put("a.md", "# A\n\nnew text")
	service := w.Service()
	retracted := make(chan error, 1)
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/external_pages") {
			go func() {
				_, err := service.Retract(t.Context(), "docs", "a.md")
				retracted <- err
			}()
			if err := <-retracted; err != nil { // the page goes while its update is on its way
				t.Error(err)
			}
		}
		return nil
	})
	w.Sync()
	w.Emu.Fail(nil)
	w.Sync()
	w.WantInFin()
}

func TestRetractOfAPageThatIsNotThereYet(t *testing.T) {
	w := newWorld(t)
	w.Fill(2)
	if _, err := w.Service().Retract(t.Context(), "docs", "page-01.md"); err != nil {
		t.Fatal(err)
	}
	w.WantCounts(w.Sync(), "ok listed=1 excluded=1 created=1")
	w.WantInFin("page-00.md")
}

func TestUndo(t *testing.T) {
	w := newWorld(t)
	w.Src.Deletes.AlwaysAllow = 10
	w.Fill(4)
	w.Sync()
	before := w.Page("page-01.md")
	w.Remove("page-01.md", "page-02.md")
	run := w.Sync().Run
	service := w.Service()

	ids, err := service.Undo(t.Context(), "docs", "page-01.md")
	if err != nil || !slices.Equal(ids, []string{"page-01.md"}) {
		t.Fatalf("Undo = %q, %v", ids, err)
	}
	after := w.Page("page-01.md")
	if after.HTML != before.HTML || after.Title != before.Title || after.URL != before.URL || !after.AIAgentAvailability {
		t.Errorf("brought back %+v", after)
	}
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=2") // it stays while the source says nothing
	w.WantInFin("page-00.md", "page-01.md", "page-03.md")

	if ids, err := service.Undo(t.Context(), "docs", "2"); err != nil || run != 2 ||
		!slices.Equal(ids, []string{"page-02.md"}) { // the other one is back already
		t.Errorf("Undo of run %d = %q, %v", run, ids, err)
	}
	w.Put("page-01.md", "# Page 1\n\nagain, and other text") // the source says otherwise
	w.Sync()
	if !strings.Contains(w.Page("page-01.md").HTML, "other text") {
		t.Error("the source's text did not win")
	}
	w.Remove("page-01.md")
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=2 deleted=1")
}

func TestNothingShutIsKeptInTheJournal(t *testing.T) {
	w := newWorld(t)
	w.Fill(3)
	w.Sync()
	w.Put("page-00.md", "---\nfin: false\n---\n# Page 0")
	w.Sync()
	if _, err := w.Service().Undo(t.Context(), "docs", "page-00.md"); err == nil {
		t.Error("a page that was shut was brought back")
	}
}

// The journal goes with the source: no page is asked for to be kept in it.
func TestForgetAsksForNoCopies(t *testing.T) {
	w := newWorld(t)
	w.Fill(3)
	w.Sync()
	w.Emu.ClearRequests()
	if f, err := w.Service().Forget(t.Context(), "docs", true); f.Deleted != 3 || err != nil {
		t.Errorf("Forget = %+v, %v", f, err)
	}
	for _, r := range w.Emu.Requests() {
		if r.Method == http.MethodGet && strings.Contains(r.Path, "/external_pages/") {
			t.Errorf("asked for %s", r.Path)
		}
	}
}

func TestForget(t *testing.T) {
	w := newWorld(t)
	w.Fill(3)
	w.Sync()
	service := operate.NewService(w.Engine) // the source is no longer configured
	f, err := service.Forget(t.Context(), "docs", true)
	if f != (operate.Forgotten{Deleted: 3}) || err != nil {
		t.Errorf("Forget = %+v, %v", f, err)
	}
	w.WantInFin()
	if names, _ := w.DB.Sources(); len(names) > 0 {
		t.Errorf("the state still has %q", names)
	}
	if _, err := service.Forget(t.Context(), "docs", false); err == nil {
		t.Error("forgot a source that nobody knows")
	}
}

// A source that gets another name in the config keeps all that is known of it.
func TestRenamedSource(t *testing.T) {
	w := newWorld(t)
	w.Fill(12)
	w.Sync()
	s := w.Service()
	if _, err := s.Retract(t.Context(), "docs", "page-03.md"); err != nil {
		t.Fatal(err)
	}
	w.Remove("page-04.md")
	w.Sync()
	rename := func(to string) {
		w.Src.Name = to
		s.Configure([]*ingest.Source{w.Source()})
	}
	sync := func(want string) {
		t.Helper()
		w.Emu.ClearRequests()
		r, err := s.Run(t.Context(), w.Src.Name, ingest.RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		w.WantCounts(r, want)
		w.WantWrites()
	}
	rename("handbook")
	w.Reopen(state.Options{ReadOnly: true})
	s = w.Service()
	plan, err := s.Run(t.Context(), "handbook", ingest.RunOptions{Plan: true})
	if err != nil {
		t.Fatal(err)
	}
	w.WantCounts(plan, "ok listed=10 excluded=1 unchanged=10")
	w.Reopen(state.Options{})
	s = w.Service()
	sync("ok listed=10 excluded=1 unchanged=10")
	if _, err := s.Forget(t.Context(), "docs", true); err == nil || len(w.InFin()) != 10 {
		t.Errorf("forgetting the old name: %v, %d pages in Fin", err, len(w.InFin()))
	}
	w.Put("page-04.md", "# Page 4\n\nText number 4.")
	if ids, err := s.Undo(t.Context(), "handbook", "page-04.md"); err != nil || len(ids) != 1 {
		t.Errorf("bringing back a page that was deleted under the old name: %q, %v", ids, err)
	}
	rename("docs")
	if r, err := s.Run(t.Context(), "docs", ingest.RunOptions{}); err != nil || r.Excluded != 1 || len(w.InFin()) != 11 {
		t.Errorf("%s, %v, %d pages in Fin", ingesttest.Counts(r), err, len(w.InFin()))
	}
	w.LoseState()
	s = w.Service()
	if r, err := s.Run(t.Context(), "docs", ingest.RunOptions{}); err != nil || r.Excluded != 1 || len(w.InFin()) != 11 {
		t.Errorf("after the state was lost: %s, %v, %d pages in Fin", ingesttest.Counts(r), err, len(w.InFin()))
	}
}

// Pages that two sources claim are not deleted with one of them.
func TestForgetSharedImportSource(t *testing.T) {
	w := newWorld(t)
	w.Fill(3)
	w.Sync()
	err := w.DB.Update("older", func(tx *state.Tx) error {
		info := state.Info{ImportSource: w.Engine.Run(t.Context(), w.Source(), ingest.RunOptions{Plan: true}).ImportSource,
			URL: ingesttest.Root}
		return tx.PutInfo(info)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Service().Forget(t.Context(), "older", true); err == nil ||
		!strings.Contains(err.Error(), "source docs has the same import source") {
		t.Errorf("forgot with %v", err)
	}
	if _, err := w.Service().Forget(t.Context(), "older", false); err != nil || len(w.InFin()) != 3 {
		t.Errorf("%v, %d pages in Fin", err, len(w.InFin()))
	}
}

// A state file that is moved away under a running service is noticed.
func TestStateFileMovedAway(t *testing.T) {
	w := newWorld(t)
	w.Fill(3)
	w.Sync()
	if err := os.Rename(w.DBPath, w.DBPath+".away"); err != nil {
		t.Fatal(err)
	}
	w.Remove("page-01.md")
	if r := w.Run(ingest.RunOptions{}); r.Result != ingest.Failed || !strings.Contains(r.Error, "was moved or removed") {
		t.Errorf("the run ended %s: %s", r.Result, r.Error)
	}
	w.WantWrites()
	if err := os.Rename(w.DBPath+".away", w.DBPath); err != nil {
		t.Fatal(err)
	}
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=2 deleted=1")
}
