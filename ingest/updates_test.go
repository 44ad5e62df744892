package ingest_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/ingest/decide"
	"finpages/ingest/ingesttest"
	"finpages/sources"
)

// rewrite gives n documents of fill another text, from one on.
func (w *world) rewrite(from, n int, text string) {
	for i := from; i < from+n; i++ {
		w.Put(fmt.Sprintf("page-%02d.md", i), fmt.Sprintf("# Page %d\n\n%s %d.", i, text, i))
	}
}

// filled is a world of 120 pages in Fin, whose updates are bounded at half of them.
func filled(t *testing.T) *world {
	w := newWorld(t)
	w.Src.Updates = decide.Updates{MaxPercent: 50}
	w.Src.Deletes.AlwaysAllow = 10
	w.Fill(120)
	w.WantCounts(w.Sync(), "ok listed=120 created=120")
	return w
}

// A run that would change more than its budget allows changes nothing that Fin
// has, says so, and pushes new pages. An approval releases exactly what is shown.
func TestUpdatesOverTheBudgetAreHeld(t *testing.T) {
	w := filled(t)
	w.rewrite(0, 61, "Vandals were here")
	w.Put("new.md", "# New\n\ntext")
	plan := w.Run(ingest.RunOptions{Plan: true, Diff: true})
	w.WantCounts(plan, "held listed=121 unchanged=59 created=1 held=61")
	for _, c := range plan.Changes {
		if c.Action == "hold" && (!strings.HasPrefix(c.Reason, "an update: 61 changed") ||
			!strings.Contains(c.Diff, "+Vandals")) {
			t.Fatalf("the plan has %+v", c)
		}
	}
	w.WantWrites()
	r := w.Sync()
	w.WantCounts(r, "held listed=121 unchanged=59 created=1 held=61")
	want := "61 changed or emptied pages are 50.8 % of the 120 pages in Fin, more than updates.max_percent 50"
	if r.HeldUpdates != 61 || r.HoldReason != want {
		t.Errorf("%d updates held: %s", r.HeldUpdates, r.HoldReason)
	}
	w.WantWrites("POST new.md")
	before := w.hold()
	if len(before.Pages) != 0 || len(before.Updates) != 61 || before.Reason != want {
		t.Errorf("hold: %+v", before)
	}
	w.WantCounts(w.Sync(), "held listed=121 unchanged=60 held=61")
	w.WantWrites()
	if again := w.hold(); again.ID != before.ID || !again.Since.Equal(before.Since) {
		t.Errorf("the same hold: %s since %v, then %s since %v", before.ID, before.Since, again.ID, again.Since)
	}
	if _, err := w.Service().Approve(t.Context(), "docs", "0123456789"); err == nil ||
		!strings.Contains(err.Error(), "with 61 updates") {
		t.Errorf("approval of another hold: %v", err)
	}
	r, err := w.Service().Approve(t.Context(), "docs", before.ID)
	if err != nil {
		t.Fatal(err)
	}
	w.WantCounts(r, "ok listed=121 unchanged=60 updated=61")
	if html := w.Page("page-60.md").HTML; !strings.Contains(html, "Vandals") {
		t.Errorf("page-60.md: %s", html)
	}
}

// What was edited after it was shown is not approved, and goes if it fits.
func TestAnApprovalReleasesNoOtherUpdate(t *testing.T) {
	w := filled(t)
	w.rewrite(0, 120, "Shown")
	w.Sync()
	if err := w.Service().Release(t.Context(), "docs", ""); err != nil {
		t.Fatal(err)
	}
	w.rewrite(0, 90, "Not shown")
	w.WantCounts(w.Sync(), "held listed=120 updated=30 held=90")
	w.rewrite(0, 60, "Page 0")
	w.rewrite(10, 5, "Fewer")
	for i := range 60 {
		w.Put(fmt.Sprintf("page-%02d.md", i), fmt.Sprintf("# Page %d\n\nText number %d.", i, i))
	}
	w.WantCounts(w.Sync(), "ok listed=120 unchanged=90 updated=30")
}

