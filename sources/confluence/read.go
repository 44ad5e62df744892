package confluence

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"finpages/sources/confluence/internal/rest"

	"golang.org/x/sync/errgroup"
)

// spaceListing is one space as it was listed.
type spaceListing struct {
	space     space
	pages     []*page
	shared    bool    // it was listed in a walk with others
	faults    []error // why it is incomplete
	untrusted error   // why what the wiki refused to tell of it is no answer
}

func (c *spaceListing) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf(format, args...))
}

// read lists the configured spaces: together where the wiki can do so, the rest
// by themselves, a few at a time.
func (s *snapshot) read(ctx context.Context) []*spaceListing {
	keys := s.wiki.options.Spaces
	found, missing := s.wiki.api.spaces(ctx, keys)
	if err := s.wiki.wrongAddress(s.user, missing); err != nil {
		for _, key := range keys {
			missing[key] = err
		}
	}
	listings := make([]*spaceListing, len(keys))
	var open, alone []*spaceListing
	for i, key := range keys {
		c := &spaceListing{space: found[key]}
		listings[i] = c
		switch err := missing[key]; {
		case err != nil:
			c.space.key, c.faults = key, []error{err}
		case c.space.archived:
			alone = append(alone, c)
		default:
			open = append(open, c)
		}
	}
	for group := range slices.Chunk(open, s.wiki.api.spacesPerWalk()) {
		alone = append(alone, s.readTogether(ctx, group)...)
	}
	each(alone, func(c *spaceListing) { s.readSpace(ctx, c) })
	return listings
}

// each does something with a few things at a time.
func each[T any](things []T, do func(T)) {
	var g errgroup.Group
	g.SetLimit(rest.InFlight)
	for _, t := range things {
		g.Go(func() error { do(t); return nil })
	}
	_ = g.Wait() // none returns an error
}

// readTogether lists spaces in one walk, which for many small ones takes a
// fraction of the requests. It returns those that must be listed by themselves:
// all, if anything in the walk was odd, so that the fault of one space remains
// its own; those of which the walk saw less than the search, or nothing where the
// search cannot tell.
func (s *snapshot) readTogether(ctx context.Context, group []*spaceListing) (alone []*spaceListing) {
	if len(group) < 2 {
		return group
	}
	if err := s.listPages(ctx, group); err != nil {
		for _, c := range group {
			c.pages = nil
		}
		return group
	}
	missed, err := s.search(ctx, group) // what it leaves open is asked for again
	tells := err == nil && slices.ContainsFunc(group, func(c *spaceListing) bool {
		return slices.ContainsFunc(c.pages, func(p *page) bool { return p.accessKnown })
	})
	var seen []*spaceListing
	for _, c := range group {
		if c.shared = missed[c.space.key] == "" && (len(c.pages) > 0 || tells); c.shared {
			seen = append(seen, c)
		} else {
			c.pages = nil
			alone = append(alone, c)
		}
	}
	each(seen, func(c *spaceListing) {
		if len(s.open(c)) > 1+len(c.pages)/250 { // more than the requests of a search of its own
			s.enrich(ctx, c)
		} else {
			s.askEach(ctx, s.open(c))
		}
	})
	return alone
}

func (s *snapshot) readSpace(ctx context.Context, c *spaceListing) {
	if err := s.listPages(ctx, []*spaceListing{c}); err != nil {
		c.faults = append(c.faults, err)
	}
	if c.space.archived || ctx.Err() != nil {
		return // nothing more needs to be known of them
	}
	s.enrich(ctx, c)
}

// listPages lists spaces in one walk for each kind of page.
func (s *snapshot) listPages(ctx context.Context, group []*spaceListing) error {
	seen, byKey := map[string]struct{}{}, map[string]*spaceListing{}
	for _, c := range group {
		byKey[c.space.key] = c
	}
	var errs []error
	for _, kind := range s.wiki.kinds() {
		err := s.wiki.api.list(ctx, spacesOf(group), kind, func(p *page) {
			if _, twice := seen[p.id]; !twice {
				seen[p.id] = struct{}{}
				c := byKey[p.space]
				c.pages = append(c.pages, p)
			}
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("list the %ss of space %s: %w", kind, group[0].space.key, withMend(err)))
		}
	}
	return rest.Join(errs...)
}

