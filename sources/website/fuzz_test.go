package website

import (
	"net/url"
	"testing"

	"finpages/sources/limits/costtest"
)

// One spelling of an address is its own, and an ID leads back to its page.
func FuzzCanonical(f *testing.F) {
	for _, at := range []string{"/docs/a?b=1&a=2#x", "/docs/%2e%2e/x", "/docs/a%2Fb/", "//x/y", "/docs/index.html",
		"/docs/\u00e9;jsessionid=1", "?sid=1"} {
		f.Add(at)
	}
	base, err := url.Parse("https://x.example/docs/")
	if err != nil {
		f.Fatal(err)
	}
	w := &Website{base: base}
	f.Fuzz(func(t *testing.T, ref string) {
		u, err := base.Parse(ref)
		if err != nil {
			return
		}
		costtest.Check(t, ref, func(s string) {
			if u, err := base.Parse(s); err == nil {
				w.canonical(u)
			}
		})
		c := w.canonical(u)
		again, err := url.Parse(c.String())
		if err != nil {
			t.Fatalf("%q becomes %q: %v", ref, c, err)
		}
		if second := w.canonical(again); second.String() != c.String() {
			t.Errorf("%q becomes %q, then %q", ref, c, second)
		}
		if !w.inside(c) {
			return
		}
		back, err := w.address(idOf(c))
		if err != nil || idOf(back) != idOf(c) || !w.inside(back) {
			t.Errorf("the ID %q of %q leads to %v, %v", idOf(c), ref, back, err)
		}
	})
}
