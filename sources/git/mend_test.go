package git_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"finpages/sources"

	"github.com/google/go-cmp/cmp"
)

func TestBrokenCacheMends(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, repo string){
		"removed":        func(t *testing.T, repo string) { must(t, os.RemoveAll(repo)) },
		"a file instead": func(t *testing.T, repo string) { must(t, os.RemoveAll(repo)); must(t, os.WriteFile(repo, nil, 0o600)) },
		"half cloned":    func(t *testing.T, repo string) { must(t, os.RemoveAll(filepath.Join(repo, "objects"))) },
		"no head":        func(t *testing.T, repo string) { must(t, os.Remove(filepath.Join(repo, "HEAD"))) },
		"packs emptied":  func(t *testing.T, repo string) { eachPack(t, repo, func(p string) { must(t, os.Truncate(p, 0)) }) },
		"packs cut":      func(t *testing.T, repo string) { eachPack(t, repo, func(p string) { must(t, os.Truncate(p, 40)) }) },
		"packs removed": func(t *testing.T, repo string) {
			must(t, os.RemoveAll(filepath.Join(repo, "objects/pack")))
			must(t, os.Mkdir(filepath.Join(repo, "objects/pack"), 0o700))
		},
		"ref garbled": func(t *testing.T, repo string) {
			must(t, os.WriteFile(filepath.Join(repo, "refs/finpages/current"), []byte("junk"), 0o600))
		},
		"shallow garbled": func(t *testing.T, repo string) {
			must(t, os.WriteFile(filepath.Join(repo, "shallow"), []byte("junk\n"), 0o600))
		},
		"history garbled": func(t *testing.T, repo string) {
			must(t, os.WriteFile(filepath.Join(repo, "finpages-history"), []byte("junk\n"), 0o600))
		},
		"stale locks": func(t *testing.T, repo string) {
			for _, f := range []string{"shallow.lock", "config.lock", "HEAD.lock", "packed-refs.lock",
				"refs/finpages/current.lock"} {
				must(t, os.WriteFile(filepath.Join(repo, f), nil, 0o600))
			}
		},
	} {
		for _, changed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/changed=%v", name, changed), func(t *testing.T) {
				r := newRepository(t)
				r.Put("dir/a.md", "a")
				want := r.sync()
				damage(t, r.clone())
				if changed {
					want[r.Put("dir/b.md", "b")] = "b"
				}
				if diff := cmp.Diff(want, r.sync()); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func eachPack(t *testing.T, repo string, do func(string)) {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(repo, "objects/pack/*.pack"))
	if err != nil || len(packs) == 0 {
		t.Fatal("no packs", err)
	}
	for _, p := range packs {
		must(t, os.Chmod(p, 0o600))
		do(p)
	}
}

// A blob that got corrupt, or was lost, is fetched with a clone made anew.
func TestDamagedBlobsMend(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, pack string){
		"corrupt": func(t *testing.T, pack string) {
			b, err := os.ReadFile(pack)
			must(t, err)
			for i := 12; i < len(b)-20; i++ {
				b[i] ^= 0xff
			}
			must(t, os.WriteFile(pack, b, 0o600))
		},
		"lost": func(t *testing.T, pack string) {
			must(t, os.Remove(pack))
			must(t, os.Remove(strings.TrimSuffix(pack, ".pack")+".idx"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, s := overHTTP(t, "")
			for i := range 40 {
				r.write(fmt.Sprintf("docs/%d.md", i), strings.Repeat(fmt.Sprintf("some text %d ", i), 100))
			}
			r.commit("documents")
			want := r.sync()
			snap := r.open()
			var entries []sources.Entry
			_, err := snap.List(t.Context(), func(e sources.Entry) error { entries = append(entries, e); return nil })
			must(t, err)
			must(t, snap.(sources.Prefetcher).Prefetch(t.Context(), entries))
			eachPack(t, r.clone(), func(p string) { damage(t, p) })
			before := s.count("/git-upload-pack")
			got := map[string]string{}
			for _, e := range entries {
				doc, err := e.Load(t.Context())
				must(t, err)
				got[e.ID] = string(doc.Body)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if n := s.count("/git-upload-pack") - before; n > 8 {
				t.Errorf("%d requests to mend the clone", n)
			}
		})
	}
}

// A clone that lacks what the server will not give again calls it a few times,
// not once for each document, and no command fetches by itself.
func TestConnectionsAreBounded(t *testing.T) {
	r, s := overHTTP(t, "")
	for i := range 100 {
		r.write(fmt.Sprintf("docs/%d.md", i), fmt.Sprintf("text %d", i))
	}
	r.commit("documents")
	snap := r.open()
	var entries []sources.Entry
	_, err := snap.List(t.Context(), func(e sources.Entry) error { entries = append(entries, e); return nil })
	must(t, err)
	for name, fails := range map[string]bool{"one by one": false, "while the server is away": true} {
		if fails {
			must(t, os.Rename(r.dir, r.dir+".away"))
			eachPack(t, r.clone(), func(p string) {
				must(t, os.Remove(p))
				must(t,
					os.Remove(strings.TrimSuffix(p, ".pack")+".idx"))
			})
		}
		before := s.count("")
		failed := 0
		for _, e := range entries {
			if _, err := e.Load(t.Context()); err != nil {
				failed++
			}
		}
		if n := s.count("") - before; n > 3*32 || fails && (n > 8 || failed != len(entries)) {
			t.Errorf("%s: %d requests, %d documents failed", name, n, failed)
		}
	}
}

// A full disk ends the fetching: no document tries again by itself.
func TestFullDiskEndsTheFetch(t *testing.T) {
	r, _ := overHTTP(t, "")
	for i := range 50 {
		r.write(fmt.Sprintf("docs/%d.md", i), fmt.Sprintf("text %d", i))
	}
	r.commit("documents")
	snap := r.open()
	var entries []sources.Entry
	_, err := snap.List(t.Context(), func(e sources.Entry) error { entries = append(entries, e); return nil })
	must(t, err)
	real, err := exec.LookPath("git")
	must(t, err)
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "git"), []byte("#!/bin/sh\ncase \" $* \" in *\" fetch \"*)\n"+
		"echo >>"+dir+"/fetches; echo 'fatal: write error: No space left on device' >&2; exit 128;; esac\nexec "+real+" \"$@\"\n"), 0o755))
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	if err := snap.(sources.Prefetcher).Prefetch(t.Context(), entries); err == nil {
		t.Error("fetched to a full disk")
	}
	for _, e := range entries {
		if _, err := e.Load(t.Context()); err == nil || !strings.Contains(err.Error(), "make room on the disk") {
			t.Fatalf("%s: %v", e.ID, err)
		}
	}
	if n := len(readLines(t, filepath.Join(dir, "fetches"))); n != 1 {
		t.Errorf("%d fetches", n)
	}
	r.Put("more.md", "more")
	must(t, snap.Close())
	if why := r.listable(); !strings.Contains(why, "make room on the disk") {
		t.Errorf("error %q", why)
	}
	if n := len(readLines(t, filepath.Join(dir, "fetches"))); n != 2 {
		t.Errorf("%d fetches after another commit", n)
	}
}

func readLines(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile(name)
	must(t, err)
	return strings.SplitAfter(strings.TrimSuffix(string(b), "\n"), "\n")
}
