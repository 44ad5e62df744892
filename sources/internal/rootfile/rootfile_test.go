package rootfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"finpages/sources/internal/rootfile"
)

// What was listed as a folder, and is a link by now, is not opened, wherever
// the link leads.
func TestAListedFolderThatIsALinkNow(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "open"), 0o755),
		os.Mkdir(filepath.Join(dir, ".shut"), 0o755)); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	listed, err := root.Lstat("open")
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := rootfile.OpenListedDir(root, listed); err != nil {
		t.Error(err)
	} else {
		opened.Close()
	}
	if err := errors.Join(os.Remove(filepath.Join(dir, "open")),
		os.Symlink(".shut", filepath.Join(dir, "open"))); err != nil {
		t.Fatal(err)
	}
	if opened, err := rootfile.OpenListedDir(root, listed); err == nil {
		t.Error("a link was followed")
		opened.Close()
	}
}

func TestNoLinkOnTheWay(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a", "b", "x.md")
	err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte("text"), 0o600),
		os.Symlink("a", filepath.Join(dir, "folder")), os.Symlink("b", filepath.Join(dir, "a", "inner")),
		os.Symlink("x.md", filepath.Join(dir, "a", "b", "y.md")))
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if body, err := rootfile.Read(root, "a/b/x.md"); err != nil || string(body) != "text" {
		t.Errorf("read %q, %v", body, err)
	}
	for _, name := range []string{"folder/b/x.md", "a/inner/x.md", "a/b/y.md", "a/b", "../x.md"} {
		if body, err := rootfile.Read(root, name); err == nil {
			t.Errorf("%s: read %q", name, body)
		}
	}
	if _, err := rootfile.Lstat(root, "folder/b/x.md"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Lstat by a link: %v", err)
	}
	for name, good := range map[string]bool{".": true, "a": true, "a/b": true, "folder": false, "a/inner": false,
		"..": false} {
		opened, err := rootfile.OpenDir(root, name)
		if (err == nil) != good {
			t.Errorf("OpenDir(%s): %v", name, err)
		}
		if err == nil {
			opened.Close()
		}
	}
}
