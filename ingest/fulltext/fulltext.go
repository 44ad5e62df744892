// Package fulltext finds pages by the words of what Fin gets. Its index is a file
// of its own, beside the state: what is in it can be had again from Intercom, so
// that it may be lost, or deleted, at any time.
//
// An index knows words and which pages have them, no text. It is made of segments,
// each of which has the words of some pages, sorted, and is written once: many
// small ones become few large ones as they come, and those of which many pages are
// gone are written anew without these.
package fulltext

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"finpages/state"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Index finds pages by their words. Its methods may be called from any goroutine.
// A nil Index holds nothing, and finds nothing.
type Index struct {
	db       *bolt.DB
	readOnly bool

	writing sync.Mutex // held by whoever writes to the file
	mu      sync.Mutex // of what follows
	pending map[string]*batch
	size    int // postings in all that is pending
	unread  []unread
	bytes   int    // of what is unread
	texts   texts  // reads pages
	spare   *batch // that was written, for the next one; nil for none
}

// Page is a page as it was pushed.
type Page struct {
	ID    string          // external_id
	Hash  state.ShortHash // of the request: tells whether the index has the page as it is
	Title string
	HTML  string
}

// unread is a page whose words are to be read.
type unread struct {
	source string
	page   Page
}

// maxUnread is how many bytes of pages are read at once: the table of words is slow to
// reach, unless it has just been used.
const maxUnread = 256 << 10

// Options tells how to open an index.
type Options struct {
	ReadOnly bool          // other readers may have it open; one that is not there is an error
	Wait     time.Duration // for another process to let go of it; 0 means a tenth of a second
}

// maxSize bounds the file, in bytes. Pages that come when it is full are not found.
const maxSize = 2 << 30

// layout is the version of the file. One of another version begins anew.
const layout = "1"

var (
	metaBucket = []byte("meta")
	layoutKey  = []byte("layout")
)

// Open opens the index at a path, which only its owner may read, and begins it anew
// if it cannot be used. It is an error if another process has it open.
func Open(path string, o Options) (*Index, error) {
	if o.Wait == 0 {
		o.Wait = 100 * time.Millisecond
	}
	if !o.ReadOnly {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, err
		}
	}
	x, err := open(path, o)
	if err == nil || o.ReadOnly || errors.Is(err, bolterrors.ErrTimeout) || errors.As(err, new(*fs.PathError)) {
		return x, err
	}
	if err := os.Remove(path); err != nil {
		return nil, err
	}
	return open(path, o)
}

// open looks over an existing file under the shared lock of a read-only open, for
// which bbolt reads little of it, and opens it for good after that.
func open(path string, o Options) (*Index, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		x, err := openFile(path, Options{ReadOnly: true, Wait: o.Wait})
		if err != nil {
			return nil, err
		}
		err = state.CheckBolt(path)
		if err == nil {
			err = x.check()
		}
		if err == nil && o.ReadOnly {
			return x, nil
		}
		if err = errors.Join(err, x.db.Close()); err != nil {
			return nil, err
		}
	}
	x, err := openFile(path, o)
	if err != nil {
		return nil, err
	}
	if err := x.begin(); err != nil {
		return nil, errors.Join(err, x.db.Close())
	}
	return x, nil
}

func openFile(path string, o Options) (*Index, error) {
	// What a power failure damages is found when the file is opened, and made anew.
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: o.Wait, ReadOnly: o.ReadOnly,
		NoSync: true, FreelistType: bolt.FreelistMapType})
	if err != nil {
		return nil, err
	}
	return &Index{db: db, readOnly: o.ReadOnly, pending: map[string]*batch{}}, nil
}

// check makes sure that the file is an index of this layout.
func (x *Index) check() error {
	return x.db.View(func(tx *bolt.Tx) error {
		if b := tx.Bucket(metaBucket); b == nil || string(b.Get(layoutKey)) != layout {
			return errors.New("the file is no index of words, or one of another version")
		}
		return nil
	})
}

func (x *Index) begin() error {
	if x.readOnly {
		return x.check()
	}
	return x.db.Update(func(tx *bolt.Tx) error {
		if tx.Bucket(metaBucket) != nil {
			return nil
		}
		b, err := tx.CreateBucket(metaBucket)
		if err != nil {
			return err
		}
		return b.Put(layoutKey, []byte(layout))
	})
}

