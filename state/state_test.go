package state_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"finpages/state"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
)

func open(t *testing.T, path string) *state.DB {
	t.Helper()
	return openWith(t, path, state.Options{})
}

func openWith(t *testing.T, path string, opts state.Options) *state.DB {
	t.Helper()
	db, err := state.Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func update(t *testing.T, db *state.DB, f func(*state.Tx) error) {
	t.Helper()
	if err := db.Update("docs", f); err != nil {
		t.Fatal(err)
	}
}

func TestRecordsSurviveReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "state.db")
	db := open(t, path)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	entry := state.Entry{Revision: "r1", Settings: state.Hash{1}, Scope: "guide", Pages: []string{"a"}, BodyHash: state.ShortHash{2}}
	page := state.Page{Entry: "a", IntercomID: "17", Hash: state.ShortHash{3}, Title: "A", URL: "https://h/a", Locale: "en", AIAgent: true, Pushed: now}
	hold := state.Hold{ID: "h1", Pages: []string{"x", "y"}, Since: now, Reason: "30 %"}
	update(t, db, func(tx *state.Tx) error {
		return errors.Join(tx.PutEntry("a", entry), tx.PutPage("a", page), tx.PutHold(hold),
			tx.PutIntent("b", state.Intent{Entry: "b", Since: now}), tx.PutRetraction("c", state.Retraction{Since: now}),
			tx.PutInfo(state.Info{ImportSource: 42, URL: "https://h"}))
	})
	if err := db.SetWorkspace("w1"); err != nil {
		t.Fatal(err)
	}
	db.Close()

	db = open(t, path)
	err := db.View("docs", func(tx *state.Tx) error {
		e, _, err1 := tx.Entry("a")
		p, _, err2 := tx.Page("a")
		h, _, err3 := tx.Hold()
		in, err4 := tx.Intents()
		re, err5 := tx.Retractions()
		info, err6 := tx.Info()
		if diff := cmp.Diff([]any{entry, page, hold, now, now, int64(42)},
			[]any{e, p, h, in["b"].Since.UTC(), re["c"].Since.UTC(), info.ImportSource}); diff != "" {
			t.Error(diff)
		}
		return errors.Join(err1, err2, err3, err4, err5, err6)
	})
	if err != nil {
		t.Error(err)
	}
	if w, err := db.Workspace(); w != "w1" || err != nil {
		t.Errorf("workspace %q, %v", w, err)
	}
	if names, _ := db.Sources(); !cmp.Equal(names, []string{"docs"}) {
		t.Errorf("sources %q", names)
	}
	if err := db.Forget("docs"); err != nil {
		t.Fatal(err)
	}
	if names, _ := db.Sources(); len(names) != 0 {
		t.Errorf("sources after Forget %q", names)
	}
}

func TestTextThatIsNotUTF8ReadsAsWritten(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "state.db"))
	update(t, db, func(tx *state.Tx) error { return tx.PutEntry("a\xff", state.Entry{Error: "caf\xe9.md"}) })
	db.View("docs", func(tx *state.Tx) error {
		return tx.EachEntry("", func(id string, e state.Entry) error {
			if id != "a\xff" || e.Error != "caf\xe9.md" {
				t.Errorf("%q: %q", id, e.Error)
			}
			return nil
		})
	})
}

func TestASourceWithoutRecordsReadsAsEmpty(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "state.db"))
	err := db.View("nobody", func(tx *state.Tx) error {
		_, found, err := tx.Entry("a")
		intents, err2 := tx.Intents()
		runs, err3 := tx.Runs(5)
		if found || len(intents)+len(runs)+tx.CountPages() != 0 || tx.NextRun() != 1 {
			t.Error("found records where there are none")
		}
		return errors.Join(err, err2, err3, tx.EachPage("", func(string, state.Page) error { return errors.New("a page") }))
	})
	if err != nil {
		t.Error(err)
	}
}