// withMend says what to do where a listing itself is not to be found.
func withMend(err error) error {
	if rest.HasStatus(err, 404, 410) {
		return fmt.Errorf("%w: grant the login view rights on the space, or correct base_url and flavor", err)
	}
	return err
}

func spacesOf(group []*spaceListing) (spaces []space) {
	for _, c := range group {
		spaces = append(spaces, c.space)
	}
	return spaces
}

// search finds out labels and restrictions that did not come with the listing.
// It returns, by space, a page that it comes across and the listing lacks.
func (s *snapshot) search(ctx context.Context, group []*spaceListing) (missed map[string]string, err error) {
	pages := map[string]*page{}
	for _, c := range group {
		for _, p := range c.pages {
			pages[p.id] = p
		}
	}
	missed = map[string]string{}
	var errs []error
	for _, kind := range s.wiki.kinds() {
		errs = append(errs, s.wiki.api.enrich(ctx, spacesOf(group), kind, pages,
			func(key, id string) { missed[key] = id }))
	}
	return missed, rest.Join(errs...)
}

// enrich finds out labels and restrictions of one space.
func (s *snapshot) enrich(ctx context.Context, c *spaceListing) {
	missed, err := s.search(ctx, []*spaceListing{c})
	if id := missed[c.space.key]; id != "" && len(c.faults) == 0 {
		c.fault("the listing of space %s lacks page %s, which the search finds", c.space.key, rest.Short(id))
	}
	if !errors.As(err, new(outage)) {
		s.askEach(ctx, s.open(c))
		return
	}
	for _, p := range s.open(c) {
		p.noteUnread(err)
	}
	if !s.rules.withRestricted || s.rules.useLabels() { // else labels are only a part of the revision
		c.fault("space %s: %w", c.space.key, err)
	}
}

// open returns the pages of which something is not known that decides whether
// they may be shown.
func (s *snapshot) open(c *spaceListing) (pages []*page) {
	for _, p := range c.pages {
		if !p.accessKnown && !s.rules.withRestricted || !p.labelsKnown && s.rules.useLabels() {
			pages = append(pages, p)
		}
	}
	return pages
}

// askEach asks for the labels and restrictions of pages one by one, and gives
// up after a few faults in a row, each of which was already tried again.
func (s *snapshot) askEach(ctx context.Context, pages []*page) {
	var row breaker
	each(pages, func(p *page) {
		if err := row.broken(); err != nil {
			p.noteUnread(err)
			return
		}
		s.ask(ctx, p)
		row.note(cmp.Or(p.own.get().err, p.labelsUnread.get().err))
	})
}

// breaker stops asking when answers fail in a row.
type breaker struct {
	mu    sync.Mutex
	inRow int
	last  error
}

func (b *breaker) note(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last = err
	if b.inRow++; err == nil {
		b.inRow = 0
	}
}

// broken returns the last failure once there were three in a row.
func (b *breaker) broken() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.inRow < 3 {
		return nil
	}
	return b.last
}

func (s *snapshot) ask(ctx context.Context, p *page) {
	if !p.accessKnown && !s.rules.withRestricted {
		p.setAccess(s.ownAccess(ctx, p.id), true)
	}
	if p.labelsKnown || !s.rules.withRestricted && p.own.get().reason != "" { // which decides by itself
		return
	}
	switch err := s.wiki.api.readLabels(ctx, p); {
	case err == nil:
	case rest.Refused(err):
		refused := refuse("its labels cannot be read: " + refusal(err, "read:page:confluence"))
		p.labelsUnread = refused.held()
	default:
		p.labelsUnread = &access{err: err}
	}
}

// ownAccess asks no more when the token lacks the scope: so it does for all pages.
func (s *snapshot) ownAccess(ctx context.Context, id string) access {
	if a := s.unscoped.Load(); a != nil {
		return *a
	}
	r, err := readRestriction(ctx, s.wiki.client, id)
	a := accessOf(r, err)
	if rest.LacksScope(err) {
		s.unscoped.Store(&a)
	}
	return a
}
