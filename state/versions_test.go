package state_test

import (
	"path/filepath"
	"testing"
	"time"

	"finpages/state"
)

// What a page was before is found by its name, the last first, is dropped by it
// alone, and ends with the journal.
func TestVersions(t *testing.T) {
	db, err := state.Open(filepath.Join(t.TempDir(), "state.db"), state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	day := time.Date(2026, 11, 1, 12, 0, 0, 5, time.UTC)
	update := func(f func(tx *state.Tx) error) {
		t.Helper()
		if err := db.Update("docs", f); err != nil {
			t.Fatal(err)
		}
	}
	want := func(page, text string) {
		t.Helper()
		err := db.View("docs", func(tx *state.Tx) error {
			d, found, err := tx.LastVersion(page)
			if found != (text != "") || string(d.Request) != text {
				t.Errorf("the last version of %s: %q, want %q", page, d.Request, text)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	update(func(tx *state.Tx) error {
		for i, v := range []struct{ page, text string }{{"a", "one"}, {"b", "other"}, {"a", "two"}, {"ba", "third"}} {
			d := state.Deleted{Page: v.page, Time: day.AddDate(0, 0, i), Request: []byte(v.text)}
			if err := tx.AppendVersion(d); err != nil {
				return err
			}
		}
		return nil
	})
	want("a", "two")
	want("b", "other")
	update(func(tx *state.Tx) error { return tx.DropVersions("a") })
	want("a", "")
	want("ba", "third")
	update(func(tx *state.Tx) error { return tx.TrimJournal(day.AddDate(0, 0, 2)) })
	want("b", "")
	want("ba", "third")
	update(func(tx *state.Tx) error { return tx.PutBroughtBack("a", state.BroughtBack{Request: []byte("now")}) })
	update(func(tx *state.Tx) error { return tx.DeletePage("a") })
	err = db.View("docs", func(tx *state.Tx) error {
		if _, found, err := tx.BroughtBack("a"); found || err != nil {
			t.Errorf("what undo sent for a deleted page is kept (%v)", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
