package confluence

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"finpages/sources"

	"golang.org/x/sync/errgroup"
)

// chapter is one space as it was listed.
type chapter struct {
	space  space
	pages  []*page
	faults []error // why it is incomplete
}

// List implements [sources.Snapshot]. Pages are yielded only when all spaces
// are read, since a page is as shut as the pages above it and as fresh as
// those it includes.
func (s *snapshot) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	chapters := s.read(ctx)
	if ctx.Err() != nil {
		return sources.Listing{}, ctx.Err()
	}
	s.tree = newTree(s.wiki, s.rules, chapters)
	s.tree.judge(ctx)
	s.checkRoots(chapters)
	s.checkEmpty(ctx, chapters)
	var listing sources.Listing
	for _, c := range chapters {
		if err := s.yield(c, &listing, yield); err != nil {
			return listing, err
		}
	}
	if ctx.Err() != nil {
		return listing, ctx.Err()
	}
	for _, c := range chapters {
		if len(c.faults) > 0 {
			listing.Incomplete = append(listing.Incomplete, sources.Incomplete{Scope: c.space.key, Err: joinFew(c.faults)})
		}
	}
	return listing, nil
}

// read lists the configured spaces, a few at a time, in the order configured.
func (s *snapshot) read(ctx context.Context) []*chapter {
	keys := s.wiki.options.Spaces
	found, missing := s.wiki.api.spaces(ctx, keys)
	chapters := make([]*chapter, len(keys))
	var g errgroup.Group
	g.SetLimit(inFlight)
	for i, key := range keys {
		if err := missing[key]; err != nil {
			chapters[i] = &chapter{space: space{key: key}, faults: []error{err}}
			continue
		}
		c := &chapter{space: found[key]}
		chapters[i] = c
		g.Go(func() error { s.readSpace(ctx, c); return nil })
	}
	_ = g.Wait() // faults are in the chapters
	return chapters
}

func (s *snapshot) readSpace(ctx context.Context, c *chapter) {
	for _, kind := range s.wiki.kinds() {
		pages := map[string]*page{}
		err := s.wiki.api.list(ctx, c.space, kind, func(p *page) {
			if pages[p.id] == nil {
				pages[p.id] = p
				c.pages = append(c.pages, p)
			}
		})
		if err != nil {
			c.faults = append(c.faults, fmt.Errorf("list the %ss of space %s: %w", kind, c.space.key, err))
		}
		if c.space.archived || ctx.Err() != nil {
			continue // nothing more needs to be known of them
		}
		if err := s.enrich(ctx, c.space, kind, pages); err != nil {
			c.faults = append(c.faults, err)
		}
	}
}

// enrich finds out labels and restrictions that did not come with the listing.
func (s *snapshot) enrich(ctx context.Context, sp space, kind string, pages map[string]*page) error {
	err := s.wiki.api.enrich(ctx, sp, kind, pages)
	var rest []*page
	for _, p := range pages {
		if !p.judged && !s.rules.withRestricted || !p.labelled && s.rules.useLabels() {
			rest = append(rest, p)
		}
	}
	if errors.Is(err, errOutage) {
		for _, p := range rest {
			p.doubt(err)
		}
		if s.rules.withRestricted && !s.rules.useLabels() {
			return nil // labels would only have been part of the revision
		}
		return err
	}
	s.askEach(ctx, rest)
	return err
}

// askEach asks for the labels and restrictions of pages one by one, and gives
// up after a few faults in a row, each of which was already tried again.
func (s *snapshot) askEach(ctx context.Context, pages []*page) {
	var row breaker
	var g errgroup.Group
	g.SetLimit(inFlight)
	for _, p := range pages {
		g.Go(func() error {
			if err := row.broken(); err != nil {
				p.doubt(err)
				return nil
			}
			s.ask(ctx, p)
			row.note(cmp.Or(p.own.err, p.tags.err))
			return nil
		})
	}
	_ = g.Wait() // what failed is noted in the pages
}

// breaker stops asking when answers fail in a row.
type breaker struct {
	mu   sync.Mutex
	row  int
	last error
}

