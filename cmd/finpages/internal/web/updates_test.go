package web_test

import (
	"testing"
	"time"

	"finpages/state"
)

// Held updates are shown beside held deletes, and approved with them; pages of
// others are named as such.
func TestHeldUpdatesAndForeignPages(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.put("docs", "a.md", "# A\n\ntext", "b.md", "# B\n\ntext", "c.md", "# C\n\ntext")
	w.sync("docs")
	hold := state.Hold{ID: "h", Since: time.Now(), Updates: []state.HeldUpdate{{Page: "a.md"}, {Page: "b.md"}},
		UpdatesReason: "2 changed pages are too many"}
	put := func() {
		t.Helper()
		if err := w.db.Update("docs", func(tx *state.Tx) error { return tx.PutHold(hold) }); err != nil {
			t.Fatal(err)
		}
	}
	put()
	w.want(w.get("/"), 200, "2 updates need your approval")
	w.want(w.get("/sources/docs"), 200, "2 updates waiting for your approval", "A sync may not change so many pages",
		"To be updated (2)", "2 changed pages are too many", "Update exactly these 2 pages in Fin", "<dt>Needs approval</dt><dd>2</dd>")
	w.want(w.get("/sources/docs?show=held"), 200, "a.md", "Update needs approval")
	hold.Pages, hold.Foreign, hold.Reason = []string{"c.md"}, 1, "it was not pushed from this state"
	put()
	w.want(w.get("/"), 200, "1 delete and 2 updates need your approval")
	w.want(w.get("/sources/docs"), 200, "The page was in the import source before finpages", "To be deleted (1)",
		"Delete and update exactly these 3 pages in Fin", "It was not pushed from this state; 2 changed pages are too many")
}
