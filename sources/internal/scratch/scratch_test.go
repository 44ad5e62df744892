package scratch_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"finpages/sources/internal/scratch"
)

func TestFoldersInUseStay(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	first, err := scratch.New(cache)
	if err != nil {
		t.Fatal(err)
	}
	second, err := scratch.New(cache)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(first.Path, "a"), []byte("x"), 0o600); err != nil {
		t.Errorf("a second folder removed the first: %v", err)
	}
	for _, d := range []*scratch.Dir{first, second} {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(d.Path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a closed folder is still there: %v", err)
		}
	}
}

func TestFoldersOfKilledProcessesGo(t *testing.T) {
	cache := t.TempDir()
	left := filepath.Join(cache, "tmp", "123")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left+".lock", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := scratch.New(cache)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of a dead process is still there: %v", err)
	}
}
