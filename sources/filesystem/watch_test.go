package filesystem_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/filesystem"
)

func TestWatch(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "docs")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	opts := filesystem.Options{Root: dir + "/", Watch: true}
	source, err := opts.Build(sources.Env{})
	if err != nil {
		t.Fatal(err)
	}
	changes, ended := make(chan struct{}, 1), make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		ended <- source.(sources.Watcher).Watch(ctx, func() {
			select {
			case changes <- struct{}{}:
			default:
			}
		})
	}()
	noticed := func(what string, do func() error) {
		t.Helper()
		if err := do(); err != nil {
			t.Fatal(err)
		}
		select {
		case <-changes:
		case err := <-ended:
			t.Fatalf("%s ended the watch: %v", what, err)
		case <-time.After(10 * time.Second):
			t.Fatalf("%s was not noticed", what)
		}
	}
	noticed("the beginning", func() error { return nil })
	noticed("a new file", func() error { return os.WriteFile(filepath.Join(dir, "a.md"), []byte("# A"), 0o644) })
	noticed("a new folder", func() error { return os.Mkdir(filepath.Join(dir, "new"), 0o755) })
	noticed("a file that is removed", func() error { return os.Remove(filepath.Join(dir, "a.md")) })
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("the folder went, and the watch ended without an error")
		}
	case <-time.After(10 * time.Second):
		t.Error("the folder went, and the watch goes on")
	}
}
