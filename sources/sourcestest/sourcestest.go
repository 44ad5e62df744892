// Package sourcestest holds every adapter to the contract of package sources.
// An adapter's test hands [Run] a [Fixture] that makes and edits a real source
// of its kind.
package sourcestest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"

	"finpages/sources"
	"finpages/sources/examine"
)

// Fixture is a real source that the suite may edit. It begins empty or with
// documents of its own, which the suite leaves alone.
type Fixture interface {
	// Source returns the adapter under test, reading the fixture.
	Source() sources.Source
	// Put creates or replaces the document with the given name, a slash path
	// such as "guide/setup.md", and returns its expected entry ID.
	Put(name, body string) (id string)
	// Remove deletes the document with the given name.
	Remove(name string)
	// Break makes the whole source unreachable for good.
	Break()
}

// Run runs the suite, each part on a fixture of its own.
func Run(t *testing.T, newFixture func(t *testing.T) Fixture) {
	parts := map[string]func(*testing.T, Fixture){
		"lists every document once":       listsOnce,
		"loads what was stored":           loads,
		"loads concurrently":              loadsConcurrently,
		"revision follows the content":    revisions,
		"removed is no longer listed":     removes,
		"yield's error ends the listing":  yieldError,
		"cancelled is not empty":          cancelled,
		"closed does not load":            closed,
		"unreachable is not empty":        unreachable,
		"names in other scripts are kept": otherScripts,
		"keeps the contract as it stands": keepsAsItStands,
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		t.Run(name, func(t *testing.T) { parts[name](t, newFixture(t)) })
	}
}

// List opens the source, lists it and closes it. It fails the test on errors
// and on entries that break the contract.
func List(t *testing.T, src sources.Source) (map[string]sources.Entry, sources.Listing) {
	t.Helper()
	snap := open(t, src)
	defer snap.Close()
	return list(t, snap)
}

// Excluded lists the source, and returns by ID which rule leaves out a document
// that was yielded.
func Excluded(t *testing.T, src sources.Source) map[string]string {
	t.Helper()
	snap := open(t, src)
	defer snap.Close()
	excluded := map[string]string{}
	if _, err := snap.List(t.Context(), func(e sources.Entry) error {
		checkEntry(t, e)
		if e.Excluded != "" {
			excluded[e.ID] = e.Excluded
		}
		return nil
	}); err != nil {
		t.Fatalf("list: %v", err)
	}
	return excluded
}

// Load lists the source, loads the entry with the ID and returns its document.
func Load(t *testing.T, src sources.Source, id string) (sources.Document, error) {
	t.Helper()
	snap := open(t, src)
	defer snap.Close()
	entries, _ := list(t, snap)
	e, ok := entries[id]
	if !ok {
		t.Fatalf("no entry %q among %q", id, slices.Sorted(maps.Keys(entries)))
	}
	if e.Err != nil {
		return sources.Document{}, e.Err
	}
	if p, ok := snap.(sources.Prefetcher); ok {
		if err := p.Prefetch(t.Context(), []sources.Entry{e}); err != nil {
			t.Fatalf("prefetch: %v", err)
		}
	}
	return e.Load(t.Context())
}

func open(t *testing.T, src sources.Source) sources.Snapshot {
	t.Helper()
	snap, err := src.Open(t.Context())
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return snap
}

func list(t *testing.T, snap sources.Snapshot) (map[string]sources.Entry, sources.Listing) {
	t.Helper()
	entries, excluded := map[string]sources.Entry{}, 0
	listing, err := snap.List(t.Context(), func(e sources.Entry) error {
		checkEntry(t, e)
		if e.Excluded != "" {
			excluded++
			return nil
		}
		if _, twice := entries[e.ID]; twice {
			t.Errorf("entry %q listed twice", e.ID)
		}
		entries[e.ID] = e
		return nil
	})
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	listing.Excluded += excluded
	return entries, listing
}

func checkEntry(t *testing.T, e sources.Entry) {
	t.Helper()
	if err := examine.Entry(e); err != nil {
		t.Error(err)
	}
}

// keepsAsItStands holds a source to what can be told without editing it.
func keepsAsItStands(t *testing.T, f Fixture) {
	f.Put("a.md", "# A\n\none")
	f.Put("dir/b.md", "# B\n\ntwo")
	examine.Source(t.Context(), f.Source(), func(found examine.Finding) {
		if found.Err != nil {
			t.Errorf("%s: %v", found.Part, found.Err)
		}
	})
}

func listsOnce(t *testing.T, f Fixture) {
	want := []string{f.Put("a.md", "# A\n\none"), f.Put("dir/b.md", "# B\n\ntwo"),
		f.Put("dir/sub/c.md", "# C\n\nthree")}
	for range 2 {
		entries, listing := List(t, f.Source())
		for _, id := range want {
			if _, ok := entries[id]; !ok {
				t.Errorf("no entry %q", id)
			}
		}
		for _, in := range listing.Incomplete {
			t.Errorf("scope %q incomplete: %v", in.Scope, in.Err)
		}
	}
}

