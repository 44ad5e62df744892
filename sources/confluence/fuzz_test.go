package confluence_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/confluence"
)

// Whatever a listing answers, it ends, does not panic, and is not believed
// unless it is a list of results.
func FuzzListing(f *testing.F) {
	f.Add(`{"results":[{"id":"1","ancestors":[]}],"_links":{"next":"/x?cursor=a=="}}`, `</x?cursor=b>; rel="next"`, true)
	f.Add(`{"results":[{"id":1,"version":{"number":1}}],"size":1,"totalCount":1}`, `<>; rel=next, <`, false)
	f.Add(`{"results":[],"_links":{"next":"?start=200&limit=1"}}`, ``, false)
	f.Add(`{"results":null,"size":-1}`, `;rel="next"`, true)
	f.Fuzz(func(t *testing.T, body, link string, cloud bool) {
		o := valid(func(o *confluence.Options) { o.MaxRPS, o.Restricted = 1000, confluence.Include })
		o.Flavor = map[bool]string{true: confluence.Cloud, false: confluence.DataCenter}[cloud]
		src, err := o.Build(sources.Env{})
		if err != nil {
			t.Fatal(err)
		}
		confluence.Hurry(src)
		requests := 0
		confluence.SetTransport(src, canned(func(r *http.Request) (*http.Response, error) {
			requests++
			text := `{"type":"known","key":"OPS","results":[{"id":"7","key":"OPS","status":"current"}]}`
			res := response(r, 200, http.Header{})
			if listing(r) || strings.HasSuffix(r.URL.Path, "/search") {
				text = body
				res.Header["Link"] = []string{link}
			}
			res.Body = io.NopCloser(strings.NewReader(text))
			return res, nil
		}))
		snap, err := src.Open(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		seen := map[string]bool{}
		l, err := snap.List(context.Background(), func(e sources.Entry) error {
			if e.ID == "" || seen[e.ID] {
				t.Errorf("entry %q is empty or listed twice", e.ID)
			}
			seen[e.ID] = true
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(l.Incomplete) == 0 && !strings.Contains(strings.ToLower(body), "results") && !strings.Contains(body, `\u`) {
			t.Errorf("%q is believed", body)
		}
		if requests > 100 {
			t.Errorf("%d requests", requests)
		}
	})
}

// Nothing that stands behind an include hides it.
func FuzzStorage(f *testing.F) {
	f.Add("<p>a</p>")
	f.Add(`<![CDATA[ </ac:structured-macro> `)
	f.Add(`</ac:parameter></ac:structured-macro><ac:macro ac:name="details"`)
	f.Fuzz(func(t *testing.T, rest string) {
		pages, open := confluence.ScanStorage(include("Secret")+rest, "OPS")
		if !open && (len(pages) == 0 || pages[0] != "OPS:Secret") {
			t.Errorf("includes are %q", pages)
		}
	})
}
