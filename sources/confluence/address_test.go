package confluence_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"
	"finpages/sources/sourcestest"
)

func TestAddress(t *testing.T) {
	tests := map[string]struct {
		ref  sources.Reference
		want string
	}{
		"page by id":            {sources.Reference{ID: "2"}, "/pages/viewpage.action?pageId=2"},
		"page by title":         {sources.Reference{Title: "Low & high?"}, "/pages/viewpage.action?spaceKey=OPS&title=Low+%26+high%3F"},
		"page of a space":       {sources.Reference{Space: "~jane", Title: "Größe"}, "/pages/viewpage.action?spaceKey=~jane&title=Gr%C3%B6%C3%9Fe"},
		"itself":                {sources.Reference{}, "/pages/viewpage.action?pageId=1"},
		"its file":              {sources.Reference{File: "a b/c?.pdf"}, "/download/attachments/1/a%20b%2Fc%3F.pdf"},
		"a file by id":          {sources.Reference{ID: "2", File: "x.png"}, "/download/attachments/2/x.png"},
		"a file by title":       {sources.Reference{Title: "Low", File: "x.png"}, "/pages/viewpage.action?spaceKey=OPS&title=Low"},
		"an id that is not one": {sources.Reference{ID: "1&x=/../"}, "/pages/viewpage.action?pageId=1%26x%3D%2F..%2F"},
	}
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Top", "", `<ac:structured-macro ac:name="children"/>`)
		w.put("2", "Low", "", "")
		doc := w.load("1")
		if doc.Format != sources.ConfluenceStorage || doc.Address == nil {
			t.Fatalf("document is %+v", doc)
		}
		for name, test := range tests {
			if got, want := doc.Address(test.ref), w.http.URL+w.config.Prefix+test.want; got != want {
				t.Errorf("%s: address is %q, want %q", name, got, want)
			}
		}
		w.Restrict("2", "hr")
		w.put("3", "Rendered", "", "<p>x</p>")
		if got := w.load("1").Address(sources.Reference{Title: "Low"}); got != doc.Address(sources.Reference{Title: "Low"}) {
			t.Errorf("the address of a page that was restricted has become %q", got)
		}
		if doc := w.load("3"); doc.Format != sources.ConfluenceView || doc.Address != nil {
			t.Errorf("document is %+v", doc)
		}
	})
}

// Addresses begin with what the wiki calls its web address, which a gateway is
// not; a wiki that moves gives its pages new revisions.
func TestAddressBehindAGateway(t *testing.T) {
	c := emulator.Config{Cloud: true, Prefix: "/ex/confluence/11-22/wiki", Base: "https://site.atlassian.net/wiki/",
		Token: token}
	w := newWiki(t, c)
	w.put("1", "Top", "", `<ac:structured-macro ac:name="children"/>`)
	if got, want := w.load("1").Address(sources.Reference{ID: "7"}),
		"https://site.atlassian.net/wiki/pages/viewpage.action?pageId=7"; got != want {
		t.Errorf("address is %q, want %q", got, want)
	}
	before := w.complete()["1"].Revision
	for _, base := range []string{"https://docs.example.com/wiki", "javascript:alert(1)",
		"https://me:pw@site.atlassian.net", "https://x.example/?q="} {
		w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
			if !listing(r) {
				return false
			}
			rec := httptest.NewRecorder()
			w.Unhooked(rec, r)
			_, _ = rw.Write([]byte(strings.ReplaceAll(rec.Body.String(), c.Base, base)))
			return true
		})
		e := w.complete()["1"]
		if e.Revision == before {
			t.Errorf("%s: revision %q stayed", base, before)
		}
		if strings.Contains(base, "docs") != strings.HasPrefix(e.URL, base) {
			t.Errorf("%s: URL is %q", base, e.URL)
		}
	}
}

// A gateway has no pages for people: without the wiki's own address, none is
// given.
func TestNoAddressBehindAGateway(t *testing.T) {
	src, err := valid(func(o *confluence.Options) {
		o.BaseURL, o.Restricted, o.MaxRPS = "https://api.atlassian.com/ex/confluence/11-22/wiki", confluence.Include, 1000
	}).Build(sources.Env{})
	if err != nil {
		t.Fatal(err)
	}
	confluence.SetTransport(src, canned(func(r *http.Request) (*http.Response, error) {
		res := response(r, 200, nil)
		res.Body = io.NopCloser(strings.NewReader(`{"type":"known","results":[{"id":"7","key":"OPS","status":"current","type":"page","_links":{"webui":"/x"}}]}`))
		return res, nil
	}))
	entries, _ := sourcestest.List(t, src)
	if e, ok := entries["7"]; !ok || e.URL != "" {
		t.Errorf("entries are %+v, want page 7 without an address", entries)
	}
}