func loads(t *testing.T, f Fixture) {
	const body = "# Stored\n\nÄpfel, 東京 and 1 < 2."
	id := f.Put("stored.md", body)
	doc, err := Load(t, f.Source(), id)
	if err != nil {
		t.Fatal(err)
	}
	if doc.Format == "" || len(doc.Body) == 0 {
		t.Errorf("document %+v lacks its format or body", doc)
	}
}

func loadsConcurrently(t *testing.T, f Fixture) {
	for _, n := range []string{"a.md", "b.md", "c.md", "d.md", "e.md", "f.md"} {
		f.Put(n, "# "+n+"\n\nsome text")
	}
	snap := open(t, f.Source())
	defer snap.Close()
	entries, _ := list(t, snap)
	var wg sync.WaitGroup
	for id, e := range entries {
		wg.Go(func() {
			if doc, err := e.Load(t.Context()); err != nil || len(doc.Body) == 0 {
				t.Errorf("load %q: %d bytes, %v", id, len(doc.Body), err)
			}
		})
	}
	wg.Wait()
}

func revisions(t *testing.T, f Fixture) {
	kept, edited := f.Put("kept.md", "# Kept\n\nas it is"), f.Put("edited.md", "# Edited\n\nbefore")
	before, _ := List(t, f.Source())
	f.Put("edited.md", "# Edited\n\nbehind") // the same length
	after, _ := List(t, f.Source())
	if a, b := before[kept].Revision, after[kept].Revision; a != "" && b != "" && a != b {
		t.Errorf("revision of an unchanged document went from %q to %q", a, b)
	}
	if a, b := before[edited].Revision, after[edited].Revision; a == b && a != "" {
		t.Errorf("revision %q stayed although the document changed", a)
	}
}

func removes(t *testing.T, f Fixture) {
	kept, gone := f.Put("kept.md", "# Kept\n\ntext"), f.Put("gone.md", "# Gone\n\ntext")
	List(t, f.Source())
	f.Remove("gone.md")
	snap := open(t, f.Source())
	defer snap.Close()
	entries, _ := list(t, snap)
	if _, ok := entries[kept]; !ok {
		t.Errorf("%q is no longer listed", kept)
	}
	if _, ok := entries[gone]; ok {
		t.Errorf("removed %q is still listed", gone)
	}
	if c, ok := snap.(sources.Confirmer); ok {
		if isGone, err := c.Gone(t.Context(), gone); err != nil || !isGone {
			t.Errorf("removed %q is gone: %v, %v", gone, isGone, err)
		}
	}
}

func yieldError(t *testing.T, f Fixture) {
	f.Put("a.md", "# A\n\ntext")
	f.Put("b.md", "# B\n\ntext")
	snap := open(t, f.Source())
	defer snap.Close()
	stop, calls := errors.New("stop"), 0
	_, err := snap.List(t.Context(), func(sources.Entry) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("List = %v after %d calls, want yield's own error after 1", err, calls)
	}
}

func cancelled(t *testing.T, f Fixture) {
	id := f.Put("a.md", "# A\n\ntext")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	snap, err := f.Source().Open(ctx)
	if err != nil {
		return
	}
	defer snap.Close()
	assertNotGone(t, ctx, snap, id)
}

func unreachable(t *testing.T, f Fixture) {
	id := f.Put("a.md", "# A\n\ntext")
	List(t, f.Source())
	f.Break()
	snap, err := f.Source().Open(t.Context())
	if err != nil {
		return
	}
	defer snap.Close()
	assertNotGone(t, t.Context(), snap, id)
}

// assertNotGone fails if the listing would let the engine believe that the
// document was deleted.
func assertNotGone(t *testing.T, ctx context.Context, snap sources.Snapshot, id string) {
	t.Helper()
	listed := false
	listing, err := snap.List(ctx, func(e sources.Entry) error {
		listed = listed || e.ID == id && e.Excluded == ""
		return nil
	})
	if err == nil && !listed && len(listing.Incomplete) == 0 {
		t.Errorf("the listing is complete and lacks %q: it would be deleted", id)
	}
}

func closed(t *testing.T, f Fixture) {
	id := f.Put("a.md", "# A\n\ntext")
	snap := open(t, f.Source())
	entries, _ := list(t, snap)
	if err := snap.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if _, err := entries[id].Load(t.Context()); err == nil {
		t.Error("an entry of a closed snapshot was loaded")
	}
}

func otherScripts(t *testing.T, f Fixture) {
	ids := map[string]string{}
	for _, name := range []string{"%.md", "[.md", "#1 & more?.md", "日本語/はじめに.md", "e\u0301te\u0301.md"} {
		ids[name] = f.Put(name, "# Name\n\ntext")
	}
	entries, _ := List(t, f.Source())
	for name, id := range ids {
		if _, ok := entries[id]; !ok {
			t.Errorf("%q is not listed as %q", name, id)
		}
	}
}
