package filesystem_test

import (
	"path/filepath"
	"testing"

	"finpages/sources"
)

// What lies beside the documents and above them can be told, whatever the rules
// leave out.
func TestExists(t *testing.T) {
	f := newFolder(t)
	f.opts.Include = []string{"**/*.md"}
	f.Put("site/docs/a.md", "text")
	f.Put("site/.obsidian/app.json", "{}")
	f.Put("mkdocs.yml", "site_name: x")
	f.dir = filepath.Join(f.dir, "site")
	f.link("..", "up")
	f.link(t.TempDir(), "out")
	f.link("loop", "loop")
	f.link("docs", "in")
	snap, err := f.Source().Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	for name, want := range map[string]bool{".obsidian": true, "docs/.obsidian": false, "docs/a.md/x": false, "../mkdocs.yml": true, "../../mkdocs.yml": false,
		"up/mkdocs.yml": false, "up/a.md": false, "out/a.md": false, "loop/a.md": false,
		"in/a.md": true} {
		if got, err := snap.(sources.Prober).Exists(t.Context(), name); got != want || err != nil {
			t.Errorf("%s: %t, %v", name, got, err)
		}
		_, got, err := snap.(sources.Includer).Include(t.Context(), name)
		if got != (name == "docs/a.md") || err != nil {
			t.Errorf("include %s: %t, %v", name, got, err)
		}
	}
}

// What a listing has seen is what is there, where it tells; its digest changes with the
// names alone.
func TestNames(t *testing.T) {
	f := newFolder(t)
	f.opts.Include = []string{"docs/*.md"}
	f.Put("docs/a.md", "text")
	f.Put("docs/img.png", "picture")
	f.Put(".hidden/x.md", "text")
	f.Put("docs/sub/b.md", "text")
	listed := func() (sources.Namer, string) {
		snap, err := f.Source().Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { snap.Close() })
		n := snap.(sources.Namer)
		if _, known := n.Saw("docs/a.md"); known || n.Names() != "" {
			t.Error("names are known before the listing")
		}
		if _, err := snap.List(t.Context(), func(sources.Entry) error { return nil }); err != nil {
			t.Fatal(err)
		}
		return n, n.Names()
	}
	n, names := listed()
	for path, want := range map[string]bool{"docs/a.md": true, "docs/img.png": true, "docs/sub/b.md": true, ".hidden": true, ".hidden/x.md": false,
		"docs/none.md": true, "none/x": true, "docs": true, "../x": false} {
		there, known := n.Saw(path)
		if exists, err := n.Exists(t.Context(), path); known != want || known && there != exists || err != nil {
			t.Errorf("%s: there %t, known %t; exists %t, %v", path, there, known, exists, err)
		}
	}
	f.Put("docs/a.md", "other text")
	if _, same := listed(); same != names || names == "" {
		t.Errorf("%q, then %q", names, same)
	}
	f.Put("docs/b.pdf", "text")
	if _, other := listed(); other == names {
		t.Error("another name does not count")
	}
	f.opts.FollowSymlinks = true
	snap, err := f.Source().Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	_, err = snap.List(t.Context(), func(sources.Entry) error { return nil })
	if names := snap.(sources.Namer).Names(); names != "" || err != nil {
		t.Errorf("where links are followed: %q, %v", names, err)
	}
}
