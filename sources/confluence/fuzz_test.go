package confluence_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"
	"finpages/sources/limits/costtest"
)

// fault spoils an answer, itself or as decoded; true if the latter.
type fault func(r *http.Request, res *httptest.ResponseRecorder, v map[string]any) bool

// mangle are faults of one answer, by the byte that asks for them. They are
// such as can be noticed: an end that comes early without a word cannot.
var mangle = []fault{
	nil,
	status(500), status(503), status(404), status(401), status(429),
	text(`{"results":[{"id":"1"`), text(`<html>`), text(`{}`), text(`null`),
	inMiddle(func(v map[string]any, all []any) { v["results"], v["size"] = all[:0], 0 }),
	// That the first answer is short or empty may be all that there is.
	notFirst(inMiddle(func(v map[string]any, all []any) { v["results"], v["size"], v["_links"] = all[:0], 0, nil })),
	notFirst(inMiddle(func(v map[string]any, all []any) { v["results"], v["size"] = append(all[:1:1], all[2:]...), len(all)-1 })),
	inMiddle(func(v map[string]any, all []any) { all[0] = all[1] }),
	inMiddle(func(_ map[string]any, all []any) { all[0] = nil }),
	inMiddle(func(_ map[string]any, all []any) { slices.Reverse(all) }),
	inMiddle(func(v map[string]any, _ []any) { v["size"] = 3 }),
	inMiddle(func(v map[string]any, _ []any) { v["totalSize"] = 99 }),
	link("/x?cursor=again"), link("/x?start=0"), link("/x?start=1000000&cursor="), link("/x"),
	func(r *http.Request, res *httptest.ResponseRecorder, v map[string]any) bool {
		return link("/x?cursor="+url.QueryEscape(r.URL.Query().Get("cursor")))(r, res, v)
	},
}

func status(code int) fault {
	return func(_ *http.Request, res *httptest.ResponseRecorder, _ map[string]any) bool {
		res.Code, res.Body = code, bytes.NewBufferString("{}")
		return false
	}
}

func text(body string) fault {
	return func(_ *http.Request, res *httptest.ResponseRecorder, _ map[string]any) bool {
		res.Body = bytes.NewBufferString(body)
		return false
	}
}

// inMiddle edits an answer of several items that more answers follow.
func inMiddle(edit func(v map[string]any, all []any)) fault {
	return func(_ *http.Request, _ *httptest.ResponseRecorder, v map[string]any) bool {
		all, _ := v["results"].([]any)
		links, _ := v["_links"].(map[string]any)
		if len(all) < 2 || links["next"] == nil {
			return false
		}
		edit(v, all)
		return true
	}
}

func notFirst(edit fault) fault {
	return func(r *http.Request, res *httptest.ResponseRecorder, v map[string]any) bool {
		q := r.URL.Query()
		return (q.Has("cursor") || q.Get("start") > "0") && edit(r, res, v)
	}
}

// link replaces the link to the next page.
func link(to string) fault {
	return func(_ *http.Request, res *httptest.ResponseRecorder, v map[string]any) bool {
		if links, ok := v["_links"].(map[string]any); ok && links["next"] != nil {
			links["next"] = to
			res.Header().Del("Link")
			return true
		}
		return false
	}
}

// Whatever goes wrong in answers, and however often, a space whose listing is
// whole has all its pages, and none that is restricted is for Fin.
func FuzzListing(f *testing.F) {
	for i := range mangle {
		for _, kind := range []uint8{0, 1, 2, 5} {
			f.Add([]byte{0, 0, byte(i)}, kind) // of the space's look-up and its first pages, the second
		}
		f.Add([]byte{0, byte(i)}, uint8(0)) // of the first page
		f.Add([]byte{0, 0, 1, 1, 0, byte(i), byte(i), 0, 0, byte(i)}, uint8(i))
	}
	f.Fuzz(func(t *testing.T, script []byte, kind uint8) {
		keys, seen, l := listSpoiled(t, script, kind)
		incomplete := incompleteScopes(l)
		for i := range 57 {
			if id, key := strconv.Itoa(i+1), keys[i%len(keys)]; !seen[id] && !slices.Contains(incomplete, key) &&
				!slices.Contains(incomplete, "") {
				t.Fatalf("page %s is missing, and space %s is whole", id, key)
			}
		}
		costtest.Check(t, script, func(s []byte) { listSpoiled(t, s, kind) })
	})
}

