package confluenceexport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"

	"finpages/sources"
	"finpages/sources/internal/rootfile"
)

// folder is an export that lies unpacked. Everything is read through the
// root, so that no name or link leads out of it; links are not followed.
type folder struct {
	path  string
	root  *os.Root
	rules rules
	strays
}

func openFolder(path string, r rules) (*folder, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return &folder{path: path, root: root, rules: r}, nil
}

func (f *folder) Close() error { return f.root.Close() }

// revision is unknown: nothing less than a listing tells it.
func (f *folder) revision() string { return "" }

func (f *folder) has(name string) bool {
	info, err := f.root.Lstat(name)
	return err == nil && info.Mode().IsRegular()
}

func (f *folder) read(name string) ([]byte, error) { return rootfile.Read(f.root, name, false) }

func (f *folder) walk(ctx context.Context, yield func(file) error) (sources.Listing, error) {
	f.strays = strays{}
	w := &folderWalk{folder: f, ctx: ctx, yield: yield}
	if err := w.dir("."); err != nil {
		return w.listing, err
	}
	return w.listing, f.inPlace()
}

// inPlace returns an error if the folder was replaced or removed since it was
// opened: what is gone from it is not gone from the export.
func (f *folder) inPlace() error {
	opened, err := f.root.Stat(".")
	if err != nil {
		return err
	}
	now, err := os.Stat(f.path)
	if err == nil && !os.SameFile(opened, now) {
		err = errors.New("replaced by another folder")
	}
	if err != nil {
		return fmt.Errorf("the export changed while it was listed: %w", err)
	}
	return nil
}

// folderWalk is one listing under way.
type folderWalk struct {
	*folder
	ctx     context.Context
	yield   func(file) error
	listing sources.Listing
}

// dir lists the directory with the given path in the file system's spelling.
func (w *folderWalk) dir(at string) error {
	pages, dirs, err := w.names(at)
	switch {
	case err != nil && at == ".":
		return err
	case w.ctx.Err() != nil:
		return w.ctx.Err()
	case err != nil:
		w.listing.Incomplete = append(w.listing.Incomplete, sources.Incomplete{
			Scope: decodeName(at), Err: fmt.Errorf("list folder %q: %w", decodeName(at), err)})
	}
	for _, name := range pages {
		if err := w.page(path.Join(at, name)); err != nil {
			return err
		}
	}
	for _, name := range dirs {
		if err := w.dir(path.Join(at, name)); err != nil {
			return err
		}
	}
	return nil
}

// names returns the names in a directory that are pages, and the directories
// that may hold pages, each sorted. With an error they are not all.
func (w *folderWalk) names(at string) (pages, dirs []string, err error) {
	dir, err := w.root.Open(at)
	if err != nil {
		return nil, nil, err
	}
	defer dir.Close()
	for err == nil && w.ctx.Err() == nil {
		var batch []fs.DirEntry
		batch, err = dir.ReadDir(1024)
		for _, d := range batch {
			switch {
			case d.IsDir() && !holdsNoPages(d.Name()):
				dirs = append(dirs, d.Name())
			case !d.IsDir() && w.isPage(at, d):
				pages = append(pages, d.Name())
			}
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	slices.Sort(pages)
	slices.Sort(dirs)
	return pages, dirs, err
}

// isPage tells whether the file is a page, and counts it if a rule leaves it out.
func (w *folderWalk) isPage(at string, d fs.DirEntry) bool {
	p := decodeName(path.Join(at, d.Name()))
	if d.Type().IsRegular() && w.rules.why(p) == "" {
		return true
	}
	w.see(p)
	if isCounted(p) {
		w.listing.Excluded++
	}
	return false
}

func (w *folderWalk) page(name string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	f := file{path: decodeName(name), read: func() ([]byte, error) { return w.read(name) }}
	info, err := w.root.Lstat(name)
	switch {
	case err != nil:
		f.err = err
	case info.Size() > sources.MaxDocument:
		f.err = rootfile.ErrTooLarge
	default:
		f.revision, f.modified = statRevision(info), info.ModTime()
	}
	return w.yield(f)
}
