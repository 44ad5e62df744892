package git_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/sourcestest"

	"github.com/google/go-cmp/cmp"
)

// mktree adds a commit whose root tree has exactly the entries given in the
// format of git mktree -z, so that a file system need not hold their names.
func (r *repository) mktree(entries ...string) {
	r.t.Helper()
	tree := runGit(r.t, r.dir, strings.Join(entries, "\x00")+"\x00", "mktree", "-z", "--missing")
	commit := r.git("commit-tree", "-m", "made", tree)
	r.git("update-ref", "refs/heads/main", commit)
}

func (r *repository) blob(body string) string {
	r.t.Helper()
	return runGit(r.t, r.dir, body, "hash-object", "-w", "--stdin")
}

// A few small trees that hold each other many times over make a listing of
// millions.
func TestATreeThatRepeatsItself(t *testing.T) {
	r := newRepository(t)
	r.opts.MaxEntries = 1000
	kind, id := "100644 blob", r.blob("text")
	for range 6 {
		var entries []string
		for i := range 32 {
			entries = append(entries, fmt.Sprintf("%s %s\t%d.md", kind, id, i))
		}
		r.mktree(entries...)
		kind, id = "040000 tree", r.git("rev-parse", "main^{tree}")
	}
	if why := r.listable(); !strings.Contains(why, "more than 1000 documents") ||
		!strings.Contains(why, "raise max_entries") {
		t.Errorf("error %q", why)
	}
}

