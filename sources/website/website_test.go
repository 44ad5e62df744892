package website_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/sourcestest"
	"finpages/sources/website"

	"github.com/google/go-cmp/cmp"
)

func TestUnchangedSiteCostsLittle(t *testing.T) {
	for name, tt := range map[string]struct {
		set  func(*site)
		want []string
	}{
		"sitemap with times": {func(s *site) { s.mapped, s.lastmod = true, "2026-01-02T03:04:05Z" },
			[]string{"GET /docs/", "GET /docs/sitemap.xml", "GET /robots.txt"}},
		"sitemap with days": {func(s *site) { s.mapped, s.lastmod = true, "2026-01-02" },
			[]string{"GET /docs/", "GET /docs/sitemap.xml", "GET /robots.txt"}},
		"sitemap without": {func(s *site) { s.mapped = true },
			[]string{"GET /docs/", "GET /docs/sitemap.xml", "GET /robots.txt", "HEAD /docs/", "HEAD /docs/a", "HEAD /docs/b"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			tt.set(s)
			s.page("/docs/a", "A")
			s.page("/docs/b", "B")
			first, _ := sourcestest.List(t, s.Source())
			s.asked()
			again, _ := sourcestest.List(t, s.Source())
			asked := slices.Compact(s.asked())
			asked = slices.DeleteFunc(asked, func(r string) bool { return strings.Contains(r, "/docs/sitemap") && !s.mapped })
			if diff := cmp.Diff(tt.want, asked); diff != "" {
				t.Error(diff)
			}
			for id, e := range first {
				if e.Revision == "" || again[id].Revision != e.Revision {
					t.Errorf("%s: revision %q, then %q", id, e.Revision, again[id].Revision)
				}
			}
		})
	}
}

func TestUnchangedPagesAreNotSentAgainToACrawl(t *testing.T) {
	s := newSite(t)
	s.page("/docs/a", "A <a href='deep/b?utm_source=x#part'>b</a>")
	s.page("/docs/deep/b", "B")
	s.list()
	var sent int
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("If-None-Match") != "" {
			sent++
		}
		return false
	})
	s.wantIDs("", "a", "deep/b")
	if sent != 3 {
		t.Errorf("%d requests asked whether something had changed, want 3", sent)
	}
}

func TestRacyDatesAreNoRevision(t *testing.T) {
	s := newSite(t)
	s.mapped, s.etags = true, false
	for lastmod, known := range map[string]bool{
		time.Now().Format(time.DateOnly): false, time.Now().Format(time.RFC3339): false, "2026-01-01": true,
		"nonsense": false,
	} {
		s.lastmod = lastmod
		entries, _ := sourcestest.List(t, s.Source())
		if got := entries["/docs/"].Revision; (got != "") != known {
			t.Errorf("lastmod %s makes the revision %q", lastmod, got)
		}
	}
}

func TestLogins(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return at
	}
	for name, tt := range map[string]struct {
		set  func(*website.Options)
		want func(r *http.Request) bool
	}{
		"basic": {func(o *website.Options) { o.Basic = website.Basic{User: "u", PasswordFile: write("p", "pass\n")} },
			func(r *http.Request) bool { u, p, _ := r.BasicAuth(); return u == "u" && p == "pass" }},
		"bearer": {func(o *website.Options) { o.Token = "tok" },
			func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer tok" }},
		"header": {func(o *website.Options) { o.Headers = map[string]string{"X-Key": "k"} },
			func(r *http.Request) bool { return r.Header.Get("X-Key") == "k" }},
		"cookie line": {func(o *website.Options) { o.CookieFile = write("c", "session=abc; x=y\n") },
			func(r *http.Request) bool { return r.Header.Get("Cookie") == "session=abc; x=y" }},
		"cookies.txt": {func(o *website.Options) {
			o.CookieFile = write("n", "# Netscape HTTP Cookie "+
				"File\n#HttpOnly_127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\tabc\nother.example\tTRUE\t/\tFALSE\t0\tz\tz\n")
		}, func(r *http.Request) bool { return r.Header.Get("Cookie") == "session=abc" }},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.page("/docs/a", "A")
			s.answer(func(w http.ResponseWriter, r *http.Request) bool {
				if tt.want(r) {
					return false
				}
				w.WriteHeader(http.StatusUnauthorized)
				return true
			})
			if _, err := s.Source().Open(t.Context()); err == nil || !strings.Contains(err.Error(), "401") {
				t.Errorf("without a login: %v", err)
			}
			tt.set(&s.opts)
			s.wantIDs("", "a")
		})
	}
}

