package confluence_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/sourcestest"
)

// raw is a wiki of handlers by path, so that tests can say things that
// the emulator never would. It lets everybody in.
type raw struct {
	t     *testing.T
	http  *httptest.Server
	cloud bool
}

func newRaw(t *testing.T, cloud bool, handlers map[string]http.HandlerFunc) *raw {
	mux := http.NewServeMux()
	say := func(pattern, text string) {
		if handlers[pattern] == nil {
			mux.HandleFunc(pattern, body(text))
		}
	}
	say("/rest/api/user/current", `{"type":"known","username":"reader","displayName":"Reader"}`)
	say("/api/v2/spaces", `{"results":[{"id":"9","key":"OPS","status":"current"}]}`)
	say("/rest/api/space/OPS", `{"key":"OPS"}`)
	for pattern, h := range handlers {
		mux.HandleFunc(pattern, h)
	}
	h := httptest.NewServer(mux)
	t.Cleanup(h.Close)
	return &raw{t, h, cloud}
}

func body(text string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(rw, text)
	}
}

func (w *raw) source(edit ...func(*confluence.Options)) sources.Source {
	w.t.Helper()
	o := valid(func(o *confluence.Options) {
		o.BaseURL, o.MaxRPS, o.Flavor = w.http.URL, 1000,
			map[bool]string{true: confluence.Cloud, false: confluence.DataCenter}[w.cloud]
		for _, e := range edit {
			e(o)
		}
	})
	src, err := o.Build(sources.Env{RetryPause: time.Millisecond})
	if err != nil {
		w.t.Fatal(err)
	}
	return src
}

const unrestricted = `"restrictions":{"read":{"restrictions":{"user":{"results":[],"size":0},"group":{"results":[],"size":0}}}}`

// item is a page as Data Center lists it, with more fields or other ones.
func item(id int, more string) string {
	return fmt.Sprintf(`{"id":"%d","type":"page","status":"current","title":"Page %d","version":{"number":1},"ancestors":[],"metadata":{"labels":{"results":[],"size":0,"limit":200}},%s%s}`,
		id, id, unrestricted, more)
}

func results(items ...string) string {
	return `{"results":[` + strings.Join(items, ",") + `],"_links":{`
}

// Odd items are pages all the same, or make the space incomplete; they are
// never missing from a listing that is whole.
func TestOddItems(t *testing.T) {
	tests := map[string]struct {
		item       string
		incomplete bool
		pushed     bool
		revision   bool
	}{
		"plain":               {item(7, ""), false, true, true},
		"number":              {strings.Replace(item(7, ""), `"7"`, `7`, 1), false, true, true},
		"no version":          {strings.Replace(item(7, ""), `"version":{"number":1},`, ``, 1), false, true, false},
		"null version":        {strings.Replace(item(7, ""), `{"number":1}`, `null`, 1), false, true, false},
		"null links":          {item(7, `,"_links":null`), false, true, true},
		"script for a link":   {item(7, `,"_links":{"webui":"javascript:alert(1)"}`), false, true, true},
		"null title":          {strings.Replace(item(7, ""), `"Page 7"`, `null`, 1), false, true, true},
		"archived":            {strings.Replace(item(7, ""), `current`, `archived`, 1), false, false, false},
		"null":                {`null`, true, false, false},
		"no id":               {`{"title":"x"}`, true, false, false},
		"id of another kind":  {strings.Replace(item(7, ""), `"7"`, `"../7"`, 1), true, false, false},
		"fraction":            {strings.Replace(item(7, ""), `"7"`, `7.5`, 1), true, false, false},
		"a list":              {`[]`, true, false, false},
		"restricted to none":  {strings.Replace(item(7, ""), `"user":{"results":[],"size":0}`, `"user":{"results":[],"size":2}`, 1), false, false, false},
		"restricted to nulls": {strings.Replace(item(7, ""), `"user":{"results":[]`, `"user":{"results":[null]`, 1), false, false, false},
		"half an expansion":   {strings.Replace(item(7, ""), `{"results":[],"size":0}}}}`, `{}}}}`, 1), false, false, false},
		"no expansion":        {strings.Replace(item(7, ""), unrestricted, `"restrictions":{}`, 1), false, false, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newRaw(t, false, map[string]http.HandlerFunc{"/rest/api/content/scan": body(results(item(1, ""), test.item) + `}}`)})
			entries, l := sourcestest.List(t, w.source())
			if (len(l.Incomplete) > 0) != test.incomplete {
				t.Errorf("incomplete is %v", l.Incomplete)
			}
			if e, ok := entries["7"]; test.pushed != (ok && e.Err == nil && e.Withheld == "") ||
				test.revision != (e.Revision != "") {
				t.Errorf("entry is %+v", e)
			}
			if e := entries["7"]; strings.Contains(e.URL, "script") {
				t.Errorf("URL is %q", e.URL)
			}
		})
	}
}

