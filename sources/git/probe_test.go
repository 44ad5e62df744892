package git_test

import (
	"testing"

	"finpages/sources"
)

// What lies beside the documents and above them in the repository can be told,
// whatever the rules leave out.
func TestExists(t *testing.T) {
	r := newRepository(t)
	r.opts.Path, r.opts.Include = "site", []string{"**/*.md"}
	r.write("site/docs/a.md", "text")
	r.write("site/.vitepress/config.js", "x")
	r.write("mkdocs.yml", "site_name: x")
	r.commit("all")
	snap := r.open()
	contents(t, snap)
	for name, want := range map[string]bool{".vitepress": true, "docs/.vitepress": false, "docs/a.md/x": false, "../mkdocs.yml": true, "../../mkdocs.yml": false} {
		if got, err := snap.(sources.Prober).Exists(t.Context(), name); got != want || err != nil {
			t.Errorf("%s: %t, %v", name, got, err)
		}
	}
}

// What a listing has seen is what is there, where it tells; its digest changes with the
// names alone.
func TestNames(t *testing.T) {
	r := newRepository(t)
	r.opts.Path, r.opts.Include = "site", []string{"docs/*.md"}
	r.write("site/docs/a.md", "text")
	r.write("site/docs/deep/er/b.md", "text")
	r.write("site/docs/deep/z.md", "text")
	r.write("site/.vitepress/config.js", "x")
	r.commit("all")
	listed := func() (sources.Namer, string) {
		snap := r.open()
		contents(t, snap)
		n := snap.(sources.Namer)
		return n, n.Names()
	}
	n, names := listed()
	for path, want := range map[string]bool{"docs/a.md": true, ".vitepress/config.js": true, "docs/deep": true, "docs/deep/er": true,
		"docs/deep/er/b.md": true, "docs/none.md": true, "none/x": true, "docs": true, "../x": false, "docs/a.md/x": false} {
		there, known := n.Saw(path)
		if exists, err := n.Exists(t.Context(), path); known != want || known && there != exists || err != nil {
			t.Errorf("%s: there %t, known %t; exists %t, %v", path, there, known, exists, err)
		}
	}
	r.write("site/docs/a.md", "other text")
	r.commit("text")
	if _, same := listed(); same != names || names == "" {
		t.Errorf("%q, then %q", names, same)
	}
	r.write("site/docs/deep/other.png", "picture")
	r.commit("name")
	if _, other := listed(); other == names {
		t.Error("another name does not count")
	}
}