func TestTraps(t *testing.T) {
	s := newSite(t)
	s.opts.MaxPages = 60
	s.page("/docs/a", "A <a href='?PHPSESSID=1'>s</a><a href='a;jsessionid=77'>j</a><a href='a?b=2&a=1'>q</a><a "+
		"href='a?a=1&amp;b=2#x'>q</a>")
	s.page("/docs/loop/x", "Loop <a href='loop/x'>deeper</a>")
	s.page("/docs/nofollow", "N <a rel=nofollow href=/docs/hidden>h</a>")
	s.page("/docs/pic", "<a href=x.png>p</a><a href=https://example.com/>e</a><a href='javascript:x'>j</a><a "+
		"href=/other/>o</a><a href='//[bad'>b</a>")
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/docs/loop/") {
			fmt.Fprint(w, "<html>Loop ", r.URL.Path, " <a href='loop/x'>deeper</a>")
			return true
		}
		return false
	})
	l := s.wantIDs("", "a", "a?a=1&b=2", "loop/loop/loop/x", "loop/loop/x", "loop/x", "nofollow", "pic")
	if len(l.Incomplete) > 0 {
		t.Errorf("incomplete: %+v", l.Incomplete)
	}
	for _, r := range s.asked() {
		if strings.Contains(r, "SESS") || strings.Contains(r, "jsession") || strings.Contains(r, "other") ||
			strings.Contains(r, ".png") || strings.Contains(r, "hidden") {
			t.Errorf("asked for %s", r)
		}
	}
}

func TestEndlessCalendarIsBounded(t *testing.T) {
	s := newSite(t)
	s.opts.MaxPages = 50
	s.page("/docs/z", "Z <a href=/docs/cal?m=1>calendar</a>")
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		var month int
		if _, err := fmt.Sscanf(r.URL.RawQuery, "m=%d", &month); err != nil {
			return false
		}
		fmt.Fprintf(w, "<html>Month %d <a href='?m=%d'>next</a>", month, month+1)
		return true
	})
	ids, l := s.list()
	if len(ids) != 50 || len(l.Incomplete) != 1 || !strings.Contains(l.Incomplete[0].Err.Error(), "more than 50 pages") {
		t.Errorf("%d pages, %+v", len(ids), l.Incomplete)
	}
	if n := len(s.asked()); n > 60 {
		t.Errorf("%d requests", n)
	}
	s.opts.Exclude = []string{"cal*"}
	if l := s.wantIDs("", "z"); len(l.Incomplete) > 0 || l.Excluded != 1 {
		t.Errorf("%+v", l)
	}
}

func TestRobots(t *testing.T) {
	s := newSite(t)
	s.page("/docs/a", "A")
	s.page("/docs/private/x", "X")
	status := 200
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/robots.txt" {
			return false
		}
		w.WriteHeader(status)
		fmt.Fprint(w, "User-agent: *\nDisallow: /docs/private/\n")
		return true
	})
	s.wantIDs("", "a")
	why, err := s.Source().(sources.Explainer).Explain(t.Context(), "/docs/private/x")
	if err != nil || !strings.Contains(why, "robots.txt") {
		t.Errorf("explained by %q, %v", why, err)
	}
	status = 404
	s.wantIDs("", "a", "private/x")
	status = 503
	if _, err := s.Source().Open(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "robots.txt: the site answered 503") {
		t.Errorf("without robots.txt: %v", err)
	}
	s.opts.Robots = "ignore"
	s.wantIDs("", "a", "private/x")
}