func (b *breaker) note(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last = err
	if b.row++; err == nil {
		b.row = 0
	}
}

// broken returns the last failure once there were three in a row.
func (b *breaker) broken() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.row < 3 {
		return nil
	}
	return b.last
}

func (s *snapshot) ask(ctx context.Context, p *page) {
	if !p.judged && !s.rules.withRestricted {
		p.setAccess(ownAccess(ctx, s.wiki.client, p.id), true)
	}
	if p.labelled {
		return
	}
	switch err := s.wiki.api.readLabels(ctx, p); {
	case err == nil:
	case refused(err):
		p.tags.why = "its labels cannot be read: " + err.Error()
	default:
		p.tags.err = err
	}
}

// checkRoots distrusts the whole listing if a root is missing: below a page
// that was not seen, everything would seem to be gone.
func (s *snapshot) checkRoots(chapters []*chapter) {
	for _, id := range s.wiki.options.Root {
		if s.tree.knows(id) {
			continue
		}
		err := fmt.Errorf("the root page %s is in none of the listed spaces: correct root, or grant view rights", id)
		for _, c := range chapters {
			c.faults = append(c.faults, err)
		}
	}
}

// checkEmpty makes sure that a space without pages is not one without a login.
func (s *snapshot) checkEmpty(ctx context.Context, chapters []*chapter) {
	var err error
	asked := false
	for _, c := range chapters {
		if len(c.pages) > 0 || len(c.faults) > 0 {
			continue
		}
		if !asked {
			_, err = currentUser(ctx, s.wiki.client)
			asked = true
		}
		if err != nil {
			c.faults = append(c.faults, fmt.Errorf("space %s seems empty: %w", c.space.key, err))
		}
	}
}

func (s *snapshot) yield(c *chapter, listing *sources.Listing, yield func(sources.Entry) error) error {
	for _, p := range c.pages {
		if s.tree.byID[p.id] != p {
			continue // moved between spaces while they were listed
		}
		v := s.tree.verdict(p)
		if v.excluded != "" {
			listing.Excluded++
			continue
		}
		if v.err != nil {
			c.faults = append(c.faults, fmt.Errorf("page %s: %w", p.id, v.err))
		}
		if err := yield(s.entry(p, v)); err != nil {
			return err
		}
	}
	return nil
}

func (s *snapshot) entry(p *page, v verdict) sources.Entry {
	e := sources.Entry{ID: p.id, Scope: p.space, URL: p.url, Modified: p.modified, Withheld: v.withheld, Err: v.err}
	if v.withheld == "" && v.err == nil {
		e.Revision = s.revision(p)
		t, revision := s.tree, e.Revision
		e.Load = func(ctx context.Context) (sources.Document, error) { return s.load(ctx, t, p, revision) }
	}
	return e
}

// revision returns "" if it cannot tell whether what the page would be loaded
// as has changed. What a page transcludes is known only once it was read, so
// the revision under which that happened stands until something changes.
func (s *snapshot) revision(p *page) string {
	if p.version == 0 {
		return ""
	}
	plain := p.fingerprint(s.memo.epoch, s.tree.access(p))
	m, ok := s.memo.get(p.id)
	if !ok {
		return plain
	}
	state, known := s.tree.state(m.Uses)
	switch {
	case !known:
		return ""
	case m.Revision != "" && m.Plain == plain && m.State == state:
		return m.Revision
	}
	return plain + "-" + state
}

// remember notes what a page was found to transclude when it was read under a
// revision.
func (s *snapshot) remember(t *tree, p *page, revision string, uses []reference) error {
	plain := p.fingerprint(s.memo.epoch, t.access(p))
	if len(uses) == 0 && (revision == plain || revision == "") {
		return s.memo.note(p.id, reading{})
	}
	state, known := t.state(uses)
	if !known {
		revision = ""
	}
	return s.memo.note(p.id, reading{Uses: uses, Plain: plain, State: state, Revision: revision})
}

func joinFew(errs []error) error {
	if len(errs) > 3 {
		errs = append(errs[:3:3], fmt.Errorf("and %d more", len(errs)-3))
	}
	return errors.Join(errs...)
}
