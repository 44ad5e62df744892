package confluenceexport

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"sync"

	"finpages/sources"
)

// snapshot is an export that is open.
type snapshot struct {
	files container
	name  string // of the space, from the options
	rules rules

	mu     sync.Mutex
	ids    map[string]string // IDs by path, of pages whose names do not tell them
	listed *listed           // nil until List has returned
}

// Close implements [sources.Snapshot].
func (s *snapshot) Close() error { return s.files.Close() }

// Revision implements [sources.Revisioned]. It is known of an archive only.
func (s *snapshot) Revision() string { return s.files.revision() }

// Link returns the entry ID of the page at the path, and of the page to which the
// attachment there belongs, false if there is none that is taken. Attachments, and
// IDs that are not in the files' names, are known after List.
func (s *snapshot) Link(p string) (id string, ok bool) {
	p = decodeName(p)
	s.mu.Lock()
	id, ok = s.ids[p]
	if !ok && s.listed != nil {
		id, ok = s.listed.attached[p]
	}
	s.mu.Unlock()
	if ok {
		return id, true
	}
	if s.rules.why(p) != "" || !s.files.has(p) {
		return "", false
	}
	return cmp.Or(pageID(p), p), true
}

// setID remembers the ID of a page whose name does not tell it.
func (s *snapshot) setID(p, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids == nil {
		s.ids = map[string]string{}
	}
	s.ids[p] = id
}

// List implements [sources.Snapshot]. Beside the names it reads the index of
// each space, and the beginning of pages that have no id in their names.
func (s *snapshot) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	l := s.newLister(func(p page) error { return yield(p.entry()) })
	l.yieldExcluded, l.yieldFile = yield, yield
	listing, err := l.list(ctx)
	s.setListed(l)
	return listing, err
}

// lister is one listing under way.
type lister struct {
	*snapshot
	yield      func(page) error
	seen       map[string]string // paths by ID
	spaces     map[string]*space // by folder
	space      *space            // the last one
	budget     int               // bytes that indexes may take yet
	postponed  []page            // pages whose ID another may have more right to
	duplicates []duplicate

	yieldExcluded func(sources.Entry) error // takes pages that a pattern leaves out; nil if nobody asks
	yieldFile     func(sources.Entry) error // takes attachments; nil if nobody asks
	ruledOut      int                       // pages that a pattern leaves out
	pages         map[string]page           // by ID, if their attachments are documents
	attached      map[string]string         // IDs of pages by the paths of their attachments that are taken
	incomplete    []sources.Incomplete
}

// maxPostponed bounds the pages that are put off; those that follow come at once.
const maxPostponed = 50_000

// duplicate is a page whose page id another has.
type duplicate struct{ id, first, path string }

func (s *snapshot) newLister(yield func(page) error) *lister {
	return &lister{snapshot: s, yield: yield, seen: map[string]string{}, spaces: map[string]*space{},
		budget: maxIndexes, pages: map[string]page{}, attached: map[string]string{}}
}

func (l *lister) list(ctx context.Context) (sources.Listing, error) {
	listing, err := l.files.walk(ctx, func(f file) error { return l.add(ctx, f) })
	if err == nil {
		err = l.addRest(ctx)
	}
	listing.Incomplete = append(listing.Incomplete, l.incomplete...)
	if err == nil && len(l.seen) == 0 && len(listing.Incomplete) == 0 && l.rules.indexOf("") == "" {
		err = l.files.noPages(listing.Excluded + l.ruledOut)
	}
	if err == nil && l.rules.attachments && l.yieldFile != nil {
		err = l.attachments(ctx, &listing)
	}
	return listing, err
}

// add takes an index or a page. It puts off a page that its space's index does
// not list, or that cannot be read, until all others are known: it has its page
// id only if no other has it. People unpack a new export over an old one.
func (l *lister) add(ctx context.Context, f file) error {
	if f.excluded != "" {
		return l.exclude(f)
	}
	s, err := l.spaceOf(ctx, scopeOf(f.path))
	if err != nil {
		return err
	}
	if isIndex(path.Base(f.path)) {
		if s.home == nil || s.home.path != f.path {
			return nil
		}
		f = *s.home
	}
	s.pages = true
	if len(l.postponed) >= maxPostponed {
		s.settle()
		return l.take(l.page(f, s))
	}
	p := l.page(f, s)
	if !s.settled || p.id != p.path && (f.err != nil || !s.index.Lists(f.path)) {
		l.postponed = append(l.postponed, p)
		return nil
	}
	return l.take(p)
}

// exclude takes a page that a pattern leaves out: it may be in Fin from before
// the pattern. Its file is read only where the name does not tell the page's id.
func (l *lister) exclude(f file) error {
	l.ruledOut++
	if l.yieldExcluded == nil {
		return nil
	}
	id := pageID(f.path)
	if id == "" {
		told, _ := page{file: f}.readHead()
		id = cmp.Or(told.ID, f.path)
	}
	if _, taken := l.seen[id]; taken { // then this one goes by its path
		id = f.path
	}
	l.keep(page{file: f, id: id, space: &space{dir: scopeOf(f.path)}})
	return l.yieldExcluded(sources.Entry{ID: id, Scope: scopeOf(f.path), Excluded: f.excluded})
}

// page finds the page's id: in its name, else in its markup, else its path.
// Its beginning is read only where that tells what nothing else does.
func (l *lister) page(f file, s *space) page {
	p := page{file: f, id: pageID(f.path), space: s, name: l.name, find: l.find}
	hasID := p.id != ""
	if hasID && s.settled {
		return p
	}
	told, ok := p.readHead()
	if !s.settled {
		s.learn(told)
	}
	switch {
	case hasID:
	case told.ID != "":
		p.id, s.ids = told.ID, true
	default:
		p.id = p.path
		if !told.Found {
			s.unidentified, s.unread = p.path, s.unread || !ok
		}
	}
	return p
}

// addRest takes what was put off, and what indexes list and the export lacks.
func (l *lister) addRest(ctx context.Context) error {
	for _, dir := range slices.Sorted(maps.Keys(l.spaces)) {
		l.spaces[dir].settle()
	}
	slices.SortStableFunc(l.postponed, func(x, y page) int { return x.rank() - y.rank() })
	for i, p := range l.postponed {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := l.take(p); err != nil {
			return err
		}
	}
	return l.addMissing()
}

func (l *lister) take(p page) error {
	if first, taken := l.seen[p.id]; taken && p.id != p.path {
		l.duplicates = append(l.duplicates, duplicate{p.id, first, p.path})
		p.id = p.path
	}
	if _, taken := l.seen[p.id]; taken {
		l.fault(scopeOf(p.path), fmt.Errorf("two files have the name %q: rename one, or export the space again",
			p.path))
		return nil
	}
	l.seen[p.id] = p.path
	if err := l.rules.Bounded(len(l.seen)); err != nil {
		return err
	}
	if p.id != cmp.Or(pageID(p.path), p.path) || isIndex(path.Base(p.path)) {
		l.setID(p.path, p.id)
	}
	l.keep(p)
	return l.yield(p)
}

// keep remembers a page for its attachments.
func (l *lister) keep(p page) {
	if _, taken := l.pages[p.id]; !taken && l.rules.attachments && p.id != p.path {
		l.pages[p.id] = p
	}
}

func (l *lister) fault(scope string, err error) {
	l.incomplete = append(l.incomplete, sources.Incomplete{Scope: scope, Err: err})
}
