package website

import (
	"bytes"
	"errors"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"finpages/sources/limits/costtest"
)

// Whatever a site sends as its sitemap, no page outside of the site is taken.
func FuzzSitemap(f *testing.F) {
	for _, body := range []string{
		`<urlset><url><loc>https://x.example/docs/a</loc><lastmod>2026-01-02</lastmod></url></urlset>`,
		`<sitemapindex><sitemap><loc>https://x.example/docs/b.xml</loc></sitemap></sitemapindex>`,
		`<urlset><url><loc>https://x.example/docs/../etc</loc></url><url><loc>//y.example/docs/</loc></url></urlset>`,
		`<urlset><url><loc>&lt;`, `<!DOCTYPE u [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>`, `<html>`,
	} {
		f.Add([]byte(body))
	}
	base, err := url.Parse("https://x.example/docs/")
	if err != nil {
		f.Fatal(err)
	}
	options := NewOptions()
	s := &snapshot{Website: &Website{base: base, options: *options}}
	f.Fuzz(func(t *testing.T, body []byte) {
		pages := 0
		r := s.newReader(func(at location) error {
			pages++
			if at.excluded == "" && !s.inside(at.url) {
				t.Errorf("%q: takes %s", body, at.url)
			}
			return nil
		})
		// At this depth no sitemap is asked for that the body names.
		if err := r.parse(t.Context(), "https://x.example/sitemap.xml", bytes.NewReader(body), deepestSitemap); err != nil {
			t.Error(err)
		}
		if most := strings.Count(string(body), "<"); pages > most {
			t.Errorf("%d pages in %d elements", pages, most)
		}
		costtest.CheckList(t, "<urlset>", body, "", "", func(b []byte) {
			r := s.newReader(func(location) error { return nil })
			_ = r.parse(t.Context(), "https://x.example/sitemap.xml", bytes.NewReader(b), deepestSitemap)
		})
	})
}

// TestSitemapMemory holds that no sitemap takes much more memory than its size.
func TestSitemapMemory(t *testing.T) {
	base, err := url.Parse("https://x.example/docs/")
	if err != nil {
		t.Fatal(err)
	}
	s := &snapshot{Website: &Website{base: base, options: *NewOptions()}}
	for name, c := range map[string]struct{ begin, repeat, want string }{
		"elements in each other": {"<urlset>\n<url>", "<a>", "line 2: elements in each other"},
		"attributes":             {"<urlset>\n<url", " a=''", "line 2: an element, a text or a comment"},
		"open roots":             {"", "<urlset>", "line 1: elements in each other"},
	} {
		r := s.newReader(func(location) error { return nil })
		body := bytes.NewReader([]byte(c.begin + strings.Repeat(c.repeat, 2_000_000)))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := r.parse(t.Context(), "https://x.example/sitemap.xml", body, 0)
		runtime.ReadMemStats(&after)
		if fault := errors.Join(r.faults...); err != nil || fault == nil || !strings.Contains(fault.Error(), c.want) {
			t.Errorf("%s: %v, %v, want %q", name, err, fault, c.want)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 50<<20 {
			t.Errorf("%s: %d kB take %d MB", name, body.Size()>>10, got>>20)
		}
	}
}
