// Package website reads the pages of a site that lies behind a login, by its
// sitemaps or by following its links.
//
// Only addresses of the site are asked for: below its url, on its host, and
// beside them robots.txt and the sitemaps. What fails, falls silent, or answers
// with a login form says nothing about a page; only 404 or 410, said twice
// while the site is well, means that it is gone.
//
// The crawl is our own: colly bounds a site by its host alone and asks no
// conditional requests, and what failed, by which a listing is complete or not,
// would have to be gathered beside it. A sitemap is a few lines of encoding/xml;
// gopher-parse-sitemap takes an empty answer for a sitemap without pages.
package website

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"finpages/sources"

	"github.com/temoto/robotstxt"
	"golang.org/x/time/rate"
)

// Website is a site of pages.
type Website struct {
	options Options
	env     sources.Env
	base    *url.URL
	pause   time.Duration // before the first retry

	resolver *net.Resolver // nil is the system's
}

var (
	_ sources.Source    = (*Website)(nil)
	_ sources.Explainer = (*Website)(nil)
	_ sources.Checker   = (*Website)(nil)
	_ sources.Locator   = (*Website)(nil)
)

// atOnce is how many requests may be under way.
const atOnce = 4

// Open implements [sources.Source]: it asks for robots.txt, and for the page at
// url or the sitemap, which must be there.
func (w *Website) Open(ctx context.Context) (sources.Snapshot, error) {
	s, err := w.open(ctx)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (w *Website) open(ctx context.Context) (*snapshot, error) {
	c, err := w.client()
	if err != nil {
		return nil, err
	}
	s := &snapshot{Website: w, client: c, texts: newTexts(), before: w.readMemory()}
	s.unknown = sync.OnceValues(func() (stranger, error) { return s.askUnknown(context.WithoutCancel(ctx)) })
	err = s.readRobots(ctx)
	if err == nil {
		err = s.well(ctx)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// well reports what is wrong with the site: with its sitemap, where one is
// named, else with the page at url.
func (s *snapshot) well(ctx context.Context) error {
	u := s.canonical(s.base)
	if m, err := url.Parse(s.options.Sitemap); err == nil && m.Host != "" {
		u = m
	}
	a, err := s.client.ask(ctx, http.MethodGet, u, validators{})
	if err == nil {
		err = a.fault()
	}
	if err == nil {
		if p, notPage := s.parsePage(a); notPage == nil {
			err = errors.Join(s.judge(u, p), s.startsAs(u, p))
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", u, err)
	}
	return nil
}

// snapshot is the site as one run sees it.
type snapshot struct {
	*Website
	client   *client
	robots   *robotstxt.Group // nil allows all
	sitemaps []string         // that robots.txt names
	unknown  func() (stranger, error)
	before   memory
	start    start
	texts    *texts
	done     bool
	mu       sync.Mutex
}

var (
	_ sources.Confirmer  = (*snapshot)(nil)
	_ sources.Prefetcher = (*snapshot)(nil)
)

// Close implements [sources.Snapshot].
func (s *snapshot) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = true
	s.client.http.CloseIdleConnections()
	return nil
}

func (s *snapshot) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done
}

// isAside reports whether an address, although not below url, may be asked for.
func (w *Website) isAside(u *url.URL) bool {
	if !sameOrigin(w.base, u) {
		return false
	}
	at := u.Path
	return at == "/robots.txt" || at == "/sitemap.xml" || at == "/sitemap_index.xml" ||
		u.String() == w.options.Sitemap
}

// readRobots asks for robots.txt. Without an answer nothing may be asked for
// (RFC 9309, section 2.3.1.4).
func (s *snapshot) readRobots(ctx context.Context) error {
	if s.options.Robots == ignore {
		return nil
	}
	at := s.base.ResolveReference(&url.URL{Path: "/robots.txt"})
	a, err := s.client.ask(ctx, http.MethodGet, at, validators{})
	var outside *outsideError
	switch {
	case errors.As(err, &outside):
		return nil // there is none
	case err != nil:
		return fmt.Errorf("%s: %w", at, err)
	case a.status >= 500 || a.status == http.StatusTooManyRequests:
		return fmt.Errorf("%s: %w", at, a.fault())
	case a.status != http.StatusOK || looksLikeHTML(a):
		return nil
	}
	rules, err := robotstxt.FromBytes(a.body)
	if err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	s.robots, s.sitemaps = rules.FindGroup(agent), rules.Sitemaps
	if delay := s.robots.CrawlDelay; delay > 0 {
		delay = min(delay, 10*time.Second)
		s.client.limit.SetLimit(min(s.client.limit.Limit(), rate.Every(delay)))
	}
	return nil
}

// why says by which rule the page at a canonical address is left out.
func (s *snapshot) why(u *url.URL) string {
	if why := s.Website.why(u); why != "" {
		return why
	}
	if s.robots != nil && !s.robots.Test(u.RequestURI()) {
		return "disallowed by the site's robots.txt (robots: ignore, if the site is your own)"
	}
	return ""
}

// Locate implements [sources.Locator] for paths, with or without the host.
func (w *Website) Locate(ref string) (string, bool) {
	u, err := w.address(ref)
	if err != nil || !w.inside(u) {
		return "", false
	}
	return idOf(u), true
}

// Explain implements [sources.Explainer].
func (w *Website) Explain(ctx context.Context, id string) (string, error) {
	u, err := w.address(id)
	if err != nil {
		return err.Error(), nil
	}
	if why := w.why(u); why != "" {
		return why, nil
	}
	c, err := w.client()
	if err != nil {
		return "", err
	}
	s := &snapshot{Website: w, client: c}
	defer s.Close()
	if err := s.readRobots(ctx); err != nil {
		return "", err
	}
	return s.why(u), nil
}

// Check implements [sources.Checker].
func (w *Website) Check(ctx context.Context) ([]string, error) {
	s, err := w.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	found := []string{"can be read, with " + w.loginName()}
	maps, err := s.findSitemaps(ctx)
	if err != nil {
		return found, err
	}
	if len(maps) == 0 {
		found = append(found, fmt.Sprintf("no sitemap: links are followed, up to %d pages", w.options.MaxPages))
		lacking, err := s.checkCrawl(ctx)
		return append(found, lacking...), err
	}
	var tally sources.Tally
	r := s.newReader(func(at location) error {
		if at.excluded == "" {
			tally.Documents++
		} else {
			tally.Add(s.leftOut(at.url, at.excluded))
		}
		return nil
	})
	if err := r.readAll(ctx, maps); err != nil {
		return found, err
	}
	tally.Excluded += r.excluded
	found = append(found, fmt.Sprintf("sitemap %s: %s", maps[0], tally.Of("pages")))
	if tally.Documents == 0 {
		return found, fmt.Errorf("%w: see whether the sitemap lists pages below %s", sources.ErrNothingFound, w.base)
	}
	return found, errors.Join(r.faults...)
}

var errEnough = errors.New("enough")

// checkCrawl follows links as far as the first page, and tells which documents it
// links to that lack a converter.
func (s *snapshot) checkCrawl(ctx context.Context) (lines []string, err error) {
	listing, err := s.crawl(ctx, func(e sources.Entry) error {
		if e.Excluded == "" && e.Err == nil {
			return errEnough
		}
		return nil
	})
	if kinds := sources.Kinds(listing.Unconverted); kinds != "" {
		lines = []string{"left out of what the first page links to, for want of a converter: " + kinds +
			" (see convert in the config)"}
	}
	if errors.Is(err, errEnough) {
		return lines, nil
	}
	for _, in := range listing.Incomplete {
		err = errors.Join(err, in.Err)
	}
	if err == nil {
		err = fmt.Errorf("%w: see whether the pages that %s links to are left out by include or exclude",
			sources.ErrNothingFound, s.base)
	}
	return lines, err
}

func (w *Website) loginName() string {
	o := w.options
	switch {
	case o.Basic.User != "":
		return "basic authentication as " + o.Basic.User
	case o.Token != "" || o.TokenFile != "":
		return "a token"
	case o.CookieFile != "":
		return "cookies"
	case o.CertFile != "":
		return "a client certificate"
	case len(o.Headers) > 0:
		return "headers of your own"
	}
	return "no login"
}

func looksLikeHTML(a *answer) bool {
	return strings.HasPrefix(
		strings.ToLower(strings.TrimLeft(string(a.body[:min(len(a.body), 512)]), "\ufeff \t\r\n")),
		"<",
	)
}
