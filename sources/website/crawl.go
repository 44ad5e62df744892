package website

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"finpages/sources"

	"golang.org/x/sync/errgroup"
)

// crawl is a listing by links: from url, in breadth, as far as max_pages.
func (s *snapshot) crawl(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	c := &crawler{snapshot: s, yield: yield, seen: map[string]bool{}, entries: map[string]bool{},
		before: s.before.Pages, now: pageMemory{}}
	c.enqueue(s.canonical(s.base))
	for len(c.queue) > 0 {
		next := c.queue[:min(len(c.queue), batch)]
		c.queue = c.queue[len(next):]
		if err := c.visit(ctx, next); err != nil {
			return c.Listing, err
		}
	}
	for _, e := range c.ruledOut {
		if err := c.emit(e); err != nil {
			return c.Listing, err
		}
	}
	if c.more {
		c.incomplete(
			fmt.Errorf("more than %d pages: exclude what is endless, or raise website.max_pages", s.options.MaxPages),
		)
	}
	if err := c.doubt(); err != nil {
		c.incomplete(err)
	}
	if err := s.writeMemory(memory{Start: s.start, Pages: c.now}); err != nil {
		return c.Listing, err
	}
	return c.Listing, nil
}

// mostFaults is how many reasons are told for which a listing is incomplete.
const mostFaults = 5

// crawler is a crawl under way.
type crawler struct {
	*snapshot
	sources.Listing
	yield    func(sources.Entry) error
	queue    []*url.URL
	seen     map[string]bool // IDs of addresses that were met
	entries  map[string]bool // IDs that were yielded
	more     bool            // addresses were left out for their number
	failed   int             // in a row
	ruledOut []sources.Entry
	noPages  int // addresses that are answered as if there were none
	before   pageMemory
	now      pageMemory
}

func (c *crawler) incomplete(err error) {
	if len(c.Incomplete) == mostFaults { // one says as much as all of them
		return
	}
	c.Incomplete = append(c.Incomplete, sources.Incomplete{Err: err})
}

// enqueue takes up an address, unless it is known or left out by a rule.
func (c *crawler) enqueue(u *url.URL) {
	id := idOf(u)
	if c.seen[id] || !c.inside(u) {
		return
	}
	if len(c.seen) == c.options.MaxPages {
		c.more = true
		return
	}
	if why := c.why(u); why != "" && !c.leadsOn(u) {
		c.seen[id] = true
		c.ruleOut(u)
		return
	}
	c.seen[id] = true
	c.queue = append(c.queue, u)
}

// ruleOut leaves out a page. One that an earlier run has taken is told of, so
// that it leaves however incomplete the listing is.
func (c *crawler) ruleOut(u *url.URL) {
	why := c.Website.why(u)
	if _, was := c.before[idOf(u)]; !was || why == "" {
		c.Add(c.leftOut(u, why))
		return
	}
	c.ruledOut = append(c.ruledOut, sources.Entry{ID: idOf(u), URL: u.String(), Excluded: why})
}

// leadsOn reports whether a page that is no entry is read for its links: the
// page at url is.
func (c *crawler) leadsOn(u *url.URL) bool { return idOf(u) == idOf(c.canonical(c.base)) }

func (c *crawler) visit(ctx context.Context, next []*url.URL) error {
	answers := make([]*answer, len(next))
	errs := make([]error, len(next))
	group := errgroup.Group{}
	group.SetLimit(atOnce)
	for i, u := range next {
		group.Go(func() error {
			answers[i], errs[i] = c.client.ask(ctx, http.MethodGet, u, c.before[idOf(u)].validators)
			return nil
		})
	}
	_ = group.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for i, u := range next {
		if err := c.take(u, answers[i], errs[i]); err != nil {
			return err
		}
	}
	return nil
}

// take takes what an address brought.
func (c *crawler) take(u *url.URL, a *answer, err error) error {
	var outside *outsideError
	switch {
	case errors.As(err, &outside): // a link that leads away
		c.Excluded++
		return nil
	case err != nil:
		return c.broken(u, err)
	case a.missing(): // a dead link
		c.failed = 0
		return nil
	case a.status == http.StatusNotModified:
		c.failed = 0
		return c.remembered(u)
	case a.refused():
		return c.refused(u, a.fault())
	case a.fault() != nil:
		return c.broken(u, a.fault())
	}
	c.failed = 0
	p, err := c.parsePage(a)
	if err != nil { // a picture, a download
		c.Excluded++
		return nil
	}
	return c.page(u, p, validatorsOf(a.header))
}

