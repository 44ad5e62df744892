//go:build unix

package confluenceexport_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/confluenceexport"
	"finpages/sources/sourcestest"

	"github.com/google/go-cmp/cmp"
)

func TestFolderIsNotLeft(t *testing.T) {
	outside := files{"Secret_9.html": pageHTML("S", "Secret", "x")}.folder(t)
	dir := files{"OPS/Home_1.html": pageHTML("S", "Home", "x"), "OPS/Late_2.html": "x"}.folder(t)
	for name, target := range map[string]string{
		"OPS/Secret_9.html": filepath.Join(outside, "Secret_9.html"), "outside": outside, "again": "OPS",
		"loop": ".", "OPS/Gone_4.html": "nowhere", "OPS/index.html": filepath.Join(outside, "Secret_9.html"),
		"unmounted": "nowhere", "~jo.doe": "nowhere", "left out": "OPS", "attachments": outside,
		"logo.png": "nowhere", "NOTICE": filepath.Join(outside, "Secret_9.html"),
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "OPS", "Pipe_5.html"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "DEV"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "OPS", "Dir_6.html"), 0o755); err != nil {
		t.Fatal(err)
	}
	src := source(t, confluenceexport.Options{Path: dir, Selection: sources.Selection{Exclude: []string{"left out/**"}}})
	snap, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	got := map[string]sources.Entry{}
	listing, err := snap.List(t.Context(), func(e sources.Entry) error { got[e.ID] = e; return nil })
	want := []string{
		"1 in OPS", "2 in OPS",
		`4 in OPS: page "OPS/Gone_4.html": a symbolic link, which is not followed: put the file itself there, or leave it out with exclude`,
		`5 in OPS: page "OPS/Pipe_5.html": a pipe or device lies where the file should be: put the file there, or leave it out with exclude`,
		`6 in OPS: page "OPS/Dir_6.html": a folder lies where the file should be: put the file there, or leave it out with exclude`,
		`9 in OPS: page "OPS/Secret_9.html": a symbolic link, which is not followed: put the file itself there, or leave it out with exclude`,
	}
	if diff := cmp.Diff(want, described(got)); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if diff := cmp.Diff([]string{"DEV", "OPS", "again", "loop", "outside", "unmounted", "~jo.doe"},
		scopes(listing)); diff != "" {
		t.Error(diff)
	}

	late := filepath.Join(dir, "OPS", "Late_2.html")
	os.Remove(late)
	if err := os.Symlink("Home_1.html", late); err != nil {
		t.Fatal(err)
	}
	if doc, err := got["2"].Load(t.Context()); err == nil {
		t.Errorf("loaded %q through a link", doc.Title)
	}
}

func TestPathMayBeALink(t *testing.T) {
	link := filepath.Join(t.TempDir(), "current")
	if err := os.Symlink(files{"Home_1.html": "x"}.folder(t), link); err != nil {
		t.Fatal(err)
	}
	got, _ := entries(t, link)
	if diff := cmp.Diff([]string{"1"}, described(got)); diff != "" {
		t.Error(diff)
	}
}

func TestFolderReplacedWhileListed(t *testing.T) {
	dir := files{"Home_1.html": "x", "Other_2.html": "x"}.folder(t)
	snap, err := at(t, dir).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	if err := os.Rename(dir, dir+".old"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(dir+".old", "Other_2.html"))
	_, err = snap.List(t.Context(), func(sources.Entry) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "replaced by another folder") {
		t.Errorf("List = %v, want an error: what is gone from the old folder is not deleted", err)
	}
}

func TestNamesInFolders(t *testing.T) {
	dir := files{"\u00e9.html": "x", "e\u0301.html": "x", "caf\xe9_3.html": pageHTML("S", "Café", "x"),
		"caf\xe9.html": "x"}.folder(t)
	got, listing := entries(t, dir)
	if diff := cmp.Diff([]string{"3", "cafΘ.html", "\u00e9.html"}, described(got)); diff != "" {
		t.Error(diff)
	}
	if len(listing.Incomplete) != 1 || !strings.Contains(listing.Incomplete[0].Err.Error(),
		`two files have the name "é.html"`) {
		t.Errorf("incomplete = %+v, want the name that two files have", listing.Incomplete)
	}
	if doc, err := sourcestest.Load(t, at(t, dir), "3"); err != nil || doc.Title != "Café" {
		t.Errorf("loaded %q, %v", doc.Title, err)
	}
}

func TestFolderRevision(t *testing.T) {
	dir := files{"Home_1.html": "x"}.folder(t)
	name := filepath.Join(dir, "Home_1.html")
	when := time.Now().Add(-time.Hour)
	revision := func() string {
		t.Helper()
		got, _ := entries(t, dir)
		return got["1"].Revision
	}
	os.Chtimes(name, when, when)
	first := revision()
	os.WriteFile(name+".new", []byte("y"), 0o644)
	os.Chtimes(name+".new", when, when)
	os.Rename(name+".new", name)
	if second := revision(); first == "" || second == first {
		t.Errorf("another file of the same size and time: revision %q, then %q", first, second)
	}
	soon := time.Now().Add(time.Hour) // of a clock that is ahead: however slow this test is
	os.Chtimes(name, soon, soon)
	if racy := revision(); racy != "" {
		t.Errorf("a page that may still be written to has the revision %q", racy)
	}
}

// Whoever keeps size and time of a page's file (cp -p, rsync -t) cannot keep its
// change time.
func TestWrittenWithSameSizeAndTimeHasANewRevision(t *testing.T) {
	dir := files{"Home_1.html": "x"}.folder(t)
	name := filepath.Join(dir, "Home_1.html")
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := entries(t, dir)
	for after := before; after["1"].Revision == before["1"].Revision; { // until the system's clock has moved on
		if err := os.WriteFile(name, []byte("y"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
		after, _ = entries(t, dir)
	}
}

func TestHugePageIsNotRead(t *testing.T) {
	dir := files{"Home_1.html": "x", "Huge_2.html": ""}.folder(t)
	if err := os.Truncate(filepath.Join(dir, "Huge_2.html"), sources.MaxDocument+1); err != nil {
		t.Fatal(err)
	}
	got, _ := entries(t, dir)
	if diff := cmp.Diff([]string{"1", `2: page "Huge_2.html": larger than 16 MiB: split the document`},
		described(got)); diff != "" {
		t.Error(diff)
	}
}
