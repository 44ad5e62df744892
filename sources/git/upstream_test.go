package git_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"finpages/sources"

	"github.com/google/go-cmp/cmp"
)

// listable says why the source cannot be listed, "" if it can be.
func (r *repository) listable() string {
	r.t.Helper()
	snap, err := r.Source().Open(r.t.Context())
	if err != nil {
		return err.Error()
	}
	defer snap.Close()
	listing, err := snap.List(r.t.Context(), func(sources.Entry) error { return nil })
	switch {
	case err != nil:
		return err.Error()
	case len(listing.Incomplete) > 0:
		return listing.Incomplete[0].Err.Error()
	}
	return ""
}

func TestUpstreamChanges(t *testing.T) {
	for name, tt := range map[string]struct {
		setup, change func(r *repository)
		want          map[string]string
	}{
		"new commit": {change: func(r *repository) { r.Put("b.md", "b") }, want: map[string]string{"README.md": "# Read me\n\ntext", "b.md": "b"}},
		"force push": {change: func(r *repository) {
			r.write("README.md", "rewritten")
			r.git("commit", "-q", "-a", "--amend", "-m", "other")
		}, want: map[string]string{"README.md": "rewritten"}},
		"history without a common commit, the old one collected": {change: func(r *repository) {
			r.git("checkout", "-q", "--orphan", "fresh")
			r.write("README.md", "fresh")
			r.commit("fresh")
			r.git("branch", "-M", "fresh", "main")
			r.git("reflog", "expire", "--expire=now", "--all")
			r.git("gc", "-q", "--prune=now")
		}, want: map[string]string{"README.md": "fresh"}},
		"reset to an older commit": {setup: func(r *repository) { r.Put("b.md", "b") },
			change: func(r *repository) {
				r.git("reset", "-q", "--hard",
					"HEAD~1")
			}, want: map[string]string{"README.md": "# Read me\n\ntext"}},
		"default branch changed": {change: func(r *repository) {
			r.git("checkout", "-q", "-b", "trunk")
			r.Put("t.md", "t")
		}, want: map[string]string{"README.md": "# Read me\n\ntext", "t.md": "t"}},
		"default branch renamed": {change: func(r *repository) { r.git("branch", "-m", "main", "trunk") }, want: map[string]string{"README.md": "# Read me\n\ntext"}},
		"all documents of a folder gone, others remain": {setup: func(r *repository) { r.Put("docs/x.png", "x"); r.opts.Path = "docs"; r.Put("docs/a.md", "a") },
			change: func(r *repository) { r.Remove("docs/a.md") }, want: map[string]string{}},
		"tag moved": {setup: func(r *repository) { r.git("tag", "-a", "-m", "x", "v1"); r.opts.Ref = "v1" },
			change: func(r *repository) {
				r.Put("b.md", "b")
				r.git("tag", "-f", "-a", "-m", "x",
					"v1")
			}, want: map[string]string{"README.md": "# Read me\n\ntext", "b.md": "b"}},
		"branch and tag of one name": {setup: func(r *repository) { r.git("tag", "main"); r.opts.Ref = "main" },
			change: func(r *repository) {
				r.Put("b.md",
					"b")
			}, want: map[string]string{"README.md": "# Read me\n\ntext", "b.md": "b"}},
		"a full ref": {setup: func(r *repository) { r.git("update-ref", "refs/pull/1/head", "HEAD"); r.opts.Ref = "refs/pull/1/head" },
			change: func(r *repository) {
				r.Put("b.md", "b")
				r.git("update-ref", "refs/pull/1/head",
					"HEAD")
			}, want: map[string]string{"README.md": "# Read me\n\ntext", "b.md": "b"}},
		"a commit": {setup: func(r *repository) { r.opts.Ref = r.git("rev-parse", "HEAD") },
			change: func(r *repository) {
				r.Put("b.md",
					"b")
			}, want: map[string]string{"README.md": "# Read me\n\ntext"}},
		"another repository": {change: func(r *repository) {
			other := newRepository(r.t)
			other.Put("other.md", "other")
			r.opts.URL = other.dir
		}, want: map[string]string{"README.md": "# Read me\n\ntext", "other.md": "other"}},
		"moved": {change: func(r *repository) { r.Break(); r.opts.URL = r.dir + ".gone" }, want: map[string]string{"README.md": "# Read me\n\ntext"}},
		"depth changed": {setup: func(r *repository) { r.Put("b.md", "b"); r.Put("c.md", "c") }, change: func(r *repository) { r.opts.Depth = 0 },
			want: map[string]string{"README.md": "# Read me\n\ntext", "b.md": "b", "c.md": "c"}},
		"two commits deep": {setup: func(r *repository) { r.opts.Depth = 2; r.Put("b.md", "b"); r.Put("c.md", "c") }, change: func(r *repository) { r.Remove("c.md") },
			want: map[string]string{"README.md": "# Read me\n\ntext", "b.md": "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			if tt.setup != nil {
				tt.setup(r)
			}
			r.sync()
			tt.change(r)
			for range 2 {
				if diff := cmp.Diff(tt.want, r.sync()); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestUpstreamGone(t *testing.T) {
	for name, tt := range map[string]struct {
		setup, change func(r *repository)
		want          string
	}{
		"branch deleted": {setup: func(r *repository) { r.git("branch", "docs"); r.opts.Ref = "docs" },
			change: func(r *repository) {
				r.git("branch", "-D",
					"docs")
			}, want: `has no branch or tag "docs": correct git.ref`},
		"folder deleted": {setup: func(r *repository) { r.Put("docs/a.md", "a"); r.opts.Path = "docs/" },
			change: func(r *repository) { r.Remove("docs/a.md") }, want: `the folder "docs" is not in`},
		"folder became a file": {setup: func(r *repository) { r.Put("docs/a.md", "a"); r.opts.Path = "docs" },
			change: func(r *repository) { r.Remove("docs/a.md"); r.Put("docs", "file") }, want: `git.path "docs"`},
		"emptied":          {change: func(r *repository) { r.Remove("README.md") }, want: "there is nothing at all"},
		"without refs":     {change: func(r *repository) { r.git("update-ref", "-d", "HEAD") }, want: "has no default branch: it is empty"},
		"repository gone":  {change: func(r *repository) { r.Break() }, want: "there is no such repository, or this login may not see it: check git.url"},
		"ref is no commit": {change: func(r *repository) { r.git("tag", "blob", r.blob("x")); r.opts.Ref = "blob" }, want: "leads to no commit"},
		"unknown commit":   {change: func(r *repository) { r.opts.Ref = strings.Repeat("1", 40) }, want: "fetch 1111"},
		"half a commit id": {change: func(r *repository) { r.opts.Ref = r.git("rev-parse", "--short", "HEAD") }, want: "a commit needs its full id"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			if tt.setup != nil {
				tt.setup(r)
			}
			if why := r.listable(); why != "" {
				t.Fatalf("not listable before: %s", why)
			}
			tt.change(r)
			if why := r.listable(); !strings.Contains(why, tt.want) {
				t.Errorf("error %q, want %q", why, tt.want)
			}
			_, err := r.Source().(sources.Checker).Check(t.Context())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Check = %v, want %q", err, tt.want)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A tag that bears the name of a branch that was synced and is gone is old news.
func TestATagInPlaceOfItsBranch(t *testing.T) {
	r := newRepository(t)
	r.opts.Ref = "docs"
	r.git("tag", "docs")
	if got := r.sync(); len(got) != 1 { // a tag from the beginning
		t.Fatalf("got %q", got)
	}
	r.git("branch", "docs")
	r.sync()
	r.git("branch", "-m", "docs", "other")
	for range 2 {
		if why := r.listable(); !strings.Contains(why, `the branch "docs" of file://`) ||
			!strings.Contains(why, `"refs/tags/docs"`) {
			t.Errorf("error %q", why)
		}
		must(t, os.RemoveAll(filepath.Join(r.clone(), "objects")))
	}
	r.opts.Ref = "refs/tags/docs"
	if why := r.listable(); why != "" {
		t.Errorf("the tag by its full name: %s", why)
	}
}

// The snapshot stays with its commit, whatever happens upstream and in the
// cache while it is open.
func TestSnapshotIsFixed(t *testing.T) {
	r := newRepository(t)
	snap := r.open()
	before := snap.(sources.Revisioned).Revision()
	r.Put("late.md", "late")
	must(t, os.RemoveAll(r.clone()))
	if got, _ := contents(t, snap); len(got) != 1 || snap.(sources.Revisioned).Revision() != before {
		t.Errorf("got %q at %s", got, snap.(sources.Revisioned).Revision())
	}
}

// A second process finds the cache in use, and works without it.
func TestCacheInUse(t *testing.T) {
	r := newRepository(t)
	first, err := r.Source().Open(t.Context())
	must(t, err)
	second, err := r.Source().Open(t.Context())
	must(t, err)
	if got, _ := contents(t, second); len(got) != 1 {
		t.Errorf("second: %q", got)
	}
	must(t, second.Close())
	if got, _ := contents(t, first); len(got) != 1 {
		t.Errorf("first: %q", got)
	}
	must(t, first.Close())
	left, err := filepath.Glob(filepath.Join(r.cache, "git-*", "private-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// What a killed process leaves behind is cleared away.
func TestLeftovers(t *testing.T) {
	r := newRepository(t)
	r.sync()
	base := filepath.Dir(r.clone())
	must(t, os.WriteFile(filepath.Join(base, "private-1.lock"), nil, 0o600))
	for _, dir := range []string{"tmp-1/objects", "tmp-2.old", "private-1/repo.git"} {
		must(t, os.MkdirAll(filepath.Join(base, dir), 0o700))
	}
	r.sync()
	left, err := os.ReadDir(base)
	if err != nil || len(left) != 3 { // the clone, its lock, and that the ref is a branch
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestCacheDoesNotGrow(t *testing.T) {
	if testing.Short() {
		t.Skip("many fetches")
	}
	r := newRepository(t)
	for i := range 40 {
		r.Put("a.md", fmt.Sprint("version ", i))
		if got := r.sync(); got["a.md"] != fmt.Sprint("version ", i) {
			t.Fatalf("run %d: %q", i, got)
		}
	}
	files := 0
	must(t, filepath.WalkDir(r.clone(), func(string, os.DirEntry, error) error { files++; return nil }))
	shallow, err := os.ReadFile(filepath.Join(r.clone(), "shallow"))
	if err != nil || files > 110 || strings.Count(string(shallow), "\n") > 40 {
		t.Errorf("%d files, %d commits in shallow, %v", files, strings.Count(string(shallow), "\n"), err)
	}
	if out, err := exec.Command("git", "--git-dir", r.clone(), "fsck",
		"--connectivity-only").CombinedOutput(); err != nil {
		t.Errorf("fsck: %v: %s", err, out)
	}
}

func TestCancelled(t *testing.T) {
	r := newRepository(t)
	snap := r.open()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := snap.List(ctx, func(sources.Entry) error { cancel(); return nil })
	if err == nil {
		t.Skip("done before it could be cancelled")
	}
	if got, _ := contents(t, snap); len(got) != 1 {
		t.Errorf("after a cancelled listing: %q", got)
	}
}
