package ingest_test

import (
	"net/http"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/ingest/verify"
	"finpages/sources"
)

func (w *world) undo(page string) {
	w.t.Helper()
	if ids, err := w.service().Undo(w.t.Context(), "docs", page); err != nil || len(ids) != 1 || ids[0] != page {
		w.t.Fatalf("Undo: %q, %v", ids, err)
	}
}

func (w *world) wantText(page, text string) {
	w.t.Helper()
	if html := w.page(page).HTML; !strings.Contains(html, text) {
		w.t.Errorf("%s has %q, and not %q", page, html, text)
	}
}

// The version before an update comes back, and stays until the document changes,
// whatever makes finpages look at it again.
func TestUndoOfAnUpdate(t *testing.T) {
	w := newWorld(t)
	s := w.stubbed(doc("a", "", "# A\n\none"), doc("b", "", "# B\n\ntext"))
	w.sync()
	s.entries[0] = doc("a", "", "# A\n\ntwo")
	w.wantCounts(w.sync(), "ok listed=2 unchanged=1 updated=1")
	w.wantWrites("POST a") // and nothing was asked for
	if n := len(w.emu.Requests()); n > 4 {
		t.Errorf("%d requests", n)
	}
	w.undo("a")
	w.wantText("a", "one")
	w.wantCounts(w.sync(), "ok listed=2 unchanged=2")
	same := s.entries[0]
	s.entries[0].Revision = "touched"
	w.wantCounts(w.sync(), "ok listed=2 unchanged=2")
	w.src.PageURLText, w.src.PageURL = w.pageURL("/new/{path}")
	w.wantCounts(w.run(ingest.RunOptions{Full: true}), "ok listed=2 unchanged=1 updated=1")
	w.sync()
	w.wantText("a", "one")
	s.entries[0] = same
	w.sync()
	w.wantText("a", "one")
	x, err := w.service().Explain(t.Context(), "docs", "a")
	if err != nil || !strings.Contains(strings.Join(x.Reasons, "\n"), "the version before an update, brought back by undo") {
		t.Errorf("explained: %q, %v", x.Reasons, err)
	}
	w.undo("a")
	w.wantText("a", "two") // undone itself
	w.undo("a")
	s.entries[0] = doc("a", "", "# A\n\nthree")
	w.wantCounts(w.sync(), "ok listed=2 unchanged=1 updated=1")
	w.wantText("a", "three")
	w.undo("a")
	w.wantText("a", "one")
	s.entries = s.entries[1:] // gone from the source, it leaves like any other
	w.wantCounts(w.sync(), "ok listed=1 unchanged=1 deleted=1")
	w.undo("a")
	w.wantText("a", "one")
}

// What must leave does so although undo has brought an older version back, and
// undo brings nothing back that must be out.
func TestUndoOfAnUpdateGivesWay(t *testing.T) {
	w := newWorld(t)
	s := w.stubbed(doc("a", "", "# A\n\none"))
	w.sync()
	s.entries[0] = doc("a", "", "# A\n\ntwo")
	w.sync()
	w.undo("a")
	w.src.Availability.AICopilot = false
	w.wantCounts(w.sync(), "ok listed=1 updated=1")
	if strings.Contains(w.page("a").HTML, "one") {
		t.Error("the page that Copilot may not see is as it was")
	}
	s.entries[0] = sources.Entry{ID: "a", Revision: "r", Withheld: "restricted"}
	w.sync()
	w.wantInFin()
	if _, err := w.service().Undo(t.Context(), "docs", "a"); err == nil {
		t.Error("a restricted page is back")
	}
	s.entries[0] = doc("a", "", "# A\n\nthree")
	w.sync()
	if _, err := w.service().Retract(t.Context(), "docs", "a"); err != nil {
		t.Fatal(err)
	}
	if err := w.service().Unretract(t.Context(), "docs", "a"); err != nil {
		t.Fatal(err)
	}
	w.sync()
	_, err := w.service().Undo(t.Context(), "docs", "a")
	if err == nil || !strings.Contains(err.Error(), "no version before it is kept") {
		t.Errorf("undo of what was retracted: %v", err)
	}
}

// A version that was brought back is what a repair puts back.
func TestRepairKeepsWhatUndoBroughtBack(t *testing.T) {
	w := newWorld(t)
	s := w.stubbed(doc("a", "", "# A\n\none"))
	w.sync()
	s.entries[0] = doc("a", "", "# A\n\ntwo")
	w.sync()
	w.undo("a")
	w.tamper(http.MethodPut, "/ai/external_pages/"+w.page("a").ID,
		`{"source_id":1,"external_id":"a","title":"Edited","html":"<p>edited</p>","locale":"en","url":"`+w.page("a").URL+`"}`)
	if _, err := w.service().Verify(t.Context(), "docs", verify.Options{Repair: true}); err != nil {
		t.Fatal(err)
	}
	w.sync()
	w.wantText("a", "one")
	w.wantCounts(w.sync(), "ok listed=1 unchanged=1")
}

// Without a journal nothing is kept.
func TestNoJournalKeepsNoVersions(t *testing.T) {
	w := newWorld(t)
	w.src.Journal = 0
	s := w.stubbed(doc("a", "", "# A\n\none"))
	w.sync()
	s.entries[0] = doc("a", "", "# A\n\ntwo")
	w.sync()
	if _, err := w.service().Undo(t.Context(), "docs", "a"); err == nil {
		t.Error("a version was kept")
	}
}
