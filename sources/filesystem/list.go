package filesystem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"finpages/sources"
	"finpages/sources/internal/rootfile"
)

// readBatch bounds the directory entries held at once.
const readBatch = 1024

type snapshot struct {
	*Filesystem
	root *os.Root
}

func (s *snapshot) Close() error { return s.root.Close() }

// List implements [sources.Snapshot]. Directories come in the order that the
// file system gives; symbolic links come last, so that a document is listed
// under its own path rather than a link's.
func (s *snapshot) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	w := &walk{snapshot: s, ctx: ctx}
	w.yield = func(e sources.Entry) error {
		w.entries++
		if err := s.selection.Bounded(w.entries); err != nil {
			return err
		}
		return yield(e)
	}
	if s.follow {
		w.seen = map[fileID]bool{}
	}
	err := w.dir(s.root, "", "")
	if err == nil {
		err = w.followLinks()
	}
	return w.listing, err
}

// walk is one listing under way.
type walk struct {
	*snapshot
	ctx     context.Context
	yield   func(sources.Entry) error
	entries int // yielded
	listing sources.Listing

	folded map[string]bool // IDs of files whose names are not NFC
	links  []string        // symbolic links, to be followed last
	seen   map[fileID]bool // files and directories listed; nil unless links are followed
}

// dir lists the directory that root is, whose path below the source's root is
// at. It really lies at real, which is the same unless a link led there.
func (w *walk) dir(root *os.Root, at, real string) error {
	dir, err := root.Open(".")
	if err != nil {
		w.incomplete(at, err)
		return nil
	}
	defer dir.Close()
	if w.seen != nil {
		if info, err := dir.Stat(); err == nil && !w.first(info) {
			return nil
		}
	}
	for {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		batch, err := dir.ReadDir(readBatch)
		now := time.Now()
		for _, d := range batch {
			if err := w.entry(root, at, real, d, now); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			w.incomplete(at, err)
			return nil
		}
	}
}

func (w *walk) incomplete(at string, err error) {
	w.listing.Incomplete = append(w.listing.Incomplete,
		sources.Incomplete{Scope: nfc(at), Err: fmt.Errorf("list folder %q: %w", "/"+at, err)})
}

func (w *walk) entry(root *os.Root, at, real string, d fs.DirEntry, now time.Time) error {
	name := path.Join(at, d.Name())
	switch {
	case d.IsDir() && !hidden(d.Name()):
		info, err := d.Info()
		return w.subdir(root, name, path.Join(real, d.Name()), info, err)
	case d.IsDir():
		return nil
	case d.Type()&fs.ModeSymlink != 0:
		if w.follow && !hidden(d.Name()) {
			w.links = append(w.links, name)
			return w.selection.Bounded(len(w.links))
		}
		if _, isDoc := sources.FormatOf(name); isDoc {
			w.listing.Excluded++
		}
		return nil
	case !d.Type().IsRegular() || !w.selected(name, path.Join(real, d.Name())):
		return nil
	}
	info, err := d.Info() // an os.Root has it from ReadDir
	return w.file(name, path.Join(real, d.Name()), info, err, now)
}

// selected tells whether the document at the path is to be listed, and counts
// it if a rule leaves it out. A link does not bring out what is hidden or
// excluded where it really lies.
func (w *walk) selected(name, real string) bool {
	if w.selection.Why(nfc(name)) == "" && (name == real || w.whyTarget(real) == "") {
		return true
	}
	if _, isDoc := sources.FormatOf(name); isDoc {
		w.listing.Excluded++
	}
	return false
}

func (w *walk) subdir(parent *os.Root, at, real string, info fs.FileInfo, err error) error {
	if !utf8.ValidString(path.Base(at)) {
		return w.badName(at)
	}
	var root *os.Root
	if err == nil {
		root, err = rootfile.OpenListedDir(parent, info)
	}
	if err != nil {
		w.incomplete(at, err)
		return nil
	}
	defer root.Close()
	return w.dir(root, at, real)
}

// file yields the file of the name, which really lies at real.
func (w *walk) file(name, real string, info fs.FileInfo, err error, now time.Time) error {
	if !utf8.ValidString(name) {
		return w.badName(name)
	}
	id := nfc(name)
	if err != nil {
		return w.yield(sources.Entry{ID: id, Scope: scope(id), Err: fmt.Errorf("look at %q: %w", id, err)})
	}
	if id != name && w.foldsTo(id, info) {
		return w.yield(sources.Entry{ID: printable(name), Scope: scope(id),
			Err: fmt.Errorf("the name of %s differs from that of another file only in its Unicode form: rename one",
				printable(name))})
	}
	if w.seen != nil {
		w.first(info)
	}
	return w.yield(sources.Entry{
		ID: id, Scope: scope(id), Revision: revision(info, now), Modified: info.ModTime(),
		Load: func(context.Context) (sources.Document, error) { return w.load(real, id) },
	})
}

// foldsTo reports whether another file has the ID already: one whose name is
// the ID itself, or one listed before. File systems that fold Unicode find a
// file under both forms of its name: that is no other file.
func (w *walk) foldsTo(id string, info fs.FileInfo) bool {
	if other, err := w.root.Lstat(id); err == nil && !os.SameFile(other, info) {
		return true
	}
	if w.folded == nil {
		w.folded = map[string]bool{}
	}
	before := w.folded[id]
	w.folded[id] = true
	return before
}

func (w *walk) badName(name string) error {
	return w.yield(sources.Entry{ID: printable(name), Scope: scope(printable(name)),
		Err: fmt.Errorf("the file name %s is not UTF-8: rename it", printable(name))})
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") }

func scope(id string) string {
	if dir := path.Dir(id); dir != "." {
		return dir
	}
	return ""
}

// printable spells the bytes of a name that are not readable text.
func printable(name string) string {
	quoted := strconv.QuoteToASCII(name)
	return quoted[1 : len(quoted)-1]
}
