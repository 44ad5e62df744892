package filesystem_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"finpages/sources"
	"finpages/sources/filesystem"
	"finpages/sources/sourcestest"

	"github.com/google/go-cmp/cmp"
)

// configMap mounts files below a folder as Kubernetes does, in place of those
// that were mounted before.
func configMap(dir, version string, files map[string]string) error {
	next := filepath.Join(dir, version)
	var errs []error
	for name, body := range files {
		file := filepath.Join(next, name)
		errs = append(errs, os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(body), 0o644))
		top, _, _ := strings.Cut(name, "/")
		if err := os.Symlink("..data/"+top, filepath.Join(dir, top)); !errors.Is(err, os.ErrExist) {
			errs = append(errs, err)
		}
	}
	old, _ := os.Readlink(filepath.Join(dir, "..data"))
	errs = append(errs, os.Symlink(version, filepath.Join(dir, "..data_tmp")),
		os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")))
	if old != "" {
		errs = append(errs, os.RemoveAll(filepath.Join(dir, old)))
	}
	return errors.Join(errs...)
}

// https://github.com/spf13/viper/issues/284
func TestAConfigMapIsAFolderOfDocuments(t *testing.T) {
	f := newFolder(t)
	f.opts.FollowSymlinks = true
	f.opts.Exclude = []string{"mount/drafts/**"}
	mount := mkdir(t, f.dir, "mount")
	one := map[string]string{"a.md": "# One", "guide/b.md": "# Two", "drafts/c.md": "# Draft", ".env.md": "SECRET"}
	if err := configMap(mount, "..2026_11_30_12_00_00.1", one); err != nil {
		t.Fatal(err)
	}
	want := []string{"mount/a.md", "mount/guide/b.md"}
	if diff := cmp.Diff(want, f.ids()); diff != "" {
		t.Error(diff)
	}
	entries, _ := sourcestest.List(t, f.Source())
	before := entries["mount/a.md"].Revision
	one["a.md"] = "# New"
	if err := configMap(mount, "..2026_11_30_13_00_00.2", one); err != nil {
		t.Fatal(err)
	}
	entries, _ = sourcestest.List(t, f.Source())
	if got := entries["mount/a.md"].Revision; got == before && got != "" {
		t.Errorf("the revision of what was exchanged stayed %q", got)
	}
	if doc, err := sourcestest.Load(t, f.Source(), "mount/a.md"); err != nil || string(doc.Body) != "# New" {
		t.Errorf("loaded %q, %v", doc.Body, err)
	}
}

// A folder of two dots that is none of Kubernetes' is hidden like others.
func TestOtherDottedFoldersStayHidden(t *testing.T) {
	f := newFolder(t)
	f.opts.FollowSymlinks = true
	f.Put("..private/a.md", "SECRET")
	f.link("..private/a.md", "a.md")
	f.link("..private", "all")
	if got := f.ids(); len(got) > 0 {
		t.Errorf("listed %q", got)
	}
}

func TestWatchSeesAConfigMapSwitch(t *testing.T) {
	dir := t.TempDir()
	if err := configMap(dir, "..1", map[string]string{"a.md": "# One"}); err != nil {
		t.Fatal(err)
	}
	w := watch(t, filesystem.Options{Root: dir, FollowSymlinks: true})
	for i := range 4 {
		w.notices("another version", func() error {
			return configMap(dir, fmt.Sprintf("..%d", i+2), map[string]string{"a.md": "# New"})
		})
	}
}

func TestExplainSaysWhereALinkLeads(t *testing.T) {
	f := newFolder(t)
	f.opts.FollowSymlinks, f.opts.Exclude = true, []string{"drafts/**"}
	f.Put("a.md", "# A")
	f.Put(".env/a.md", "# A")
	f.Put("drafts/a.md", "# A")
	for name, c := range map[string][2]string{
		"out.md":      {os.TempDir(), "a symbolic link that leads out of " + f.dir},
		"nowhere.md":  {"gone.md", "a symbolic link that leads nowhere"},
		"hidden.md":   {".env/a.md", `a symbolic link to ".env/a.md", which is left out: hidden: ".env" begins with a dot`},
		"excluded.md": {"drafts/a.md", `a symbolic link to "drafts/a.md", which is left out: excluded by the pattern "drafts/**"`},
		"twice.md":    {"a.md", `a symbolic link to "a.md", which is no document, or is listed already under that or another name`},
	} {
		f.link(c[0], name)
		got, err := f.Source().(sources.Explainer).Explain(t.Context(), name)
		if err != nil || got != c[1] {
			t.Errorf("Explain(%q) = %q, %v, want %q", name, got, err, c[1])
		}
	}
}

