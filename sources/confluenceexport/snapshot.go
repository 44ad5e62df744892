package confluenceexport

import (
	"context"
	"errors"
	"fmt"
	"path"
	"sync"

	"finpages/sources"
	"finpages/sources/confluenceexport/internal/markup"
	"finpages/sources/internal/rootfile"
)

// snapshot is an export that is open.
type snapshot struct {
	files container
	space string
	rules rules

	mu     sync.Mutex
	byPath map[string]bool // pages whose ID is the path, for another page has the id in their name
}

// Close implements [sources.Snapshot].
func (s *snapshot) Close() error { return s.files.Close() }

// Revision implements [sources.Revisioned]. It is known of an archive only.
func (s *snapshot) Revision() string { return s.files.revision() }

// Link returns the entry ID of the page at the path, false if there is none.
// It is known after List only whether another page has the id.
func (s *snapshot) Link(p string) (id string, ok bool) {
	p = decodeName(p)
	if s.rules.why(p) != "" || !s.files.has(p) {
		return "", false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if id = pageID(p); id == "" || s.byPath[p] {
		id = p
	}
	return id, true
}

// List implements [sources.Snapshot]. Beside the names it reads the index of
// each space.
func (s *snapshot) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	return s.list(ctx, func(p page) error { return yield(p.entry()) })
}

func (s *snapshot) list(ctx context.Context, yield func(page) error) (sources.Listing, error) {
	l := lister{snapshot: s, seen: map[string]bool{}}
	listing, err := s.files.walk(ctx, func(f file) error { return l.add(f, yield) })
	listing.Incomplete = append(listing.Incomplete, l.incomplete...)
	if err == nil && len(l.seen) == 0 && len(listing.Incomplete) == 0 && !s.files.has("index.html") {
		err = s.files.noPages(listing.Excluded)
	}
	return listing, err
}

// lister is one listing under way.
type lister struct {
	*snapshot
	seen       map[string]bool // IDs
	incomplete []sources.Incomplete
	index      *markup.Index // of the folder dir
	dir        string
}

func (l *lister) add(f file, yield func(page) error) error {
	id, dir := l.id(f.path), scopeOf(f.path)
	if l.seen[id] {
		l.fault(dir, fmt.Errorf("two files have the name %q: rename one, or export the space again", f.path))
		return nil
	}
	l.seen[id] = true
	return yield(page{file: f, id: id, index: l.indexOf(dir), space: l.space})
}

func (l *lister) fault(scope string, err error) {
	l.incomplete = append(l.incomplete, sources.Incomplete{Scope: scope, Err: err})
}

// id returns the page id, or the path of a page that has none of its own.
func (l *lister) id(p string) string {
	id := pageID(p)
	if id == "" {
		return p
	}
	if !l.seen[id] {
		return id
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byPath == nil {
		l.byPath = map[string]bool{}
	}
	l.byPath[p] = true
	return p
}

// indexOf returns the index of a folder, an empty one if there is none or it
// is too large: most pages tell all of it themselves.
func (l *lister) indexOf(dir string) *markup.Index {
	if l.index != nil && l.dir == dir {
		return l.index
	}
	l.dir, l.index = dir, &markup.Index{}
	for _, name := range indexNames {
		p := path.Join(dir, name)
		if !l.files.has(p) {
			continue
		}
		body, err := l.files.read(p)
		if err == nil {
			l.index = markup.ReadIndex(body, dir)
		} else if !errors.Is(err, rootfile.ErrTooLarge) {
			l.fault(dir, fmt.Errorf("read %q: %w", p, err))
		}
		break
	}
	return l.index
}
