package rclone

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"finpages/sources"
	"finpages/sources/internal/rootfile"
)

const (
	filesABatch = 256
	bytesABatch = 64 << 20
	sizeUnknown = 1 << 20 // a guess at what has no size before it is exported
)

// batch is documents that one rclone command copies into a folder below tmp.
type batch struct {
	dir   string
	paths []string

	next   *batch // the one to be copied meanwhile
	once   sync.Once
	err    error
	failed map[string]string // by path
}

// registering is the context in which [sources.Entry.Load] only tells what it
// would load: entries do not say where they lie, and to keep that for all that
// are listed would take memory for each.
type registering struct {
	context.Context
	found func(item)
}

var errRegistered = errors.New("registered")

// Prefetch implements [sources.Prefetcher]: it parts the documents, in the order
// in which they are loaded, into batches. Each is copied when the first of its
// documents is asked for.
func (s *snapshot) Prefetch(ctx context.Context, entries []sources.Entry) error {
	sorted := slices.SortedFunc(
		slices.Values(entries),
		func(a, b sources.Entry) int { return strings.Compare(a.ID, b.ID) },
	)
	var b *batch
	var bytes int64
	collect := registering{ctx, func(it item) {
		size := it.Size
		if size < 0 {
			size = sizeUnknown
		}
		if b == nil || len(b.paths) == filesABatch || bytes+size > bytesABatch {
			before := b
			b, bytes = s.newBatch(), 0
			if before != nil {
				before.next = b
			}
		}
		bytes += size
		s.join(b, it.Path)
	}}
	for _, e := range sorted {
		if e.Load == nil {
			continue
		}
		if _, err := e.Load(collect); !errors.Is(err, errRegistered) {
			return err
		}
	}
	return nil
}

func (s *snapshot) newBatch() *batch {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	return &batch{dir: strconv.Itoa(s.count)}
}

func (s *snapshot) join(b *batch, at string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.batches == nil {
		s.batches = map[string]*batch{}
	}
	b.paths = append(b.paths, at)
	s.batches[at] = b
}

// batchOf returns the batch that a document is in, else one of its own.
func (s *snapshot) batchOf(at string) *batch {
	s.mu.Lock()
	b := s.batches[at]
	delete(s.batches, at)
	s.mu.Unlock()
	if b == nil {
		b = s.newBatch()
		b.paths = []string{at}
	}
	return b
}

// load returns the document of a file, whose path in NFC is at.
func (s *snapshot) load(ctx context.Context, listed *index, it item, at string) (sources.Document, error) {
	if r, ok := ctx.(registering); ok {
		r.found(it)
		return sources.Document{}, errRegistered
	}
	if _, twice := listed.twice[s.key(at)]; twice {
		return sources.Document{}, fmt.Errorf("another file has the name %q, too: rename one", at)
	}
	b := s.batchOf(it.Path)
	b.once.Do(func() { s.copy(ctx, b) })
	s.copyAhead(b.next)
	body, err := s.read(b, it)
	if err != nil {
		return sources.Document{}, fmt.Errorf("read %q: %w", at, err)
	}
	format, _ := s.options.FormatOf(at)
	return sources.Document{Format: format, Body: body, Path: at}, nil
}

// copyAhead copies a batch before its documents are asked for.
func (s *snapshot) copyAhead(b *batch) {
	if b == nil {
		return
	}
	s.ahead.Go(func() { b.once.Do(func() { s.copy(s.life, b) }) })
}

// copy has rclone copy the files of a batch.
func (s *snapshot) copy(ctx context.Context, b *batch) {
	list := b.dir + ".list"
	if b.err = s.tmp.Root.WriteFile(list, []byte(strings.Join(b.paths, "\n")+"\n"), 0o600); b.err != nil {
		return
	}
	defer s.tmp.Root.Remove(list)
	args := []string{"copy", "--files-from-raw", filepath.Join(s.tmp.Path, list), "--no-check-dest", "--transfers", "8"}
	if !fillFolders(b.paths) {
		args = append(args, "--no-traverse")
	}
	c, err := s.run.start(ctx, append(args, "--", s.options.Remote, filepath.Join(s.tmp.Path, b.dir))...)
	if err != nil {
		b.err = err
		return
	}
	b.err = c.end()
	b.failed = c.log.failed
}

// fewPerFolder is how many documents of a folder are dearer to look up one by one,
// as --no-traverse does, than by listing it.
const fewPerFolder = 4

// fillFolders reports whether the files are many for the folders that lead to
// them.
func fillFolders(paths []string) bool {
	folders := map[string]struct{}{}
	for _, at := range paths {
		for dir := path.Dir(at); ; dir = path.Dir(dir) {
			if _, known := folders[dir]; known {
				break
			}
			folders[dir] = struct{}{}
			if dir == "." || dir == "/" {
				break
			}
		}
	}
	return len(paths) > fewPerFolder*len(folders)
}

// read returns a file that was copied, and removes it.
func (s *snapshot) read(b *batch, it item) ([]byte, error) {
	if why := b.failed[it.Path]; why != "" {
		return nil, errors.New(s.run.shown(why))
	}
	body, err := rootfile.Read(s.tmp.Root, path.Join(b.dir, it.Path))
	_ = s.tmp.Root.Remove(path.Join(b.dir, it.Path))
	switch {
	case errors.Is(err, fs.ErrNotExist) && b.err != nil:
		return nil, b.err
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("it was not copied: it has gone since the listing, or has grown too large")
	case err != nil:
		return nil, err
	case it.Size >= 0 && int64(len(body)) != it.Size:
		return nil, fmt.Errorf(
			"it has %d bytes, and %d when it was listed: it changes, or was not copied in full",
			len(body),
			it.Size,
		)
	case it.Size < 0 && b.err != nil: // it may be cut short
		return nil, b.err
	}
	return body, nil
}
