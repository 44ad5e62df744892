package website_test

import (
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/sourcestest"
	"finpages/sources/website"
)

// site is a website on loopback.
type site struct {
	t      *testing.T
	server *httptest.Server
	opts   website.Options
	cache  string

	formats sources.Formats // that are converted

	mu       sync.Mutex
	pages    map[string]string // HTML by path
	etags    bool
	mapped   bool // it has a sitemap
	lastmod  string
	requests []string
	hook     func(w http.ResponseWriter, r *http.Request) bool // true: it has answered
}

func newSite(t *testing.T) *site {
	s := &site{t: t, pages: map[string]string{}, etags: true, cache: filepath.Join(t.TempDir(), "cache")}
	s.server = httptest.NewServer(s)
	t.Cleanup(s.server.Close)
	s.opts = *website.NewOptions()
	s.opts.URL, s.opts.MaxRPS = s.server.URL+"/docs/", 1000
	s.page("/docs/", "<h1>Start</h1>")
	return s
}

func (s *site) page(at, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[at] = "<html><head><title>T</title></head><body><main>" + body + "</main></body></html>"
}

func (s *site) remove(at string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pages, at)
}

func (s *site) answer(hook func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = hook
}

// asked returns the requests since the last call, without those of every run.
func (s *site) asked() (asked []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked, s.requests = s.requests, nil
	slices.Sort(asked)
	return asked
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.Method+" "+r.URL.RequestURI())
	if s.hook != nil && s.hook(w, r) {
		return
	}
	if r.URL.Path == "/docs/sitemap.xml" && s.mapped {
		fmt.Fprint(w, s.sitemap())
		return
	}
	body, ok := s.pages[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.URL.Path == "/docs/" && !s.mapped {
		body += s.links()
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if s.etags {
		tag := fmt.Sprintf("%q", fmt.Sprint(len(body), hash(body)))
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	fmt.Fprint(w, body)
}

func hash(text string) (sum uint32) {
	for _, b := range []byte(text) {
		sum = sum*31 + uint32(b)
	}
	return sum
}

func (s *site) links() (links string) {
	for _, at := range slices.Sorted(maps.Keys(s.pages)) {
		links += "<a href='" + html.EscapeString((&url.URL{Path: at}).EscapedPath()) + "'>" + html.EscapeString(at) + "</a>\n"
	}
	return links
}

func (s *site) sitemap() string {
	out := `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`
	for _, at := range slices.Sorted(maps.Keys(s.pages)) {
		out += "<url><loc>" + html.EscapeString(s.server.URL+(&url.URL{Path: at}).EscapedPath()) + "</loc>"
		if s.lastmod != "" {
			out += "<lastmod>" + s.lastmod + "</lastmod>"
		}
		out += "</url>"
	}
	return out + "</urlset>"
}

func (s *site) Source() sources.Source {
	s.t.Helper()
	if faults := s.opts.Validate(); len(faults) > 0 {
		s.t.Fatalf("options: %v", faults)
	}
	src, err := s.opts.Build(sources.Env{Name: "site", Dir: s.t.TempDir(), CacheDir: s.cache, Formats: s.formats,
		RetryPause: time.Microsecond})
	if err != nil {
		s.t.Fatal(err)
	}
	return src
}

func (s *site) Put(name, body string) string {
	s.page("/docs/"+name, html.EscapeString(body))
	return (&url.URL{Path: "/docs/" + name}).EscapedPath()
}
func (s *site) Remove(name string) { s.remove("/docs/" + name) }
func (s *site) Break()             { s.server.Close() }

// list lists the site, and returns the IDs below /docs.
func (s *site) list() (ids []string, l sources.Listing) {
	s.t.Helper()
	entries, l := sourcestest.List(s.t, s.Source())
	for id, e := range entries {
		name := strings.TrimPrefix(id, "/docs/")
		if e.Err != nil {
			name += " (error)"
		}
		ids = append(ids, name)
	}
	slices.Sort(ids)
	return ids, l
}

func (s *site) wantIDs(want ...string) sources.Listing {
	s.t.Helper()
	ids, l := s.list()
	if !slices.Equal(ids, want) {
		s.t.Errorf("listed %q, want %q", ids, want)
	}
	return l
}

func TestContract(t *testing.T) {
	for name, set := range map[string]func(*site){
		"links":                 func(*site) {},
		"links without ETags":   func(s *site) { s.etags = false },
		"sitemap":               func(s *site) { s.mapped = true },
		"sitemap without ETags": func(s *site) { s.mapped, s.etags = true, false },
	} {
		t.Run(name, func(t *testing.T) {
			sourcestest.Run(t, func(t *testing.T) sourcestest.Fixture {
				s := newSite(t)
				set(s)
				return s
			})
		})
	}
}

// gone lists the site and asks whether a page is gone.
func (s *site) gone(id string) (bool, error) {
	s.t.Helper()
	snap, err := s.Source().Open(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	defer snap.Close()
	return snap.(sources.Confirmer).Gone(s.t.Context(), "/docs/"+id)
}
