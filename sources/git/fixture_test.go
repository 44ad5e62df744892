package git_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/git"

	"golang.org/x/text/unicode/norm"
)

// repository is a real repository, its source and the source's cache.
type repository struct {
	t     testing.TB
	dir   string // work tree
	opts  git.Options
	cache string
}

// newRepository makes a repository with one commit, served by its path.
func newRepository(t testing.TB) *repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	r := &repository{t: t, dir: filepath.Join(t.TempDir(), "docs"), cache: t.TempDir(), opts: *git.NewOptions()}
	r.opts.URL = r.dir
	isolate(t)
	if err := os.Mkdir(r.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r.git("init", "-q", "-b", "main")
	r.git("config", "uploadpack.allowFilter", "true")
	r.write("README.md", "# Read me\n\ntext")
	r.commit("first")
	return r
}

// isolate keeps the tests from the user's own git configuration.
func isolate(t testing.TB) {
	home := t.TempDir()
	for k, v := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": home, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": filepath.Join(home, ".gitconfig"),
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
	} {
		switch t := t.(type) {
		case *testing.T:
			t.Setenv(k, v)
		case *testing.B:
			t.Setenv(k, v)
		}
	}
}

// git runs git in the repository and returns its output.
func (r *repository) git(args ...string) string {
	r.t.Helper()
	return runGit(r.t, r.dir, "", args...)
}

func runGit(t testing.TB, dir, input string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(input)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %v: %v: %s", args, err, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

func (r *repository) write(name, body string) {
	r.t.Helper()
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(body), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repository) link(target, name string) {
	r.t.Helper()
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Symlink(target, file); err != nil {
		r.t.Fatal(err)
	}
}

// commit commits the work tree as it is.
func (r *repository) commit(message string) string {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", message)
	return r.git("rev-parse", "HEAD")
}

// Source implements sourcestest.Fixture.
func (r *repository) Source() sources.Source {
	r.t.Helper()
	if faults := r.opts.Validate(); len(faults) > 0 {
		r.t.Fatalf("options: %v", faults)
	}
	src, err := r.opts.Build(sources.Env{Name: "docs", CacheDir: r.cache})
	if err != nil {
		r.t.Fatal(err)
	}
	return src
}

// Put implements sourcestest.Fixture.
func (r *repository) Put(name, body string) string {
	r.t.Helper()
	r.write(name, body)
	r.commit("put " + name)
	return norm.NFC.String(name)
}

// Remove implements sourcestest.Fixture.
func (r *repository) Remove(name string) {
	r.t.Helper()
	r.git("rm", "-q", "--", name)
	r.commit("remove " + name)
}

// Break implements sourcestest.Fixture.
func (r *repository) Break() {
	r.t.Helper()
	if err := os.Rename(r.dir, r.dir+".gone"); err != nil {
		r.t.Fatal(err)
	}
}

// clone is the source's clone in the cache.
func (r *repository) clone() string {
	r.t.Helper()
	found, err := filepath.Glob(filepath.Join(r.cache, "git-*", "repo.git"))
	if err != nil || len(found) != 1 {
		r.t.Fatalf("clones in the cache: %v, %v", found, err)
	}
	return found[0]
}

// open opens the source, and closes it with the test.
func (r *repository) open() sources.Snapshot {
	r.t.Helper()
	snap, err := r.Source().Open(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { snap.Close() })
	return snap
}

// contents lists a snapshot and loads everything, by ID. A document that
// cannot be read is its error.
func contents(t testing.TB, snap sources.Snapshot) (map[string]string, sources.Listing) {
	t.Helper()
	var entries []sources.Entry
	excluded := 0
	listing, err := snap.List(context.Background(), func(e sources.Entry) error {
		if e.Excluded != "" {
			excluded++
			return nil
		}
		entries = append(entries, e)
		return nil
	})
	listing.Excluded += excluded
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	if err := snap.(sources.Prefetcher).Prefetch(context.Background(), entries); err != nil {
		t.Fatalf("prefetch: %v", err)
	}
	got := map[string]string{}
	for _, e := range entries {
		if e.Err != nil {
			got[e.ID] = "error: " + e.Err.Error()
			continue
		}
		doc, err := e.Load(context.Background())
		if err != nil {
			got[e.ID] = "error: " + err.Error()
			continue
		}
		got[e.ID] = string(doc.Body)
	}
	return got, listing
}

// sync is one whole run.
func (r *repository) sync() map[string]string {
	r.t.Helper()
	snap, err := r.Source().Open(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	defer snap.Close()
	got, _ := contents(r.t, snap)
	return got
}
