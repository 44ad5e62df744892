package website

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"finpages/sources"

	"golang.org/x/sync/errgroup"
)

// batch is how many pages are asked for before the next look at the answers.
const batch = 16

// List implements [sources.Snapshot].
func (s *snapshot) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	maps, err := s.findSitemaps(ctx)
	if err != nil {
		return sources.Listing{}, err
	}
	if len(maps) == 0 {
		return s.crawl(ctx, yield)
	}
	l := &mapped{snapshot: s, yield: yield}
	r := s.newReader(func(at location) error { return l.take(ctx, at) })
	err = r.readAll(ctx, maps)
	if err == nil {
		err = l.flush(ctx)
	}
	l.Excluded += r.excluded
	if len(r.faults) > 0 {
		l.Incomplete = append(
			l.Incomplete,
			sources.Incomplete{Err: errors.Join(r.faults[:min(len(r.faults), mostFaults)]...)},
		)
	} else if now := (memory{Start: s.start, Sitemap: true}); err == nil &&
		(now.Start != s.before.Start || !s.before.Sitemap) {
		err = s.writeMemory(now)
	}
	return l.Listing, err
}

// mapped is a listing by sitemaps.
type mapped struct {
	*snapshot
	sources.Listing
	yield  func(sources.Entry) error
	queue  []location // whose revision the sitemap does not tell
	failed int        // in a row
}

func (l *mapped) take(ctx context.Context, at location) error {
	if at.excluded != "" {
		lacking := l.leftOut(at.url, at.excluded)
		lacking.Excluded = 0 // the entry is counted
		l.Add(lacking)
		return l.yield(sources.Entry{ID: idOf(at.url), URL: at.url.String(), Excluded: at.excluded})
	}
	revision, modified := revisionOf(at.lastmod, time.Now())
	if revision == "" {
		if l.queue = append(l.queue, at); len(l.queue) == batch {
			return l.flush(ctx)
		}
		return nil
	}
	return l.yield(l.entry(at, revision, modified))
}

func (s *snapshot) entry(at location, revision string, modified time.Time) sources.Entry {
	return sources.Entry{
		ID: idOf(at.url), URL: at.url.String(), Revision: revision, Modified: modified,
		Load: func(ctx context.Context) (sources.Document, error) { return s.load(ctx, at.url) },
	}
}

// flush asks for the heads of the pages in the queue, several at once.
func (l *mapped) flush(ctx context.Context) error {
	heads := make([]*answer, len(l.queue))
	errs := make([]error, len(l.queue))
	group := errgroup.Group{}
	group.SetLimit(atOnce)
	for i, at := range l.queue {
		group.Go(func() error {
			heads[i], errs[i] = l.client.ask(ctx, http.MethodHead, at.url, validators{})
			return nil
		})
	}
	_ = group.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for i, at := range l.queue {
		if err := l.head(at, heads[i], errs[i]); err != nil {
			return err
		}
	}
	l.queue = l.queue[:0]
	return nil
}

func isText(contentType string) bool {
	kind := strings.ToLower(contentType)
	return strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "application/xhtml+xml")
}

// failuresInARow is how many pages may fail before the site counts as down.
const failuresInARow = 20

// head takes a page by the head of its answer.
func (l *mapped) head(at location, head *answer, err error) error {
	_, modified := revisionOf(at.lastmod, time.Now())
	switch {
	case err != nil:
		return l.broken(at, err)
	case head.missing(): // the sitemap is behind; whether its page is gone is asked later
		l.failed = 0
		return nil
	case head.status == http.StatusMethodNotAllowed || head.status == http.StatusNotImplemented:
		l.failed = 0
		return l.yield(l.entry(at, "", modified))
	case head.fault() != nil:
		return l.broken(at, head.fault())
	}
	l.failed = 0
	if kind := head.header.Get("Content-Type"); kind != "" && !isText(kind) && l.convertedAs(head) == "" {
		l.Excluded++
		return nil
	}
	if idOf(head.url) != idOf(at.url) { // a page that has moved is loaded to see where it is
		return l.yield(l.entry(at, "", modified))
	}
	if t, err := http.ParseTime(head.header.Get("Last-Modified")); err == nil && modified.IsZero() {
		modified = t
	}
	return l.yield(l.entry(at, validatorsOf(head.header).revision(time.Now()), modified))
}

// broken takes a page that exists and cannot be read.
func (l *mapped) broken(at location, err error) error {
	if l.failed++; l.failed >= failuresInARow {
		return fmt.Errorf("%d pages in a row failed, the last with: %w", l.failed, err)
	}
	return l.yield(sources.Entry{ID: idOf(at.url), URL: at.url.String(), Err: err})
}

// revision makes one of what the site says; "" if another change could leave
// the same.
func (v validators) revision(now time.Time) string {
	if v.ETag != "" {
		return "etag " + v.ETag
	}
	t, err := http.ParseTime(v.Modified)
	if err != nil || now.Sub(t) < time.Minute { // it has whole seconds, by another clock
		return ""
	}
	return "modified " + v.Modified
}
