package filesystem

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"finpages/sources"
	"finpages/sources/internal/names"
)

const (
	// readAtOnce bounds the folders that are read at once: a network file
	// system takes its time for each.
	readAtOnce = 8
)

// readBuffer is for what the system tells of a folder.
type readBuffer [32 << 10]byte

// folder is a folder that is being read, until done is closed.
type folder struct {
	at, real string // its path, and where it really lies: the same unless a link led there
	id       string // at in NFC
	done     chan struct{}

	dir      *dir // nil if it could not be opened
	stat     stat // if links are followed
	items    *items
	links    []string // paths of symbolic links
	ruledOut []ruledOut
	left     sources.Listing // documents left out by what is no pattern
	read     time.Time       // no later than anything in it was looked at
	err      error           // why it could not be read in full
}

// item is a document in a folder, or a folder below it.
type item struct {
	path     string
	id       string // the path in NFC
	key      string // what it is sorted by: its part of the ID, with a slash after a folder's
	isFolder bool
	listed   listed // of a folder
	stat     stat   // of a document
	revision string // of a document
	end      int    // of the revision in those of all
	err      error
}

// items are what lies in a folder. They are used again for another one.
type items struct {
	all       []item
	inOrder   []*item
	revisions []byte // of all, one after the other
	names     []name // of all that is in the folder
}

// name is that of anything in a folder.
type name struct {
	path names.Hash
	kind fs.FileMode
}

// ruledOut is a document that a pattern leaves out.
type ruledOut struct{ path, why string }

// read begins to read a folder.
func (w *walk) read(at, real string, open func() (*dir, error)) *folder {
	f := &folder{at: at, real: real, id: nfc(at), items: w.items.Get().(*items), done: make(chan struct{})}
	go func() {
		defer close(f.done)
		buf := <-w.buffers
		defer func() { w.buffers <- buf }()
		if f.dir, f.err = open(); f.err == nil {
			f.err = f.readAll(w, buf)
		}
	}()
	return f
}

func (f *folder) readAll(w *walk, buf *readBuffer) error {
	if w.seen != nil {
		f.stat, _ = f.dir.stat() // unknown, it is not told from others
	}
	f.read = time.Now()
	err := f.dir.read(buf, f.at, func(l listed) error {
		if w.names != nil {
			f.items.names = append(f.items.names, name{names.HashOf(l.path), l.kind})
		}
		f.add(w.Filesystem, l)
		return w.ctx.Err()
	})
	f.items.finish(f.read)
	return err
}

// finish gives the documents their revisions, all in one piece of memory, and
// sorts what lies in the folder.
func (its *items) finish(read time.Time) {
	for n := range its.all {
		i := &its.all[n]
		if !i.isFolder && i.err == nil {
			its.revisions = i.stat.appendRevision(its.revisions, read)
		}
		i.end = len(its.revisions)
	}
	text, begin := string(its.revisions), 0
	for n := range its.all {
		i := &its.all[n]
		i.revision, begin = text[begin:i.end], i.end
		its.inOrder = append(its.inOrder, i)
	}
	slices.SortFunc(its.inOrder, func(a, b *item) int { return strings.Compare(a.key, b.key) })
}

// reset empties it.
func (its *items) reset() {
	clear(its.all)
	clear(its.inOrder)
	its.all, its.inOrder, its.revisions = its.all[:0], its.inOrder[:0], its.revisions[:0]
	its.names = its.names[:0]
}

func (f *folder) add(s *Filesystem, l listed) {
	isLink := l.kind&fs.ModeSymlink != 0
	switch {
	case l.kind.IsDir() && !hidden(l.name):
		f.items.all = append(f.items.all, item{path: l.path, key: nfc(l.name) + "/", isFolder: true, listed: l})
	case isLink && s.follow && !hidden(l.name):
		f.links = append(f.links, l.path)
	case !isLink && !l.kind.IsRegular():
	default:
		f.addFile(s, l, isLink)
	}
}

func (f *folder) addFile(s *Filesystem, l listed, isLink bool) {
	if _, isDoc := s.selection.FormatOf(l.name); !isDoc {
		return
	}
	if isLink {
		f.left.Excluded++
		return
	}
	i := item{path: l.path, id: l.path, key: nfc(l.name)}
	if i.key != l.name || f.id != f.at {
		i.id = below(f.id, i.key)
	}
	switch why, byPattern := s.decide(i.id, i.path, f.realPath(i.path)); {
	case byPattern:
		f.ruledOut = append(f.ruledOut, ruledOut{i.path, why})
	case why != "":
		s.selection.LeaveOut(i.path, &f.left)
	default:
		if i.stat, i.err = f.dir.lstat(l); !errors.Is(i.err, fs.ErrNotExist) { // else it has gone meanwhile
			f.items.all = append(f.items.all, i)
		}
	}
}

// realPath returns where what lies at a path in the folder really lies.
func (f *folder) realPath(at string) string {
	if f.real == f.at {
		return at
	}
	return below(f.real, path.Base(at))
}

// below is the path of a name in a folder.
func below(folder, name string) string {
	if folder == "" || folder == "." {
		return name
	}
	return folder + "/" + name
}

func (f *folder) close() {
	if f.dir != nil {
		f.dir.close()
	}
}

// ahead reads the folders below one, some of them before they are asked for.
type ahead struct {
	walk    *walk
	parent  *folder
	left    []*item   // not begun
	started []*folder // begun, the next one first
}

func (w *walk) readAhead(f *folder) *ahead {
	a := &ahead{walk: w, parent: f, left: f.items.inOrder}
	a.fill()
	return a
}

func (a *ahead) fill() {
	for len(a.started) < readAtOnce && len(a.left) > 0 {
		i := a.left[0]
		a.left = a.left[1:]
		if !i.isFolder || !utf8.ValidString(i.path) {
			continue
		}
		f := a.parent
		open := func() (*dir, error) { return f.dir.open(i.listed) }
		a.started = append(a.started, a.walk.read(i.path, f.realPath(i.path), open))
	}
}

// next returns the next folder, in the order of the items.
func (a *ahead) next() *folder {
	f := a.started[0]
	a.started = a.started[1:]
	a.fill()
	return f
}

// stop waits for what was begun and not asked for.
func (a *ahead) stop() {
	for _, f := range a.started {
		<-f.done
		f.close()
	}
}