// refused takes an address that the login may not see. Whatever else there is
// can still be told, by what the page linked to when it could be seen.
func (c *crawler) refused(u *url.URL, err error) error {
	c.failed = 0
	m, was := c.before[idOf(u)]
	if !was {
		c.Excluded++
		return nil
	}
	c.now[idOf(u)] = m
	c.follow(m)
	return c.emit(sources.Entry{ID: idOf(u), URL: u.String(), Err: err})
}

func (c *crawler) follow(m remembered) {
	for _, link := range m.Links {
		if to, err := c.address(link); err == nil {
			c.enqueue(to)
		}
	}
}

// noPage takes an address at which the site answers as for a page that does not
// exist. If there was a page before, it may be there still.
func (c *crawler) noPage(u *url.URL) error {
	if _, was := c.before[idOf(u)]; was {
		return c.broken(u, errSoft)
	}
	c.noPages++
	c.Excluded++
	return nil
}

// doubt says why the listing is not complete, although all was read.
func (c *crawler) doubt() error {
	if c.noPages >= sameAtLeast && c.noPages*sameShare >= len(c.entries)+c.noPages {
		return fmt.Errorf(
			"%d of %d pages are answered as if they did not exist: see whether the site is in maintenance",
			c.noPages,
			len(c.entries)+c.noPages,
		)
	}
	return c.texts.worst()
}

// broken takes a page that exists and cannot be read, nor what it links to.
func (c *crawler) broken(u *url.URL, err error) error {
	if c.failed++; c.failed >= failuresInARow {
		return fmt.Errorf("%d pages in a row failed, the last with: %w", c.failed, err)
	}
	if m, was := c.before[idOf(u)]; was {
		c.now[idOf(u)] = m
	}
	c.incomplete(fmt.Errorf("%s: %w", u, err))
	return c.emit(sources.Entry{ID: idOf(u), URL: u.String(), Err: err})
}

func (c *crawler) emit(e sources.Entry) error {
	if c.entries[e.ID] {
		return nil
	}
	c.entries[e.ID] = true
	return c.yield(e)
}

func (c *crawler) page(u *url.URL, p *page, v validators) error {
	switch err := c.judge(u, p); {
	case errors.Is(err, errSoft):
		return c.noPage(u)
	case errors.Is(err, errLogin):
		return c.broken(u, err)
	case err != nil:
		return err
	}
	sum := sha256.Sum256(p.body)
	m := remembered{
		validators: v,
		Revision:   hex.EncodeToString(sum[:16]),
		Text:       hex.EncodeToString(p.text[:]),
		URL:        idOf(p.url),
	}
	for _, link := range p.links {
		if to := c.canonical(link); c.inside(to) {
			m.Links = append(m.Links, idOf(to))
			c.enqueue(to)
		}
	}
	if to, elsewhere := c.leadsElsewhere(p); elsewhere {
		m.Canonical = idOf(to)
	}
	return c.known(u, m)
}

// remembered takes a page that has not changed since the last crawl.
func (c *crawler) remembered(u *url.URL) error {
	m := c.before[idOf(u)]
	c.follow(m)
	return c.known(u, m)
}

// known yields a page that was read, now or before.
func (c *crawler) known(u *url.URL, m remembered) error {
	c.now[idOf(u)] = m
	if other := cmp.Or(m.Canonical, m.URL); other != idOf(u) { // it has another address
		if to, err := c.address(other); err == nil {
			c.enqueue(to)
		}
		return nil
	}
	if c.why(u) != "" {
		return nil
	}
	var text textHash
	if sum, err := hex.DecodeString(m.Text); err == nil {
		copy(text[:], sum)
	}
	c.texts.add(idOf(u), text)
	return c.emit(c.entry(location{url: u}, m.Revision, modifiedAt(m.Modified)))
}