// What fits the budget is pushed at one request a page, also where more had to be
// looked at.
func TestUpdatesWithinTheBudget(t *testing.T) {
	w := filled(t)
	for i := range 100 { // all are written anew, a few of them otherwise
		w.Put(fmt.Sprintf("page-%02d.md", i), fmt.Sprintf("# Page %d\n\nText number %d. \n\n", i, i))
	}
	w.rewrite(3, 2, "New text")
	w.WantCounts(w.Sync(), "ok listed=120 unchanged=118 updated=2")
	if writes := slices.Sorted(slices.Values(w.Writes())); !slices.Equal(writes,
		[]string{"POST page-03.md", "POST page-04.md"}) {
		t.Errorf("writes: %q", writes)
	}
	w.rewrite(0, 60, "Half of them")
	w.WantCounts(w.Sync(), "ok listed=120 unchanged=60 updated=60")
	w.Src.Updates.MaxPercent = 0
	w.rewrite(0, 120, "All of them")
	w.WantCounts(w.Sync(), "ok listed=120 updated=120")
	w.Src.Updates.MaxPercent = 50
	w.WantCounts(w.Run(ingest.RunOptions{Full: true}), "ok listed=120 updated=120")
}

func TestSmallSourcesHaveNoBudgetOfUpdates(t *testing.T) {
	w := newWorld(t)
	w.Src.Updates.MaxPercent = 50
	w.Fill(100)
	w.Sync()
	w.rewrite(0, 100, "All of them")
	w.WantCounts(w.Sync(), "ok listed=100 updated=100")
}

// Settings, or a newer finpages, count as well, and the hold says that it is they.
// What takes a page from readers goes at once.
func TestSettingsFallUnderTheBudgetOfUpdates(t *testing.T) {
	w := filled(t)
	w.SetPageURL("/new/{path}")
	r := w.Sync()
	w.WantCounts(r, "held listed=120 held=120")
	if !strings.Contains(r.HoldReason, "; of 120 of them the document is the same: the settings have changed, or "+
		"the version of finpages") {
		t.Errorf("held: %s", r.HoldReason)
	}
	w.SetPageURL("/{path}")
	w.WantCounts(w.Sync(), "ok listed=120 unchanged=120")
	w.Src.Availability.AICopilot = false
	w.WantCounts(w.Sync(), "ok listed=120 updated=120")
	w.Src.Availability.AICopilot = true
	w.WantCounts(w.Sync(), "held listed=120 held=120")
}

// A first sync into an import source that is full of pages rewrites them only once
// a person has seen how many these are.
func TestATakeoverFallsUnderTheBudgetOfUpdates(t *testing.T) {
	w := filled(t)
	w.LoseState()
	w.WantCounts(w.Sync(), "ok listed=120 unchanged=120")
	w.LoseState()
	w.rewrite(0, 100, "Of another branch")
	w.Put("new.md", "# New\n\ntext")
	for _, opts := range []ingest.RunOptions{{Plan: true}, {}} {
		r := w.Run(opts)
		w.WantCounts(r, "held listed=121 unchanged=20 created=1 held=100")
		if !strings.HasSuffix(r.HoldReason, "; 100 of them were not pushed from this state") {
			t.Errorf("held: %s", r.HoldReason)
		}
	}
	w.WantWrites("POST new.md")
	w.WantCounts(w.Sync(), "held listed=121 unchanged=21 held=100")
	if _, err := w.Service().Approve(t.Context(), "docs", ""); err != nil {
		t.Fatal(err)
	}
	w.WantCounts(w.Sync(), "ok listed=121 unchanged=121")
}

// What is emptied counts as changed, and waits with the updates.
func TestEmptiedPagesCountAsChanged(t *testing.T) {
	w := filled(t)
	w.rewrite(0, 56, "Changed")
	for i := 100; i < 105; i++ {
		w.Put(fmt.Sprintf("page-%02d.md", i), "")
	}
	r := w.Sync()
	w.WantCounts(r, "held listed=115 excluded=5 unchanged=59 held=61")
	if r.HeldUpdates != 56 || !strings.Contains(r.HoldReason, "5 documents were emptied by a run") {
		t.Errorf("%d updates held: %s", r.HeldUpdates, r.HoldReason)
	}
	w.WantWrites()
	if _, err := w.Service().Approve(t.Context(), "docs", ""); err != nil {
		t.Fatal(err)
	}
	if live := w.InFin(); len(live) != 115 {
		t.Errorf("%d pages are in Fin", len(live))
	}
}

