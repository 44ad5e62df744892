package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestAFileThatChanges(t *testing.T) {
	old := time.Now().Add(-time.Hour)
	replace := func(file, text string) error {
		next := file + ".next"
		return errors.Join(os.WriteFile(next, []byte(text), 0o600), os.Chtimes(next, old, old), os.Rename(next, file))
	}
	for name, c := range map[string]struct {
		read string             // what was read before the watch began
		then func(string) error // what is done to the file after that
	}{
		"before it is watched":                   {"another", func(string) error { return nil }},
		"into one of the same size and time":     {"content", func(file string) error { return replace(file, "CONTENT") }},
		"by being written":                       {"content", func(file string) error { return os.WriteFile(file, []byte("more content"), 0o600) }},
		"into one that is not there for a while": {"content", func(file string) error { return errors.Join(os.Remove(file), replace(file, "back again")) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "file")
			if err := replace(file, "content"); err != nil {
				t.Fatal(err)
			}
			written := watchFile(t.Context(), file, sha256.Sum256([]byte(c.read)))
			if err := c.then(file); err != nil {
				t.Fatal(err)
			}
			<-written
		})
	}
}

// A config may come through a pipe: <(make config).
func TestAPipeIsNotReadAgain(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	path := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if _, err := os.Stat(path); err != nil {
		t.Skip("no /dev/fd here")
	}
	if watchFile(t.Context(), path, sha256.Sum256([]byte("what was read"))) != nil {
		t.Error("a pipe is watched")
	}
}
