package website_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"finpages/sources"
)

func TestExpiredLoginIsNoEmptySite(t *testing.T) {
	form := "<form action=/login><input name=u><input type=PASSWORD name=p></form>"
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter,
		*http.Request) {
		t.Error("another site was asked")
	}))
	defer elsewhere.Close()
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"a form":                   func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>", form) },
		"a redirect to a form":     func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login?to=x", 302) },
		"a redirect to elsewhere":  func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, 302) },
		"a redirect to a metadata": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "http://169.254.169.254/", 302) },
		"401":                      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) },
		"503":                      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) },
	} {
		for _, mapped := range []bool{false, true} {
			t.Run(fmt.Sprint(name, mapped), func(t *testing.T) {
				s := newSite(t)
				s.mapped = mapped
				s.page("/docs/a", "A")
				s.list()
				s.answer(func(w http.ResponseWriter, r *http.Request) bool {
					if r.URL.Path == "/robots.txt" {
						return false
					}
					answer(w, r)
					return true
				})
				if snap, err := s.Source().Open(t.Context()); err == nil {
					snap.Close()
					t.Error("it was opened")
				}
			})
		}
	}
}

// The login ends after the listing has begun: pages turn into the same text.
func TestPagesThatAllTurnIntoOneTextAreNotTaken(t *testing.T) {
	for _, mapped := range []bool{false, true} {
		t.Run(fmt.Sprint("sitemap ", mapped), func(t *testing.T) {
			s := newSite(t)
			s.mapped = mapped
			for i := range 12 {
				s.page(fmt.Sprintf("/docs/p%d", i), fmt.Sprintf("Page %d", i))
			}
			s.answer(func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/docs/p") {
					fmt.Fprintf(w, "<html><p>Please come back later.</p><!-- %s -->", r.URL.Path)
					return true
				}
				return false
			})
			snap, err := s.Source().Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			var entries []sources.Entry
			l, err := snap.List(t.Context(), func(e sources.Entry) error { entries = append(entries, e); return nil })
			if err != nil || len(entries) != 13 {
				t.Fatalf("%d entries, %v", len(entries), err)
			}
			if !mapped && len(l.Incomplete) == 0 {
				t.Error("the listing claims to be complete")
			}
			if err := snap.(sources.Prefetcher).Prefetch(t.Context(), entries); err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if _, err := e.Load(t.Context()); e.ID != "/docs/" &&
					(err == nil || !strings.Contains(err.Error(), "the same text")) &&
					(err == nil || !strings.Contains(err.Error(), "one and the same text")) {
					t.Errorf("%s: %v", e.ID, err)
				}
			}
		})
	}
}

func TestGoneIs404Or410Twice(t *testing.T) {
	s := newSite(t)
	s.opts.Exclude = []string{"drafts/**"}
	n := map[string]int{}
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		n[r.URL.Path]++
		switch r.URL.Path {
		case "/robots.txt":
			fmt.Fprint(w, "User-agent: *\nDisallow: /docs/private/\n")
		case "/docs/404", "/docs/down":
			w.WriteHeader(404)
		case "/docs/410":
			w.WriteHeader(410)
		case "/docs/403":
			w.WriteHeader(403)
		case "/docs/500":
			w.WriteHeader(500)
		case "/docs/503":
			w.WriteHeader(503)
		case "/docs/moved":
			http.Redirect(w, r, "/docs/", 301)
		case "/docs/away":
			http.Redirect(w, r, "https://example.com/", 301)
		case "/docs/flaky":
			w.WriteHeader(map[bool]int{true: 404, false: 200}[n[r.URL.Path] == 1])
		default:
			if n["/docs/down"] == 1 {
				w.WriteHeader(500)
				return true
			}
			return false
		}
		return true
	})
	for id, want := range map[string]string{
		"404": "true", "410": "true", "403": "false", "500": "error", "503": "error", "moved": "false", "away": "false",
		"flaky": "false", "down": "error", "": "false", "drafts/x": "true", "private/x": "false",
	} {
		clear(n)
		gone, err := s.gone(id)
		got := fmt.Sprint(gone)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%s is gone: %v, %v, want %s", id, gone, err, want)
		}
		if want == "true" && id != "drafts/x" && n["/docs/"+id] != 2 {
			t.Errorf("%s was asked for %d times", id, n["/docs/"+id])
		}
	}
}

