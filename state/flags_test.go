package state_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"finpages/state"

	"github.com/google/go-cmp/cmp"
)

// someEntry is an entry of any kind.
func someEntry(rnd *rand.Rand, id string) state.Entry {
	e := state.Entry{Revision: fmt.Sprint(rnd.IntN(100)), Pages: []string{id}}
	switch rnd.IntN(6) {
	case 0:
		e.Refused, e.Since = "no title", time.Now()
	case 1:
		e.Error, e.Since = "cut short", time.Now()
	case 2:
		e.Pages, e.Withheld = nil, "draft"
	case 3:
		e.Pages, e.Refused = nil, "no title"
	}
	return e
}

// wantIndex checks the index against the entries themselves.
func wantIndex(t *testing.T, db *state.DB, from string) {
	t.Helper()
	want, got := map[string]state.EntryFlags{}, map[string]state.EntryFlags{}
	err := db.View("docs", func(tx *state.Tx) error {
		err := tx.EachEntry(from, func(id string, e state.Entry) error {
			if n := e.Flags(); n != 0 {
				want[id] = n
			}
			return nil
		})
		return errors.Join(err, tx.EachFlagged(from, func(id string, n state.EntryFlags) error { got[id] = n; return nil }))
	})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("the index differs from the entries: %s %v", diff, err)
	}
}

func TestTheIndexFollowsTheEntries(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	db := open(t, path)
	rnd := rand.New(rand.NewPCG(3, 4))
	failed := errors.New("told to")
	for i := range 60 {
		change := rnd.Uint64()
		err := db.Update("docs", func(tx *state.Tx) error {
			rnd := rand.New(rand.NewPCG(change, 1)) // an update may be made more than once
			for range 1 + rnd.IntN(20) {
				id := fmt.Sprint("doc-", rnd.IntN(60))
				if rnd.IntN(4) == 0 {
					if err := tx.DeleteEntry(id); err != nil {
						return err
					}
				} else if err := tx.PutEntry(id, someEntry(rnd, id)); err != nil {
					return err
				}
			}
			if i%7 == 0 {
				return failed
			}
			return nil
		})
		if (i%7 == 0) != errors.Is(err, failed) {
			t.Fatal(err)
		}
		wantIndex(t, db, "")
	}
	wantIndex(t, db, "doc-3")
	db.Close()
	wantIndex(t, open(t, path), "")
}

func TestAnOlderFileIsIndexedWhenItIsOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	old, rnd := olderState{schema: 1}, rand.New(rand.NewPCG(5, 6))
	for i := range 3000 {
		id := fmt.Sprint("doc-", i)
		old.put("entries", id, someEntry(rnd, id))
	}
	old.put("retracted", "doc-1", state.Retraction{})
	old.write(t, path)
	before, _ := os.ReadFile(path)

	asked, err := state.Open(path, state.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	wantIndex(t, asked, "doc-2")
	asked.Close()
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("a look at an older file changed it")
	}

	os.WriteFile(path+".retracted.json", []byte(`{"docs":{"doc-2":{}}}`), 0o600)
	db := open(t, path)
	wantIndex(t, db, "")
	db.View("docs", func(tx *state.Tx) error {
		if out, err := tx.IsRetracted("doc-2", "doc-2"); !out || err != nil {
			t.Errorf("what is kept beside an older file does not count: %v", err)
		}
		return nil
	})
	update(t, db, func(tx *state.Tx) error { return tx.PutEntry("doc-1", state.Entry{Refused: "new"}) })
	wantIndex(t, db, "")
	db.Close()
	if again := open(t, path); again != nil {
		wantIndex(t, again, "")
	}
}

func TestGlimpsesShowWhatPagesSay(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "state.db"))
	pages := map[string]state.Page{
		"a": {}, "b": {Entry: "b", IntercomID: "17", Hash: state.ShortHash{1, 0x64, 0xff}, Title: "Größe", URL: "https://h/b?c=%20", Locale: "en", AIAgent: true, AICopilot: true,
			Pushed: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Restored: true},
		"c": {IntercomID: "x", Title: string(make([]byte, 70_000)), URL: "caf\xe9"},
	}
	update(t, db, func(tx *state.Tx) error {
		for id, p := range pages {
			if err := tx.PutPage(id, p); err != nil {
				return err
			}
		}
		return nil
	})
	seen := 0
	err := db.View("docs", func(tx *state.Tx) error {
		return tx.EachPageSummary("b", func(g state.PageSummary) error {
			seen++
			want := pages[g.ID]
			p, err := g.Page()
			if string(g.Title) != want.Title || g.URL != want.URL || g.IntercomID != want.IntercomID ||
				!p.Pushed.Equal(want.Pushed) || p.Hash != want.Hash {
				t.Errorf("%q: %q %q %q", g.ID, g.IntercomID, g.Title, g.URL)
			}
			return err
		})
	})
	if err != nil || seen != 2 {
		t.Errorf("saw %d pages, %v", seen, err)
	}
}

func TestTheLastDeletedComeFirst(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "state.db"))
	day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	update(t, db, func(tx *state.Tx) error {
		for i := range 9 {
			page := []string{"a", "b c", "ab"}[i%3]
			if err := tx.AppendJournal(state.Deleted{Page: page, Run: uint64(i), Time: day.AddDate(0, 0, i)}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, c := range []struct {
		page string
		n    int
		runs []uint64
	}{{"", 2, []uint64{8, 7}}, {"", 100, []uint64{8, 7, 6, 5, 4, 3, 2, 1, 0}}, {"b c", 2, []uint64{7, 4}}, {"b", 5, nil}, {"a", 5, []uint64{6, 3, 0}}} {
		var runs []uint64
		db.View("docs", func(tx *state.Tx) error {
			last, err := tx.LastDeleted(c.page, c.n)
			for _, d := range last {
				runs = append(runs, d.Run)
			}
			return err
		})
		if !cmp.Equal(runs, c.runs) {
			t.Errorf("the last %d of %q: %v, want %v", c.n, c.page, runs, c.runs)
		}
	}
}
