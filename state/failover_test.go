package state_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finpages/state"
	"finpages/state/pgtest"
)

// A standby that takes over may lack the last changes: a run that relies on them
// ends, and what was retracted is retracted again, unless that was lifted.
func TestFailover(t *testing.T) {
	server := pgtest.NewServer(t)
	dir := t.TempDir()
	opts := state.Options{Retracted: filepath.Join(dir, "retracted.json")}
	db := openWith(t, server.URL, opts)
	retract := func(page string) func(*state.Tx) error {
		return func(tx *state.Tx) error {
			return tx.PutRetraction(page, state.Retraction{Since: time.Now().UTC(), Entry: page})
		}
	}
	update(t, db, func(tx *state.Tx) error {
		return errors.Join(tx.PutPage("a", state.Page{Entry: "a"}), tx.PutPage("b", state.Page{Entry: "b"}))
	})
	update(t, db, retract("lifted"))
	old := filepath.Join(filepath.Dir(server.Data()), "old")
	server.Restart(t, func() { copyFolder(t, server.Data(), old) })

	untilUpdated(t, db, retract("a"))
	update(t, db, func(tx *state.Tx) error { return tx.DeleteRetraction("lifted") })
	held := acquire(t, db, "docs")
	update(t, db.Under(held), func(tx *state.Tx) error {
		return tx.PutEntry("e", state.Entry{Scope: "shared", Settings: state.Hash{1}})
	})
	for !strings.Contains(remembered(t, opts.Retracted), `"a"`) { // until it is remembered: else nobody knows of it any more
		<-time.After(50 * time.Millisecond)
	}
	server.Restart(t, func() {
		if err := errors.Join(os.RemoveAll(server.Data()), os.Rename(old, server.Data())); err != nil {
			t.Fatal(err)
		}
	})

	put := func(tx *state.Tx) error {
		return tx.PutEntry("e", state.Entry{Scope: "shared", Settings: state.Hash{1}})
	}
	for db.CheckInPlace() != nil {
	}
	if err := db.Under(held).Update("docs", put); !errors.Is(err, state.ErrLeaseLost) {
		t.Errorf("the run went on with another server: %v", err)
	}
	_ = held.Release(true)
	next := acquire(t, db, "docs")
	if out := retracted(t, db); out != "a lifted" { // nobody remembers that it was lifted: the safer way
		t.Errorf("retracted: %s", out)
	}
	update(t, db.Under(next), put)
	db.Close()
	again := open(t, server.URL)
	err := again.View("docs", func(tx *state.Tx) error {
		e, found, err := tx.Entry("e")
		if !found || e.Scope != "shared" {
			t.Errorf("what records share is missing: %+v", e)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	update(t, again, func(tx *state.Tx) error { return tx.DeleteRetraction("lifted") })
	if out := retracted(t, again); out != "a" {
		t.Errorf("retracted: %s", out)
	}
	again.Close()
	if out := retracted(t, openWith(t, server.URL, opts)); out != "a" {
		t.Errorf("a replica that was away put back what was lifted: %s", out)
	}
}

func retracted(t *testing.T, db *state.DB) (pages string) {
	t.Helper()
	err := db.View("docs", func(tx *state.Tx) error {
		for _, page := range []string{"a", "b", "lifted"} {
			if out, err := tx.IsRetracted(page, page); err != nil {
				return err
			} else if out {
				pages += " " + page
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages[min(1, len(pages)):]
}

func remembered(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(data)
}

func untilUpdated(t *testing.T, db *state.DB, f func(*state.Tx) error) {
	t.Helper()
	var err error
	for tries := range 50 { // connections from before the restart
		if err = db.Update("docs", f); err == nil {
			return
		}
		<-time.After(time.Duration(tries) * time.Millisecond)
	}
	t.Fatal(err)
}

func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatal(fmt.Errorf("%w: %s", err, out))
	}
}
