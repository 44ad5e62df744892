package ingest_test

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/ingest/decide"
	"finpages/ingest/operate"
	"finpages/ingest/verify"
	"finpages/intercomapi/emulator"
	"finpages/state"
)

func TestRetractWhileTheSourceIsAway(t *testing.T) {
	w := newWorld(t)
	s := w.stubbed(doc("a", "", "# A"), doc("b", "", "# B"))
	w.sync()
	s.openErr = errors.New("the wiki is down")
	service := w.service()
	if id, err := service.Retract(t.Context(), "docs", "a"); id != "a" || err != nil {
		t.Fatalf("Retract = %q, %v", id, err)
	}
	w.wantInFin("b")
	s.openErr = nil
	w.wantCounts(w.run(ingest.RunOptions{Full: true}), "ok listed=1 excluded=1 updated=1")
	w.wantInFin("b")

	s.entries[0] = doc("a", "", "# A, changed")
	w.wantCounts(w.sync(), "ok listed=1 excluded=1 unchanged=1")
	if err := service.Unretract(t.Context(), "docs", "a"); err != nil {
		t.Fatal(err)
	}
	w.wantCounts(w.sync(), "ok listed=2 unchanged=1 created=1")
	if err := service.Unretract(t.Context(), "docs", "a"); err == nil || !strings.Contains(err.Error(), "is not retracted") {
		t.Errorf("Unretract of a page that is not: %v", err)
	}
}

