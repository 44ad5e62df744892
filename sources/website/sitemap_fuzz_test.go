package website

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
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
	})
}
