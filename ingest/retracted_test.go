package ingest_test

import (
	"errors"
	"os"
	"testing"

	"finpages/ingest"
	"finpages/ingest/verify"
	"finpages/sources"
	"finpages/state"
)

// putBack closes the state, and puts an older copy of it in its place.
func (w *world) putBack(copied []byte, opts state.Options) {
	w.t.Helper()
	w.db.Close()
	if err := os.WriteFile(w.dbPath, copied, 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.reopen(opts)
}

func (w *world) copyState() []byte {
	w.t.Helper()
	w.reopen(state.Options{})
	copied, err := os.ReadFile(w.dbPath)
	if err != nil {
		w.t.Fatal(err)
	}
	return copied
}

func (w *world) retract(ref string) {
	w.t.Helper()
	if _, err := w.service().Retract(w.t.Context(), "docs", ref); err != nil {
		w.t.Fatal(err)
	}
}

// Yesterday's state knows nothing of today's retraction; what is kept beside it
// does.
func TestRetractionsOutliveAStateOfYesterday(t *testing.T) {
	w := newWorld(t)
	w.put("a.md", "# A\n\ntext", "b.md", "---\nid: other\n---\n# B\n\ntext")
	w.sync()
	yesterday := w.copyState()
	w.retract("a.md")
	w.retract("b.md")
	w.putBack(yesterday, state.Options{ReadOnly: true})
	w.wantCounts(w.run(ingest.RunOptions{Plan: true}), "ok excluded=2 deleted=2") // as this state knows them in Fin
	w.putBack(yesterday, state.Options{})
	w.put("a.md", "# A\n\nedited", "b.md", "---\nid: renamed\n---\n# B\n\nedited")
	w.sync()
	w.wantInFin()
	if _, err := w.service().Verify(t.Context(), "docs", verify.Options{Repair: true}); err != nil {
		t.Fatal(err)
	}
	w.run(ingest.RunOptions{Full: true})
	w.wantInFin()
	if err := w.service().Unretract(t.Context(), "docs", "a.md"); err != nil {
		t.Fatal(err)
	}
	w.reopen(state.Options{})
	w.sync()
	w.wantInFin("a.md")
}

func TestRetractionsOutliveForgetting(t *testing.T) {
	w := newWorld(t)
	w.put("a.md", "# A\n\ntext", "b.md", "# B\n\ntext")
	w.sync()
	w.retract("a.md")
	if _, err := w.service().Forget(t.Context(), "docs", true); err != nil {
		t.Fatal(err)
	}
	if names, err := w.db.Sources(); err != nil || len(names) != 0 {
		t.Errorf("sources that have records: %q, %v", names, err)
	}
	w.wantCounts(w.sync(), "ok listed=1 excluded=1 created=1")
	w.reopen(state.Options{})
	w.wantCounts(w.run(ingest.RunOptions{Full: true}), "ok listed=1 excluded=1 updated=1")
	w.wantInFin("b.md")
}

// What neither state nor source could be asked about is kept out all the same:
// whether the source is away, or only a part of it.
func TestRetractBeforeTheSourceWasSeen(t *testing.T) {
	w := newWorld(t)
	s := w.stubbed(doc("a", "OPS", "---\nid: x\n---\n# A\n\ntext"), doc("b", "OPS", "# B\n\ntext"), doc("c", "", "# C\n\ntext"))
	entries := s.entries
	s.openErr = errors.New("the wiki is down")
	w.retract("a")
	s.openErr, s.entries = nil, entries[2:]
	s.incomplete = []sources.Incomplete{{Scope: "OPS", Err: errors.New("503")}}
	w.retract("b")
	s.entries, s.incomplete = entries, nil
	if _, err := w.service().Retract(t.Context(), "docs", "nothing"); err == nil {
		t.Error("a page that is not there was retracted")
	}
	w.wantCounts(w.sync(), "ok listed=1 excluded=2 created=1")
	w.wantInFin("c")
}
