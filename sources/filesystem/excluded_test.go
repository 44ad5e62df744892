package filesystem_test

import (
	"errors"
	"testing"

	"finpages/sources"
	"finpages/sources/sourcestest"

	"github.com/google/go-cmp/cmp"
)

// What a pattern leaves out is told one by one, since it may be in Fin: below
// folders, too, and where a link shows it. What no pattern has hidden is counted.
func TestExcludedDocumentsAreTold(t *testing.T) {
	f := newFolder(t)
	f.opts.Exclude, f.opts.FollowSymlinks = []string{"drafts/**", "*.txt"}, true
	for _, name := range []string{"a.md", "b.txt", "drafts/one.md", "drafts/deep/e\u0301.md", "drafts/pic.png",
		".hidden/x.md", ".x.txt"} {
		f.Put(name, "text")
	}
	f.link("drafts/one.md", "shown.md")
	f.link("drafts/deep", "folder")
	f.link("nowhere", "dangling.md")
	drafts, text := `excluded by the pattern "drafts/**"`, `excluded by the pattern "*.txt"`
	want := map[string]string{"b.txt": text, "drafts/one.md": drafts, "drafts/deep/\u00e9.md": drafts,
		"shown.md": drafts}
	if diff := cmp.Diff(want, sourcestest.Excluded(t, f.Source())); diff != "" {
		t.Error(diff)
	}
	entries, listing := sourcestest.List(t, f.Source())
	if len(entries) != 1 || listing.Excluded != len(want)+2 {
		t.Errorf("%d documents, %d left out", len(entries), listing.Excluded)
	}
	f.opts.MaxEntries = 3
	if lines, err := f.Source().(sources.Checker).Check(t.Context()); err != nil ||
		lines[0] != "folder "+f.dir+": 1 documents, 6 left out by rule" {
		t.Errorf("check: %q, %v", lines, err)
	}
	f.opts.Include = []string{"x/**"}
	if _, err := f.Source().(sources.Checker).Check(t.Context()); !errors.Is(err, sources.ErrNothingFound) {
		t.Errorf("check: %v", err)
	}
}

// A large folder that is left out costs about as much as one that is not: the
// reasons, and not the looks at the files.
func TestExcludedFoldersCostLittle(t *testing.T) {
	f := newFolder(t)
	for i := range 500 {
		f.Put("drafts/"+string(rune('a'+i%26))+"/"+string(rune('a'+i/26))+".md", "")
	}
	allocs := func() float64 {
		src := f.Source()
		return testing.AllocsPerRun(3, func() {
			snap, err := src.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			if _, err := snap.List(t.Context(), func(sources.Entry) error { return nil }); err != nil {
				t.Fatal(err)
			}
		})
	}
	taken := allocs()
	f.opts.Exclude = []string{"drafts/**"}
	if out := allocs(); out > 1.2*taken {
		t.Errorf("%.0f allocations where the folder is left out, %.0f where it is not", out, taken)
	}
}
