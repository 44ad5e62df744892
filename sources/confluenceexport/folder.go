package confluenceexport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
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
	files []string // folders of attachments, in the file system's spelling
	lookalikes
}

func openFolder(path string, r rules) (*folder, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, mend(err)
	}
	f := &folder{path: path, root: root, rules: r}
	f.rules.exists = f.exists
	return f, nil
}

func (f *folder) Close() error { return f.root.Close() }

// revision is unknown: nothing less than a listing tells it.
func (f *folder) revision() string { return "" }

func (f *folder) has(name string) bool {
	info, err := f.root.Lstat(name)
	return err == nil && info.Mode().IsRegular()
}

// exists tells whether something lies there, or it cannot be told.
func (f *folder) exists(name string) bool {
	_, err := f.root.Lstat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

func (f *folder) read(name string) ([]byte, error) { return rootfile.Read(f.root, name) }

func (f *folder) walk(ctx context.Context, yield func(file) error) (sources.Listing, error) {
	f.lookalikes, f.files = lookalikes{}, nil
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
		return fmt.Errorf("the export changed while it was listed: %w", mend(err))
	}
	return nil
}

// folderWalk is one listing under way.
type folderWalk struct {
	*folder
	ctx     context.Context
	yield   func(file) error
	listing sources.Listing

	ruledOut []string // names in the directory being listed, of pages that a pattern leaves out
}

// dir lists the directory with the given path in the file system's spelling.
func (w *folderWalk) dir(at string) error {
	pages, dirs, err := w.names(at)
	switch {
	case err != nil && at == ".":
		return fmt.Errorf("list folder %q: %w", w.path, mend(err))
	case w.ctx.Err() != nil:
		return w.ctx.Err()
	case err != nil:
		w.listing.Incomplete = append(w.listing.Incomplete, sources.Incomplete{
			Scope: decodeName(at), Err: fmt.Errorf("list folder %q: %w", decodeName(at), mend(err))})
	}
	for _, name := range w.ruledOut {
		if err := w.exclude(path.Join(at, name)); err != nil {
			return err
		}
	}
	for _, name := range pages {
		if err := w.page(path.Join(at, name)); err != nil {
			return err
		}
	}
	if holdsNoPages(path.Base(at)) && at != "." {
		return nil
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
	w.ruledOut = nil
	root, err := rootfile.OpenDir(w.root, at)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	dir, err := root.Open(".")
	if err != nil {
		return nil, nil, err
	}
	defer dir.Close()
	for err == nil && w.ctx.Err() == nil {
		var batch []fs.DirEntry
		batch, err = dir.ReadDir(1024)
		for _, d := range batch {
			if w.isPage(at, d) {
				pages = append(pages, d.Name())
			}
			if d.IsDir() && w.mayHoldPages(path.Join(at, d.Name())) {
				dirs = append(dirs, d.Name())
			}
			if d.Name() == attachmentsFolder && w.rules.attachments {
				w.files = append(w.files, path.Join(at, d.Name()))
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

// mayHoldPages tells whether pages are looked for in the directory.
func (w *folderWalk) mayHoldPages(name string) bool {
	return !holdsNoPages(path.Base(name)) || w.rules.isSpace(decodeName(name))
}

// isPage tells whether a page or an index lies there, or something in a page's place, and
// notes what else there is.
func (w *folderWalk) isPage(at string, d fs.DirEntry) bool {
	p := decodeName(path.Join(at, d.Name()))
	if w.rules.isWanted(p) {
		return true
	}
	if d.IsDir() {
		return false
	}
	w.see(w.rules, p)
	switch {
	case d.Type().IsRegular() && w.rules.whyPattern(p) != "":
		w.ruledOut = append(w.ruledOut, d.Name())
	case w.rules.isCounted(p):
		w.listing.Excluded++
	case !d.Type().IsRegular() && !isHTML(p) && w.hidesFolder(at, d) && !w.rules.excludes(p) &&
		w.rules.sideFolder(p) == "":
		w.listing.Incomplete = append(w.listing.Incomplete, sources.Incomplete{Scope: p, Err: linkFault(p)})
	}
	return false
}

// hidesFolder tells whether a link or special file may stand for a folder with
// pages: what lies there is not read, and not gone either.
func (w *folderWalk) hidesFolder(at string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink != 0 {
		info, err := os.Stat(filepath.Join(w.path, at, d.Name()))
		if err == nil {
			return info.IsDir() && !holdsNoPages(d.Name())
		}
	}
	return couldBeFolder(d.Name())
}

func (w *folderWalk) page(name string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	return w.yield(w.fileAt(name))
}

// exclude yields a page that a pattern leaves out, without looking at its file.
func (w *folderWalk) exclude(name string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	p := decodeName(name)
	return w.yield(file{path: p, excluded: w.rules.whyPattern(p),
		head: func() ([]byte, error) { return w.readHead(name) }})
}

func (f *folder) file(p string) (file, error) {
	at := f.fileAt(p)
	return at, at.err
}

// fileAt returns the file of the name in the file system's spelling.
func (f *folder) fileAt(name string) file {
	x := file{path: decodeName(name), read: func() ([]byte, error) { return f.read(name) }}
	info, err := f.root.Lstat(name)
	switch {
	case err != nil:
		x.err = err
	case info.Mode()&fs.ModeSymlink != 0:
		x.err = errLink
	case info.IsDir():
		x.err = errFolder
	case !info.Mode().IsRegular():
		x.err = errSpecial
	case info.Size() > sources.MaxDocument:
		x.err = rootfile.ErrTooLarge
	default:
		x.revision, x.modified = statRevision(info), info.ModTime()
	}
	if err == nil && info.Mode().IsRegular() {
		x.head = func() ([]byte, error) { return f.readHead(name) }
	}
	return x
}

func (f *folder) readHead(name string) ([]byte, error) {
	file, err := rootfile.Open(f.root, name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxHead))
}
