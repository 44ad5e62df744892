package filesystem_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/filesystem"
	"finpages/sources/sourcestest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// folder is a fixture on disk.
type folder struct {
	t    *testing.T
	dir  string
	opts filesystem.Options
}

func newFolder(t *testing.T) *folder { return &folder{t: t, dir: t.TempDir()} }

func (f *folder) Source() sources.Source {
	f.t.Helper()
	opts := f.opts
	opts.Root = f.dir
	if faults := opts.Validate(); len(faults) > 0 {
		f.t.Fatalf("options: %v", faults)
	}
	src, err := opts.Build(sources.Env{Name: "docs"})
	if err != nil {
		f.t.Fatal(err)
	}
	return src
}

// Put writes a file, and dates it back so that it is not racily clean.
func (f *folder) Put(name, body string) string {
	f.t.Helper()
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
		f.t.Fatal(err)
	}
	past := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, past, past); err != nil {
		f.t.Fatal(err)
	}
	return norm.NFC.String(name)
}

func (f *folder) Remove(name string) {
	f.t.Helper()
	if err := os.Remove(filepath.Join(f.dir, filepath.FromSlash(name))); err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) Break() {
	f.t.Helper()
	if err := os.Rename(f.dir, f.dir+".gone"); err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) link(target, name string) {
	f.t.Helper()
	if err := os.Symlink(target, filepath.Join(f.dir, name)); err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) ids() []string {
	f.t.Helper()
	entries, _ := sourcestest.List(f.t, f.Source())
	return slices.Sorted(maps.Keys(entries))
}

func TestContract(t *testing.T) {
	sourcestest.Run(t, func(t *testing.T) sourcestest.Fixture { return newFolder(t) })
}

