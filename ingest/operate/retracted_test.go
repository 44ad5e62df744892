package operate_test

import (
	"errors"
	"os"
	"testing"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/ingest/verify"
	"finpages/sources"
	"finpages/state"
)

// putBack closes the state, and puts an older copy of it in its place.
func (w *world) putBack(copied []byte, opts state.Options) {
	w.T.Helper()
	w.DB.Close()
	if err := os.WriteFile(w.DBPath, copied, 0o600); err != nil {
		w.T.Fatal(err)
	}
	w.Reopen(opts)
}

func (w *world) copyState() []byte {
	w.T.Helper()
	w.Reopen(state.Options{})
	copied, err := os.ReadFile(w.DBPath)
	if err != nil {
		w.T.Fatal(err)
	}
	return copied
}

func (w *world) retract(ref string) {
	w.T.Helper()
	if _, err := w.Service().Retract(w.T.Context(), "docs", ref); err != nil {
		w.T.Fatal(err)
	}
}

// Yesterday's state knows nothing of today's retraction; what is kept beside it
// does.
func TestRetractionsOutliveAStateOfYesterday(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "# A\n\ntext", "b.md", "---\nid: other\n---\n# B\n\ntext")
	w.Sync()
	yesterday := w.copyState()
	w.retract("a.md")
	w.retract("b.md")
	w.putBack(yesterday, state.Options{ReadOnly: true})
	w.WantCounts(w.Run(ingest.RunOptions{Plan: true}), "ok excluded=2 deleted=2") // as this state knows them in Fin
	w.putBack(yesterday, state.Options{})
	w.Put("a.md", "# A\n\nedited", "b.md", "---\nid: renamed\n---\n# B\n\nedited")
	w.Sync()
	w.WantInFin()
	if _, err := w.Service().Verify(t.Context(), "docs", verify.Options{Repair: true}); err != nil {
		t.Fatal(err)
	}
	w.Run(ingest.RunOptions{Full: true})
	w.WantInFin()
	if err := w.Service().Unretract(t.Context(), "docs", "a.md"); err != nil {
		t.Fatal(err)
	}
	w.Reopen(state.Options{})
	w.Sync()
	w.WantInFin("a.md")
}

func TestRetractionsOutliveForgetting(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "# A\n\ntext", "b.md", "# B\n\ntext")
	w.Sync()
	w.retract("a.md")
	if _, err := w.Service().Forget(t.Context(), "docs", true); err != nil {
		t.Fatal(err)
	}
	if names, err := w.DB.Sources(); err != nil || len(names) != 0 {
		t.Errorf("sources that have records: %q, %v", names, err)
	}
	w.WantCounts(w.Sync(), "ok listed=1 excluded=1 created=1")
	w.Reopen(state.Options{})
	w.WantCounts(w.Run(ingest.RunOptions{Full: true}), "ok listed=1 excluded=1 updated=1")
	w.WantInFin("b.md")
}

// What neither state nor source could be asked about is kept out all the same:
// whether the source is away, or only a part of it.
func TestRetractBeforeTheSourceWasSeen(t *testing.T) {
	w := newWorld(t)
	s := w.Stubbed(ingesttest.Doc("a", "OPS", "---\nid: x\n---\n# A\n\ntext"), ingesttest.Doc("b", "OPS", "# B\n\ntext"),
		ingesttest.Doc("c", "", "# C\n\ntext"))
	entries := s.Entries
	s.OpenErr = errors.New("the wiki is down")
	w.retract("a")
	s.OpenErr, s.Entries = nil, entries[2:]
	s.Incomplete = []sources.Incomplete{{Scope: "OPS", Err: errors.New("503")}}
	w.retract("b")
	s.Entries, s.Incomplete = entries, nil
	if _, err := w.Service().Retract(t.Context(), "docs", "nothing"); err == nil {
		t.Error("a page that is not there was retracted")
	}
	w.WantCounts(w.Sync(), "ok listed=1 excluded=2 created=1")
	w.WantInFin("c")
}