// Links to the next page that mislead, by start as very old servers page and
// by cursor, never end a listing early that is believed.
func TestLinksThatMislead(t *testing.T) {
	const pages, size = 25, 10
	tests := map[string]func(start int, r *http.Request) string{
		"backwards":     func(int, *http.Request) string { return "/rest/api/content?start=0&limit=10" },
		"without limit": func(start int, _ *http.Request) string { return fmt.Sprintf("/x?start=%d", start+size) },
		"other host": func(start int, _ *http.Request) string {
			return fmt.Sprintf("https://evil.example/x?start=%d", start+size)
		},
		"by limit asked": func(start int, _ *http.Request) string { return fmt.Sprintf("/x?start=%d&limit=200", start+200) },
		"far off":        func(int, *http.Request) string { return "/x?start=100000" },
	}
	for name, next := range tests {
		t.Run(name, func(t *testing.T) {
			w := newRaw(t, false, map[string]http.HandlerFunc{
				"/rest/api/content": func(rw http.ResponseWriter, r *http.Request) {
					start, n := 0, size
					_, _ = fmt.Sscan(r.URL.Query().Get("start"), &start)
					if limit := 0; true {
						_, _ = fmt.Sscan(r.URL.Query().Get("limit"), &limit)
						n = min(n, limit)
					}
					var items []string
					for i := start; i < min(start+n, pages); i++ {
						items = append(items, item(i+1, ""))
					}
					link := ""
					if start+n < pages {
						link = fmt.Sprintf(`"next":%q`, next(start, r))
					}
					body(results(items...)+link+`}}`)(rw, r)
				},
			})
			entries, l := sourcestest.List(t, w.source())
			if len(entries) != pages && len(l.Incomplete) == 0 {
				t.Errorf("%d entries, want %d; the listing is whole", len(entries), pages)
			}
			if name != "backwards" && len(entries) != pages {
				t.Errorf("%d entries, want %d: %v", len(entries), pages, l.Incomplete)
			}
		})
	}
}

// A token that expires in the middle is noticed even where the wiki then
// answers everything with a success and an empty list, or as to a visitor who
// sees some of the pages.
func TestExpiresWithoutAWord(t *testing.T) {
	for name, visitor := range map[string]string{
		"empty": `{"results":[],"size":0,"_links":{}}`, "null": `null`, "object": `{}`,
		"visitor": `{"type":"anonymous","displayName":"Anonymous","results":[{"id":"9","key":"OPS","status":"current"}],"key":"OPS"}`,
		"guest":   `{"type":"known","username":"guest","results":[{"id":"9","key":"OPS","status":"current"}],"key":"OPS"}`,
	} {
		for _, cloud := range []bool{true, false} {
			t.Run(fmt.Sprint(name, cloud), func(t *testing.T) {
				var expired atomic.Bool
				before := func(text string) http.HandlerFunc {
					return func(rw http.ResponseWriter, r *http.Request) {
						if expired.Load() {
							text = visitor
						}
						body(text)(rw, r)
					}
				}
				list := func(rw http.ResponseWriter, r *http.Request) { // what a visitor sees
					expired.Store(true)
					body(results(item(1, ""))+`}}`)(rw, r)
				}
				w := newRaw(t, cloud, map[string]http.HandlerFunc{
					"/rest/api/user/current":   before(`{"type":"known","username":"reader","displayName":"Reader"}`),
					"/api/v2/spaces":           before(`{"results":[{"id":"9","key":"OPS","status":"current"}]}`),
					"/rest/api/content/scan":   list,
					"/api/v2/spaces/9/pages":   list,
					"/rest/api/content/search": body(results(item(1, `,"space":{"key":"OPS"}`)) + `}}`),
				})
				_, l := sourcestest.List(t, w.source())
				wantIncomplete(t, l, "OPS", "not to be trusted")
			})
		}
	}
}

// A login that fails in the open is an error at once.
func TestLoginThatSaysNothing(t *testing.T) {
	for _, text := range []string{`{}`, `null`, `{"results":[],"size":0}`, `{"type":"anonymous"}`} {
		w := newRaw(t, false, map[string]http.HandlerFunc{"/rest/api/user/current": body(text)})
		if _, err := w.source().Open(t.Context()); err == nil || !strings.Contains(err.Error(), "renew the token") {
			t.Errorf("%s: Open = %v, want an error with the mend", text, err)
		}
	}
}