func TestSelection(t *testing.T) {
	files := []string{"a.md", "b.MARKDOWN", "c.mdx", "d.html", "e.htm", "f.txt", "g.png", "Makefile",
		".hidden.md", ".git/x.md", "drafts/one.md", "guide/two.md", "guide/deep/three.md", "{x}.md"}
	tests := map[string]struct {
		include, exclude []string
		want             []string
		excluded         int
	}{
		"everything that is a document": {
			want: []string{"a.md", "b.MARKDOWN", "c.mdx", "d.html", "drafts/one.md", "e.htm", "f.txt",
				"guide/deep/three.md", "guide/two.md", "{x}.md"}, excluded: 1},
		"include": {include: []string{"**/*.md"},
			want: []string{"a.md", "drafts/one.md", "guide/deep/three.md", "guide/two.md", "{x}.md"}, excluded: 6},
		"exclude wins": {include: []string{"**/*.md"}, exclude: []string{"drafts/**", "guide/*"},
			want: []string{"a.md", "guide/deep/three.md", "{x}.md"}, excluded: 8},
		"alternatives": {include: []string{"{guide,drafts}/**"},
			want: []string{"drafts/one.md", "guide/deep/three.md", "guide/two.md"}, excluded: 8},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			for _, n := range files {
				f.Put(n, "text")
			}
			f.opts.Include, f.opts.Exclude = tt.include, tt.exclude
			entries, listing := sourcestest.List(t, f.Source())
			if diff := cmp.Diff(tt.want, slices.Sorted(maps.Keys(entries))); diff != "" {
				t.Error(diff)
			}
			if listing.Excluded != tt.excluded {
				t.Errorf("excluded %d, want %d", listing.Excluded, tt.excluded)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	opts := filesystem.Options{Selection: sources.Selection{Include: []string{"[", "./docs/*.md", "", `docs\*.md`,
		`docs\new\*.md`, "guide/**", "a.md", "a b/[!x]"},
		Exclude: []string{"drafts", "drafts/", "x/../*.md", "v2.0", "{a,b}", "../**", `\*.md`}}}
	var got []string
	for _, f := range opts.Validate() {
		got = append(got, f.Field+": "+f.Message)
	}
	want := []string{
		`include[0]: bad glob pattern "[": close every [ and {, or escape them with \`,
		`include[1]: pattern "./docs/*.md" starts with "./": patterns are relative to the root, write "docs/*.md"`,
		`include[2]: the pattern is empty: remove it, or write "**" for all`,
		`include[3]: pattern "docs\\*.md" has a backslash: part folders with /, and write [*] where a name has a *`,
		`include[4]: pattern "docs\\new\\*.md" has a backslash: part folders with /, and write [*] where a name has a *`,
		`exclude[0]: pattern "drafts" matches no document: for all below a folder write "drafts/**"`,
		`exclude[1]: pattern "drafts/" matches no document: for all below a folder write "drafts/**"`,
		`exclude[2]: pattern "x/../*.md" leads out of the root: patterns are relative to the root`,
		`exclude[3]: pattern "v2.0" matches no document: for all below a folder write "v2.0/**"`,
		`exclude[5]: pattern "../**" leads out of the root: patterns are relative to the root`,
		`root: missing: name the folder that holds the documents`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Whoever merges a listing with what is known needs the order of the IDs.
func TestOrder(t *testing.T) {
	f := newFolder(t)
	for _, name := range []string{"a.md", "a/z.md", "a/b/c.md", "a/b.md", "a-b.md", "a0.md", "B.md", "e\u0301.md",
		"f/x.md", "\u00ea/y.md"} {
		f.Put(name, "text")
	}
	for i := range 40 {
		f.Put(fmt.Sprintf("many/%d/x.md", i), "text")
	}
	snap, err := f.Source().Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	var ids []string
	if _, err := snap.List(t.Context(), func(e sources.Entry) error { ids = append(ids, e.ID); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(ids) != 50 || !slices.IsSorted(ids) {
		t.Errorf("listed %q", ids)
	}
	stop := errors.New("stop") // among folders that are being read
	if _, err := snap.List(t.Context(), func(e sources.Entry) error {
		if strings.HasPrefix(e.ID, "many/1") {
			return stop
		}
		return nil
	}); !errors.Is(err, stop) {
		t.Errorf("List = %v", err)
	}
}

func TestListingIsBounded(t *testing.T) {
	f := newFolder(t)
	for i := range 12 {
		f.Put(fmt.Sprintf("%d/a.md", i), "# A")
	}
	for most, good := range map[int]bool{0: true, 12: true, 11: false} {
		f.opts.MaxEntries = most
		snap, err := f.Source().Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = snap.List(t.Context(), func(sources.Entry) error { return nil })
		if (err == nil) != good || err != nil && !strings.Contains(err.Error(),
			"more than 11 documents: name a smaller folder") {
			t.Errorf("at most %d: %v", most, err)
		}
		snap.Close()
	}
}

func TestSymlinksNeverLeadOut(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret.md")
	if err := os.WriteFile(outside, []byte("# Secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, follow := range []bool{false, true} {
		t.Run(fmt.Sprintf("follow=%v", follow), func(t *testing.T) {
			f := newFolder(t)
			f.opts.FollowSymlinks = follow
			f.opts.Include, f.opts.Exclude = []string{"*.md", "real/**", "again/**"}, []string{"drafts/**"}
			f.Put("real/a.md", "# A")
			f.Put(".private/b.md", "# B")
			f.Put("drafts/c.md", "# C")
			f.Put("other/d.md", "# D")
			f.link(".private/b.md", "hidden.md")
			f.link(".private", "real/hidden")
			f.link("../drafts", "real/drafts")
			f.link("drafts/c.md", "excluded.md")
			f.link(outside, "out.md")
			f.link(filepath.Dir(outside), "outdir")
			f.link("../../../../../../etc", "up")
			f.link(".", "loop")
			f.link("..", "real/parent")
			f.link("real", "again")
			f.link("real/a.md", "a-link.md")
			f.link("dangling", "nowhere.md")
			f.link("self.md", "self.md")
			want := []string{"real/a.md"}
			if follow {
				f.link("other/d.md", "d.md") // a link inside the root, to what has no page of its own
				want = []string{"d.md", "real/a.md"}
			}
			if diff := cmp.Diff(want, f.ids()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFileSwappedForALinkIsNotRead(t *testing.T) {
	f := newFolder(t)
	f.Put("a.md", "# A")
	f.Put(".env.md", "SECRET")
	snap, err := f.Source().Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	var entry sources.Entry
	if _, err := snap.List(t.Context(), func(e sources.Entry) error { entry = e; return nil }); err != nil {
		t.Fatal(err)
	}
	f.Remove("a.md")
	f.link(".env.md", "a.md")
	if doc, err := entry.Load(t.Context()); err == nil {
		t.Errorf("loaded %q through a link", doc.Body)
	}
}

func TestUnreadableFolderIsAnIncompleteScope(t *testing.T) {
	if !asNobody(t) {
		return
	}
	f := newFolder(t)
	f.Put("open/a.md", "# A")
	f.Put("shut/deep/b.md", "# B")
	f.Put("unreadable.md", "# C")
	chmod(t, filepath.Join(f.dir, "shut"), 0)
	chmod(t, filepath.Join(f.dir, "unreadable.md"), 0)

	entries, listing := sourcestest.List(t, f.Source())
	if diff := cmp.Diff([]string{"open/a.md", "unreadable.md"}, slices.Sorted(maps.Keys(entries))); diff != "" {
		t.Error(diff)
	}
	if len(listing.Incomplete) != 1 || listing.Incomplete[0].Scope != "shut" {
		t.Errorf("incomplete = %+v, want the scope shut", listing.Incomplete)
	}
	_, err := sourcestest.Load(t, f.Source(), "unreadable.md")
	if err == nil || !strings.Contains(err.Error(), `read "unreadable.md"`) {
		t.Errorf("loading an unreadable file: %v", err)
	}
}

// asNobody runs the test in a process of its own if this one is root's, whom
// file modes do not stop, and says whether this process is to run it.
func asNobody(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() != 0 {
		return true
	}
	dir, err := os.MkdirTemp("", "nobody-") // t.TempDir is for its owner alone
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	self, err := os.ReadFile(os.Args[0])
	program := filepath.Join(dir, "test")
	if err := errors.Join(err, os.Chmod(dir, 0o755), os.WriteFile(program, self, 0o755)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^"+t.Name()+"$")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) {
		t.Skipf("cannot give up root for this test: %v", err)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(path, 0o755) })
}

func TestNamesThatAreNoIDs(t *testing.T) {
	f := newFolder(t)
	f.Put("caf\xe9.md", "# Latin-1 name")
	f.Put("caf\u00e9.md", "# NFC")
	f.Put("cafe\u0301.md", "# NFD, the same ID")
	f.Put("r\xe9p/x.md", "# in a folder with a Latin-1 name")
	entries, _ := sourcestest.List(t, f.Source())
	got := map[string]string{}
	for id, e := range entries {
		got[id] = fmt.Sprint(e.Err)
	}
	want := map[string]string{
		"caf\u00e9.md":  "<nil>",
		`caf\xe9.md`:    `the file name caf\xe9.md is not UTF-8: rename it`,
		`cafe\u0301.md`: `the name of cafe\u0301.md differs from that of another file only in its Unicode form: rename one`,
		`r\xe9p`:        `the file name r\xe9p is not UTF-8: rename it`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	doc, err := sourcestest.Load(t, f.Source(), "caf\u00e9.md")
	if err != nil || string(doc.Body) != "# NFC" {
		t.Errorf("loaded %q, %v", doc.Body, err)
	}
}

func TestOnlyRegularFilesOfBoundedSize(t *testing.T) {
	f := newFolder(t)
	f.Put("huge.md", "")
	if err := os.Truncate(filepath.Join(f.dir, "huge.md"), sources.MaxDocument+1); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(f.dir, "pipe.md"), 0o644); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"huge.md"}, f.ids()); diff != "" {
		t.Error(diff)
	}
	if _, err := sourcestest.Load(t, f.Source(), "huge.md"); err == nil ||
		!strings.Contains(err.Error(), "larger than 16 MiB") {
		t.Errorf("loading a huge file: %v", err)
	}
}

func TestExplain(t *testing.T) {
	f := newFolder(t)
	f.opts.Exclude = []string{"drafts/**"}
	f.Put("a.md", "# A")
	f.link("a.md", "link.md")
	for id, want := range map[string]string{
		"a.md":        "",
		"drafts/x.md": `excluded by the pattern "drafts/**"`,
		".x/a.md":     `hidden: ".x" begins with a dot`,
		"a.png":       "not a document: the name ends in none of .md .markdown .mdx .html .htm .txt",
		"link.md":     "a symbolic link, and follow_symlinks is off",
		"gone.md":     "there is no such file below " + f.dir,
	} {
		got, err := f.Source().(sources.Explainer).Explain(t.Context(), id)
		if err != nil || got != want {
			t.Errorf("Explain(%q) = %q, %v, want %q", id, got, err, want)
		}
	}
}

func TestOpenNamesTheMend(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o644)
	for root, want := range map[string]string{
		filepath.Join(t.TempDir(), "nowhere"): "does not exist: correct filesystem.root, or mount it",
		file:                                  "is not a folder: correct filesystem.root",
	} {
		src, _ := (&filesystem.Options{Root: root}).Build(sources.Env{})
		if _, err := src.Open(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%s) = %v, want %q", root, err, want)
		}
	}
}