// While some pages fail for a time, the held updates are shown all the same, and so
// they are once the process was restarted.
func TestUpdatesAreHeldWhilePagesFail(t *testing.T) {
	w := filled(t)
	w.Put("new.md", "# New\n\ntext")
	w.rewrite(0, 90, "Changed")
	w.FailWrites("new.md", http.StatusInternalServerError, "")
	w.WantCounts(w.Sync(), "partial listed=121 unchanged=30 held=90 failed=1")
	if hold := w.hold(); len(hold.Updates) != 90 {
		t.Errorf("%d updates are held", len(hold.Updates))
	}
	w.Emu.Fail(nil)
	if _, err := w.Service().Approve(t.Context(), "docs", ""); err != nil {
		t.Fatal(err)
	}
	w.WantCounts(w.Sync(), "ok listed=121 unchanged=121")
}

// Documents whose held updates have not changed since are not read again: a wiki
// need not be asked for all of its pages at each run.
func TestHeldUpdatesAreNotReadAgain(t *testing.T) {
	w := newWorld(t)
	w.Src.Updates.MaxPercent = 50
	loads := map[string]int{}
	entries := func(text string) (list []sources.Entry) {
		for i := range 120 {
			e := ingesttest.Doc(fmt.Sprintf("d%03d", i), "", fmt.Sprintf("# D %d\n\n%s", i, text))
			load := e.Load
			e.Load = func(ctx context.Context) (sources.Document, error) {
				w.Loads.Lock()
				defer w.Loads.Unlock()
				loads[e.ID]++
				return load(ctx)
			}
			list = append(list, e)
		}
		return list
	}
	s := w.Stubbed(entries("one")...)
	w.Sync()
	s.Entries = entries("two")
	w.WantCounts(w.Sync(), "held listed=120 held=120")
	clear(loads)
	s.Entries[7] = entries("three")[7]
	w.WantCounts(w.Sync(), "held listed=120 held=120")
	if len(loads) != 1 || loads["d007"] != 1 {
		t.Errorf("read: %v", loads)
	}
	if _, err := w.Service().Approve(t.Context(), "docs", ""); err != nil {
		t.Fatal(err)
	}
	w.WantCounts(w.Sync(), "ok listed=120 unchanged=120")
	if html := w.Page("d007").HTML; !strings.Contains(html, "three") {
		t.Errorf("d007: %s", html)
	}
}

// Held deletes and updates are one hold, and a document that is what Fin has
// again leaves it.
func TestDeletesAndUpdatesAreHeldTogether(t *testing.T) {
	w := filled(t)
	w.rewrite(0, 70, "Changed")
	for i := 80; i < 120; i++ {
		w.Remove(fmt.Sprintf("page-%02d.md", i))
	}
	r := w.Sync()
	w.WantCounts(r, "held listed=80 unchanged=10 held=110")
	if words := ingest.HeldWords(r.Held-r.HeldUpdates, r.HeldUpdates); words != "40 deletes and 70 updates" {
		t.Error(words)
	}
	x, err := w.Service().Explain(t.Context(), "docs", "page-03.md")
	if err != nil || x.Hold != r.HoldID || !slices.ContainsFunc(x.Reasons, func(s string) bool {
		return strings.HasPrefix(s, "an update of it is held (70 changed")
	}) {
		t.Errorf("explained: %q, %v", x.Reasons, err)
	}
	for i := range 20 {
		w.Put(fmt.Sprintf("page-%02d.md", i), fmt.Sprintf("# Page %d\n\nText number %d.", i, i))
	}
	w.WantCounts(w.Sync(), "held listed=80 unchanged=30 updated=50 held=40")
}
