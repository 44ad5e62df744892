package operate_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/ingest/verify"
	"finpages/intercomapi/emulator"
	"finpages/sources"
)

func (w *world) undo(page string) {
	w.T.Helper()
	if ids, err := w.Service().Undo(w.T.Context(), "docs", page); err != nil || len(ids) != 1 || ids[0] != page {
		w.T.Fatalf("Undo: %q, %v", ids, err)
	}
}

func (w *world) wantText(page, text string) {
	w.T.Helper()
	if html := w.Page(page).HTML; !strings.Contains(html, text) {
		w.T.Errorf("%s has %q, and not %q", page, html, text)
	}
}

// The version before an update comes back, and stays until the document changes,
// whatever makes finpages look at it again.
func TestUndoOfAnUpdate(t *testing.T) {
	w := newWorld(t)
	s := w.Stubbed(ingesttest.Doc("a", "", "# A\n\none"), ingesttest.Doc("b", "", "# B\n\ntext"))
	w.Sync()
	s.Entries[0] = ingesttest.Doc("a", "", "# A\n\ntwo")
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=1 updated=1")
	w.WantWrites("POST a")
	if asked := w.asked("GET /ai/external_pages/"); asked != 1 { // what Intercom had
		t.Errorf("%d pages were asked for", asked)
	}
	w.undo("a")
	w.wantText("a", "one")
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=2")
	same := s.Entries[0]
	s.Entries[0].Revision = "touched"
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=2")
	w.SetPageURL("/new/{path}")
	w.WantCounts(w.Run(ingest.RunOptions{Full: true}), "ok listed=2 unchanged=1 updated=1")
	w.Sync()
	w.wantText("a", "one")
	s.Entries[0] = same
	w.Sync()
	w.wantText("a", "one")
	x, err := w.Service().Explain(t.Context(), "docs", "a")
	if err != nil || !strings.Contains(strings.Join(x.Reasons, "\n"),
		"the version before an update, brought back by undo") {
		t.Errorf("explained: %q, %v", x.Reasons, err)
	}
	w.undo("a")
	w.wantText("a", "two") // undone itself
	w.undo("a")
	s.Entries[0] = ingesttest.Doc("a", "", "# A\n\nthree")
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=1 updated=1")
	w.wantText("a", "three")
	w.undo("a")
	w.wantText("a", "one")
	s.Entries = s.Entries[1:] // gone from the source, it leaves like any other
	w.WantCounts(w.Sync(), "ok listed=1 unchanged=1 deleted=1")
	w.undo("a")
	w.wantText("a", "one")
}

// asked counts the requests that begin with a method and a path.
func (w *world) asked(prefix string) (n int) {
	for _, r := range w.Emu.Requests() {
		if strings.HasPrefix(r.Method+" "+r.Path, prefix) {
			n++
		}
	}
	return n
}

// An update that was cut off, again and again, keeps the version before it, and not
// what it has pushed itself.
func TestUndoOfAnUpdateThatWasCutOff(t *testing.T) {
	w := newWorld(t)
	s := w.Stubbed(ingesttest.Doc("a", "", "# A\n\none"), ingesttest.Doc("b", "", "# B\n\none"))
	w.Sync()
	for i, text := range []string{"two", "two", "three", "four"} {
		s.Entries = []sources.Entry{ingesttest.Doc("a", "", "# A\n\n"+text), ingesttest.Doc("b", "", "# B\n\n"+text)}
		w.Emu.Fail(func(r *http.Request) *emulator.Fault {
			if r.Method == http.MethodPost {
				return &emulator.Fault{Cut: true, Effect: i > 0} // in the first run, nothing came through
			}
			return nil
		})
		w.Sync()
	}
	w.Emu.Fail(nil)
	w.wantText("a", "four")
	w.WantCounts(w.Sync(), "ok listed=2 updated=2")
	w.undo("a")
	w.wantText("a", "one")
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=2")
	s.Entries[1] = ingesttest.Doc("b", "", "# B\n\nfive")
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=1 updated=1")
	w.undo("b")
	w.wantText("b", "four")
}

