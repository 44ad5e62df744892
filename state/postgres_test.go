package state_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"finpages/state"
	"finpages/state/pgtest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// Each part has a database of its own.
func TestPostgres(t *testing.T) {
	server := pgtest.Start(t)
	for name, part := range map[string]func(*testing.T, string){
		"like_a_file": aDatabaseIsLikeAFile, "concurrent_updates": concurrentUpdatesOfADatabase,
		"newer_schema": aNewerDatabaseIsRefused, "copy": copyBothWays,
		"lease": aSourceHasOneHolder, "fence": aLostLeaseCommitsNothing, "jobs": jobsAreBegunOnce, "cut": aCutConnectionIsReplaced,
		"rename": aRenamedSourceIsFenced, "away": aLeaseEndsWithoutTheDatabase, "keys": recordsAreFoundByTheirKeys,
	} {
		t.Run(name, func(t *testing.T) { part(t, pgtest.Database(t, server, name)) })
	}
}

// A database and a file answer alike, whatever is written.
func aDatabaseIsLikeAFile(t *testing.T, url string) {
	file, base := open(t, filepath.Join(t.TempDir(), "state.db")), open(t, url)
	for seed := range uint64(8) {
		results := map[*state.DB][]string{}
		for _, db := range []*state.DB{file, base} {
			rnd := rand.New(rand.NewPCG(seed, 0))
			for range 30 {
				source := fmt.Sprint("source ", rnd.IntN(3))
				moves := rnd.Perm(12)[:3]
				err := db.Update(source, func(tx *state.Tx) (err error) {
					for _, m := range moves {
						err = errors.Join(err, move(tx, m, rand.New(rand.NewPCG(seed, uint64(m)))))
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				if rnd.IntN(20) == 0 {
					if err := errors.Join(db.Rename("source 0", "source 1"), db.SetWorkspace(source)); err != nil {
						t.Fatal(err)
					}
				}
				if rnd.IntN(30) == 0 {
					if err := db.Forget("source 2"); err != nil {
						t.Fatal(err)
					}
				}
			}
			results[db] = all(t, db)
		}
		if diff := cmp.Diff(results[file], results[base]); diff != "" {
			t.Fatalf("seed %d: file and database differ: %s", seed, diff)
		}
	}
}

// move changes something.
func move(tx *state.Tx, kind int, rnd *rand.Rand) error {
	id := fmt.Sprintf("é/%d\xff", rnd.IntN(9)) // not UTF-8, as names of files may be
	page := strings.ToValidUTF8(id, "")        // as external_ids are
	at := time.Unix(int64(rnd.IntN(1e6)), 5).UTC()
	switch kind {
	case 0, 1:
		e := someEntry(rnd, id)
		e.Since = at
		return tx.PutEntry(id, e)
	case 2:
		return tx.DeleteEntry(id)
	case 3, 4:
		return tx.PutPage(id, state.Page{Entry: id, IntercomID: fmt.Sprint(rnd.Int()), Title: strings.Repeat("T", rnd.IntN(99)), Pushed: at})
	case 5:
		return tx.DeletePage(id)
	case 6:
		return errors.Join(tx.PutIntent(id, state.Intent{Entry: id, Since: at}),
			tx.PutRetraction(page, state.Retraction{Since: at}))
	case 7:
		return errors.Join(tx.DeleteIntent(id), tx.DeleteRetraction(page))
	case 8:
		return errors.Join(tx.PutHold(state.Hold{ID: id, Pages: []string{id}, Since: at}), tx.PutInfo(state.Info{ImportSource: rnd.Int64()}),
			tx.PutDrift(page, state.Drift{Kind: state.DriftChanged, Fields: []string{"html"}, Since: at}))
	case 9:
		return errors.Join(tx.DeleteHold(), tx.Invalidate(id), tx.DeleteDrift(page))
	case 10:
		return errors.Join(tx.AppendJournal(state.Deleted{Page: id, Time: at, Request: []byte(id)}), tx.TrimJournal(at.Add(-time.Hour)))
	}
	_, err := tx.AddRun(state.Run{Started: at, Finished: at, Report: []byte("{}")})
	return err
}

// all is everything that a state says.
func all(t *testing.T, db *state.DB) (lines []string) {
	t.Helper()
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	names, err := db.Sources()
	code, err2 := db.Workspace()
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	say("%q %q", names, code)
	for _, name := range names {
		err := db.View(name, func(tx *state.Tx) error {
			info, err := tx.Info()
			hold, held, err2 := tx.Hold()
			intents, err3 := tx.Intents()
			retracted, err4 := tx.Retractions()
			last, err5 := tx.LastDeleted("", 3)
			runs, err6 := tx.Runs(4)
			say("%s: %d pages, %d entries, next run %d\n%+v\n%v %+v\n%v\n%v\n%v\n%v", name, tx.CountPages(), tx.CountEntries(),
				tx.NextRun(), info, held, hold, intents, retracted, last, runs)
			return errors.Join(err, err2, err3, err4, err5, err6,
				tx.EachEntry("", func(id string, e state.Entry) error { say("%q %+v", id, e); return nil }),
				tx.EachPage("é/3", func(id string, p state.Page) error { say("%q %+v", id, p); return nil }),
				tx.EachPageSummary("", func(s state.PageSummary) error { say("%q %s", s.ID, s.Title); return nil }),
				tx.EachFlagged("", func(id string, f state.EntryFlags) error { say("%q %v", id, f); return nil }),
				tx.EachDrift(func(id string, d state.Drift) error { say("%q %+v", id, d); return nil }),
				tx.EachDeleted(func(d state.Deleted) error { say("%+v", d); return nil }))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

// Updates of many goroutines all arrive, each sees those before it, and one
// that fails leaves nothing and takes none with it.
func concurrentUpdatesOfADatabase(t *testing.T, url string) {
	db := open(t, url)
	broken := errors.New("broken")
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			err := db.Update("docs", func(tx *state.Tx) error {
				info, err := tx.Info()
				info.Listed++
				err = errors.Join(err, tx.PutInfo(info))
				if i%10 == 0 {
					return broken
				}
				return err
			})
			if errors.Is(err, broken) != (i%10 == 0) || err != nil && i%10 != 0 {
				t.Errorf("update %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	var listed int
	err := db.View("docs", func(tx *state.Tx) error {
		info, err := tx.Info()
		listed = info.Listed
		return err
	})
	if err != nil || listed != 90 {
		t.Errorf("%d updates arrived, %v", listed, err)
	}
}

func aNewerDatabaseIsRefused(t *testing.T, url string) {
	open(t, url).Close()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	newer := state.Seal([]byte("schema"), []byte{state.Schema + 1})
	if _, err := conn.Exec(t.Context(), "update finpages_meta set value = $1 where key = 'schema'", newer); err != nil {
		t.Fatal(err)
	}
	var schema *state.SchemaError
	if _, err := state.Open(url, state.Options{}); !errors.As(err, &schema) || schema.Schema != state.Schema+1 {
		t.Errorf("error %v", err)
	}
}

// A copy holds the same, either way; one that was cut off is no state until it
// went on to its end; one into a state that has records is refused.
func copyBothWays(t *testing.T, url string) {
	dir := t.TempDir()
	path, back := filepath.Join(dir, "state.db"), filepath.Join(dir, "back.db")
	db := open(t, path)
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 3 {
		for _, source := range []string{"a", "b"} {
			err := db.Update(source, func(tx *state.Tx) (err error) {
				for i := range 700 {
					err = errors.Join(err, tx.PutPage(fmt.Sprint("page ", i), state.Page{Title: fmt.Sprint(rnd.Int())}))
				}
				for m := range 12 {
					err = errors.Join(err, move(tx, m, rnd))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := db.SetWorkspace("w1"); err != nil {
		t.Fatal(err)
	}
	want := all(t, db)
	if _, err := state.Copy(t.Context(), path, url); !errors.Is(err, state.ErrLocked) {
		t.Errorf("copied while it is open: %v", err)
	}
	db.Close()

	cut, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := state.Copy(cut, path, url); !errors.Is(err, context.Canceled) {
		t.Errorf("cut off: %v", err)
	}
	if _, err := state.Open(url, state.Options{}); err == nil || !strings.Contains(err.Error(), "unfinished copy") {
		t.Errorf("an unfinished copy was opened: %v", err)
	}
	for _, way := range [][2]string{{path, url}, {url, back}} {
		if n, err := state.Copy(t.Context(), way[0], way[1]); err != nil || n < 1400 {
			t.Fatalf("copied %d records: %v", n, err)
		}
		copied := open(t, way[1])
		if diff := cmp.Diff(want, all(t, copied)); diff != "" {
			t.Errorf("the copy in %s differs: %s", way[1], diff)
		}
		copied.Close()
	}
	if _, err := state.Copy(t.Context(), path, back); err == nil || !strings.Contains(err.Error(), "has records already") {
		t.Errorf("copied over records: %v", err)
	}
	if _, err := state.Copy(t.Context(), filepath.Join(dir, "none.db"), url); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("copied nothing: %v", err)
	}
}

// A copy that is killed, at whatever part of it, goes on; sources that have but
// retractions are copied, too.
func TestCopyIsKilled(t *testing.T) {
	if from := os.Getenv("STATE_TO_COPY"); from != "" {
		left, err := strconv.Atoi(os.Getenv("STATE_STEPS"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = state.CopyStepping(t.Context(), from, os.Getenv("STATE_COPY_TO"), func() {
			if left--; left == 0 {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
		})
		t.Fatalf("copied, with %d parts to go: %v", left, err)
	}
	server := pgtest.Start(t)
	path := filepath.Join(t.TempDir(), "state.db")
	fill(t, path, 3_000)
	db := open(t, path)
	err := db.Update("gone", func(tx *state.Tx) error {
		return tx.PutRetraction("secret", state.Retraction{Since: time.Unix(1, 0).UTC()})
	})
	if err != nil {
		t.Fatal(err)
	}
	want := all(t, db)
	db.Close()
	for _, steps := range []int{1, 3, 6, 9} {
		killItself(t, "TestCopyIsKilled", "STATE_TO_COPY="+path, "STATE_COPY_TO="+server, "STATE_STEPS="+strconv.Itoa(steps))
		// It would be taken for one that uses the database until its lease is over.
		execSQL(t, server, "update finpages_replicas set until = '-infinity'")
	}
	if _, err := state.Copy(t.Context(), path, server); err != nil {
		t.Fatal(err)
	}
	copied := open(t, server)
	if diff := cmp.Diff(want, all(t, copied)); diff != "" {
		t.Errorf("the copy differs: %s", diff)
	}
	err = copied.View("gone", func(tx *state.Tx) error {
		if out, err := tx.IsRetracted("secret", "secret"); !out || err != nil {
			t.Errorf("the retraction is lost: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPasswordsAreNotPrinted(t *testing.T) {
	for _, path := range []string{
		"postgres://u:hunter2@127.0.0.1:1/db", "postgresql://h/db?password=hunter2&user=x", "postgres://u:hunter2@h:port/db",
		"postgres://u:hunter2@h/db?sslmode=odd",
	} {
		if strings.Contains(state.Redacted(path), "hunter2") {
			t.Errorf("redacted: %s", state.Redacted(path))
		}
		if !strings.Contains(path, "127.0.0.1") && !strings.Contains(path, "odd") && !strings.Contains(path, ":port") {
			continue // its host would be looked up
		}
		_, err := state.Open(path, state.Options{})
		if err == nil || bytes.Contains([]byte(err.Error()), []byte("hunter2")) {
			t.Errorf("error %v", err)
		}
	}
	if !state.IsPostgres("postgres://h/db") || state.IsPostgres("/var/lib/postgres.db") {
		t.Error("a path is taken for a database, or the other way round")
	}
}
