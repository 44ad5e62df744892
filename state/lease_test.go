package state_test

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"testing"
	"time"

	"finpages/state"

	"github.com/jackc/pgx/v5"
)

func nothing(*state.Tx) error { return nil }

func execSQL(t *testing.T, url, sql string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func acquire(t *testing.T, db *state.DB, source string) *state.Lease {
	t.Helper()
	l, err := db.Acquire(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// expires returns when a lease that somebody has ends unless it is renewed.
func expires(t *testing.T, db *state.DB, source string) (at time.Time) {
	t.Helper()
	shared, err := db.Shared(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range shared.Leases {
		if l.Source == source {
			at = l.Expires
		}
	}
	return at
}

// A source is one replica's at a time, others are free, and what is done by hand
// needs no lease. Who has it keeps it for as long as it wants.
func aSourceHasOneHolder(t *testing.T, url string) {
	if _, err := state.Open(url, state.Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty database: %v", err)
	}
	opts := state.Options{Lease: 12 * time.Second}
	first, second := openWith(t, url, opts), openWith(t, url, opts)
	held := acquire(t, first, "docs")
	other := acquire(t, second, "others")
	since := expires(t, first, "docs")
	short, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if l, err := second.Acquire(short, "docs"); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("it was taken a second time: %v, %v", l, err)
	}
	for !expires(t, first, "docs").After(since) { // until it was renewed
		<-time.After(50 * time.Millisecond)
	}
	if !held.Valid() || held.Begin(t.Context(), true) != nil {
		t.Error("it was not kept")
	}
	if err := errors.Join(first.Under(held).Update("docs", nothing), second.Update("docs", nothing)); err != nil {
		t.Error(err)
	}
	got := make(chan *state.Lease)
	go func() {
		l, _ := second.Acquire(t.Context(), "docs")
		got <- l
	}()
	if err := held.Release(true); err != nil {
		t.Fatal(err)
	}
	next := <-got
	if next == nil || !next.Valid() || held.Valid() {
		t.Error("it was not handed over")
	}
	if err := errors.Join(next.Release(true), other.Release(true)); err != nil || !expires(t, first, "docs").IsZero() {
		t.Errorf("it is still held: %v", err)
	}
	reader := openWith(t, url, state.Options{ReadOnly: true})
	if err := reader.Update("docs", nothing); err == nil {
		t.Error("a reader wrote")
	}
}

// Whoever lost a lease, to others or to time, changes nothing under it, also
// together with what others change.
func aLostLeaseCommitsNothing(t *testing.T, url string) {
	other := open(t, url) // it counts the one that joins soon; the one after that never would
	db := openWith(t, url, state.Options{Lease: time.Hour})
	held := acquire(t, db, "docs")
	ctx, cancel := held.Context(t.Context())
	defer cancel()
	execSQL(t, url, "update finpages_leases set expires = '-infinity'")
	next := acquire(t, other, "docs")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			err := db.Under(held).Update("docs", func(tx *state.Tx) error { return tx.PutPage("a", state.Page{}) })
			if !errors.Is(err, state.ErrLeaseLost) {
				t.Errorf("under a lost lease: %v", err)
			}
		})
	}
	wg.Wait()
	<-ctx.Done()
	if cause := context.Cause(ctx); !errors.Is(cause, state.ErrLeaseLost) {
		t.Errorf("cause %v", cause)
	}
	if err := held.Begin(t.Context(), false); !errors.Is(err, state.ErrLeaseLost) {
		t.Errorf("a request may begin: %v", err)
	}
	if err := errors.Join(db.Under(held).Forget("docs"), db.Under(held).Rename("x", "docs")); !errors.Is(err, state.ErrLeaseLost) {
		t.Errorf("forgotten: %v", err)
	}
	err := other.Under(next).Update("docs", func(tx *state.Tx) error {
		if n := tx.CountPages(); n != 0 {
			t.Errorf("%d pages", n)
		}
		return nil
	})
	if err != nil {
		t.Errorf("the next holder: %v", err)
	}
	if err := errors.Join(held.Release(true), next.Release(true)); err != nil {
		t.Error(err)
	}
}