// What a link leads to and may not be looked at is not gone.
func TestALinkThatCannotBeLookedAtIsNotGone(t *testing.T) {
	if !asNobody(t) {
		return
	}
	f := newFolder(t)
	f.opts.FollowSymlinks = true
	f.Put("shut/deep/a.md", "# A")
	f.link("shut/deep/a.md", "b.md")
	f.link("shut/deep", "folder")
	chmod(t, filepath.Join(f.dir, "shut"), 0)
	entries, listing := sourcestest.List(t, f.Source())
	var scopes []string
	for _, in := range listing.Incomplete {
		scopes = append(scopes, in.Scope)
	}
	slices.Sort(scopes)
	if diff := cmp.Diff([]string{"folder", "shut"}, scopes); diff != "" || entries["b.md"].Err == nil {
		t.Errorf("%s b.md: %v", diff, entries["b.md"].Err)
	}
}

func TestCheckWarnsOfAnEmptyFolder(t *testing.T) {
	f := newFolder(t)
	f.Put("a.png", "no document")
	lines, err := f.Source().(sources.Checker).Check(t.Context())
	if !errors.Is(err, sources.ErrNothingFound) || len(lines) != 1 {
		t.Errorf("Check = %q, %v", lines, err)
	}
	f.Put("a.md", "# A")
	if _, err := f.Source().(sources.Checker).Check(t.Context()); err != nil {
		t.Errorf("Check = %v", err)
	}
}

func TestFolderSwappedForALinkIsNotRead(t *testing.T) {
	for _, follow := range []bool{false, true} {
		f := newFolder(t)
		f.opts.FollowSymlinks, f.opts.Exclude = follow, []string{"drafts/**"}
		f.Put("a/b/x.md", "# A")
		f.Put("drafts/b/x.md", "SECRET")
		snap, err := f.Source().Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		var entry sources.Entry
		if _, err := snap.List(t.Context(), func(e sources.Entry) error {
			if e.Excluded == "" {
				entry = e
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(f.dir, "a"), filepath.Join(f.dir, "old")); err != nil {
			t.Fatal(err)
		}
		f.link("drafts", "a")
		if doc, err := entry.Load(t.Context()); err == nil {
			t.Errorf("follow=%v: loaded %q through a link", follow, doc.Body)
		}
	}
}

// Folders are exchanged for links to what is excluded or hidden, and back,
// while they are listed and read.
func TestNothingShutComesOutByARace(t *testing.T) {
	for _, follow := range []bool{false, true} {
		f := newFolder(t)
		f.opts.FollowSymlinks, f.opts.Exclude = follow, []string{"drafts/**"}
		f.Put("a/b/x.md", "open")
		f.Put("drafts/b/x.md", "SECRET")
		f.Put(".hidden/x.md", "SECRET")
		var swapping sync.WaitGroup
		stop := make(chan struct{})
		for _, swap := range [][2]string{{"a", "drafts"}, {"a/b", "../.hidden"}} {
			swapping.Go(func() {
				at := filepath.Join(f.dir, filepath.FromSlash(swap[0]))
				for {
					select {
					case <-stop:
						return
					default:
						if os.Rename(at, at+".away") == nil {
							os.Symlink(swap[1], at)
							os.Remove(at)
							os.Rename(at+".away", at)
						}
					}
				}
			})
		}
		for range 300 {
			snap, err := f.Source().Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_, err = snap.List(t.Context(), func(e sources.Entry) error {
				if e.Load == nil {
					return nil
				}
				if doc, err := e.Load(t.Context()); err == nil && string(doc.Body) != "open" {
					t.Errorf("follow=%v: %s came out as %q", follow, doc.Body, e.ID)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			snap.Close()
		}
		close(stop)
		swapping.Wait()
	}
}