func TestRetractDuringARun(t *testing.T) {
	w := newWorld(t)
	w.put("a.md", "# A")
	w.sync()
	w.put("a.md", "# A\n\nnew text")
	service := w.service()
	retracted := make(chan error, 1)
	w.emu.Fail(func(r *http.Request) *emulator.Fault {
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
	w.sync()
	w.emu.Fail(nil)
	w.sync()
	w.wantInFin()
}

func TestRetractOfAPageThatIsNotThereYet(t *testing.T) {
	w := newWorld(t)
	w.fill(2)
	if _, err := w.service().Retract(t.Context(), "docs", "page-01.md"); err != nil {
		t.Fatal(err)
	}
	w.wantCounts(w.sync(), "ok listed=1 excluded=1 created=1")
	w.wantInFin("page-00.md")
}

func TestUndo(t *testing.T) {
	w := newWorld(t)
	w.src.Deletes.AlwaysAllow = 10
	w.fill(4)
	w.sync()
	before := w.page("page-01.md")
	w.remove("page-01.md", "page-02.md")
	run := w.sync().Run
	service := w.service()

	ids, err := service.Undo(t.Context(), "docs", "page-01.md")
	if err != nil || !slices.Equal(ids, []string{"page-01.md"}) {
		t.Fatalf("Undo = %q, %v", ids, err)
	}
	after := w.page("page-01.md")
	if after.HTML != before.HTML || after.Title != before.Title || after.URL != before.URL || !after.AIAgentAvailability {
		t.Errorf("brought back %+v", after)
	}
	w.wantCounts(w.sync(), "ok listed=2 unchanged=2") // it stays while the source says nothing
	w.wantInFin("page-00.md", "page-01.md", "page-03.md")

	if ids, err := service.Undo(t.Context(), "docs", "2"); err != nil || run != 2 || !slices.Equal(ids, []string{"page-02.md"}) { // the other one is back already
		t.Errorf("Undo of run %d = %q, %v", run, ids, err)
	}
	w.put("page-01.md", "# Page 1\n\nagain, and other text") // the source says otherwise
	w.sync()
	if !strings.Contains(w.page("page-01.md").HTML, "other text") {
		t.Error("the source's text did not win")
	}
	w.remove("page-01.md")
	w.wantCounts(w.sync(), "ok listed=2 unchanged=2 deleted=1")
}

func TestNothingShutIsKeptInTheJournal(t *testing.T) {
	w := newWorld(t)
	w.fill(3)
	w.sync()
	w.put("page-00.md", "---\nfin: false\n---\n# Page 0")
	w.sync()
	if _, err := w.service().Undo(t.Context(), "docs", "page-00.md"); err == nil {
		t.Error("a page that was shut was brought back")
	}
}

// The journal goes with the source: no page is asked for to be kept in it.
func TestForgetAsksForNoCopies(t *testing.T) {
	w := newWorld(t)
	w.fill(3)
	w.sync()
	w.emu.ClearRequests()
	if f, err := w.service().Forget(t.Context(), "docs", true); f.Deleted != 3 || err != nil {
		t.Errorf("Forget = %+v, %v", f, err)
	}
	for _, r := range w.emu.Requests() {
		if r.Method == http.MethodGet && strings.Contains(r.Path, "/external_pages/") {
			t.Errorf("asked for %s", r.Path)
		}
	}
}

func TestForget(t *testing.T) {
	w := newWorld(t)
	w.fill(3)
	w.sync()
	service := operate.NewService(w.engine) // the source is no longer configured
	f, err := service.Forget(t.Context(), "docs", true)
	if f != (operate.Forgotten{Deleted: 3}) || err != nil {
		t.Errorf("Forget = %+v, %v", f, err)
	}
	w.wantInFin()
	if names, _ := w.db.Sources(); len(names) > 0 {
		t.Errorf("the state still has %q", names)
	}
	if _, err := service.Forget(t.Context(), "docs", false); err == nil {
		t.Error("forgot a source that nobody knows")
	}
}

// tamper changes Intercom's pages behind finpages' back.
func (w *world) tamper(method, path, body string) {
	w.t.Helper()
	req, err := http.NewRequest(method, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer other-app")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Intercom-Version", "2.16")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
}

func TestVerifyFindsAndMends(t *testing.T) {
	w := newWorld(t)
	w.fill(5)
	w.sync()
	edited := `{"source_id":1,"external_id":"page-01.md","title":"By hand","html":"<p>x</p>","url":"https://evil.example.com","locale":"en","ai_agent_availability":false,"ai_copilot_availability":true}`
	w.tamper("POST", "/ai/external_pages", edited)
	w.tamper("POST", "/ai/external_pages", strings.Replace(edited, "page-01.md", "orphan", 1))
	w.tamper("DELETE", "/ai/external_pages/"+w.page("page-02.md").ID, "")

	service := w.service()
	v, err := service.Verify(t.Context(), "docs", verify.Options{})
	if err != nil || v.Clean() || !slices.Equal(v.Missing, []string{"page-02.md"}) || !slices.Equal(v.Orphaned, []string{"orphan"}) ||
		len(v.Changed) != 1 || strings.Join(v.Changed[0].Fields, " ") != "ai_agent_availability html title url" {
		t.Fatalf("%+v, %v", v, err)
	}
	w.emu.ClearRequests()
	w.wantWrites()

	v, err = service.Verify(t.Context(), "docs", verify.Options{Repair: true})
	if err != nil || v.Repair == nil {
		t.Fatalf("%+v, %v", v, err)
	}
	w.wantCounts(*v.Repair, "held listed=5 unchanged=3 created=1 updated=1 held=1")
	if _, err := service.Approve(t.Context(), "docs", ""); err != nil { // the orphan is nobody's: a person decides
		t.Fatal(err)
	}
	if p := w.page("page-01.md"); p.Title != "Page 1" || !p.AIAgentAvailability {
		t.Errorf("mended %+v", p)
	}
	if v, _ = service.Verify(t.Context(), "docs", verify.Options{Source: true}); !v.Clean() || len(v.Plan.Changes) > 0 {
		t.Errorf("after the repair: %+v", v)
	}
	w.wantCounts(w.sync(), "ok listed=5 unchanged=5")
}

func TestADeletedImportSourceIsNotMadeAnewInSilence(t *testing.T) {
	w := newWorld(t)
	w.fill(3)
	first := w.sync().ImportSource
	w.tamper("DELETE", "/ai/content_import_sources/1", "")
	r := w.run(ingest.RunOptions{})
	if r.Result != ingest.Failed || !strings.Contains(r.Error, "was deleted in Intercom") || !strings.Contains(r.Error, "verify --repair docs") {
		t.Errorf("report %+v", r)
	}
	w.wantInFin()
	if err := w.db.Update("docs", func(tx *state.Tx) error { return tx.PutRetraction("page-02.md", state.Retraction{}) }); err != nil {
		t.Fatal(err)
	}
	v, err := w.service().Verify(t.Context(), "docs", verify.Options{Repair: true})
	if err != nil || v.Repair == nil || v.Repair.Created != 2 || v.Repair.ImportSource == first {
		t.Errorf("%+v, %v", v, err)
	}
	w.wantInFin("page-00.md", "page-01.md") // what was retracted stays out
}

// However an adoption is interrupted, nothing of the import source is left behind.
func TestAnInterruptedAdoption(t *testing.T) {
	w := newWorld(t)
	w.src.Deletes = decide.Deletes{MaxPercent: 100, MaxCount: 1000, AlwaysAllow: 1000}
	w.fill(300)
	w.sync()
	w.loseState()
	for i := range 150 {
		w.remove(w.inFin()[2*i])
	}
	w.emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.URL.Query().Get("page") == "3" {
			return &emulator.Fault{Status: 500}
		}
		return nil
	})
	if r := w.run(ingest.RunOptions{}); r.Result != ingest.Failed {
		t.Errorf("adopted from half a list: %s", counts(r))
	}
	w.emu.Fail(nil)
	w.wantCounts(w.sync(), "held listed=150 unchanged=150 held=150")
}