func TestSoft404(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"a page":     func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>Not here, sorry") },
		"a redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/docs/", 302) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.opts.Sitemap = "off"
			s.page("/docs/a", "A <a href=dead>d</a><a href=dead2>d</a>")
			s.answer(func(w http.ResponseWriter, r *http.Request) bool {
				if _, ok := s.pages[r.URL.Path]; ok || r.URL.Path == "/robots.txt" {
					return false
				}
				answer(w, r)
				return true
			})
			s.wantIDs("", "a")
			if gone, err := s.gone("dead"); gone {
				t.Errorf("a soft 404 is called gone: %v", err)
			}
		})
	}
}

func TestFailingPagesStay(t *testing.T) {
	for _, mapped := range []bool{false, true} {
		s := newSite(t)
		s.mapped = mapped
		s.page("/docs/a", "A")
		s.page("/docs/b", "B")
		s.page("/docs/c", "C")
		s.answer(func(w http.ResponseWriter, r *http.Request) bool {
			switch r.URL.Path {
			case "/docs/a":
				w.WriteHeader(500)
			case "/docs/b":
				w.WriteHeader(403)
			case "/docs/c":
				w.WriteHeader(404)
			default:
				return false
			}
			return true
		})
		want := []string{"", "a (error)", "b (error)"}
		if !mapped { // nobody knows whether there is a page
			want = want[:2]
		}
		l := s.wantIDs(want...)
		if !mapped && len(l.Incomplete) == 0 {
			t.Error("pages that a failing page links to are taken for gone")
		}
	}
}

func TestSiteThatGoesDownEndsTheListing(t *testing.T) {
	s := newSite(t)
	for i := range 60 {
		s.page(fmt.Sprintf("/docs/p%d", i), "P")
	}
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		down := strings.HasPrefix(r.URL.Path, "/docs/p")
		if down {
			w.WriteHeader(500)
		}
		return down
	})
	snap, err := s.Source().Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	if _, err := snap.List(t.Context(), func(sources.Entry) error { return nil }); err == nil ||
		!strings.Contains(err.Error(), "20 pages in a row") {
		t.Errorf("List: %v", err)
	}
}

func TestBrokenSitemaps(t *testing.T) {
	packed := func(text string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write([]byte(text))
		z.Close()
		return b.String()
	}
	const open = `<urlset><url><loc>%[1]s/docs/a</loc></url>`
	for name, tt := range map[string]struct {
		text     string
		want     []string
		complete bool
	}{
		"whole":           {open + "</urlset>", []string{"a"}, true},
		"packed":          {"PACKED", []string{"a"}, true},
		"cut":             {open, []string{"a"}, false},
		"a login page":    {"<html><p>Hello</p></html>", nil, false},
		"no XML":          {"hello", nil, false},
		"empty":           {"", nil, false},
		"other hosts":     {open + `<url><loc>http://example.com/docs/b</loc></url><url><loc>%[1]s/else</loc></url></urlset>`, []string{"a"}, true},
		"an address":      {open + `<url><loc>:bad</loc></url></urlset>`, []string{"a"}, false},
		"an index":        {`<sitemapindex><sitemap><loc>%[1]s/docs/sub.xml</loc></sitemap></sitemapindex>`, []string{"sub"}, true},
		"a broken index":  {`<sitemapindex><sitemap><loc>%[1]s/docs/none.xml</loc></sitemap><sitemap><loc>%[1]s/docs/sub.xml</loc></sitemap></sitemapindex>`, []string{"sub"}, false},
		"an index abroad": {`<sitemapindex><sitemap><loc>http://example.com/m.xml</loc></sitemap></sitemapindex>`, nil, false},
		"a loop":          {`<sitemapindex><sitemap><loc>%[1]s/docs/sitemap.xml</loc></sitemap></sitemapindex>`, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.opts.Sitemap = s.server.URL + "/docs/sitemap.xml"
			s.page("/docs/a", "A")
			s.page("/docs/sub", "Sub")
			s.answer(func(w http.ResponseWriter, r *http.Request) bool {
				switch r.URL.Path {
				case "/docs/sitemap.xml":
					text := tt.text
					if text == "PACKED" {
						fmt.Fprint(w, packed(fmt.Sprintf(open+"</urlset>", s.server.URL)))
					} else if strings.Contains(text, "%") {
						fmt.Fprintf(w, text, s.server.URL)
					} else {
						fmt.Fprint(w, text)
					}
				case "/docs/sub.xml":
					fmt.Fprintf(w, `<urlset><url><loc>%s/docs/sub</loc></url></urlset>`, s.server.URL)
				default:
					return false
				}
				return true
			})
			l := s.wantIDs(tt.want...)
			if complete := len(l.Incomplete) == 0; complete != tt.complete {
				t.Errorf("complete %v, %+v", complete, l.Incomplete)
			}
		})
	}
}