func TestDocuments(t *testing.T) {
	s := newSite(t)
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		switch r.URL.Path {
		case "/docs/latin":
			w.Header().Set("Content-Type", "text/html; charset=ISO-8859-1")
			w.Write([]byte("<html><meta charset=iso-8859-1><p>caf\xe9</p>"))
		case "/docs/plain.txt":
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprint(w, "plain")
		case "/docs/raw.md":
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprint(w, "# Markdown")
		case "/docs/data":
			w.Header().Set("Content-Type", "application/octet-stream")
		case "/docs/huge":
			w.Header().Set("Content-Type", "text/html")
			w.Write(bytes.Repeat([]byte("x"), sources.MaxDocument+1))
		case "/docs/":
			fmt.Fprint(w, "<html><a href=latin>l</a><a href=plain.txt>p</a><a href=raw.md>m</a><a href=data>d</a><a "+
				"href=huge>h</a><a href=index.html>i</a>")
		default:
			return false
		}
		return true
	})
	s.wantIDs("", "huge (error)", "latin", "plain.txt", "raw.md")
	for id, want := range map[string]sources.Document{
		"latin":  {Format: sources.HTML, Body: []byte("\ufeff<html><meta charset=iso-8859-1><p>café</p>")},
		"raw.md": {Format: sources.Markdown, Body: []byte("# Markdown")}, "plain.txt": {Format: sources.Text, Body: []byte("plain")},
	} {
		got, err := sourcestest.Load(t, s.Source(), "/docs/"+id)
		if err != nil || got.Format != want.Format || string(got.Body) != string(want.Body) {
			t.Errorf("%s is %q, %q, %v", id, got.Format, got.Body, err)
		}
	}
}

func TestOneAddressForOnePage(t *testing.T) {
	s := newSite(t)
	s.page("/docs/v1/a", "Old A <link rel=canonical href=/docs/a>")
	s.page("/docs/a", "A <link rel=canonical href=/docs/>")
	s.answer(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/docs/old" {
			http.Redirect(w, r, "/docs/a", 301)
			return true
		}
		return false
	})
	s.page("/docs/old", "")
	s.wantIDs("", "a")
}

func TestCheckAndExplain(t *testing.T) {
	s := newSite(t)
	s.opts.Exclude = []string{"drafts/**"}
	s.page("/docs/a", "A")
	lines, err := s.Source().(sources.Checker).Check(t.Context())
	if want := []string{"can be read, with no login", "no sitemap: links are followed, up to 10000 pages"}; err != nil ||
		!slices.Equal(lines, want) {
		t.Errorf("check: %q, %v", lines, err)
	}
	s.page("/docs/", `<h1>Start</h1><a href="a">A</a>`)
	s.mapped, s.opts.Token = true, "secret-token"
	lines, err = s.Source().(sources.Checker).Check(t.Context())
	if want := []string{"can be read, with a token", "sitemap " + s.opts.URL +
		"sitemap.xml: 2 pages, 0 left out by rule"}; err != nil || !slices.Equal(lines, want) {
		t.Errorf("check: %q, %v", lines, err)
	}
	s.mapped, s.opts.Include = false, []string{"x/**"}
	if _, err := s.Source().(sources.Checker).Check(t.Context()); !errors.Is(err, sources.ErrNothingFound) {
		t.Errorf("check of a site whose links are left out: %v", err)
	}
	s.mapped = true
	s.remove("/docs/a")
	s.opts.Include = []string{"x/**"}
	if _, err := s.Source().(sources.Checker).Check(t.Context()); !errors.Is(err, sources.ErrNothingFound) {
		t.Errorf("check of a site without pages: %v", err)
	}
	s.opts.Include = nil
	for ref, want := range map[string]string{
		"/docs/drafts/x": `excluded by the pattern "drafts/**"`, s.server.URL + "/else": "not below " + s.opts.URL, "/docs/a": "",
		"/docs/a.png": "not a page: the address ends in .png",
	} {
		if why, err := s.Source().(sources.Explainer).Explain(t.Context(), ref); err != nil || why != want {
			t.Errorf("Explain(%s) = %q, %v, want %q", ref, why, err, want)
		}
	}
	if id, ok := s.Source().(sources.Locator).Locate(s.server.URL + "/docs/a?utm_x=1#p"); !ok || id != "/docs/a" {
		t.Errorf("located %q, %v", id, ok)
	}
}

