package filesystem_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"finpages/sources"
	"finpages/sources/filesystem"
)

// watched is a folder's watch under way.
type watched struct {
	t       *testing.T
	changes chan struct{}
	ended   chan error
}

func watch(t *testing.T, opts filesystem.Options) *watched {
	t.Helper()
	opts.Watch = true
	source, err := opts.Build(sources.Env{})
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{t, make(chan struct{}, 1), make(chan error, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	go func() {
		w.ended <- source.(sources.Watcher).Watch(ctx, func() {
			select {
			case w.changes <- struct{}{}:
			default:
			}
		})
	}()
	w.notices("the beginning", func() error { return nil })
	return w
}

func (w *watched) notices(what string, do func() error) {
	w.t.Helper()
	if err := do(); err != nil {
		w.t.Fatal(err)
	}
	select {
	case <-w.changes:
	case err := <-w.ended:
		w.t.Fatalf("%s ended the watch: %v", what, err)
	}
}

// noticesFiles writes more files than what came before can be noticed late.
func (w *watched) noticesFiles(dir string) {
	w.t.Helper()
	for i := range 8 {
		name := filepath.Join(dir, fmt.Sprintf("new-%d.md", i))
		w.notices(name, func() error { return os.WriteFile(name, []byte("# New"), 0o644) })
	}
}

func (w *watched) ends(why string) {
	w.t.Helper()
	if err := <-w.ended; err == nil {
		w.t.Errorf("%s, and the watch ended without an error", why)
	}
}

func mkdir(t *testing.T, path ...string) string {
	t.Helper()
	dir := filepath.Join(path...)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWatch(t *testing.T) {
	dir := mkdir(t, t.TempDir(), "docs")
	w := watch(t, filesystem.Options{Root: dir + "/"})
	w.notices("a new file", func() error { return os.WriteFile(filepath.Join(dir, "a.md"), []byte("# A"), 0o644) })
	w.notices("a new folder", func() error { return os.Mkdir(filepath.Join(dir, "new"), 0o755) })
	w.notices("a file that is removed", func() error { return os.Remove(filepath.Join(dir, "a.md")) })
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	w.ends("the folder went")
}

// Whoever publishes by a link, as git-sync does, exchanges it for another in
// one step; it may be the folder itself or hold it, and lead on by links.
func TestWatchFollowsTheLinkToItsFolder(t *testing.T) {
	for name, root := range map[string]string{"the folder": "current", "above the folder": "current/docs",
		"a link to a link": "docs"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var releases []string
			for _, release := range []string{"releases/.one", "releases/two"} {
				releases = append(releases, mkdir(t, dir, release, "docs"))
			}
			if err := errors.Join(os.Symlink("releases/.one", filepath.Join(dir, "current")),
				os.Symlink(filepath.Join(dir, "current", "docs"), filepath.Join(dir, "docs"))); err != nil {
				t.Fatal(err)
			}
			w := watch(t, filesystem.Options{Root: filepath.Join(dir, root)})
			w.noticesFiles(releases[0])
			w.notices("another link", func() error {
				next := filepath.Join(dir, "next")
				return errors.Join(os.Symlink("releases/two", next), os.Rename(next, filepath.Join(dir, "current")))
			})
			w.noticesFiles(releases[1])
			if err := os.Remove(filepath.Join(dir, "current")); err != nil {
				t.Fatal(err)
			}
			w.ends("the link went")
		})
	}
}

// A folder that is away for a while is watched anew: it may come back as it was.
func TestWatchEndsWhenWhatHoldsTheFolderGoes(t *testing.T) {
	dir := t.TempDir()
	w := watch(t, filesystem.Options{Root: mkdir(t, dir, "share", "team", "docs")})
	if err := os.Rename(filepath.Join(dir, "share"), filepath.Join(dir, "away")); err != nil {
		t.Fatal(err)
	}
	w.ends("the parent of the folder's parent went")
}

// What links are followed to lies inside the root, and is watched there.
func TestWatchSeesWhatLinksLeadTo(t *testing.T) {
	dir := t.TempDir()
	shared := mkdir(t, dir, "shared", "deep")
	if err := os.Symlink("shared", filepath.Join(dir, "linked")); err != nil {
		t.Fatal(err)
	}
	w := watch(t, filesystem.Options{Root: dir, FollowSymlinks: true})
	w.noticesFiles(filepath.Join(dir, "linked", "deep"))
	w.notices("another link", func() error { return os.Symlink("deep", filepath.Join(shared, "link")) })
}

func TestWatchOfNoFolder(t *testing.T) {
	dir := t.TempDir()
	file, loop := filepath.Join(dir, "file"), filepath.Join(dir, "loop")
	if err := errors.Join(os.WriteFile(file, nil, 0o644), os.Symlink("loop", loop)); err != nil {
		t.Fatal(err)
	}
	for _, root := range []string{file, loop, filepath.Join(dir, "nowhere")} {
		source, err := (&filesystem.Options{Root: root, Watch: true}).Build(sources.Env{})
		if err != nil {
			t.Fatal(err)
		}
		if err := source.(sources.Watcher).Watch(t.Context(), func() { t.Errorf("%s has changed", root) }); err == nil {
			t.Errorf("%s is watched", root)
		}
	}
}
