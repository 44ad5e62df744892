package git_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"finpages/sources"

	"github.com/google/go-cmp/cmp"
)

// What git gets to see of a fetch: one request for all blobs.
func TestBlobsAreFetchedAtOnce(t *testing.T) {
	r, s := overHTTP(t, "")
	for i := range 300 {
		r.write(fmt.Sprintf("d%d/%d.md", i%7, i), fmt.Sprint("document ", i))
	}
	r.write("large.bin", strings.Repeat("x", 1<<20))
	r.link("large.bin", "link.png")
	r.commit("many")
	if got := r.sync(); len(got) != 301 {
		t.Fatalf("%d documents", len(got))
	}
	if n := s.count("POST /docs/.git/git-upload-pack"); n > 8 {
		t.Errorf("%d requests, want a handful", n)
	}
	size := 0
	eachPack(t, r.clone(), func(p string) {
		info, err := os.Stat(p)
		must(t, err)
		size += int(info.Size())
	})
	before := s.count("POST /docs/.git/git-upload-pack")
	snap := r.open()
	if n := s.count("POST /docs/.git/git-upload-pack") - before; n != 1 {
		t.Errorf("an unchanged repository costs %d requests, want 1", n)
	}
	snap.Close()
	r.Put("d0/0.md", "changed")
	before = s.count("POST /docs/.git/git-upload-pack")
	r.sync()
	if n := s.count("POST /docs/.git/git-upload-pack") - before; n > 5 {
		t.Errorf("a changed document costs %d requests", n)
	}
}

// An unchanged repository costs one process, a changed document one fetch and
// two that read.
func TestProcessesOfARun(t *testing.T) {
	r, s := overHTTP(t, "")
	r.write("a.md", "a")
	r.write("large.bin", strings.Repeat("x", 1<<20))
	r.commit("one")
	r.sync()
	ran := r.recordGit()
	run := func() {
		t.Helper()
		snap := r.open()
		if _, err := snap.List(t.Context(), func(sources.Entry) error { return nil }); err != nil {
			t.Fatal(err)
		}
		snap.Close()
	}
	must(t, r.open().Close())
	if diff := cmp.Diff([]string{"ls-remote"}, ran()); diff != "" {
		t.Errorf("unchanged: %s", diff)
	}
	run()
	if diff := cmp.Diff([]string{"cat-file", "ls-remote", "ls-tree"}, slices.Sorted(slices.Values(ran()))); diff != "" {
		t.Errorf("listed: %s", diff)
	}
	r.write("large.bin", strings.Repeat("y", 1<<20))
	r.Put("a.md", "b")
	ran()
	before := s.count("POST /docs/.git/git-upload-pack")
	if got := r.sync(); got["a.md"] != "b" {
		t.Errorf("got %q", got)
	}
	if diff := cmp.Diff([]string{"cat-file", "fetch", "ls-remote", "ls-tree"}, slices.Sorted(slices.Values(ran()))); diff != "" {
		t.Errorf("changed: %s", diff)
	}
	if n := s.count("POST /docs/.git/git-upload-pack") - before; n > 3 {
		t.Errorf("a changed document costs %d requests", n)
	}
}

// recordGit has what git is started for noted from now on. The function it
// returns tells the commands since it was called last, without those of the test.
func (r *repository) recordGit() func() []string {
	r.t.Helper()
	real, err := exec.LookPath("git")
	if err != nil {
		r.t.Fatal(err)
	}
	dir := r.t.TempDir()
	script := "#!/bin/sh\n[ -z \"$GIT_DIR\" ] && [ \"$1\" != version ] || echo \" $* \" >>" + dir + "/log\nexec " +
		real + " \"$@\"\n"
	if err := os.WriteFile(filepath.Join(dir, "git"), []byte(script), 0o755); err != nil {
		r.t.Fatal(err)
	}
	r.t.(*testing.T).Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return func() (commands []string) {
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		os.Remove(filepath.Join(dir, "log"))
		for line := range strings.Lines(string(log)) {
			for _, verb := range []string{"ls-remote", "fetch", "cat-file", "ls-tree", "rev-parse", "version",
				"diff-tree"} {
				if strings.Contains(line, " "+verb+" ") {
					commands = append(commands, verb)
					break
				}
			}
		}
		return commands
	}
}