func TestValidate(t *testing.T) {
	opts := website.Options{URL: "https://u:p@x.example/", Sitemap: "https://y.example/s.xml",
		Include: []string{"", "/a", "["}, Robots: "no",
		Basic: website.Basic{Password: "p", PasswordFile: "f"}, Token: "t", TokenFile: "f", CertFile: "c",
		Headers: map[string]string{"Host": "x"}, PrivateNetworks: []string{"10"}, Render: true}
	var fields []string
	for _, f := range opts.Validate() {
		fields = append(fields, f.Field)
	}
	want := []string{"url", "include[0]", "include[1]", "include[2]", "basic.user", "basic.password_file", "token_file",
		"client_key_file",
		"headers", "render", "robots", "private_networks[0]", "max_rps", "max_pages"}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Error(diff)
	}
}

// What the config newly leaves out leaves, however incomplete the listing is.
func TestPagesThatARuleLeavesOut(t *testing.T) {
	for _, mapped := range []bool{false, true} {
		s := newSite(t)
		s.mapped = mapped
		s.page("/docs/a", "A")
		s.page("/docs/old/b", "B")
		s.wantIDs("", "a", "old/b")
		s.opts.Exclude = []string{"old/**"}
		snap, err := s.Source().Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var why string
		l, err := snap.List(t.Context(), func(e sources.Entry) error { why += e.Excluded; return nil })
		if err != nil || why != `excluded by the pattern "old/**"` || l.Excluded != 0 {
			t.Errorf("left out for %q, %d more, %v", why, l.Excluded, err)
		}
		snap.Close()
	}
}

func TestDocumentsThatAConverterReadsAreTaken(t *testing.T) {
	for _, mapped := range []bool{false, true} {
		s := newSite(t)
		s.mapped = mapped
		s.formats = sources.Formats{".pdf": "", ".csv": "", ".docx": "no converter for .docx"}
		for _, at := range []string{"guide.pdf", "plan.csv", "raw", "letter.docx", "photo.png", "page"} {
			s.page("/docs/"+at, "<a href=/docs/>up</a>")
		}
		s.page("/docs/", "<a href=guide.pdf>1</a><a href=plan.csv>2</a><a href=raw>3</a><a href=letter.docx>4</a><a "+
			"href=photo.png>5</a><a href=page>6</a>")
		kinds := map[string]string{"guide.pdf": "application/octet-stream", "plan.csv": "text/plain", "raw": "application/pdf",
			"letter.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "photo.png": "image/png"}
		s.answer(func(w http.ResponseWriter, r *http.Request) bool {
			if kind := kinds[strings.TrimPrefix(r.URL.Path, "/docs/")]; kind != "" {
				w.Header().Set("Content-Type", kind)
				fmt.Fprintf(w, "text of %s", r.URL.Path)
				return true
			}
			return false
		})
		entries, listing := sourcestest.List(t, s.Source())
		if len(listing.Incomplete) > 0 {
			t.Error(listing.Incomplete)
		}
		if diff := cmp.Diff(map[string]int{".docx": 1}, listing.Unconverted); diff != "" {
			t.Errorf("sitemap %v: %s", mapped, diff)
		}
		lines, err := s.Source().(sources.Checker).Check(t.Context())
		if err != nil || !strings.Contains(fmt.Sprint(lines), "1 .docx (see convert") {
			t.Errorf("%q, %v", lines, err)
		}
		why, err := s.Source().(sources.Explainer).Explain(t.Context(), "/docs/letter.docx")
		if err != nil || why != "no converter for .docx" {
			t.Errorf("a letter is left out: %q, %v", why, err)
		}
		formats := map[string]sources.Format{}
		for id := range entries {
			doc, err := sourcestest.Load(t, s.Source(), id)
			if err != nil || doc.Format.IsConverted() && !strings.HasSuffix(id, doc.Path) {
				t.Errorf("%s: %q, %v", id, doc.Path, err)
			}
			formats[strings.TrimPrefix(id, "/docs/")] = doc.Format
		}
		want := map[string]sources.Format{"": sources.HTML, "page": sources.HTML, "guide.pdf": ".pdf", "plan.csv": ".csv", "raw": ".pdf"}
		if diff := cmp.Diff(want, formats); diff != "" {
			t.Errorf("sitemap %v: %s", mapped, diff)
		}
	}
}