func TestConcurrentUpdatesShareCommits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	db := open(t, path)
	const n = 400
	before := transactions(t, db, path)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			err := db.Update("docs", func(tx *state.Tx) error { return tx.PutPage(fmt.Sprint(i), state.Page{IntercomID: "1"}) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if commits := transactions(t, db, path) - before; commits > n/4 {
		t.Errorf("%d updates took %d commits", n, commits)
	}
}

// transactions returns the ID of the file's last transaction, and leaves the
// file open in db.
func transactions(t *testing.T, db *state.DB, path string) int {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(copied, data, 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := bbolt.Open(copied, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	id := 0
	b.View(func(tx *bbolt.Tx) error { id = tx.ID(); return nil })
	return id
}

func TestRunHistoryIsBounded(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "state.db"))
	update(t, db, func(tx *state.Tx) error {
		for range 520 {
			if _, err := tx.AddRun(state.Run{Report: []byte("{}")}); err != nil {
				return err
			}
		}
		return nil
	})
	db.View("docs", func(tx *state.Tx) error {
		runs, err := tx.Runs(1000)
		if err != nil || len(runs) != 500 || runs[0].ID != 520 || runs[499].ID != 21 || tx.NextRun() != 521 {
			t.Errorf("%d runs, %v", len(runs), err)
		}
		return nil
	})
}

func TestJournalIsTrimmedByAge(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "state.db"))
	day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	update(t, db, func(tx *state.Tx) error {
		for i := range 5 {
			d := state.Deleted{Page: fmt.Sprint("p", i), Time: day.AddDate(0, 0, i), Request: []byte("{}")}
			if err := tx.AppendJournal(d); err != nil {
				return err
			}
		}
		return tx.TrimJournal(day.AddDate(0, 0, 3))
	})
	var left []string
	db.View("docs", func(tx *state.Tx) error {
		return tx.EachDeleted(func(d state.Deleted) error { left = append(left, d.Page); return nil })
	})
	if !cmp.Equal(left, []string{"p3", "p4"}) {
		t.Errorf("left %q", left)
	}
}

func TestSecondOpenGetsAClearAnswer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	open(t, path)
	for _, readOnly := range []bool{false, true} {
		_, err := state.Open(path, state.Options{ReadOnly: readOnly, Wait: time.Millisecond})
		if !errors.Is(err, state.ErrLocked) {
			t.Errorf("read-only %v: %v, want ErrLocked", readOnly, err)
		}
	}
}

func TestReadOnlyWritesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	if _, err := state.Open(path, state.Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening a missing file read-only: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it was created")
	}
	open(t, path).Close()
	before, _ := os.ReadFile(path)
	db, err := state.Open(path, state.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update("docs", func(*state.Tx) error { return nil }); err == nil {
		t.Error("updated a file opened read-only")
	}
	db.Close()
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file changed")
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	writeSchema(t, path, state.Schema+1)
	_, err := state.Open(path, state.Options{})
	var newer *state.SchemaError
	if !errors.As(err, &newer) || !strings.Contains(err.Error(), "install the newer finpages") {
		t.Errorf("Open = %v", err)
	}
}

// writeSchema makes a state file that says it has the schema.
func writeSchema(t *testing.T, path string, schema int) {
	t.Helper()
	open(t, path).Close()
	b, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	err = b.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("meta")).Put([]byte("schema"), state.Seal([]byte("schema"), []byte{byte(schema)}))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fill makes a state file of many pages and returns its bytes.
