package filesystem

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"finpages/sources"
	"finpages/sources/internal/rootfile"
)

const (
	// readAtOnce bounds the folders that are read at once: a network file
	// system takes its time for each.
	readAtOnce = 8
	// readBatch bounds the directory entries held in full.
	readBatch = 1024
)

// folder is a folder that is being read, until done is closed.
type folder struct {
	at, real string // its path, and where it really lies: the same unless a link led there
	done     chan struct{}

	root     *os.Root // nil if it could not be opened
	stat     stat
	items    []item
	links    []string // paths of symbolic links
	ruledOut []ruledOut
	left     sources.Listing // documents left out by what is no pattern
	read     time.Time       // no later than anything in it was looked at
	err      error           // why it could not be read in full
}

// item is a document in a folder, or a folder below it.
type item struct {
	path     string
	key      string // what it is sorted by: its part of an ID, with a slash after a folder's
	isFolder bool
	stat     stat
	info     fs.FileInfo // of a folder
	err      error
}

// ruledOut is a document that a pattern leaves out.
type ruledOut struct{ path, why string }

// read begins to read a folder.
func (w *walk) read(at, real string, open func() (*os.Root, error)) *folder {
	f := &folder{at: at, real: real, done: make(chan struct{})}
	go func() {
		defer close(f.done)
		w.reading <- struct{}{}
		defer func() { <-w.reading }()
		if f.root, f.err = open(); f.err == nil {
			f.err = f.readAll(w)
		}
	}()
	return f
}

func (f *folder) readAll(w *walk) error {
	dir, err := f.root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	if info, err := dir.Stat(); err == nil {
		f.stat = statOf(info)
	}
	f.read = time.Now()
	for err == nil && w.ctx.Err() == nil {
		var batch []fs.DirEntry
		batch, err = dir.ReadDir(readBatch)
		f.items = slices.Grow(f.items, len(batch))
		for _, d := range batch {
			f.add(w.Filesystem, d)
		}
	}
	slices.SortFunc(f.items, func(a, b item) int { return strings.Compare(a.key, b.key) })
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (f *folder) add(s *Filesystem, d fs.DirEntry) {
	name := d.Name()
	at := below(f.at, name)
	_, isDoc := s.selection.FormatOf(name)
	switch {
	case d.IsDir() && !hidden(name):
		info, err := d.Info() // an os.Root has it from ReadDir
		f.items = append(f.items, item{path: at, key: nfc(name) + "/", isFolder: true, info: info, err: err})
	case d.IsDir():
	case d.Type()&fs.ModeSymlink != 0 && s.follow && !hidden(name):
		f.links = append(f.links, at)
	case !isDoc || d.Type()&fs.ModeSymlink == 0 && !d.Type().IsRegular():
	case d.Type()&fs.ModeSymlink != 0:
		f.left.Excluded++
	default:
		f.addDocument(s, d, at)
	}
}

func (f *folder) addDocument(s *Filesystem, d fs.DirEntry, at string) {
	switch why, byPattern := s.decide(at, f.realPath(at)); {
	case byPattern:
		f.ruledOut = append(f.ruledOut, ruledOut{at, why})
	case why != "":
		s.selection.LeaveOut(at, &f.left)
	default:
		i := item{path: at, key: nfc(d.Name())}
		var info fs.FileInfo
		if info, i.err = d.Info(); i.err == nil {
			i.stat = statOf(info)
		}
		f.items = append(f.items, i)
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
	if f.root != nil {
		f.root.Close()
	}
}

// ahead reads the folders below one, some of them before they are asked for.
type ahead struct {
	walk    *walk
	parent  *folder
	left    []item    // not begun
	started []*folder // begun, the next one first
}

func (w *walk) readAhead(f *folder) *ahead {
	a := &ahead{walk: w, parent: f, left: f.items}
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
		open := func() (*os.Root, error) {
			if i.err != nil {
				return nil, i.err
			}
			return rootfile.OpenListedDir(f.root, i.info)
		}
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
