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
