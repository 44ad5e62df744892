package confluenceexport_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/confluenceexport"
	"finpages/sources/sourcestest"

	"golang.org/x/text/unicode/norm"
)

// pageHTML is a page as Confluence 4 and newer export it.
func pageHTML(space, title, body string, above ...string) string {
	crumbs := `<li class="first"><span><a href="index.html">` + html.EscapeString(space) + `</a></span></li>`
	for _, title := range above {
		crumbs += `<li><span><a href="x_1.html">` + html.EscapeString(title) + `</a></span></li>`
	}
	full := html.EscapeString(space + " : " + title)
	return `<!DOCTYPE html><html><head><title>` + full + `</title></head><body>
<div id="breadcrumb-section"><ol id="breadcrumbs">` + crumbs + `</ol></div>
<h1 id="title-heading" class="pagetitle"><span id="title-text">
    ` + full + `
</span></h1>
<div id="content" class="view"><div id="main-content" class="wiki-content group">` + body + `</div></div></body></html>`
}

// files are the files of an export by path.
type files map[string]string

func (f files) zip(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "export.zip")
	write(t, name, string(pack(t, f)))
	return name
}

func pack(t *testing.T, f files) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		entry, err := w.Create(name)
		if err == nil {
			_, err = entry.Write([]byte(f[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func (f files) folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range f {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), body)
	}
	return dir
}

// write writes a file and dates it back, so that it is not racily clean.
func write(t *testing.T, name, body string) {
	t.Helper()
	past := time.Now().Add(-time.Hour)
	err := os.MkdirAll(filepath.Dir(name), 0o755)
	if err == nil {
		err = os.WriteFile(name, []byte(body), 0o644)
	}
	if err == nil {
		err = os.Chtimes(name, past, past)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// source makes the adapter from options that must be valid.
func source(t *testing.T, o confluenceexport.Options) sources.Source {
	t.Helper()
	if faults := o.Validate(); len(faults) > 0 {
		t.Fatalf("options: %v", faults)
	}
	src, err := o.Build(sources.Env{Name: "wiki"})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func at(t *testing.T, path string) sources.Source {
	t.Helper()
	return source(t, confluenceexport.Options{Path: path})
}

// entries lists the export at the path.
func entries(t *testing.T, path string) (map[string]sources.Entry, sources.Listing) {
	t.Helper()
	return sourcestest.List(t, at(t, path))
}

func ids(entries map[string]sources.Entry) []string { return slices.Sorted(maps.Keys(entries)) }

// bothKinds runs a test on the files as a folder and as an archive.
func bothKinds(t *testing.T, f files, test func(t *testing.T, path string)) {
	t.Helper()
	t.Run("folder", func(t *testing.T) { test(t, f.folder(t)) })
	t.Run("zip", func(t *testing.T) { test(t, f.zip(t)) })
}

// fixture lets the contract suite edit an export.
type fixture struct {
	t     *testing.T
	files files
	path  string
	write func() // brings what lies at the path up to date
}

func newFolder(t *testing.T) sourcestest.Fixture {
	f := &fixture{t: t, files: files{}, path: t.TempDir()}
	f.write = func() {
		for name, body := range f.files {
			name = filepath.Join(f.path, filepath.FromSlash(name))
			if old, _ := os.ReadFile(name); string(old) != body {
				write(t, name, body)
			}
		}
		filepath.WalkDir(f.path, func(p string, d os.DirEntry, _ error) error {
			if name, _ := filepath.Rel(f.path, p); !d.IsDir() && f.files[filepath.ToSlash(name)] == "" {
				return os.Remove(p)
			}
			return nil
		})
	}
	return f
}

func newArchive(t *testing.T) sourcestest.Fixture {
	f := &fixture{t: t, files: files{}, path: filepath.Join(t.TempDir(), "export.zip")}
	f.write = func() { write(t, f.path, string(pack(t, f.files))) }
	return f
}

func (f *fixture) Source() sources.Source { return at(f.t, f.path) }

func (f *fixture) name(doc string) string {
	return strings.TrimSuffix(doc, path.Ext(doc)) + ".html"
}

func (f *fixture) Put(doc, body string) string {
	f.files[f.name(doc)] = pageHTML("Operations", doc, "<p>"+html.EscapeString(body)+"</p>")
	f.write()
	return norm.NFC.String(f.name(doc))
}

func (f *fixture) Remove(doc string) {
	delete(f.files, f.name(doc))
	f.write()
}

func (f *fixture) Break() {
	if err := os.Rename(f.path, f.path+".gone"); err != nil {
		f.t.Fatal(err)
	}
}

func TestContract(t *testing.T) {
	for name, newFixture := range map[string]func(*testing.T) sourcestest.Fixture{"folder": newFolder, "zip": newArchive} {
		t.Run(name, func(t *testing.T) { sourcestest.Run(t, newFixture) })
	}
}

// described sums up a listing: each entry's ID, with its scope and error.
func described(entries map[string]sources.Entry) []string {
	var lines []string
	for _, id := range ids(entries) {
		line := id
		if e := entries[id]; e.Scope != "" {
			line += " in " + e.Scope
		}
		if err := entries[id].Err; err != nil {
			line += fmt.Sprintf(": %v", err)
		}
		lines = append(lines, line)
	}
	return lines
}

// scopes returns the scopes that a listing could not list in full, sorted.
func scopes(listing sources.Listing) (scopes []string) {
	for _, in := range listing.Incomplete {
		scopes = append(scopes, in.Scope)
	}
	slices.Sort(scopes)
	return scopes
}

// there leaves out the entries that cannot be read.
func there(entries map[string]sources.Entry) map[string]sources.Entry {
	maps.DeleteFunc(entries, func(_ string, e sources.Entry) bool { return e.Err != nil })
	return entries
}
