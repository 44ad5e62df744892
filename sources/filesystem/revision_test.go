package filesystem_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"finpages/sources/sourcestest"
)

func TestRacilyCleanHasNoRevision(t *testing.T) {
	tests := map[string]struct {
		since time.Duration
		known bool
	}{
		"an hour ago":             {time.Hour, true},
		"two and a half seconds":  {2500 * time.Millisecond, true},
		"just now":                {time.Millisecond, false},
		"a whole second, lately":  {time.Second, false}, // the clock of the test stands at a whole second
		"in the future":           {-time.Hour, false},
		"when the listing begins": {0, false},
	}
	for name, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			f := newFolder(t)
			f.Put("a.md", "# A")
			mtime := time.Now().Add(-tt.since)
			if err := os.Chtimes(filepath.Join(f.dir, "a.md"), mtime, mtime); err != nil {
				t.Fatal(err)
			}
			entries, _ := sourcestest.List(t, f.Source())
			if got := entries["a.md"].Revision != ""; got != tt.known {
				t.Errorf("%s: revision %q, want known=%v", name, entries["a.md"].Revision, tt.known)
			}
		})
	}
}

func TestReplacedFileWithSameSizeAndTimeHasANewRevision(t *testing.T) {
	f := newFolder(t)
	f.Put("a.md", "# A")
	when := time.Now().Add(-time.Hour)
	path := filepath.Join(f.dir, "a.md")
	os.Chtimes(path, when, when)
	before, _ := sourcestest.List(t, f.Source())
	f.Put("a.new", "# B")
	os.Chtimes(filepath.Join(f.dir, "a.new"), when, when)
	if err := os.Rename(filepath.Join(f.dir, "a.new"), path); err != nil {
		t.Fatal(err)
	}
	after, _ := sourcestest.List(t, f.Source())
	if before["a.md"].Revision == after["a.md"].Revision {
		t.Errorf("revision stayed %q", after["a.md"].Revision)
	}
}

// Whoever keeps size and time of a file that it writes to (cp -p, rsync
// --inplace -t, touch -r) cannot keep its change time
// (https://github.com/restic/restic/issues/2179).
func TestWrittenWithSameSizeAndTimeHasANewRevision(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no change time")
	}
	f := newFolder(t)
	f.Put("a.md", "# A")
	path := filepath.Join(f.dir, "a.md")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := sourcestest.List(t, f.Source())
	for after := before; after["a.md"].Revision == before["a.md"].Revision; { // until the system's clock has moved on
		if err := os.WriteFile(path, []byte("# B"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
		after, _ = sourcestest.List(t, f.Source())
	}
}
