package ingest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/sources"
)

// What is in the import source before the first run is another's: it stays, however
// little it is, until somebody approves its delete. New pages go up meanwhile.
func TestForeignPagesWaitForAPerson(t *testing.T) {
	w := newWorld(t)
	w.Occupy("theirs-1", "theirs-2")
	w.Put("a.md", "# A\n\ntext", "b.md", "# B\n\ntext")
	plan := w.Run(ingest.RunOptions{Plan: true})
	w.WantCounts(plan, "held listed=2 created=2 held=2")
	for _, c := range plan.Changes {
		if c.Action == "hold" && !strings.HasPrefix(c.Reason, "foreign: ") {
			t.Errorf("the plan says of %s: %q", c.ExternalID, c.Reason)
		}
	}
	for range 2 {
		r := w.Sync()
		if r.Held != 2 || r.Foreign != 2 || !strings.Contains(r.HoldReason,
			"2 pages in the import source were not pushed from this state") {
			t.Errorf("report: %s, %d foreign: %q", ingesttest.Counts(r), r.Foreign, r.HoldReason)
		}
		w.WantInFin("a.md", "b.md", "theirs-1", "theirs-2")
	}
	if hold := w.hold(); !slices.Equal(hold.Pages, []string{"theirs-1", "theirs-2"}) {
		t.Errorf("held: %q", hold.Pages)
	}
	r, err := w.Service().Approve(t.Context(), "docs", "")
	if err != nil {
		t.Fatal(err)
	}
	w.WantCounts(r, "ok listed=2 unchanged=2 deleted=2")
	w.WantInFin("a.md", "b.md")
}

// Before the first run, and after it, it is told how many pages the import source
// has, and what becomes of each kind.
func TestTheFirstRunTellsWhatItTakesOver(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "# A\n\ntext", "b.md", "# B\n\ntext", "c.md", "# C\n\ntext")
	w.Sync()
	w.LoseState()
	w.Occupy("theirs-1", "theirs-2")
	w.Put("b.md", "# B\n\nother text", "new.md", "# New\n\ntext")
	want := ingest.Takeover{Pages: 5, Known: 3, Differ: 1, Foreign: 2, New: 1}
	if foreseen, err := w.Engine.Foresee(t.Context(), w.Source()); err != nil ||
		foreseen != (ingest.Takeover{Pages: 5, Known: 3, Foreign: 2, New: 1}) {
		t.Errorf("foreseen: %+v, %v", foreseen, err)
	}
	for _, opts := range []ingest.RunOptions{{Plan: true}, {}} {
		r := w.Run(opts)
		if r.Takeover == nil || *r.Takeover != want {
			t.Errorf("taken over: %+v, want %+v", r.Takeover, want)
		}
	}
	if text := "the import source has 5 pages not pushed from this state: the source has documents for 3 of them, " +
		"1 of which differ; foreign, and kept until finpages approve: 2; new: 1 document"; want.String() != text {
		t.Error(want.String())
	}
	if r := w.Sync(); r.Takeover != nil {
		t.Errorf("the second run took over %+v", r.Takeover)
	}
}

// An approval of foreign pages releases no other, and our own deletes need none
// where they fit the budget.
func TestForeignPagesLeaveOurDeletesAlone(t *testing.T) {
	w := newWorld(t)
	w.Occupy("theirs")
	w.Fill(10)
	w.Sync()
	w.Remove("page-03.md")
	w.WantCounts(w.Sync(), "held listed=9 unchanged=9 deleted=1 held=1")
	if since := w.hold().Since; !since.Before(w.Sync().Started) {
		t.Error("the hold of the same page begins anew")
	}
	w.Remove("page-04.md", "page-05.md", "page-06.md")
	r := w.Sync()
	w.WantCounts(r, "held listed=6 unchanged=6 held=4")
	if r.Foreign != 1 || !strings.Contains(r.HoldReason, "max_percent") ||
		!strings.Contains(r.HoldReason, "1 page in the import") {
		t.Errorf("%d foreign: %q", r.Foreign, r.HoldReason)
	}
	w.WantCounts(w.Sync(), "held listed=6 unchanged=6 held=4")
}

// While an entry fails whose page a foreign one may be, that is not to be
// deleted, and stays held as long as before.
func TestForeignPagesStayHeldWhileEntriesFail(t *testing.T) {
	w := newWorld(t)
	w.Occupy("theirs")
	s := w.Stubbed(ingesttest.Doc("a", "", "# A\n\ntext"))
	w.Sync()
	since := w.hold().Since
	s.Entries = append(s.Entries, sources.Entry{ID: "b", Err: errors.New("unreadable")})
	w.WantCounts(w.Sync(), "partial listed=2 unchanged=1 held=1 failed=1")
	if hold := w.hold(); !hold.Since.Equal(since) {
		t.Errorf("held since %v, before since %v", hold.Since, since)
	}
	if _, err := w.Service().Approve(t.Context(), "docs", ""); err != nil {
		t.Fatal(err)
	}
	w.WantInFin("a", "theirs")
	s.Entries = s.Entries[:1]
	w.WantCounts(w.Sync(), "ok listed=1 unchanged=1 deleted=1")
}