func TestADeactivatedImportSourceStops(t *testing.T) {
	w := newWorld(t)
	w.fill(1)
	w.sync()
	w.tamper("PUT", "/ai/content_import_sources/1", `{"sync_behavior":"api","url":"`+root+`","status":"deactivated"}`)
	w.put("page-00.md", "# changed")
	if r := w.run(ingest.RunOptions{}); r.Result != ingest.Failed || !strings.Contains(r.Error, "is deactivated in Intercom") {
		t.Errorf("report %+v", r)
	}
	w.wantWrites()
}

func TestTheImportSourceIsFoundFarDownTheList(t *testing.T) {
	w := newWorld(t)
	w.fill(1)
	w.tamper("POST", "/ai/content_import_sources", `{"sync_behavior":"api","url":"HTTPS://Docs.example.com/"}`)
	for range 120 {
		w.tamper("POST", "/ai/content_import_sources", `{"sync_behavior":"api","url":"https://other.example.com"}`)
	}
	if r := w.sync(); r.ImportSource != 1 || r.Created != 1 {
		t.Errorf("report %+v", r)
	}
	if n := len(w.emu.Sources()); n != 121 {
		t.Errorf("%d import sources", n)
	}
}

func TestTheImportSourceIsCreatedOnce(t *testing.T) {
	w := newWorld(t)
	w.fill(1)
	w.emu.Fail(func(r *http.Request) *emulator.Fault { // the answer to the create is lost
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "import_sources") {
			return &emulator.Fault{Cut: true, Effect: true}
		}
		return nil
	})
	w.sync()
	w.emu.Fail(nil)
	w.sync()
	if n := len(w.emu.Sources()); n != 1 {
		t.Errorf("%d import sources", n)
	}
}

func TestChangesOfTheImportSourceAreCarriedOver(t *testing.T) {
	w := newWorld(t)
	w.fill(1)
	w.sync()
	w.src.ImportSource.URL = "https://moved.example.com"
	w.src.ImportSource.AudienceIDs = []int64{7, 5}
	w.sync()
	s := w.emu.Sources()[0]
	if s.URL != "https://moved.example.com" || !slices.Equal(s.AudienceIDs, []int64{7, 5}) && !slices.Equal(s.AudienceIDs, []int64{5, 7}) {
		t.Errorf("import source %+v", s)
	}
	w.sync()
	for _, r := range w.emu.Requests() {
		if r.Method != http.MethodGet {
			t.Errorf("%s %s on an unchanged config", r.Method, r.Path)
		}
	}
}