// Close writes what is pending and closes the index.
func (x *Index) Close() error {
	if x == nil {
		return nil
	}
	x.mu.Lock()
	x.read()
	names := make([]string, 0, len(x.pending))
	for source := range x.pending {
		names = append(names, source)
	}
	x.mu.Unlock()
	var err error
	for _, source := range names {
		err = errors.Join(err, x.Flush(source))
	}
	if !x.readOnly {
		err = errors.Join(err, x.db.Sync())
	}
	return errors.Join(err, x.db.Close())
}

// Put has a page found by its words from now on, in place of what it was before. It
// is kept in memory until there is enough to write, or somebody searches.
func (x *Index) Put(source string, p Page) error {
	if x == nil || x.readOnly {
		return nil
	}
	x.mu.Lock()
	x.unread = append(x.unread, unread{source, p})
	if x.bytes += len(p.ID) + len(p.Title) + len(p.HTML) + 100; x.bytes >= maxUnread {
		x.read()
	}
	full := x.size >= maxPending
	x.mu.Unlock()
	if full {
		return x.flush(source, true)
	}
	return nil
}

// read reads the pages that are unread.
func (x *Index) read() {
	for _, u := range x.unread {
		x.size += x.batch(u.source).put(u.page, &x.texts)
	}
	clear(x.unread)
	x.unread, x.bytes = x.unread[:0], 0
}

// Drop has a page found no more.
func (x *Index) Drop(source, id string) {
	if x == nil || x.readOnly {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.read()
	x.batch(source).drop(id)
}

// batch returns what is pending of a source.
func (x *Index) batch(source string) *batch {
	b := x.pending[source]
	if b == nil {
		if b, x.spare = x.spare, nil; b == nil {
			b = newBatch()
		}
		x.pending[source] = b
	}
	return b
}

// Flush writes what is pending of a source.
func (x *Index) Flush(source string) error { return x.flush(source, false) }

// flush is Flush, once there is enough to write, if ifFull.
func (x *Index) flush(source string, ifFull bool) error {
	if x == nil || x.readOnly {
		return nil
	}
	x.writing.Lock()
	defer x.writing.Unlock()
	b := x.take(source, ifFull)
	if b == nil {
		return nil
	}
	if x.Size() > maxSize {
		b.withoutPages()
	}
	err := x.update(source, func(s *section) error { return s.write(b) })
	if ifFull {
		b.clear()
	} else {
		b = nil
	}
	x.mu.Lock()
	x.spare = b
	x.mu.Unlock()
	return err
}

// take returns what is pending of a source, which is not pending any more; nil if there
// is nothing, or not enough to write, if ifFull.
func (x *Index) take(source string, ifFull bool) *batch {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.read()
	b := x.pending[source]
	if b == nil || ifFull && x.size < maxPending {
		return nil
	}
	delete(x.pending, source)
	x.size -= len(b.postings)
	return b
}

func (x *Index) update(source string, f func(*section) error) error {
	err := x.db.Update(func(tx *bolt.Tx) error {
		s, err := openSection(tx, source)
		if err == nil {
			err = f(s)
		}
		if err == nil {
			err = s.save()
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("write the index of words: %w", err)
	}
	return nil
}

// Forget drops all pages of a source.
func (x *Index) Forget(source string) error {
	if x == nil || x.readOnly {
		return nil
	}
	x.writing.Lock()
	defer x.writing.Unlock()
	x.take(source, false)
	return x.db.Update(func(tx *bolt.Tx) error {
		if tx.Bucket(sectionName(source)) == nil {
			return nil
		}
		return tx.DeleteBucket(sectionName(source))
	})
}

// Tidy writes anew whatever holds words of pages that are gone.
func (x *Index) Tidy(source string) error {
	if x == nil || x.readOnly {
		return nil
	}
	if err := x.Flush(source); err != nil {
		return err
	}
	x.writing.Lock()
	defer x.writing.Unlock()
	untidy := false
	err := x.db.View(func(tx *bolt.Tx) error {
		s, err := openSection(tx, source)
		untidy = s.isUntidy()
		return err
	})
	if err != nil || !untidy {
		return err
	}
	return x.update(source, (*section).tidy)
}

// Size returns the size of the file in bytes.
func (x *Index) Size() (size int64) {
	if x == nil {
		return 0
	}
	_ = x.db.View(func(tx *bolt.Tx) error { size = tx.Size(); return nil }) // fails only once it is closed
	return size
}