// Where Intercom does not say what it has, the update goes on, and undo says so
// rather than to bring an older version back. What Intercom refused is no update.
func TestUndoOfAnUpdateWithoutAVersion(t *testing.T) {
	w := newWorld(t)
	s := w.Stubbed(ingesttest.Doc("a", "", "# A\n\none"))
	w.Sync()
	s.Entries[0] = ingesttest.Doc("a", "", "# A\n\ntwo")
	w.Sync()
	w.FailWrites("a", 422, `{"type":"error.list","errors":[{"code":"parameter_invalid","message":"no"}]}`)
	s.Entries[0] = ingesttest.Doc("a", "", "# A\n\nrefused")
	w.Sync()
	w.Emu.Fail(nil)
	w.undo("a")
	w.wantText("a", "one")
	w.undo("a")
	w.wantText("a", "two")
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/ai/external_pages/") {
			return &emulator.Fault{Status: 404, Body: `{"type":"error.list","errors":[{"code":"not_found","message":"no"}]}`}
		}
		return nil
	})
	s.Entries[0] = ingesttest.Doc("a", "", "# A\n\nthree")
	w.WantCounts(w.Sync(), "ok listed=1 updated=1")
	w.wantText("a", "three")
	if _, err := w.Service().Undo(t.Context(), "docs", "a"); err == nil ||
		!strings.Contains(err.Error(), "no version before it is kept") {
		t.Errorf("undo: %v", err)
	}
}

// What must leave does so although undo has brought an older version back, and
// undo brings nothing back that must be out.
func TestUndoOfAnUpdateGivesWay(t *testing.T) {
	w := newWorld(t)
	s := w.Stubbed(ingesttest.Doc("a", "", "# A\n\none"))
	w.Sync()
	s.Entries[0] = ingesttest.Doc("a", "", "# A\n\ntwo")
	w.Sync()
	w.undo("a")
	w.Src.Availability.AICopilot = false
	w.WantCounts(w.Sync(), "ok listed=1 updated=1")
	if strings.Contains(w.Page("a").HTML, "one") {
		t.Error("the page that Copilot may not see is as it was")
	}
	s.Entries[0] = sources.Entry{ID: "a", Revision: "r", Withheld: "restricted"}
	w.Sync()
	w.WantInFin()
	if _, err := w.Service().Undo(t.Context(), "docs", "a"); err == nil {
		t.Error("a restricted page is back")
	}
	s.Entries[0] = ingesttest.Doc("a", "", "# A\n\nthree")
	w.Sync()
	if _, err := w.Service().Retract(t.Context(), "docs", "a"); err != nil {
		t.Fatal(err)
	}
	if err := w.Service().Unretract(t.Context(), "docs", "a"); err != nil {
		t.Fatal(err)
	}
	w.Sync()
	_, err := w.Service().Undo(t.Context(), "docs", "a")
	if err == nil || !strings.Contains(err.Error(), "no version before it is kept") {
		t.Errorf("undo of what was retracted: %v", err)
	}
}

// A version that was brought back is what a repair puts back.
func TestRepairKeepsWhatUndoBroughtBack(t *testing.T) {
	w := newWorld(t)
	s := w.Stubbed(ingesttest.Doc("a", "", "# A\n\none"))
	w.Sync()
	s.Entries[0] = ingesttest.Doc("a", "", "# A\n\ntwo")
	w.Sync()
	w.undo("a")
	w.Tamper(http.MethodPut, "/ai/external_pages/"+w.Page("a").ID,
		`{"source_id":1,"external_id":"a","title":"Edited","html":"<p>edited</p>","locale":"en","url":"`+w.Page("a").URL+`"}`)
	if _, err := w.Service().Verify(t.Context(), "docs", verify.Options{Repair: true}); err != nil {
		t.Fatal(err)
	}
	if did, err := w.Service().Audit(t.Context(), 1); err != nil || did[0].Action != "repair" ||
		did[0].Detail != "updated 1" || !slices.Equal(did[0].Pages, []string{"a"}) {
		t.Errorf("audited %+v, %v", did, err)
	}
	w.Sync()
	w.wantText("a", "one")
	w.WantCounts(w.Sync(), "ok listed=1 unchanged=1")
}

// Without a journal nothing is kept.
func TestNoJournalKeepsNoVersions(t *testing.T) {
	w := newWorld(t)
	w.Src.Journal = 0
	s := w.Stubbed(ingesttest.Doc("a", "", "# A\n\none"))
	w.Sync()
	s.Entries[0] = ingesttest.Doc("a", "", "# A\n\ntwo")
	w.Sync()
	if _, err := w.Service().Undo(t.Context(), "docs", "a"); err == nil {
		t.Error("a version was kept")
	}
}