// A scoped token that may not name its user works all the same.
func TestTokenThatMayNotNameItsUser(t *testing.T) {
	w := newRaw(t, false, map[string]http.HandlerFunc{
		"/rest/api/user/current": func(rw http.ResponseWriter, _ *http.Request) {
			http.Error(rw, `{"code":401,"message":"Unauthorized; scope does not match"}`, http.StatusUnauthorized)
		},
		"/rest/api/content/scan": body(results(item(1, "")) + `}}`),
	})
	entries, l := sourcestest.List(t, w.source())
	if len(entries) != 1 || len(l.Incomplete) > 0 {
		t.Errorf("entries are %v, incomplete %v", entries, l.Incomplete)
	}
}

// Pages below a folder or whiteboard that the token has no scope to read are as
// shut as those below one that it may not see, and the reason says which mend it
// takes. An expired token, which may be answered alike, is found out otherwise.
// Parents of a kind that nobody here knows shut those below them, too.
func TestParentsBeyondTheScope(t *testing.T) {
	for _, kind := range []string{"folder", "whiteboard", "database", "embed", "slide"} {
		page := fmt.Sprintf(`{"id":"7","status":"current","title":"Low","spaceId":"9","parentId":"5","parentType":%q,"version":{"number":1}}`, kind)
		w := newRaw(t, true, map[string]http.HandlerFunc{
			"/api/v2/spaces/9/pages":   body(results(page) + `}}`),
			"/rest/api/content/search": body(results(item(7, `,"space":{"key":"OPS"}`)) + `}}`),
			"/api/v2/": func(rw http.ResponseWriter, _ *http.Request) {
				http.Error(rw, `{"message":"Unauthorized; scope does not match"}`, http.StatusUnauthorized)
			},
		})
		entries, l := sourcestest.List(t, w.source())
		if len(l.Incomplete) > 0 {
			t.Errorf("%s: incomplete is %v", kind, l.Incomplete)
		}
		wantWithheld(t, entries["7"], "inherited from "+kind+" 5")
		if kind != "slide" {
			wantWithheld(t, entries["7"], "give the token a scope that lets it read this, which is read:"+kind+":confluence")
		}
	}
}

// A page that is restricted after it was listed does not go in, and neither do
// those that include it.
func TestRestrictedSinceListed(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Secret", "", "<p>"+secret+"</p>")
		w.put("2", "Other", "", "<p>mine</p>"+include("Secret"))
		snap, err := w.source().Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		loads := map[string]func() (sources.Document, error){}
		_, err = snap.List(t.Context(), func(e sources.Entry) error {
			loads[e.ID] = func() (sources.Document, error) { return e.Load(t.Context()) }
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		w.Restrict("1", "hr")
		if doc, err := loads["1"](); !errors.Is(err, sources.ErrNoDocument) {
			t.Errorf("loaded %q, %v", doc.Body, err)
		}
		if doc, err := loads["2"](); err != nil || strings.Contains(string(doc.Body), secret) {
			t.Errorf("loaded %q, %v", doc.Body, err)
		}
	})
}

// A space that can no longer be seen while its listing is empty is not empty.
func TestEmptyBecauseWithdrawn(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Top", "", "")
		w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
			if !listing(r) {
				return false
			}
			w.HideSpace("OPS", true)
			body(`{"results":[],"_links":{}}`)(rw, r)
			return true
		})
		_, l := w.list()
		wantIncomplete(t, l, "OPS", "none with this key")
	})
}

// An empty listing is not believed where the search knows better.
func TestEmptyAgainstTheSearch(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Top", "", "")
		w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
			if listing(r) {
				body(`{"results":[],"_links":{}}`)(rw, r)
			}
			return listing(r)
		})
		_, l := w.list()
		wantIncomplete(t, l, "OPS", "search")
	})
}

// More labels than an answer holds are asked for.
func TestManyLabels(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		var labels []string
		for i := range 60 {
			labels = append(labels, fmt.Sprintf("label-%02d", i))
		}
		w.put("1", "Top", "", "", append(labels, "no-fin")...)
		listed := func(r *http.Request) bool { return listing(r) || strings.HasSuffix(r.URL.Path, "/search") }
		w.edit(listed, func(answer map[string]any) { stopAt50(answer) })
		entries := w.complete(func(o *confluence.Options) { o.Labels.Exclude = []string{"no-fin"} })
		if len(entries) > 0 {
			t.Errorf("entries are %v, want none", entries)
		}
	})
}

// stopAt50 cuts lists of labels short, as some answers do.
func stopAt50(v any) {
	switch v := v.(type) {
	case map[string]any:
		if l, ok := v["labels"].(map[string]any); ok {
			all, _ := l["results"].([]any)
			l["results"], l["size"], l["limit"] = all[:min(50, len(all))], min(50, len(all)), 50
		}
		for _, x := range v {
			stopAt50(x)
		}
	case []any:
		for _, x := range v {
			stopAt50(x)
		}
	}
}
