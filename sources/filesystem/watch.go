package filesystem

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/fsnotify/fsnotify"
)

// Watch implements [sources.Watcher]: it calls changed whenever something in
// the folder may have changed, and once at the beginning, until ctx ends or the
// folder goes, which is an error. What it misses (a network file system, too
// many folders) the schedule finds.
func (f *Filesystem) Watch(ctx context.Context, changed func()) error {
	if !f.watch {
		return nil
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch folder: %w", err)
	}
	defer w.Close()
	if err := watchBelow(w, f.dir); err != nil {
		return fmt.Errorf("watch folder: %w", err)
	}
	changed() // whatever happened before the watch began
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-w.Events:
			if !ok {
				return nil
			}
			if e.Name == filepath.Clean(f.dir) && e.Has(fsnotify.Remove|fsnotify.Rename) {
				return errors.New("watch folder: the folder is gone")
			}
			if e.Op == fsnotify.Chmod || strings.HasPrefix(filepath.Base(e.Name), ".") {
				continue
			}
			if info, err := os.Lstat(e.Name); err == nil && info.IsDir() && e.Has(fsnotify.Create) {
				_ = watchBelow(w, e.Name) // what cannot be watched is left to the schedule
			}
			changed()
		case <-w.Errors: // events were lost, so anything may have changed
			changed()
		}
	}
}

func watchBelow(w *fsnotify.Watcher, dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && path == dir:
			return err
		case err != nil || !d.IsDir():
			return nil
		case path != dir && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		}
		return w.Add(path)
	})
}