// A lease ends by itself when the database cannot be asked.
func aLeaseEndsWithoutTheDatabase(t *testing.T, url string) {
	db := openWith(t, url, state.Options{Lease: 300 * time.Millisecond})
	held := acquire(t, db, "docs")
	execSQL(t, url, "alter table finpages_leases rename to gone") // as good as a database that is away
	ctx, cancel := held.Context(t.Context())
	defer cancel()
	<-ctx.Done()
	if held.Valid() || !errors.Is(context.Cause(ctx), state.ErrLeaseLost) {
		t.Errorf("it went on: %v", context.Cause(ctx))
	}
	if err := db.Under(held).Update("docs", nothing); !errors.Is(err, state.ErrLeaseLost) {
		t.Errorf("changed: %v", err)
	}
}

// A job that is due for several replicas is begun by one of them, and one that
// was not ended is known to be.
func jobsAreBegunOnce(t *testing.T, url string) {
	var replicas []*state.DB
	for range 3 {
		replicas = append(replicas, openWith(t, url, state.Options{Lease: 8 * time.Second}))
	}
	job := func() (j state.Job) {
		shared, err := replicas[0].Shared(t.Context())
		if err != nil || len(shared.Jobs) != 1 {
			t.Fatalf("%+v, %v", shared, err)
		}
		return shared.Jobs[0]
	}
	if err := replicas[0].Want(t.Context(), "sync", "docs", "alice"); err != nil {
		t.Fatal(err)
	}
	due := job()
	if due.Wanted.IsZero() || !due.Began.IsZero() || due.CutOff {
		t.Errorf("wanted: %+v", due)
	}
	var mu sync.Mutex
	var begun []*state.Lease
	var wg sync.WaitGroup
	for _, db := range replicas {
		for range 5 {
			wg.Go(func() {
				l, who, err := beginCounted(t, db, due)
				mu.Lock()
				defer mu.Unlock()
				if err != nil || l != nil && who != "alice" {
					t.Errorf("begun for %q: %v", who, err)
				}
				if l != nil {
					begun = append(begun, l)
				}
			})
		}
	}
	wg.Wait()
	if len(begun) != 1 {
		t.Fatalf("it was begun %d times", len(begun))
	}
	if j := job(); !j.Wanted.IsZero() || j.Began.IsZero() || j.CutOff || j.Config != "c" {
		t.Errorf("begun: %+v", j)
	}
	if err := begun[0].Release(false); err != nil {
		t.Fatal(err)
	}
	cut := job()
	if !cut.CutOff {
		t.Errorf("it is not known that it was cut off: %+v", cut)
	}
	l, _, err := replicas[1].Begin(t.Context(), cut, "c")
	if l == nil || err != nil {
		t.Fatalf("begun again: %v, %v", l, err)
	}
	if err := l.Release(true); err != nil || job().CutOff {
		t.Errorf("ended: %+v, %v", job(), err)
	}
}

// beginCounted begins a job once the replica is counted by the others.
func beginCounted(t *testing.T, db *state.DB, j state.Job) (*state.Lease, string, error) {
	probe, err := db.Acquire(t.Context(), "probe")
	if err == nil {
		err = probe.Release(true)
	}
	if err != nil {
		return nil, "", err
	}
	return db.Begin(t.Context(), j, "c")
}

// Connections that the server ends are replaced by others.
func aCutConnectionIsReplaced(t *testing.T, url string) {
	db := open(t, url)
	for range 10 {
		update(t, db, nothing)
		execSQL(t, url, "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()")
		for tries := 0; db.Update("docs", nothing) != nil; tries++ {
			if tries == 20 {
				t.Fatal("it does not connect again")
			}
		}
	}
	if err := db.CheckInPlace(); err != nil {
		t.Error(err)
	}
}

// A source is not renamed under the hands of whoever runs it.
func aRenamedSourceIsFenced(t *testing.T, url string) {
	db := open(t, url)
	old, to := acquire(t, db, "old"), acquire(t, db, "new")
	put := func(tx *state.Tx) error { return tx.PutPage("a", state.Page{}) }
	if err := db.Under(old).Update("old", put); err != nil {
		t.Fatal(err)
	}
	if err := db.Under(to).Rename("old", "new"); err == nil {
		t.Error("it was renamed while it is held")
	}
	execSQL(t, url, "update finpages_leases set expires = '-infinity' where source = 'old'")
	if err := db.Under(to).Rename("old", "new"); err != nil {
		t.Fatal(err)
	}
	if err := db.Under(old).Update("old", put); !errors.Is(err, state.ErrLeaseLost) {
		t.Errorf("the old name's run goes on: %v", err)
	}
	if names, err := db.Sources(); err != nil || len(names) != 1 || names[0] != "new" {
		t.Errorf("sources %q, %v", names, err)
	}
}
