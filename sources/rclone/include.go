package rclone

import (
	"context"
	"fmt"
	"hash/fnv"
	"io/fs"
	"strings"
	"sync"

	"finpages/sources"
	"finpages/sources/internal/rootfile"
)

// index is what a listing told of all files, in a few dozen bytes for each.
type index struct {
	byPath  map[uint64]string   // IDs by the hash of the path, where that is not the ID
	twice   map[uint64]struct{} // hashes of paths that several files have
	files   map[uint64]file     // by the hash of the path
	spelled map[uint64]string   // paths as the storage spells them, where that is not NFC
	folders map[uint64]struct{} // hashes of their paths
}

// file is one that documents may include, if the rules let them.
type file struct {
	size     int64
	revision uint64 // a hash of it; 0 if unknown
}

func newIndex() *index {
	return &index{byPath: map[uint64]string{}, twice: map[uint64]struct{}{}, files: map[uint64]file{},
		spelled: map[uint64]string{}, folders: map[uint64]struct{}{}}
}

// index is that of the last listing, an empty one before its end.
func (s *snapshot) index() *index {
	if listed := s.listed.Load(); listed != nil {
		return listed
	}
	return newIndex()
}

// note notes a file, whose path in NFC is at.
func (l *listing) note(it item, at string) {
	if len(l.index.files) >= sources.DefaultMaxEntries || strings.ContainsAny(it.Path, "\r\n") {
		return
	}
	f := file{size: it.Size}
	if revision := it.revision(l.now); revision != "" {
		sum := fnv.New64a()
		_, _ = sum.Write([]byte(revision))
		f.revision = sum.Sum64()
	}
	key := l.key(at)
	l.index.files[key] = f
	if at != it.Path {
		l.index.spelled[key] = it.Path
	}
	for dir := scope(at); dir != ""; dir = scope(dir) {
		if _, known := l.index.folders[l.key(dir)]; known {
			break
		}
		l.index.folders[l.key(dir)] = struct{}{}
	}
}

// Include implements [sources.Includer] from what the listing told.
func (s *snapshot) Include(_ context.Context, at string) (sources.Entry, bool, error) {
	listed := s.index()
	key := s.key(at)
	f, ok := listed.files[key]
	if !ok || !fs.ValidPath(at) || !s.options.Includes(at) {
		return sources.Entry{}, false, nil
	}
	e := sources.Entry{ID: at}
	if id, ok := listed.byPath[key]; ok {
		e.ID = id
	}
	if f.revision != 0 {
		e.Revision = fmt.Sprintf("%016x", f.revision)
	}
	it := item{Path: at, Size: f.size}
	if spelled, ok := listed.spelled[key]; ok {
		it.Path = spelled
	}
	e.Load = func(ctx context.Context) (sources.Document, error) {
		return s.parts.get(at, func() (sources.Document, error) {
			if f.size > sources.MaxDocument {
				return sources.Document{}, fmt.Errorf("read %q: %w", at, rootfile.ErrTooLarge)
			}
			return s.load(ctx, listed, it, at)
		})
	}
	return e, true, nil
}

// Exists implements [sources.Prober]. Above the remote there is nothing.
func (s *snapshot) Exists(_ context.Context, at string) (bool, error) {
	listed := s.index()
	_, isFile := listed.files[s.key(at)]
	_, isFolder := listed.folders[s.key(at)]
	return isFile || isFolder, nil
}

// maxParts is how much of what documents include is kept for the others that do,
// in bytes: each copy is a call of rclone.
const maxParts = 32 << 20

// parts are the files that documents have included.
type parts struct {
	mu     sync.Mutex
	byPath map[string]*part
	bytes  int
}

type part struct {
	mu      sync.Mutex
	doc     sources.Document
	isThere bool
}

// get returns the file at a path, loaded at most once where there is room for it.
func (p *parts) get(at string, load func() (sources.Document, error)) (sources.Document, error) {
	p.mu.Lock()
	if p.byPath == nil {
		p.byPath = map[string]*part{}
	}
	kept := p.byPath[at]
	if kept == nil {
		kept = &part{}
		p.byPath[at] = kept
	}
	p.mu.Unlock()
	kept.mu.Lock()
	defer kept.mu.Unlock()
	if kept.isThere {
		return kept.doc, nil
	}
	doc, err := load()
	if err != nil {
		return doc, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bytes+len(doc.Body) <= maxParts {
		p.bytes += len(doc.Body)
		kept.doc, kept.isThere = doc, true
	}
	return doc, nil
}