func fill(t *testing.T, path string, pages int) []byte {
	t.Helper()
	db := open(t, path)
	update(t, db, func(tx *state.Tx) error {
		for i := range pages {
			id := fmt.Sprintf("guide/page-%05d.md", i)
			if err := errors.Join(
				tx.PutEntry(id, state.Entry{Revision: fmt.Sprint("r", i), Pages: []string{id}}),
				tx.PutPage(id, state.Page{Entry: id, IntercomID: fmt.Sprint(i), Title: "Title"}),
			); err != nil {
				return err
			}
		}
		return nil
	})
	db.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A damaged file is recognised, or reads exactly as before: nothing is decided
// by damaged records.
func TestDamageIsRecognised(t *testing.T) {
	dir := t.TempDir()
	good := fill(t, filepath.Join(dir, "good.db"), 500)
	rnd := rand.New(rand.NewPCG(1, 2))
	damage := map[string]func([]byte) []byte{
		"flipped bits": func(d []byte) []byte {
			for range 1 + rnd.IntN(4) {
				d[rnd.IntN(len(d))] ^= byte(1 << rnd.IntN(8))
			}
			return d
		},
		"random bytes": func(d []byte) []byte {
			at := rnd.IntN(len(d))
			for i := at; i < min(at+rnd.IntN(200), len(d)); i++ {
				d[i] = byte(rnd.UintN(256))
			}
			return d
		},
		"truncated": func(d []byte) []byte { return d[:1+rnd.IntN(len(d)-1)] },
		"zeroed page": func(d []byte) []byte {
			at := rnd.IntN(len(d)/4096) * 4096
			clear(d[at : at+4096])
			return d
		},
		"pages swapped": func(d []byte) []byte {
			a, b := 4096*rnd.IntN(len(d)/4096), 4096*rnd.IntN(len(d)/4096)
			pa := append([]byte(nil), d[a:a+4096]...)
			copy(d[a:], d[b:b+4096])
			copy(d[b:], pa)
			return d
		},
	}
	for name, spoil := range damage {
		t.Run(name, func(t *testing.T) {
			recognised := 0
			for i := range 25 {
				path := filepath.Join(dir, fmt.Sprintf("%s-%d.db", strings.ReplaceAll(name, " ", "-"), i))
				if err := os.WriteFile(path, spoil(append([]byte(nil), good...)), 0o600); err != nil {
					t.Fatal(err)
				}
				if openDamaged(t, path) {
					recognised++
				}
			}
			t.Logf("%d of 25 damaged files were recognised, the others read as before", recognised)
		})
	}
}

func openDamaged(t *testing.T, path string) (recognised bool) {
	t.Helper()
	db, err := state.Open(path, state.Options{})
	if err != nil {
		var corrupt *state.CorruptError
		if !errors.As(err, &corrupt) {
			t.Errorf("%s: %v is no CorruptError", path, err)
		}
		return true
	}
	defer db.Close()
	err = db.View("docs", func(tx *state.Tx) error {
		return tx.EachPage("", func(id string, p state.Page) error {
			want := state.Page{Entry: id, IntercomID: p.IntercomID, Title: "Title"}
			if !reflect.DeepEqual(p, want) || !strings.HasSuffix(id, fmt.Sprintf("%05s.md", p.IntercomID)) {
				return fmt.Errorf("page %q reads as %+v", id, p)
			}
			return nil
		})
	})
	if err != nil {
		t.Errorf("%s: %v", path, err)
	}
	return false
}

func TestNotAStateFile(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "text"), []byte(strings.Repeat("hello ", 4000)), 0o600)
	os.Mkdir(filepath.Join(dir, "folder"), 0o700)
	os.WriteFile(filepath.Join(dir, "zeros"), make([]byte, 20_000), 0o600)
	os.WriteFile(filepath.Join(dir, "archive"), append([]byte("PK\x03\x04\x14\x00"), make([]byte, 20_000)...), 0o600)
	os.WriteFile(filepath.Join(dir, "sqlite"), append([]byte("SQLite format 3\x00\x10"), make([]byte, 20_000)...), 0o600)
	for name, mayGo := range map[string]bool{"text": false, "folder": false, "archive": false, "sqlite": false, "zeros": true} {
		path := filepath.Join(dir, name)
		if _, err := state.Open(path, state.Options{}); err == nil {
			t.Errorf("%s: opened", name)
		}
		aside, err := state.PutAside(path, time.Now())
		if (err == nil) != mayGo {
			t.Errorf("%s: put aside as %q, %v", name, aside, err)
		}
		if _, err := os.Stat(path); (err == nil) == mayGo {
			t.Errorf("%s: still there: %v", name, err == nil)
		}
	}
}

func TestRetractionsOutliveTheStateFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	db := open(t, path)
	update(t, db, func(tx *state.Tx) error { return tx.PutRetraction("secret.md", state.Retraction{Entry: "secret.md"}) })
	if err := db.SaveRetractions(); err != nil {
		t.Fatal(err)
	}
	db.Close()
	os.Remove(path)
	db = open(t, path)
	db.View("docs", func(tx *state.Tx) error {
		if out, err := tx.IsRetracted("secret.md", "secret.md"); !out || err != nil {
			t.Errorf("retracted %v, %v", out, err)
		}
		return nil
	})
	db.Close()
	os.Remove(path)
	os.WriteFile(path+".retracted.json", []byte("{"), 0o600)
	if _, err := state.Open(path, state.Options{}); err == nil || !strings.Contains(err.Error(), "must stay out of Fin") {
		t.Errorf("a damaged list of retractions: %v", err)
	}
}

func BenchmarkOpen40k(b *testing.B) {
	path := filepath.Join(b.TempDir(), "state.db")
	db, err := state.Open(path, state.Options{})
	if err != nil {
		b.Fatal(err)
	}
	db.Update("docs", func(tx *state.Tx) error {
		for i := range 40000 {
			id := fmt.Sprintf("guide/section-%03d/page-%05d.md", i%100, i)
			tx.PutEntry(id, state.Entry{Revision: "2bcd.dyx3k4j5l6.1a2b3c", Pages: []string{id}})
			tx.PutPage(id, state.Page{Entry: id, IntercomID: fmt.Sprint(i), Title: "A usual title", URL: "https://handbook.example.com/" + id})
		}
		return nil
	})
	db.Close()
	for b.Loop() {
		db, err := state.Open(path, state.Options{})
		if err != nil {
			b.Fatal(err)
		}
		db.Close()
	}
}
