package website

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	mostSitemaps   = 2000
	mostMapBytes   = 64 << 20 // of one sitemap, unpacked; the protocol has 50 MiB
	deepestSitemap = 3
)

// location is a page that a sitemap names.
type location struct {
	url     *url.URL // canonical
	lastmod string

	excluded string // by which rule of the config it is left out
}

// reader reads sitemaps and the sitemaps that they name.
// https://www.sitemaps.org/protocol.html
type reader struct {
	*snapshot
	found    func(location) error
	seen     map[string]bool // addresses of sitemaps
	pages    map[string]bool // IDs
	excluded int
	faults   []error // what could not be read: more pages may exist
}

func (s *snapshot) newReader(found func(location) error) *reader {
	return &reader{snapshot: s, found: found, seen: map[string]bool{}, pages: map[string]bool{}}
}

// findSitemaps returns the addresses of the site's sitemaps, none where it has
// none.
func (s *snapshot) findSitemaps(ctx context.Context) ([]string, error) {
	switch {
	case s.options.Sitemap == noSitemap:
		return nil, nil
	case s.options.Sitemap != "":
		return []string{s.options.Sitemap}, nil
	}
	var maps []string
	for _, m := range s.sitemaps {
		if u, err := url.Parse(m); err == nil && sameOrigin(s.base, s.base.ResolveReference(u)) {
			maps = append(maps, s.base.ResolveReference(u).String())
		}
	}
	if len(maps) > 0 {
		return maps, nil
	}
	at := s.base.ResolveReference(&url.URL{Path: unescaped(below(s.base)) + "sitemap.xml"})
	a, err := s.client.ask(ctx, http.MethodGet, at, validators{})
	var outside *outsideError
	switch {
	case errors.As(err, &outside):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%s: %w", at, err)
	case a.status >= 500 || a.status == http.StatusTooManyRequests:
		return nil, fmt.Errorf("%s: %w", at, a.fault())
	case a.status == http.StatusOK && isSitemap(a.body):
		return []string{at.String()}, nil
	case a.status == http.StatusOK && s.before.Sitemap:
		return nil, fmt.Errorf("%s: was a sitemap, and is none now: see whether the site is in maintenance; "+
			"if it has no sitemap any more, set website.sitemap: off", at)
	}
	return nil, nil
}

func isSitemap(body []byte) bool {
	head := body[:min(len(body), 4096)]
	return bytes.Contains(head, []byte("<urlset")) || bytes.Contains(head, []byte("<sitemapindex"))
}

// readAll reads sitemaps. Its error ends the listing; what could not be read is
// in r.faults.
func (r *reader) readAll(ctx context.Context, maps []string) error {
	for _, m := range maps {
		if err := r.read(ctx, m, 0); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) fault(at string, err error) {
	r.faults = append(r.faults, fmt.Errorf("sitemap %s: %w", at, err))
}

func (r *reader) read(ctx context.Context, at string, depth int) error {
	u, err := url.Parse(at)
	switch {
	case err != nil || !sameOrigin(r.base, u):
		r.fault(at, errors.New("lies on another host, which is not asked"))
		return nil
	case r.seen[at]:
		return nil
	case len(r.seen) == mostSitemaps || depth > deepestSitemap:
		r.fault(
			at,
			fmt.Errorf("more than %d sitemaps, or deeper than %d in each other", mostSitemaps, deepestSitemap),
		)
		return nil
	}
	r.seen[at] = true
	a, err := r.client.ask(ctx, http.MethodGet, u, validators{})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		err = a.fault()
	}
	if err != nil {
		r.fault(at, err)
		return nil
	}
	body, err := unpacked(a.body)
	if err != nil {
		r.fault(at, err)
		return nil
	}
	return r.parse(ctx, at, body, depth)
}

// unpacked returns what a sitemap holds that may be packed by gzip.
func unpacked(body []byte) (io.Reader, error) {
	if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return bytes.NewReader(body), nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return &io.LimitedReader{R: z, N: mostMapBytes}, nil
}

func (r *reader) parse(ctx context.Context, at string, body io.Reader, depth int) error {
	d, root := newMapDecoder(body), ""
	for {
		token, err := d.token()
		if errors.Is(err, io.EOF) && root != "" {
			return nil
		}
		if err != nil {
			r.fault(at, fmt.Errorf("is no whole sitemap: %w", err))
			return nil
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
			continue
		case root == "":
			if root = start.Name.Local; root != "urlset" && root != "sitemapindex" {
				r.fault(at, fmt.Errorf("is no sitemap, but begins with <%s>", root))
				return nil
			}
			continue
		}
		it, err := d.item()
		if err != nil {
			r.fault(at, fmt.Errorf("is no whole sitemap: %w", err))
			return nil
		}
		switch start.Name.Local {
		case "url":
			err = r.page(at, it)
		case "sitemap":
			err = r.read(ctx, strings.TrimSpace(it.Loc), depth+1)
		}
		if err != nil {
			return err
		}
	}
}

// page takes a page that a sitemap names.
func (r *reader) page(at string, it item) error {
	u, err := url.Parse(strings.TrimSpace(it.Loc))
	if err != nil || u.Host == "" {
		r.fault(at, fmt.Errorf("the address %.200q is none", it.Loc))
		return nil
	}
	u = r.canonical(u)
	id := idOf(u)
	if r.pages[id] {
		return nil
	}
	if len(r.pages) == r.options.MaxPages {
		r.pages[""] = true // more are not looked for, and told once
		r.fault(at, fmt.Errorf("more than %d pages: raise website.max_pages", r.options.MaxPages))
	}
	if len(r.pages) > r.options.MaxPages {
		return nil
	}
	r.pages[id] = true
	if why := r.Website.why(u); why != "" && r.inside(u) {
		return r.found(location{url: u, excluded: why})
	}
	if r.why(u) != "" {
		r.excluded++
		return nil
	}
	return r.found(location{url: u, lastmod: strings.TrimSpace(it.LastMod)})
}

// daysForDate is how old a date without a time must be to tell of all changes:
// it may be that of any time zone, and of a second change on the same day.
const daysForDate = 3

// revisionOf makes a revision of a sitemap's lastmod; "" if another change could
// leave the same one.
func revisionOf(lastmod string, now time.Time) (string, time.Time) {
	if t, err := time.Parse(time.RFC3339, lastmod); err == nil {
		if now.Sub(t) < time.Minute {
			return "", t
		}
		return "lastmod " + lastmod, t
	}
	t, err := time.Parse(time.DateOnly, lastmod)
	if err != nil || now.Sub(t) < daysForDate*24*time.Hour {
		return "", t
	}
	return "lastmod " + lastmod, t
}
