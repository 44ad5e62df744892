package website

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"finpages/sources"

	"golang.org/x/sync/errgroup"
)

var (
	errClosed = errors.New("the source is closed")
	errSoft   = errors.New("the site answers as for a page that does not exist")
)

// fetch reads the page at an address, and says what is wrong with it.
func (s *snapshot) fetch(ctx context.Context, u *url.URL) (*page, error) {
	if s.isClosed() {
		return nil, errClosed
	}
	a, err := s.client.ask(ctx, http.MethodGet, u, validators{})
	if err == nil {
		err = a.fault()
	}
	if err != nil {
		return nil, err
	}
	p, err := s.parsePage(a)
	if err != nil {
		return nil, err
	}
	if err := s.judge(u, p); err != nil {
		return nil, err
	}
	if why := s.why(p.url); why != "" {
		return nil, fmt.Errorf("the page has moved to %s: %s", p.url, why)
	}
	s.texts.add(idOf(u), p.text)
	return p, nil
}

// judge says why what came is not the page that was asked for.
func (s *snapshot) judge(asked *url.URL, p *page) error {
	if out, err := s.loggedOut(p); err != nil {
		return err
	} else if out {
		return errLogin
	}
	soft, err := s.soft(asked, p)
	if err == nil && soft {
		err = errSoft
	}
	return err
}

func (s *snapshot) load(ctx context.Context, u *url.URL) (sources.Document, error) {
	p, err := s.fetch(ctx, u)
	if err != nil {
		return sources.Document{}, fmt.Errorf("read %s: %w", u, err)
	}
	if err := s.texts.suspect(p.text); err != nil {
		return sources.Document{}, fmt.Errorf("read %s: %w", u, err)
	}
	doc := sources.Document{Format: p.format, Body: p.body}
	if p.format.IsConverted() { // its name may be its only title
		doc.Path = strings.TrimPrefix(u.Path, s.base.Path)
	}
	return doc, nil
}

// sample is how many pages are looked at before the first is pushed.
const sample = 20

// Prefetch implements [sources.Prefetcher]: it looks at some of the pages, to
// find out whether they have one text.
func (s *snapshot) Prefetch(ctx context.Context, entries []sources.Entry) error {
	group := errgroup.Group{}
	group.SetLimit(atOnce)
	step := max(1, len(entries)/sample)
	for i := 0; i < len(entries) && len(entries) >= sameAtLeast; i += step {
		group.Go(func() error {
			if u, err := s.address(entries[i].ID); err == nil {
				_, _ = s.fetch(ctx, u) // its load says what is wrong
			}
			return nil
		})
	}
	return group.Wait()
}

// Gone implements [sources.Confirmer]: a page that the config leaves out is gone, and
// one for which the site says 404 or 410 twice, and is well in between.
func (s *snapshot) Gone(ctx context.Context, id string) (bool, error) {
	u, err := s.address(id)
	if err != nil || s.Website.why(u) != "" {
		return true, nil // by the config, it is none of this site's pages
	}
	if s.why(u) != "" { // robots.txt does not say what there is
		return false, nil
	}
	for again := range 2 {
		if again > 0 {
			if err := s.well(ctx); err != nil {
				return false, err
			}
		}
		a, err := s.client.ask(ctx, http.MethodGet, u, validators{})
		var outside *outsideError
		switch {
		case errors.As(err, &outside):
			return false, nil
		case err != nil:
			return false, fmt.Errorf("ask for %s: %w", u, err)
		case !a.missing():
			if a.status >= 500 || a.status == http.StatusTooManyRequests {
				return false, fmt.Errorf("ask for %s: %w", u, a.fault())
			}
			return false, nil
		}
	}
	return true, nil
}
