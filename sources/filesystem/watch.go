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
// folder goes, which is an error. Where a link leads to the folder, another in
// its place is followed. What it misses (a network file system, too many
// folders) the schedule finds.
func (f *Filesystem) Watch(ctx context.Context, changed func()) error {
	if !f.watch {
		return nil
	}
	for {
		if err := f.watchAsItLies(ctx, changed); !errors.Is(err, errMoved) {
			return err
		}
	}
}

// errMoved means that the path of the folder may lead elsewhere now.
var errMoved = errors.New("the folder may lie elsewhere")

// watchAsItLies watches until the folder's path may lead elsewhere.
func (f *Filesystem) watchAsItLies(ctx context.Context, changed func()) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch folder: %w", err)
	}
	defer w.Close()
	dir, way, err := watchWay(w, f.dir)
	if err == nil {
		err = watchBelow(w, dir)
	}
	if err != nil {
		return fmt.Errorf("watch folder: %w", err)
	}
	changed() // whatever happened before the watch began
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-w.Events:
			switch {
			case !ok:
				return nil
			case way[e.Name] && e.Has(fsnotify.Create|fsnotify.Remove|fsnotify.Rename):
				return errMoved
			case !concerns(e, dir):
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

// concerns tells whether an event may be about a document below the folder.
func concerns(e fsnotify.Event, dir string) bool {
	rel, err := filepath.Rel(dir, e.Name)
	base := filepath.Base(e.Name)
	return err == nil && filepath.IsLocal(rel) && e.Op != fsnotify.Chmod && (!hidden(base) || base == mountLink)
}

// maxLinks bounds the links on the way to a folder, as the system does.
const maxLinks = 40

// watchWay watches the folders on the way to a folder. It returns where the
// folder really lies, and each folder and link that leads there: when one of
// them is moved, removed or made, the way may lead elsewhere. Folders that may
// not be read are not watched.
func watchWay(w *fsnotify.Watcher, path string) (dir string, way map[string]bool, err error) {
	way = map[string]bool{}
	dir, rest := split(path)
	for links := 0; len(rest) > 0; {
		_ = w.Add(dir)
		next := filepath.Join(dir, rest[0])
		rest = rest[1:]
		way[next] = true
		target, err := os.Readlink(next)
		if err != nil { // no link
			dir = next
			continue
		}
		if links++; links > maxLinks {
			return "", nil, fmt.Errorf("too many links lead to %s", path)
		}
		at, parts := split(target)
		if filepath.IsAbs(target) {
			dir = at
		}
		rest = append(parts, rest...)
	}
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, fmt.Errorf("%s is gone", path)
	case err == nil && !info.IsDir():
		return "", nil, fmt.Errorf("%s is not a folder", path)
	}
	return dir, way, err
}

// split returns the root that a path begins with, and the names after it.
func split(path string) (root string, names []string) {
	volume := filepath.VolumeName(path)
	for name := range strings.SplitSeq(path[len(volume):], string(filepath.Separator)) {
		if name != "" && name != "." {
			names = append(names, name)
		}
	}
	return volume + string(filepath.Separator), names
}

func watchBelow(w *fsnotify.Watcher, dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && path == dir:
			return err
		case err != nil || !d.IsDir():
			return nil
		case path != dir && hidden(d.Name()):
			return fs.SkipDir
		}
		if err := w.Add(path); path == dir || !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil // it has gone meanwhile
	})
}