func TestSiteInMaintenanceIsNoEmptySite(t *testing.T) {
	for name, known := range map[string]bool{"known before": true, "never seen": false} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.opts.Sitemap = "off"
			for i := range 8 {
				s.page(fmt.Sprintf("/docs/p%d", i), fmt.Sprintf("Page %d", i))
			}
			if known {
				s.list()
			}
			s.answer(func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/docs/" || r.URL.Path == "/robots.txt" {
					return false
				}
				fmt.Fprint(w, "<html><p>Maintenance</p>")
				return true
			})
			for range 2 { // what was known is remembered
				ids, l := s.list()
				if len(l.Incomplete) == 0 || known && len(ids) != 9 {
					t.Errorf("listed %q, incomplete: %v", ids, l.Incomplete)
				}
			}
		})
	}
}

// A page that the login may not see any more does not keep all others from being
// told.
func TestRefusedPageOfACrawl(t *testing.T) {
	s := newSite(t)
	s.opts.Sitemap = "off"
	s.page("/docs/a", "A")
	s.page("/docs/b", "B")
	s.list()
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/docs/a" {
			w.WriteHeader(403)
			return true
		}
		return false
	})
	for range 2 {
		if l := s.wantIDs("", "a (error)", "b"); len(l.Incomplete) > 0 {
			t.Errorf("incomplete: %v", l.Incomplete)
		}
	}
}

// In maintenance, a site gives one page for all addresses, or says 404 for the
// rest. What it gave before tells that from a site that always does so.
func TestSiteThatTurnsIntoOnePage(t *testing.T) {
	for name, tt := range map[string]struct{ before, mapped, opens bool }{
		"seen well, by its sitemap": {true, true, false},
		"seen well, by its links":   {true, false, false},
		"always so":                 {false, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.mapped = tt.mapped
			s.page("/docs/a", "A")
			if tt.before {
				s.list()
			}
			text := "<html><h1>Maintenance</h1>"
			s.answer(func(w http.ResponseWriter, r *http.Request) bool {
				if _, page := s.pages[r.URL.Path]; page && r.URL.Path != "/docs/" {
					w.WriteHeader(404)
					return true
				}
				fmt.Fprint(w, text)
				return r.URL.Path != "/robots.txt"
			})
			for range 2 {
				snap, err := s.Source().Open(t.Context())
				if err == nil {
					snap.Close()
				}
				if (err == nil) != tt.opens || err != nil && !strings.Contains(err.Error(), "in maintenance") {
					t.Errorf("Open: %v", err)
				}
				if tt.opens {
					s.wantIDs("")
					text += "<p>and more"
				}
			}
		})
	}
}

func TestSitemapThatTurnsIntoAPage(t *testing.T) {
	s := newSite(t)
	s.mapped = true
	s.page("/docs/a", "A")
	s.list()
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/docs/sitemap.xml" {
			fmt.Fprint(w, "<html><h1>Maintenance</h1>")
			return true
		}
		return false
	})
	snap, err := s.Source().Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	if _, err := snap.List(t.Context(), func(sources.Entry) error { return nil }); err == nil ||
		!strings.Contains(err.Error(), "website.sitemap: off") {
		t.Errorf("List: %v", err)
	}
	s.mapped = false
	s.answer(nil)
	s.wantIDs("", "a") // it has none any more
}
