package state_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"syscall"
	"testing"
	"time"

	"finpages/state"
	"finpages/state/pgtest"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"go.etcd.io/bbolt"
)

// olderState is the records of a source as older versions wrote them.
type olderState struct {
	schema  int
	records []olderRecord
}

type olderRecord struct {
	kind, key string
	value     []byte
}

func (o *olderState) put(kind, key string, value any) {
	enc, err := cbor.Marshal(value)
	if err != nil {
		panic(err)
	}
	o.records = append(o.records, olderRecord{kind, key, state.Seal([]byte(key), enc)})
}

func (o *olderState) write(t *testing.T, path string) {
	t.Helper()
	writeSchema(t, path, o.schema)
	b, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	err = b.Update(func(tx *bbolt.Tx) error {
		docs, err := tx.Bucket([]byte("sources")).CreateBucketIfNotExists([]byte("docs"))
		for _, r := range o.records {
			kind, err2 := docs.CreateBucketIfNotExists([]byte(r.kind))
			err = errors.Join(err, err2, kind.Put([]byte(r.key), r.value))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (o *olderState) writeTo(t *testing.T, url string) {
	t.Helper()
	open(t, url).Close()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var all pgx.Batch
	all.Queue("update finpages_meta set value = $1 where key = 'schema'",
		state.Seal([]byte("schema"), []byte{byte(o.schema)}))
	for _, r := range o.records {
		all.Queue("insert into finpages_records (source, kind, key, value) values ('docs', $1, $2, $3)", r.kind,
			[]byte(r.key), r.value)
	}
	if err := conn.SendBatch(t.Context(), &all).Close(); err != nil {
		t.Fatal(err)
	}
}

const olderPages = 4_100

// schema2 is a state with pages of all kinds, as schema 2 had it: hashes of 32 bytes,
// and what was sent for each page.
func schema2() (o olderState) {
	o.schema = 2
	for i := range olderPages {
		id, hash := fmt.Sprintf("guide/page-%05d.md", i), state.Hash{byte(i), byte(i >> 8), 15: 1, 16: 2}
		o.put("entries", id, map[int]any{1: fmt.Sprint("r", i), 2: state.Hash{7}, 3: "guide", 4: []string{id}, 5: hash})
		page := map[int]any{1: id, 2: fmt.Sprint(i), 3: hash, 4: "Title", 5: "https://h/" + id, 6: "en", 7: true,
			9: time.Unix(1_700_000_000, 0), 12: hash.Short()}
		if i%1000 == 0 {
			page[13] = state.ShortHash{9}
		}
		o.put("pages", id, page)
		o.put("sent", id, map[int]any{1: hash, 2: []byte("sent " + id)})
	}
	o.put("runs", "\x00\x00\x00\x00\x00\x00\x00\x01", state.Run{ID: 1, Report: []byte("{}")})
	return o
}

// wantMigrated checks a state that was of schema 2.
func wantMigrated(t *testing.T, db *state.DB) {
	t.Helper()
	want, got := []string{}, []string{}
	err := db.View("docs", func(tx *state.Tx) error {
		for i := range olderPages {
			id, hash := fmt.Sprintf("guide/page-%05d.md", i), state.ShortHash{byte(i), byte(i >> 8), 15: 1}
			e, _, err1 := tx.Entry(id)
			p, _, err2 := tx.Page(id)
			b, back, err3 := tx.BroughtBack(id)
			entry := state.Entry{Revision: fmt.Sprint("r", i), Settings: state.Hash{7}, Scope: "guide", Pages: []string{id},
				BodyHash: hash}
			page := state.Page{Entry: id, IntercomID: fmt.Sprint(i), Hash: hash, Title: "Title", URL: "https://h/" + id,
				Locale:  "en",
				AIAgent: true, Pushed: time.Unix(1_700_000_000, 0).UTC(), HTMLHash: hash}
			if i%1000 == 0 {
				page.Undone = state.ShortHash{9}
				want = append(want, "sent "+id)
			}
			if back && b.Hash == hash {
				got = append(got, string(b.Request))
			}
			if err := errors.Join(err1, err2, err3); err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
			if !reflect.DeepEqual(entry, e) || !reflect.DeepEqual(page, p) { // quicker than cmp
				return fmt.Errorf("%s: %s", id, cmp.Diff([]any{entry, page}, []any{e, p}))
			}
		}
		runs, err := tx.Runs(5)
		if len(runs) != 1 || err != nil {
			t.Errorf("runs %v, %v", runs, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what undo sent is not kept: %s", diff)
	}
}

// An older file is read as it is where nothing may be written, and is brought up to
// the schema otherwise, however often that is cut off.
func TestMigrationIsCutOff(t *testing.T) {
	if at := os.Getenv("STATE_TO_MIGRATE"); at != "" {
		left, err := strconv.Atoi(os.Getenv("STATE_STEPS"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = state.OpenStepping(at, func() error {
			if left--; left == 0 {
				return syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
			return nil
		})
		t.Fatalf("opened, with %d steps to go: %v", left, err)
	}
	path := filepath.Join(t.TempDir(), "state.db")
	old := schema2()
	old.write(t, path)
	before, _ := os.ReadFile(path)
	wantMigratedReadOnly := func() {
		db, err := state.Open(path, state.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		err = db.View("docs", func(tx *state.Tx) error {
			e, _, err1 := tx.Entry("guide/page-00001.md")
			p, _, err2 := tx.Page("guide/page-00001.md")
			if e.Revision != "r1" || p.Title != "Title" {
				t.Errorf("%+v %+v", e, p)
			}
			return errors.Join(err1, err2)
		})
		if err != nil {
			t.Error(err)
		}
	}
	wantMigratedReadOnly()
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("a look at an older file changed it")
	}
	for _, steps := range []int{1, 2, 1, 3} {
		killItself(t, "TestMigrationIsCutOff", "STATE_TO_MIGRATE="+path, "STATE_STEPS="+strconv.Itoa(steps))
		wantMigratedReadOnly()
	}
	wantMigrated(t, open(t, path))
}

// killItself runs a test in a process that is to kill itself.
func killItself(t *testing.T, test string, env ...string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); err == nil || !ok || !status.Signaled() {
		t.Fatalf("the process was not killed: %v\n%s", err, out)
	}
}

func TestMigrationOfADatabase(t *testing.T) {
	url := pgtest.Database(t, pgtest.Start(t), "migration")
	old := schema2()
	old.writeTo(t, url)
	stop := errors.New("cut off")
	if _, err := state.OpenStepping(url, func() error { return stop }); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	wantMigrated(t, open(t, url))
}

// A file of which half is free is written anew, unless somebody writes to it meanwhile;
// a process that is killed then leaves it as it was.
func TestCompact(t *testing.T) {
	if at := os.Getenv("STATE_TO_COMPACT"); at != "" {
		db := open(t, at)
		_ = state.CompactStepping(t.Context(), db, func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) })
		t.Fatal("compacted")
	}
	path := filepath.Join(t.TempDir(), "state.db")
	fill(t, path, 30_000)
	db := open(t, path)
	full := db.Size()
	update(t, db, func(tx *state.Tx) (err error) {
		for i := range 29_000 {
			id := fmt.Sprintf("guide/page-%05d.md", i)
			err = errors.Join(err, tx.DeletePage(id), tx.DeleteEntry(id))
		}
		return err
	})
	db.Close()
	want := pagesOf(t, path)
	killItself(t, "TestCompact", "STATE_TO_COMPACT="+path)
	if diff := cmp.Diff(want, pagesOf(t, path)); diff != "" {
		t.Errorf("killed while it was compacted: %s", diff)
	}
	db = open(t, path)
	write := func() { update(t, db, func(tx *state.Tx) error { return tx.PutInfo(state.Info{URL: "u"}) }) }
	if err := state.CompactStepping(t.Context(), db, write); err != nil || db.Size() < full {
		t.Errorf("size %d of %d, %v: compacted although it was written to", db.Size(), full, err)
	}
	if err := state.CompactStepping(t.Context(), db, nil); err != nil || db.Size() > full/4 {
		t.Errorf("size %d of %d, %v", db.Size(), full, err)
	}
	write()
	if err := db.CheckInPlace(); err != nil {
		t.Error(err)
	}
	if _, err := state.Open(path, state.Options{Wait: time.Millisecond}); !errors.Is(err, state.ErrLocked) {
		t.Errorf("the compacted file is not locked: %v", err)
	}
	db.Close()
	if diff := cmp.Diff(want, pagesOf(t, path)); diff != "" {
		t.Error(diff)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func pagesOf(t *testing.T, path string) (pages []string) {
	t.Helper()
	db, err := state.Open(path, state.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View("docs", func(tx *state.Tx) error {
		return tx.EachPage("", func(id string, p state.Page) error {
			pages = append(pages, fmt.Sprintf("%s %+v", id, p))
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}