// listSpoiled lists 57 pages, whose answers are spoiled as the script says: a
// byte for each request.
func listSpoiled(t *testing.T, script []byte, kind uint8) (keys []string, seen map[string]bool, l sources.Listing) {
	cloud, noScan, together := kind&1 > 0, kind&2 > 0, kind&4 > 0
	s := emulator.New(emulator.Config{Cloud: cloud, Prefix: "/confluence",
		Traps: emulator.Traps{MaxLimit: 10, NoScan: noScan}})
	keys = []string{"OPS"}
	if together {
		keys = []string{"OPS", "HR", "IT"}
	}
	for i := range 57 {
		s.PutPage(emulator.Page{ID: strconv.Itoa(i + 1), Space: keys[i%len(keys)], Title: fmt.Sprint("Page ", i)})
	}
	s.Restrict("31", "hr")
	var n atomic.Int32
	src := answered(t, cloud, func(o *confluence.Options) { o.Spaces = keys }, func(r *http.Request) (*http.Response, error) {
		res := httptest.NewRecorder()
		s.ServeHTTP(res, r)
		i := int(n.Add(1)) - 2 // the first logs in
		if i < 0 || i >= len(script) || len(mangle) <= int(script[i]) || mangle[script[i]] == nil {
			return res.Result(), nil
		}
		var v map[string]any
		if json.Unmarshal(res.Body.Bytes(), &v) == nil && mangle[script[i]](r, res, v) {
			b, _ := json.Marshal(v)
			res.Body = bytes.NewBuffer(b)
		}
		return res.Result(), nil
	})
	seen, l = listed(t, src, func(e sources.Entry) {
		if e.ID == "31" && e.Withheld == "" && e.Err == nil {
			t.Error("the restricted page is for Fin")
		}
	})
	return keys, seen, l
}

// answered is a source that gets its answers from a function.
func answered(t *testing.T, cloud bool, set func(*confluence.Options), answer canned) sources.Source {
	o := valid(func(o *confluence.Options) { o.MaxRPS = 1000; set(o) })
	o.Flavor = map[bool]string{true: confluence.Cloud, false: confluence.DataCenter}[cloud]
	src, err := o.Build(sources.Env{RetryPause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	confluence.SetTransport(src, answer)
	return src
}

// listed lists a source, and holds that no entry comes twice.
func listed(t *testing.T, src sources.Source, check func(sources.Entry)) (map[string]bool, sources.Listing) {
	snap, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	seen := map[string]bool{}
	l, err := snap.List(t.Context(), func(e sources.Entry) error {
		if e.ID == "" || seen[e.ID] {
			t.Errorf("entry %q is empty or listed twice", e.ID)
		}
		seen[e.ID] = true
		check(e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen, l
}

// Whatever a listing answers, it ends, does not panic, and is not believed
// unless it is a list of results.
func FuzzAnswer(f *testing.F) {
	f.Add(`{"results":[{"id":"1","ancestors":[]}],"_links":{"next":"/x?cursor=a=="}}`, `</x?cursor=b>; rel="next"`, true)
	f.Add(`{"results":[{"id":1,"version":{"number":1}}],"size":1,"totalCount":1}`, `<>; rel=next, <`, false)
	f.Add(`{"results":[],"_links":{"next":"?start=200&limit=1"}}`, ``, false)
	f.Add(`{"results":null,"size":-1}`, `;rel="next"`, true)
	f.Fuzz(func(t *testing.T, body, link string, cloud bool) {
		l, requests := listAnswer(t, body, link, cloud)
		if len(l.Incomplete) == 0 && !strings.Contains(strings.ToLower(body), "results") && !strings.Contains(body, `\u`) {
			t.Errorf("%q is believed", body)
		}
		if requests > 100 {
			t.Errorf("%d requests", requests)
		}
		costtest.CheckList(t, `{"results":[`, body, ",", "]}", func(s string) { listAnswer(t, s, link, cloud) })
	})
}

// listAnswer lists a space whose list is this answer, again and again.
func listAnswer(t *testing.T, body, link string, cloud bool) (l sources.Listing, requests int) {
	set := func(o *confluence.Options) { o.Restricted = confluence.Include }
	src := answered(t, cloud, set, func(r *http.Request) (*http.Response, error) {
		requests++
		text := `{"type":"known","key":"OPS","results":[{"id":"7","key":"OPS","status":"current"}]}`
		res := response(r, 200, http.Header{})
		if listing(r) || strings.HasSuffix(r.URL.Path, "/search") {
			text = body
			res.Header["Link"] = []string{link}
		}
		res.Body = io.NopCloser(strings.NewReader(text))
		return res, nil
	})
	_, l = listed(t, src, func(sources.Entry) {})
	return l, requests
}
