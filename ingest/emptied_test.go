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
	w.fill(10)
	w.put("stub.md", "")
	w.wantCounts(w.sync(), "ok listed=11 created=11")
	w.put("page-00.md", "", "page-01.md", "---\ntitle: Only a title\n---\n \n")
	plan := w.run(ingest.RunOptions{Plan: true})
	w.wantCounts(plan, "ok listed=9 excluded=2 unchanged=9 deleted=2")
	w.wantCounts(w.sync(), "ok listed=9 excluded=2 unchanged=9 deleted=2")
	if live := w.inFin(); len(live) != 9 {
		t.Errorf("in Fin: %q", live)
	}
	w.wantCounts(w.run(ingest.RunOptions{Full: true}), "ok listed=9 excluded=2 updated=9")
	for i := 2; i < 8; i++ {
		w.put(fmt.Sprintf("page-%02d.md", i), "\n")
	}
	r := w.sync()
	w.wantCounts(r, "held listed=3 excluded=8 unchanged=3 held=6")
	if !strings.Contains(r.HoldReason, "the source still has 6 of these documents (most of them: the document has no text any more)") {
		t.Errorf("held: %q", r.HoldReason)
	}
	w.wantWrites()
	w.put("page-02.md", "# Page 2\n\nText again.")
	w.wantCounts(w.sync(), "held listed=4 excluded=7 unchanged=3 updated=1 held=5")
	if _, err := w.service().Approve(t.Context(), "docs", ""); err != nil {
		t.Fatal(err)
	}
	w.wantInFin("page-02.md", "page-08.md", "page-09.md", "stub.md")
}

// One that never had text stays as it is, whatever becomes of its title.
func TestDocumentsThatNeverHadText(t *testing.T) {
	w := newWorld(t)
	w.put("stub.md", "", "other.md", "# Other\n\ntext")
	w.sync()
	w.put("stub.md", "---\ntitle: Renamed\n---\n")
	w.wantCounts(w.sync(), "ok listed=2 unchanged=1 updated=1")
	w.src.Availability.AICopilot = false
	w.wantCounts(w.sync(), "ok listed=2 updated=2")
	w.put("stub.md", "# Stub\n\nNow with text.")
	w.wantCounts(w.sync(), "ok listed=2 unchanged=1 updated=1")
	w.put("stub.md", "")
	w.wantCounts(w.sync(), "ok listed=1 excluded=1 unchanged=1 deleted=1")
}