// A source that gets another name in the config keeps all that is known of it.
func TestRenamedSource(t *testing.T) {
	w := newWorld(t)
	w.fill(12)
	w.sync()
	s := w.service()
	if _, err := s.Retract(t.Context(), "docs", "page-03.md"); err != nil {
		t.Fatal(err)
	}
	w.remove("page-04.md")
	w.sync()
	rename := func(to string) {
		w.src.Name = to
		s.Configure([]*ingest.Source{w.source()})
	}
	sync := func(want string) {
		t.Helper()
		w.emu.ClearRequests()
		r, err := s.Run(t.Context(), w.src.Name, ingest.RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		w.wantCounts(r, want)
		w.wantWrites()
	}
	rename("handbook")
	w.reopen(state.Options{ReadOnly: true})
	s = w.service()
	plan, err := s.Run(t.Context(), "handbook", ingest.RunOptions{Plan: true})
	if err != nil {
		t.Fatal(err)
	}
	w.wantCounts(plan, "ok listed=10 excluded=1 unchanged=10")
	w.reopen(state.Options{})
	s = w.service()
	sync("ok listed=10 excluded=1 unchanged=10")
	if _, err := s.Forget(t.Context(), "docs", true); err == nil || len(w.inFin()) != 10 {
		t.Errorf("forgetting the old name: %v, %d pages in Fin", err, len(w.inFin()))
	}
	w.put("page-04.md", "# Page 4\n\nText number 4.")
	if ids, err := s.Undo(t.Context(), "handbook", "page-04.md"); err != nil || len(ids) != 1 {
		t.Errorf("bringing back a page that was deleted under the old name: %q, %v", ids, err)
	}
	rename("docs")
	if r, err := s.Run(t.Context(), "docs", ingest.RunOptions{}); err != nil || r.Excluded != 1 || len(w.inFin()) != 11 {
		t.Errorf("%s, %v, %d pages in Fin", counts(r), err, len(w.inFin()))
	}
	w.loseState()
	s = w.service()
	if r, err := s.Run(t.Context(), "docs", ingest.RunOptions{}); err != nil || r.Excluded != 1 || len(w.inFin()) != 11 {
		t.Errorf("after the state was lost: %s, %v, %d pages in Fin", counts(r), err, len(w.inFin()))
	}
}

// Pages that two sources claim are not deleted with one of them.
func TestForgetSharedImportSource(t *testing.T) {
	w := newWorld(t)
	w.fill(3)
	w.sync()
	err := w.db.Update("older", func(tx *state.Tx) error {
		info := state.Info{ImportSource: w.engine.Run(t.Context(), w.source(), ingest.RunOptions{Plan: true}).ImportSource, URL: root}
		return tx.PutInfo(info)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.service().Forget(t.Context(), "older", true); err == nil || !strings.Contains(err.Error(), "source docs has the same import source") {
		t.Errorf("forgot with %v", err)
	}
	if _, err := w.service().Forget(t.Context(), "older", false); err != nil || len(w.inFin()) != 3 {
		t.Errorf("%v, %d pages in Fin", err, len(w.inFin()))
	}
}

// A state file that is moved away under a running service is noticed.
func TestStateFileMovedAway(t *testing.T) {
	w := newWorld(t)
	w.fill(3)
	w.sync()
	if err := os.Rename(w.dbPath, w.dbPath+".away"); err != nil {
		t.Fatal(err)
	}
	w.remove("page-01.md")
	if r := w.run(ingest.RunOptions{}); r.Result != ingest.Failed || !strings.Contains(r.Error, "was moved or removed") {
		t.Errorf("the run ended %s: %s", r.Result, r.Error)
	}
	w.wantWrites()
	if err := os.Rename(w.dbPath+".away", w.dbPath); err != nil {
		t.Fatal(err)
	}
	w.wantCounts(w.sync(), "ok listed=2 unchanged=2 deleted=1")
}
