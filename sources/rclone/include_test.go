package rclone_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"finpages/sources"

	"golang.org/x/text/unicode/norm"
)

// Documents include what the listing told of, by the rules of the source.
func TestInclude(t *testing.T) {
	s := newStorage(t)
	s.opts.Exclude = []string{"drafts/**"}
	decomposed := norm.NFD.String("teile/é.md")
	for name, body := range map[string]string{"a.md": "a", "parts/cups.md": "Rinse the cups.", "code/main.go": "package main",
		"drafts/x.md": "x", ".private/y.md": "y", decomposed: "z", ".obsidian/app.json": "{}"} {
		s.Put(name, body)
		long := time.Now().Add(-time.Hour)
		if err := os.Chtimes(filepath.Join(s.dir, name), long, long); err != nil {
			t.Fatal(err)
		}
	}
	open := func() sources.Snapshot {
		t.Helper()
		snap, err := s.Source().Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { snap.Close() })
		if _, err := snap.List(t.Context(), func(sources.Entry) error { return nil }); err != nil {
			t.Fatal(err)
		}
		return snap
	}
	find := func(snap sources.Snapshot, path string) (e sources.Entry, found bool) {
		t.Helper()
		e, found, err := snap.(sources.Includer).Include(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		return e, found
	}
	snap := open()
	for path, want := range map[string]string{"parts/cups.md": "Rinse the cups.", "code/main.go": "package main", "teile/é.md": "z",
		"drafts/x.md": "", ".private/y.md": "", "gone.md": "", "parts": "", "../a.md": ""} {
		e, found := find(snap, path)
		if found != (want != "") {
			t.Errorf("%s: found is %v", path, found)
		}
		for range 2 { // as two documents would
			if !found || want == "package main" {
				break
			}
			doc, err := e.Load(t.Context())
			if err != nil || string(doc.Body) != want || doc.Path != path || e.Revision == "" {
				t.Errorf("%s: %q at %q, revision %q, %v", path, doc.Body, doc.Path, e.Revision, err)
			}
		}
	}
	for path, want := range map[string]bool{".obsidian": true, ".obsidian/app.json": true, "parts": true, "gone": false, "../x": false} {
		if found, err := snap.(sources.Prober).Exists(t.Context(), path); found != want || err != nil {
			t.Errorf("%s exists: %v, %v", path, found, err)
		}
	}
	before, _ := find(snap, "parts/cups.md")
	same, _ := find(open(), "parts/cups.md")
	s.Put("parts/cups.md", "Warm the cups first.")
	after, _ := find(open(), "parts/cups.md")
	if before.Revision != same.Revision || before.Revision == after.Revision {
		t.Errorf("revisions %q, %q, after a change %q", before.Revision, same.Revision, after.Revision)
	}
}
