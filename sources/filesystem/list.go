package filesystem

import (
	"context"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"finpages/sources"
	"finpages/sources/internal/names"
)

type snapshot struct {
	*Filesystem
	root       *os.Root
	names.Seen // nothing where links are followed: nobody tells what names they lead to
}

func (s *snapshot) Close() error { return s.root.Close() }

// List implements [sources.Snapshot]. Documents come in the order of their IDs,
// byte by byte, while folders that come next are read beside them. Symbolic
// links come last, so that a document is listed under its own path rather than
// a link's.
func (s *snapshot) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	w := &walk{snapshot: s, ctx: ctx, buffers: make(chan *readBuffer, readAtOnce)}
	w.items.New = func() any { return &items{} }
	for range readAtOnce {
		w.buffers <- new(readBuffer)
	}
	w.yieldAny = yield
	w.yield = func(e sources.Entry) error {
		w.entries++
		if err := s.selection.Bounded(w.entries); err != nil {
			return err
		}
		return yield(e)
	}
	if s.follow {
		w.seen = map[fileID]bool{}
	} else if !s.IsKnown() {
		w.names = &names.Set{}
	}
	err := w.folder(w.read("", "", func() (*dir, error) { return openDir(s.root, ".") }))
	if err == nil {
		err = w.followLinks()
	}
	if err == nil && w.names != nil && len(w.listing.Incomplete) == 0 {
		s.Keep(w.names)
	}
	return w.listing, err
}

// walk is one listing under way.
type walk struct {
	*snapshot
	ctx     context.Context
	buffers chan *readBuffer // for folders that are to be read; those in use are not in it
	items   sync.Pool        // of *items
	yield   func(sources.Entry) error
	entries int // yielded

	yieldAny func(sources.Entry) error // without counting it
	listing  sources.Listing

	folded map[string]bool // IDs of files whose names are not NFC
	names  *names.Set      // of all that is met; nil if they are known, or links are followed
	links  []string        // symbolic links, to be followed last
	seen   map[fileID]bool // files and directories listed; nil unless links are followed
}

// folder lists a folder that is being read, and those below it.
func (w *walk) folder(f *folder) error {
	<-f.done
	defer w.done(f)
	if w.seen != nil && f.stat.hasID && !w.first(f.stat) {
		return nil
	}
	w.listing.Add(f.left)
	w.keepNames(f)
	for _, out := range f.ruledOut {
		if err := w.exclude(out); err != nil {
			return err
		}
	}
	f.ruledOut = nil
	w.links = append(w.links, f.links...)
	if err := w.selection.Bounded(len(w.links)); err != nil {
		return err
	}
	below := w.readAhead(f)
	defer below.stop()
	for _, i := range f.items.inOrder {
		err := w.ctx.Err()
		switch {
		case err != nil:
		case i.isFolder && !utf8.ValidString(i.path):
			err = w.badName(i.path)
		case i.isFolder:
			err = w.folder(below.next())
		default:
			err = w.file(i, f.id, f.realPath(i.path))
		}
		if err != nil {
			return err
		}
	}
	if f.err != nil && w.ctx.Err() == nil {
		w.incomplete(f.at, f.err)
	}
	return w.ctx.Err()
}

// keepNames keeps the names of all that lies in a folder.
func (w *walk) keepNames(f *folder) {
	if w.names == nil {
		return
	}
	for _, n := range f.items.names {
		w.names.Add(n.path, uint64(n.kind))
	}
	if f.err == nil {
		w.names.AddFolder(names.HashOf(f.at))
	}
}

// done frees what a folder holds.
func (w *walk) done(f *folder) {
	f.close()
	f.items.reset()
	w.items.Put(f.items)
}

func (w *walk) incomplete(at string, err error) {
	w.listing.Incomplete = append(w.listing.Incomplete,
		sources.Incomplete{Scope: nfc(at), Err: fmt.Errorf("list folder %q: %w", "/"+at, err)})
}

// decide is [sources.Selection.Decide] for the document at the path. A link does
// not bring out what is hidden or excluded where it really lies.
func (f *Filesystem) decide(id, name, real string) (why string, byPattern bool) {
	if why, byPattern = f.selection.Decide(id); why != "" || name == real {
		return why, byPattern
	}
	return f.decideTarget(real)
}

// exclude yields a document that a pattern leaves out: it may be in Fin from
// before the pattern. Folders that a pattern covers are read all the same, since
// another pattern may take in some of what lies there; nothing is asked about
// their documents but the names, and they do not count against max_entries.
func (w *walk) exclude(out ruledOut) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	id := nfc(out.path)
	if !utf8.ValidString(out.path) || id != out.path && w.twice(id, out.path) {
		w.listing.Excluded++
		return nil
	}
	return w.yieldAny(sources.Entry{ID: id, Scope: scope(id), Excluded: out.why})
}

// twice reports whether another file has the ID, as foldsTo does.
func (w *walk) twice(id, name string) bool {
	info, err := w.root.Lstat(name)
	return err != nil || w.foldsTo(id, statOf(info))
}

// file yields a file, which really lies at real.
func (w *walk) file(i *item, scope, real string) error {
	if !utf8.ValidString(i.path) {
		return w.badName(i.path)
	}
	id := i.id
	if i.err != nil {
		return w.yield(sources.Entry{ID: id, Scope: scope, Err: fmt.Errorf("look at %q: %w", id, i.err)})
	}
	if id != i.path && w.foldsTo(id, i.stat) {
		return w.yield(sources.Entry{ID: printable(i.path), Scope: scope,
			Err: fmt.Errorf("the name of %s differs from that of another file only in its Unicode form: rename one",
				printable(i.path))})
	}
	if w.seen != nil {
		w.first(i.stat)
	}
	return w.yield(sources.Entry{ID: id, Scope: scope, Revision: i.revision, Modified: i.stat.modified, Load: w.loader(real, id)})
}

// loader loads a document. There is one for each that waits.
func (s *snapshot) loader(real, id string) func(context.Context) (sources.Document, error) {
	if real == id {
		return func(context.Context) (sources.Document, error) { return s.load(id, id) }
	}
	return func(context.Context) (sources.Document, error) { return s.load(real, id) }
}

// foldsTo reports whether another file has the ID already: one whose name is
// the ID itself, or one listed before. File systems that fold Unicode find a
// file under both forms of its name: that is no other file.
func (w *walk) foldsTo(id string, st stat) bool {
	if other, err := w.root.Lstat(id); err == nil && !statOf(other).same(st) {
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
