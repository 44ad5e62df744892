package rclone_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	osexec "os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"finpages/sources"
	"finpages/sources/rclone"
	"finpages/sources/sourcestest"

	"github.com/google/go-cmp/cmp"
)

// Tests with a fake do not run in parallel: a child of another test that starts
// meanwhile holds on to the file that is written, which then cannot be run.

// fake is a program in the place of rclone: a script of what it answers to a
// listing, and to a copy, for which $list and $to are set.
func fake(t *testing.T, listing, copying string) *rclone.Rclone {
	t.Helper()
	return fakeWith(t, rclone.Options{Remote: "drive:Docs"}, "v1.60.1", listing, copying)
}

func fakeWith(t *testing.T, opts rclone.Options, version, listing, copying string) *rclone.Rclone {
	t.Helper()
	program := filepath.Join(t.TempDir(), "rclone")
	script := `#!/bin/sh
log() { echo '{"level":"error","msg":"'"$1"'","object":"'"$2"'"}' >&2; }
while [ "${1#--}" != "$1" ]; do if [ "$1" = --use-json-log ]; then shift; else shift 2; fi; done
case $1 in
version) echo "rclone ` + version + `" ;;
backend) echo '{"Name":"drive","Hashes":["md5"],"Features":{}}' ;;
lsjson)
` + listing + `
;;
copy) list=$3; for to; do :; done; mkdir -p "$to"
` + copying + `
;;
esac
`
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	if faults := opts.Validate(); len(faults) > 0 {
		t.Fatal(faults)
	}
	src, err := opts.Build(sources.Env{Name: "s", CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	src.(*rclone.Rclone).Run(program)
	return src.(*rclone.Rclone)
}

const whole = `echo '[{"Path":"a.md","Size":2,"ModTime":"2026-01-01T00:00:00Z","ID":"id-a","Hashes":{"md5":"11"}},'
echo '{"Path":"dir/Plan.html","Size":-1,"ModTime":"2026-01-01T00:00:00Z","ID":"id-b"},'
echo '{"Path":"pic.png","Size":1,"ID":"id-c"}]'`

func TestStoragesOwnIDs(t *testing.T) {
	src := fake(t, whole, `while read -r name; do mkdir -p "$(dirname "$to/$name")"; printf hi >"$to/$name"; done <"$list"`)
	snap, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	entries := map[string]sources.Entry{}
	l, err := snap.List(t.Context(), func(e sources.Entry) error { entries[e.ID] = e; return nil })
	if err != nil || l.Excluded != 0 || len(entries) != 2 {
		t.Fatalf("%d entries, %+v, %v", len(entries), l, err)
	}
	if a, b := entries["id-a"], entries["id-b"]; a.Revision != "md5 11 at a.md" ||
		b.Revision != "-1 2026-01-01T00:00:00Z at dir/Plan.html" || b.Scope != "dir" {
		t.Errorf("entries %+v, %+v", a, b)
	}
	if id, ok := snap.(sources.Linker).Link("dir/Plan.html"); !ok || id != "id-b" {
		t.Errorf("the link leads to %q, %v", id, ok)
	}
	if err := snap.(sources.Prefetcher).Prefetch(t.Context(), slices.Collect(maps.Values(entries))); err != nil {
		t.Fatal(err)
	}
	doc, err := entries["id-b"].Load(t.Context())
	if err != nil || doc.Path != "dir/Plan.html" || doc.Format != sources.HTML || string(doc.Body) != "hi" {
		t.Errorf("document %+v, %v", doc, err)
	}
	for id, want := range map[string]bool{"id-a": false, "id-z": true} {
		if gone, err := snap.(sources.Confirmer).Gone(t.Context(), id); err != nil || gone != want {
			t.Errorf("%s is gone: %v, %v", id, gone, err)
		}
	}
}

// Where the storage has IDs, a renamed tree is the same documents elsewhere.
func TestRenamedTree(t *testing.T) {
	at := func(dir string) (map[string]sources.Entry, *rclone.Rclone) {
		src := fake(t, strings.ReplaceAll(`printf '%s\n' '[{"Path":"DIR/a.md","Size":2,"ID":"1","Hashes":{"md5":"11"}},' \
			'{"Path":"DIR/sub/b.md","Size":2,"ID":"2","Hashes":{"md5":"22"}}]'`, "DIR", dir),
			`while read -r name; do mkdir -p "$(dirname "$to/$name")"; printf hi >"$to/$name"; done <"$list"`)
		entries, _ := sourcestest.List(t, src)
		return entries, src
	}
	before, _ := at("old")
	after, src := at("new name")
	if len(before) != 2 || len(after) != 2 {
		t.Fatalf("%d documents, then %d", len(before), len(after))
	}
	for id, want := range map[string]string{"1": "new name/a.md", "2": "new name/sub/b.md"} {
		if before[id].Revision == after[id].Revision {
			t.Errorf("%s: the revision %q does not tell of the new path", id, after[id].Revision)
		}
		if doc, err := sourcestest.Load(t, src, id); err != nil || doc.Path != want {
			t.Errorf("%s lies at %q, %v, want %q", id, doc.Path, err, want)
		}
	}
}

func TestBrokenListingsAreErrors(t *testing.T) {
	first := strings.SplitAfter(whole, "\n")[0]
	for name, tt := range map[string]struct{ listing, want string }{
		"an exit":            {first + `log "couldn't list: 403 quota" dir; exit 1`, "rclone lsjson: couldn't list: 403 quota"},
		"its last words":     {first + `echo '2026/11/30 14:27:49 Failed to lsjson with 2 errors: last error was: token expired' >&2; exit 6`, "rclone lsjson: token expired"},
		"an error, exit 0":   {whole + `; log "error reading source directory" dir`, "error reading source directory"},
		"a cut":              {first, "cut short"},
		"a cut after comma":  {first + `printf '{"Path":'`, "cut short"},
		"no closing bracket": {`echo '[{"Path":"a.md"}'`, "cut short"},
		"nothing":            {":", "cut short"},
		"no JSON":            {"echo hello", "cut short"},
		"killed":             {first + "kill -9 $$", "killed"},
	} {
		t.Run(name, func(t *testing.T) {
			snap, err := fake(t, tt.listing, "").Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			if _, err := snap.List(t.Context(), func(sources.Entry) error { return nil }); err == nil ||
				!strings.Contains(err.Error(), tt.want) {
				t.Errorf("List: %v, want %q", err, tt.want)
			}
			if gone, err := snap.(sources.Confirmer).Gone(t.Context(), "z"); gone || err == nil {
				t.Errorf("gone: %v, %v", gone, err)
			}
		})
	}
}

func TestBrokenCopiesAreErrors(t *testing.T) {
	for name, tt := range map[string]struct{ copying, id, want string }{
		"an error of one file": {`log "failed to copy: 500" a.md; exit 1`, "id-a", "failed to copy: 500"},
		"not there":            {":", "id-a", "was not copied"},
		"cut short":            {`printf h >$to/a.md`, "id-a", "has 1 bytes, and 2 when it was listed"},
		"an exit":              {`echo 'no space left' >&2; exit 7`, "id-a", "rclone copy: no space left"},
		"an export in doubt":   {`mkdir $to/dir; printf h >$to/dir/Plan.html; exit 7`, "id-b", "rclone copy"},
		"a link":               {`ln -s /etc/passwd $to/a.md`, "id-a", "regular"},
	} {
		t.Run(name, func(t *testing.T) {
			if doc, err := sourcestest.Load(t, fake(t, whole, tt.copying), tt.id); err == nil ||
				!strings.Contains(err.Error(), tt.want) {
				t.Errorf("loaded %q, %v, want %q", doc.Body, err, tt.want)
			}
		})
	}
}

func TestNamesThatAreNotOnes(t *testing.T) {
	src := fake(t, `printf '%s\n' '[{"Path":"a.md","Size":2,"ID":"1"},{"Path":"a.md","Size":2,"ID":"2"},{"Path":"b\nc.md","Size":1,"ID":"3"},{"Path":"huge.md","Size":99999999,"ID":"4"},
{"Path":"e\u0301.md","Size":1,"ID":"5"}, {"Path":"\u00e9.md","Size":1,"ID":"6"}, {"Path":".hidden/a.md","Size":1,"ID":"7"}]'`, `printf hi >$to/a.md`)
	entries, l := sourcestest.List(t, src)
	got := map[string]string{}
	for id, e := range entries {
		got[id] = fmt.Sprint(e.Err)
	}
	want := map[string]string{
		"1": "<nil>", "2": `another file has the name "a.md", too: rename one`, `"3"`: `the name "b\nc.md" holds a line break: rename it`,
		"4": "larger than 16 MiB: split the document", "5": "<nil>", "6": `another file has the name "é.md", too: rename one`,
	}
	if diff := cmp.Diff(want, got); diff != "" || l.Excluded != 1 {
		t.Error(diff, l.Excluded)
	}
	if _, err := sourcestest.Load(t, src, "1"); err == nil || !strings.Contains(err.Error(), "another file has the name") {
		t.Errorf("one of two files of one name was loaded: %v", err)
	}
}

func TestCheck(t *testing.T) {
	lines, err := fake(t, whole, "").Check(t.Context())
	if want := []string{"rclone v1.60.1", "drive:Docs: 2 documents, 0 left out by rule"}; err != nil ||
		!slices.Equal(lines, want) {
		t.Errorf("check: %q, %v", lines, err)
	}
	narrow := rclone.Options{Remote: "drive:Docs", Selection: sources.Selection{Exclude: []string{"dir/**"}}}
	want := map[string]string{"id-b": `excluded by the pattern "dir/**"`}
	if diff := cmp.Diff(want, sourcestest.Excluded(t, fakeWith(t, narrow, "v1.60.1", whole, ""))); diff != "" {
		t.Error(diff)
	}
	for version, want := range map[string]string{"v1.50.2": "too old: install rclone 1.58",
		"x": "does not tell its version"} {
		if _, err := fakeWith(t, rclone.Options{Remote: "x:"}, version, whole, "").Check(t.Context()); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("check of %s: %v", version, err)
		}
	}
	if _, err := fake(t, "echo '[]'", "").Check(t.Context()); !errors.Is(err, sources.ErrNothingFound) {
		t.Errorf("check of an empty folder: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	src, err := (&rclone.Options{Remote: "x:"}).Build(sources.Env{CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.Open(t.Context()); err == nil || !strings.Contains(err.Error(), "rclone is not installed") {
		t.Errorf("without rclone: %v", err)
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	t.Setenv("INTERCOM_TOKEN", "not-for-rclone")
	config := filepath.Join(t.TempDir(), "rclone.conf")
	text := "[drive]\ntype = drive\ntoken = {\"access_token\":\"ya29.secret\",\"x\":1}\nclient_secret = abcdefgh\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	src := fakeWith(t, rclone.Options{Remote: "drive:", Config: config}, "v1.60.1",
		`log "bad ya29.secret and abcdefgh and $INTERCOM_TOKEN, $RCLONE_CONFIG"; exit 1`, "")
	_, err := src.Check(t.Context())
	if err == nil || err.Error() != "rclone lsjson: bad [secret] and [secret] and , "+config {
		t.Errorf("got %v", err)
	}
	for remote, want := range map[string]string{
		":s3,access_key_id=AK,secret_access_key=SK:bucket/docs": ":s3:bucket/docs", "drive:a,b": "drive:a,b", `x,p='a:b',q="c:,":d:e`: "x:d:e", "/a/b": "/a/b", "": "", ":local,x=1": ":local", "drive:Docs": "drive:Docs",
	} {
		got, err := (&rclone.Options{Remote: remote}).MarshalJSON()
		if err != nil || !strings.Contains(string(got), `"`+want+`"`) {
			t.Errorf("%s is told as %s, %v", remote, got, err)
		}
	}
}

// Thousands of documents take a few commands.
func TestDocumentsComeInBatches(t *testing.T) {
	const n = 1000
	s := newStorage(t)
	for i := range n {
		s.Put(fmt.Sprintf("dir%d/%04d.md", i%7, i), fmt.Sprintf("# %d", i))
	}
	real, err := osexec.LookPath("rclone")
	if err != nil {
		t.Fatal(err)
	}
	runs, program := filepath.Join(t.TempDir(), "runs"), filepath.Join(t.TempDir(), "rclone")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho x >>"+runs+"\nexec "+real+` "$@"`), 0o755); err != nil {
		t.Fatal(err)
	}
	src := s.Source()
	src.(*rclone.Rclone).Run(program)
	snap, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	var entries []sources.Entry
	if _, err := snap.List(t.Context(), func(e sources.Entry) error {
		entries = append(entries,
			e)
		return nil
	}); err != nil || len(entries) != n {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	if err := snap.(sources.Prefetcher).Prefetch(t.Context(), entries); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(entries, func(a, b sources.Entry) int { return strings.Compare(a.ID, b.ID) })
	var group sync.WaitGroup
	places := make(chan struct{}, 8)
	for _, e := range entries {
		places <- struct{}{}
		group.Go(func() {
			defer func() { <-places }()
			if doc, err := e.Load(t.Context()); err != nil || !strings.HasPrefix(string(doc.Body), "# ") {
				t.Errorf("%s: %q, %v", e.ID, doc.Body, err)
			}
		})
	}
	group.Wait()
	text, err := os.ReadFile(runs)
	if err != nil || strings.Count(string(text), "x") != 3+4 {
		t.Errorf("rclone ran %d times, %v, want 7", strings.Count(string(text), "x"), err)
	}
}

func TestRenamesAndRules(t *testing.T) {
	s := newStorage(t)
	s.opts.Exclude = []string{"drafts/**"}
	for _, name := range []string{"a.md", "drafts/b.md", "x/y/c.html", "pic.png", ".git/d.md"} {
		s.Put(name, "text")
	}
	ids, l := s.ids()
	if want := []string{"a.md", "x/y/c.html"}; !slices.Equal(ids, want) || l.Excluded != 2 {
		t.Errorf("listed %q, %d excluded", ids, l.Excluded)
	}
	why, err := s.Source().(sources.Explainer).Explain(t.Context(), "drafts/b.md")
	if err != nil || why != `excluded by the pattern "drafts/**"` {
		t.Errorf("explained by %q, %v", why, err)
	}
}

func TestListingIsBounded(t *testing.T) {
	s := newStorage(t)
	s.Put("a.md", "A")
	s.Put("b.md", "B")
	s.opts.MaxEntries = 1
	snap, err := s.Source().Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	n := 0
	if _, err := snap.List(t.Context(), func(sources.Entry) error { n++; return nil }); err == nil || n != 1 {
		t.Errorf("%d entries, %v", n, err)
	}
}

func TestValidate(t *testing.T) {
	for remote, want := range map[string]string{"": "missing", "-x:": "begins with a dash", "a:b\n": "line break", "drive:Docs": ""} {
		faults := (&rclone.Options{Remote: remote}).Validate()
		if want == "" && len(faults) > 0 || want != "" && (len(faults) != 1 || !strings.Contains(faults[0].Message, want)) {
			t.Errorf("%q: %v", remote, faults)
		}
	}
}
