package exec_test

import (
	"encoding/json"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/exec"
	"finpages/sources/sourcestest"

	"golang.org/x/text/unicode/norm"
)

// example is a folder that one of the example adapters reads.
type example struct {
	t       *testing.T
	dir     string
	program string
	suffix  string
	wrap    func(body string) string
}

func (e *example) Source() sources.Source {
	return build(e.t, exec.Options{Command: []string{e.program}, Options: map[string]any{"folder": e.dir}})
}

func (e *example) path(name string) string {
	return filepath.Join(e.dir, filepath.FromSlash(name)) + e.suffix
}

func (e *example) Put(name, body string) string {
	e.t.Helper()
	if err := os.MkdirAll(filepath.Dir(e.path(name)), 0o755); err != nil {
		e.t.Fatal(err)
	}
	if err := os.WriteFile(e.path(name), []byte(e.wrap(body)), 0o644); err != nil {
		e.t.Fatal(err)
	}
	return norm.NFC.String(name)
}

func (e *example) Remove(name string) {
	if err := os.Remove(e.path(name)); err != nil {
		e.t.Fatal(err)
	}
}

func (e *example) Break() {
	if err := os.Rename(e.dir, e.dir+".gone"); err != nil {
		e.t.Fatal(err)
	}
}

func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := osexec.LookPath(p); err != nil {
			t.Skipf("%s is not installed", p)
		}
	}
}

func TestExamplesKeepTheContract(t *testing.T) {
	asJSON := func(body string) string {
		text, _ := json.Marshal(map[string]string{"title": "T", "html": body})
		return string(text)
	}
	asItIs := func(body string) string { return body }
	for name, newExample := range map[string]func(*testing.T) *example{
		"python": func(t *testing.T) *example {
			needs(t, "python3")
			return &example{t, t.TempDir(), "examples/articles.py", ".json", asJSON}
		},
		"shell": func(t *testing.T) *example {
			needs(t, "jq", "sha256sum", "xargs")
			return &example{t, t.TempDir(), "examples/folder.sh", "", asItIs}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sourcestest.Run(t, func(t *testing.T) sourcestest.Fixture { return newExample(t) })
		})
	}
}

func TestPythonExample(t *testing.T) {
	needs(t, "python3")
	e := &example{t, t.TempDir(), "examples/articles.py", ".json", func(s string) string { return s }}
	e.Put("open", `{"title":"Open","html":"`+strings.Repeat("long ", 50_000)+`"}`)
	e.Put("shut", `{"title":"Shut","html":"x","group":"hr"}`)
	e.Put("broken", `{"title":`)
	entries, _ := sourcestest.List(t, e.Source())
	if got := entries["shut"].Withheld; got != "for the group hr alone" {
		t.Errorf("withheld: %q", got)
	}
	if entries["broken"].Err == nil {
		t.Error("a broken file is no error")
	}
	doc, err := sourcestest.Load(t, e.Source(), "open")
	if err != nil || len(doc.Body) != 250_000 || doc.Title != "Open" || doc.Format != sources.HTML {
		t.Errorf("loaded %d bytes, %q, %q, %v", len(doc.Body), doc.Title, doc.Format, err)
	}
}

// build makes a source that runs in the test's folder.
func build(t *testing.T, opts exec.Options) *exec.Exec {
	t.Helper()
	if opts.IdleTimeout == 0 {
		opts.IdleTimeout = exec.NewOptions().IdleTimeout
	}
	if faults := opts.Validate(); len(faults) > 0 {
		t.Fatalf("options: %v", faults)
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	src, err := opts.Build(sources.Env{Name: "kb", Dir: dir, CacheDir: filepath.Join(t.TempDir(), "cache"),
		Formats: sources.Formats{".docx": "no converter for .docx"}})
	if err != nil {
		t.Fatal(err)
	}
	return src.(*exec.Exec)
}

func listAll(t *testing.T, snap sources.Snapshot) map[string]sources.Entry {
	t.Helper()
	entries := map[string]sources.Entry{}
	if _, err := snap.List(t.Context(), func(e sources.Entry) error { entries[e.ID] = e; return nil }); err != nil {
		t.Fatal(err)
	}
	return entries
}