func TestOddNames(t *testing.T) {
	r := newRepository(t)
	names := []string{"-x.md", "--upload-pack=touch pwned.md", "a\nb.md", "\ttab.md", "\"q\".md", ":(glob)x.md",
		"e\u0301.md",
		"日本語.md", "a b.md", "K.MD", "\u212a.md", "%41.md", "\\x.md", ".hidden.md", "not\xffutf8.md", "é.md"}
	var entries []string
	for i, n := range names {
		entries = append(entries, fmt.Sprintf("100644 blob %s\t%s", r.blob(fmt.Sprint(i)), n))
	}
	r.mktree(entries...)
	got := r.sync()
	want := map[string]string{"-x.md": "0", "--upload-pack=touch pwned.md": "1", "a\nb.md": "2", "\ttab.md": "3",
		"\"q\".md":    "4",
		":(glob)x.md": "5", "é.md": "6", "日本語.md": "7", "a b.md": "8", "K.MD": "9", "K.md": "10", "%41.md": "11", "\\x.md": "12",
		`not\xffutf8.md`: `error: the file name not\xffutf8.md is not UTF-8: rename it`,
		`\u00e9.md`:      `error: the name of é.md differs from that of another file only in its Unicode form: rename one`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNamesThatLookAlikeKeepBoth(t *testing.T) {
	r := newRepository(t)
	r.mktree("100644 blob "+r.blob("ascii")+"\tK.md", "100644 blob "+r.blob("kelvin")+"\t\u212a.md",
		"100644 blob "+r.blob("raw")+"\t\xff.md", "100644 blob "+r.blob("spelt")+"\t\\xff.md")
	got := r.sync()
	want := []string{"K.md", `\u212a.md`, `\xff.md`, `\xff.md~`}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" {
		t.Error(diff)
	}
	if got["K.md"] != "ascii" || got[`\xff.md`] != "spelt" {
		t.Errorf("the wrong file has the name: %q", got)
	}
}

func TestHostileRepository(t *testing.T) {
	r := newRepository(t)
	pwned := filepath.Join(t.TempDir(), "pwned")
	run := "touch " + pwned
	r.write(".gitattributes", "*.md filter=evil diff=evil merge=evil\n")
	r.write(".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = ext::sh -c "+run+"\n\tupdate = !"+run+"\n")
	r.write(".lfsconfig", "[lfs]\n\turl = ext::"+run+"\n\tcustomtransfer.evil.path = "+run+"\n")
	r.write("config", "[core]\n\tfsmonitor = "+run+"\n")
	r.write("hooks/post-checkout", "#!/bin/sh\n"+run+"\n")
	r.write("a.md", "a")
	r.git("add", "-A")
	r.git("update-index", "--add", "--cacheinfo", "160000,"+r.git("rev-parse", "HEAD")+",x")
	r.git("commit", "-q", "-m", "hostile")
	for key, value := range map[string]string{"uploadpack.packObjectsHook": run, "core.fsmonitor": run,
		"filter.evil.smudge": run, "core.sshCommand": run} {
		r.git("config", key, value)
	}
	snap := r.open()
	got, listing := contents(t, snap)
	if got["a.md"] != "a" || len(got) != 2 || listing.Excluded != 1 {
		t.Errorf("got %q, %d excluded", got, listing.Excluded)
	}
	if _, err := os.Stat(pwned); err == nil {
		t.Error("the repository ran a command")
	}
}

func TestTamperedCache(t *testing.T) {
	for name, tamper := range map[string]func(repo, run string) error{
		"config": func(repo, run string) error {
			return appendFile(filepath.Join(repo, "config"),
				"[core]\n\tfsmonitor = "+run+"\n\thooksPath = "+repo+"/hooks\n\talternateRefsCommand = "+run+
					"\n[remote \"origin\"]\n\tuploadpack = "+run+"\n[credential]\n\thelper = !"+run+"\n")
		},
		"commondir": func(repo, run string) error {
			evil := filepath.Join(filepath.Dir(repo), "evil")
			return cmp2(os.CopyFS(evil, os.DirFS(repo)),
				appendFile(filepath.Join(evil, "config"), "[remote \"origin\"]\n\tuploadpack = "+run+"\n"),
				os.WriteFile(filepath.Join(repo, "commondir"), []byte(evil+"\n"), 0o600))
		},
		"hooks": func(repo, run string) error {
			hook := filepath.Join(repo, "hooks", "reference-transaction")
			return cmp2(os.MkdirAll(filepath.Dir(hook), 0o755),
				os.WriteFile(hook, []byte("#!/bin/sh\n"+run+"\n"), 0o755))
		},
		"attributes": func(repo, run string) error {
			return cmp2(os.MkdirAll(filepath.Join(repo, "info"), 0o755),
				os.WriteFile(filepath.Join(repo, "info/attributes"), []byte("* filter=evil\n"), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			pwned := filepath.Join(t.TempDir(), "pwned")
			r.sync()
			if err := tamper(r.clone(), "touch "+pwned); err != nil {
				t.Fatal(err)
			}
			r.Put("new.md", "new")
			if got := r.sync(); got["new.md"] != "new" {
				t.Errorf("got %q", got)
			}
			if _, err := os.Stat(pwned); err == nil {
				t.Error("the cache ran a command")
			}
		})
	}
}

func cmp2(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func appendFile(name, text string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(b, text...), 0o600)
}

func TestSymbolicLinks(t *testing.T) {
	r := newRepository(t)
	r.opts.Path = "docs"
	r.opts.Exclude = []string{"drafts/**"}
	r.write("docs/a.md", "a")
	r.write("docs/pages/p.md", "p")
	r.write("docs/drafts/d.md", "draft")
	r.write("docs/drafts/e.md", "draft")
	r.write("shared/s.md", "s")
	r.write("shared/deep/t.md", "t")
	r.write("LICENSE.txt", "license")
	r.write("plain", "no extension")
	r.write("docs/plain2", "no extension")
	r.link("a.md", "docs/same.md")                      // its target is listed
	r.link("pages", "docs/pages.en")                    // so is what lies below
	r.link("../shared", "docs/common")                  // outside git.path: listed once
	r.link("../shared/deep", "docs/again")              // the same again: not twice
	r.link("../LICENSE.txt", "docs/legal/../legal.txt") // lies in docs
	r.link("../plain", "docs/named.md")                 // a document by its own name
	r.link("../../etc/passwd", "docs/out.md")           // out of the tree
	r.link("/etc/passwd", "docs/abs.md")                // absolute
	r.link("/plain2", "docs/abs2.md")                   //
	r.link(".", "shared/self")                          // a circle outside the folder
	r.link("loop2.md", "docs/loop1.md")                 // circles
	r.link("loop1.md", "docs/loop2.md")                 //
	r.link("nowhere.md", "docs/dangling.md")            // dangling
	r.link("..", "docs/up")                             // the folder above: all else once
	r.link("../docs", "shared/back")                    // a circle of folders
	r.link("drafts/d.md", "docs/draft-link.md")         // excluded by its own path
	r.write("docs/.secret/s.md", "hidden")
	r.link(".secret", "docs/open") // hidden by its own path
	r.commit("links")
	excluded := sourcestest.Excluded(t, r.Source())
	for _, id := range []string{"drafts/d.md", "drafts/e.md", "draft-link.md"} {
		if excluded[id] != `excluded by the pattern "drafts/**"` {
			t.Errorf("%s: left out for %q", id, excluded[id])
		}
	}
	got := r.sync()
	want := map[string]string{"a.md": "a", "pages/p.md": "p", "common/s.md": "s", "again/t.md": "t",
		"legal.txt": "license",
		"named.md":  "no extension", "up/README.md": "# Read me\n\ntext"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSelection(t *testing.T) {
	r := newRepository(t)
	for _, n := range []string{"a.md", "b.markdown", "c.mdx", "d.html", "e.htm", "f.txt", "g.png", "h.MD", ".x/y.md",
		"drafts/z.md"} {
		r.write(n, n)
	}
	r.commit("files")
	r.opts.Exclude = []string{"drafts/**"}
	got, listing := contents(t, r.open())
	want := []string{"README.md", "a.md", "b.markdown", "c.mdx", "d.html", "e.htm", "f.txt", "h.MD"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" || listing.Excluded != 2 {
		t.Errorf("%s%d excluded, want 2", diff, listing.Excluded)
	}
	if diff := cmp.Diff(map[string]string{"drafts/z.md": `excluded by the pattern "drafts/**"`},
		sourcestest.Excluded(t, r.Source())); diff != "" {
		t.Error(diff)
	}
	why, err := r.Source().(sources.Explainer).Explain(t.Context(), "drafts/z.md")
	if err != nil || why != `excluded by the pattern "drafts/**"` {
		t.Errorf("Explain = %q, %v", why, err)
	}
}

func TestTooLarge(t *testing.T) {
	r := newRepository(t)
	r.write("big.md", strings.Repeat("x", sources.MaxDocument+1))
	r.write("fits.md", strings.Repeat("x", sources.MaxDocument))
	r.commit("big")
	got := r.sync()
	if !strings.Contains(got["big.md"], "error: read \"big.md\": 16777217 bytes are more than") ||
		len(got["fits.md"]) != sources.MaxDocument {
		t.Errorf("got %.100q and %d bytes", got["big.md"], len(got["fits.md"]))
	}
}

func TestLFS(t *testing.T) {
	r := newRepository(t)
	if _, err := exec.LookPath("git-lfs"); err != nil {
		t.Skip("git-lfs is not installed")
	}
	r.git("lfs", "install", "--local")
	r.git("lfs", "track", "*.html")
	r.write("kept.html", "<p>kept by LFS</p>")
	r.commit("lfs")
	r.write("lost.md", "version https://git-lfs.github.com/spec/v1\noid sha256:"+strings.Repeat("0", 64)+"\nsize 12\n")
	r.write("bad.md", "version https://git-lfs.github.com/spec/v1\nnonsense\n")
	r.commit("pointers")
	got := r.sync()
	if got["kept.html"] != "<p>kept by LFS</p>" {
		t.Errorf("kept.html is %q", got["kept.html"])
	}
	for _, id := range []string{"lost.md", "bad.md"} {
		if !strings.HasPrefix(got[id], "error: ") {
			t.Errorf("%s is %q, want an error", id, got[id])
		}
	}
}

func TestWithoutLFS(t *testing.T) {
	r := newRepository(t)
	r.write("a.md", "version https://git-lfs.github.com/spec/v1\noid sha256:"+strings.Repeat("0", 64)+"\nsize 12\n")
	r.commit("pointer")
	bin := t.TempDir() // a PATH with git but without git-lfs
	for _, name := range []string{"git", "sh"} {
		full, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(full, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
	if got := r.sync()["a.md"]; got != `error: read "a.md": kept by Git LFS: install git-lfs beside git` {
		t.Errorf("got %q", got)
	}
}

// LFS asks the repository's own server, with the token.
func TestLFSOverHTTP(t *testing.T) {
	if _, err := exec.LookPath("git-lfs"); err != nil {
		t.Skip("git-lfs is not installed")
	}
	r, s := overHTTP(t, "x-access-token")
	r.opts.Auth.Token = token
	const body = "kept elsewhere"
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(body)))
	r.write("a.md", fmt.Sprintf("version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n", sum, len(body)))
	r.commit("pointer")
	s.handle("/docs/.git/info/lfs/objects/batch", func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.git-lfs+json")
		fmt.Fprintf(w, `{"transfer":"basic","objects":[{"oid":%q,"size":%d,"actions":{"download":{"href":%q}}}]}`,
			sum, len(body), s.URL+"/object")
	})
	s.handle("/object", func(w http.ResponseWriter, req *http.Request) { fmt.Fprint(w, body) })
	if got := r.sync()["a.md"]; got != body {
		t.Errorf("got %q", got)
	}
	r.assertNoSecretOnDisk()
}
