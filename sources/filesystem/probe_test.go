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
	snap, err := f.Source().Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	for name, want := range map[string]bool{".obsidian": true, "docs/.obsidian": false, "docs/a.md/x": false, "../mkdocs.yml": true, "../../mkdocs.yml": false} {
		if got, err := snap.(sources.Prober).Exists(t.Context(), name); got != want || err != nil {
			t.Errorf("%s: %t, %v", name, got, err)
		}
	}
}
