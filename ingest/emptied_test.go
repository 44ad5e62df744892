package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"finpages/ingest"
)

// Documents that have lost their text are deletes: few leave, many are held, and
// what has text again comes back.
func TestEmptiedDocumentsAreDeletes(t *testing.T) {
	w := newWorld(t)
	w.Fill(10)
	w.Put("stub.md", "")
	w.WantCounts(w.Sync(), "ok listed=11 created=11")
	w.Put("page-00.md", "", "page-01.md", "---\ntitle: Only a title\n---\n \n")
	plan := w.Run(ingest.RunOptions{Plan: true})
	w.WantCounts(plan, "ok listed=9 excluded=2 unchanged=9 deleted=2")
	w.WantCounts(w.Sync(), "ok listed=9 excluded=2 unchanged=9 deleted=2")
	if live := w.InFin(); len(live) != 9 {
		t.Errorf("in Fin: %q", live)
	}
	w.WantCounts(w.Run(ingest.RunOptions{Full: true}), "ok listed=9 excluded=2 updated=9")
	for i := 2; i < 8; i++ {
		w.Put(fmt.Sprintf("page-%02d.md", i), "\n")
	}
	r := w.Sync()
	w.WantCounts(r, "held listed=3 excluded=8 unchanged=3 held=6")
	if !strings.Contains(r.HoldReason, "the source still has 6 of these documents (most of them: the document has "+
		"no text any more)") {
		t.Errorf("held: %q", r.HoldReason)
	}
	w.WantWrites()
	w.Put("page-02.md", "# Page 2\n\nText again.")
	w.WantCounts(w.Sync(), "held listed=4 excluded=7 unchanged=3 updated=1 held=5")
	if _, err := w.Service().Approve(t.Context(), "docs", ""); err != nil {
		t.Fatal(err)
	}
	w.WantInFin("page-02.md", "page-08.md", "page-09.md", "stub.md")
}

// One that never had text stays as it is, whatever becomes of its title.
func TestDocumentsThatNeverHadText(t *testing.T) {
	w := newWorld(t)
	w.Put("stub.md", "", "other.md", "# Other\n\ntext")
	w.Sync()
	w.Put("stub.md", "---\ntitle: Renamed\n---\n")
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=1 updated=1")
	w.Src.Availability.AICopilot = false
	w.WantCounts(w.Sync(), "ok listed=2 updated=2")
	w.Put("stub.md", "# Stub\n\nNow with text.")
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=1 updated=1")
	w.Put("stub.md", "")
	w.WantCounts(w.Sync(), "ok listed=1 excluded=1 unchanged=1 deleted=1")
}
