package confluence_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"
)

// spread is a Cloud with 25 pages in each of the spaces S0 to S2, which are
// listed in small pages.
func spread(t *testing.T) (*wiki, func(*confluence.Options)) {
	w := newWiki(t, emulator.Config{Cloud: true, Prefix: "/wiki", Token: token, Traps: emulator.Traps{MaxLimit: 10}})
	keys := []string{"S0", "S1", "S2"}
	for i := range 75 {
		w.PutPage(emulator.Page{ID: strconv.Itoa(i + 1), Space: keys[i%3], Title: fmt.Sprint("Page ", i),
			Storage: "<p>x</p>"})
	}
	w.Restrict("5", "hr")
	return w, func(o *confluence.Options) { o.Spaces = keys }
}

// joint tells whether a request is for the pages of many spaces.
func joint(r *http.Request) bool { return r.URL.Query().Has("space-id") }

func jointSearch(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Query().Get("cql"), "space in (")
}

// Whatever goes wrong where spaces are listed together, each is then listed by
// itself, and none suffers.
func TestListedTogetherWithFaults(t *testing.T) {
	status := func(code int) func(*wiki, http.ResponseWriter, *http.Request) {
		return func(_ *wiki, rw http.ResponseWriter, _ *http.Request) { http.Error(rw, "{}", code) }
	}
	edit := func(from, to string) func(*wiki, http.ResponseWriter, *http.Request) {
		return func(w *wiki, rw http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			w.Unhooked(rec, r)
			_, _ = rw.Write([]byte(strings.ReplaceAll(rec.Body.String(), from, to)))
		}
	}
	faults := map[string]func(*wiki, http.ResponseWriter, *http.Request){
		"400": status(400), "401": status(401), "403": status(403), "404": status(404), "410": status(410), "414": status(414),
		"500": status(500), "501": status(501),
		"cut off":          edit(`"title":"Page 20"`, `"ti`),
		"nobody's page":    edit(`"spaceId"`, `"other"`),
		"number":           edit(`"spaceId":"`, `"spaceId":"9`), // of spaces that were not asked for
		"ends early":       edit(`"next"`, `"last"`),
		"repeated":         edit(`"id":"15"`, `"id":"14"`),
		"without id":       edit(`"id":"15"`, `"id":"x"`),
		"nothing":          edit(`"results":[`, `"results":[],"was":[`),
		"web page":         edit(`{"`, `<html>{"`),
		"misses an answer": edit(`"results"`, `"result"`),
	}
	for name, fault := range faults {
		for which, hit := range map[string]func(*http.Request) bool{"listing": joint, "search": jointSearch} {
			if which == "search" && (name == "nobody's page" || name == "number") {
				continue // the search does not tell by this name
			}
			t.Run(which+" "+name, func(t *testing.T) {
				w, spaces := spread(t)
				asked := false
				w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
					if !hit(r) || name != "nothing" && name != "ends early" && !r.URL.Query().Has("cursor") {
						return false
					}
					asked = true
					fault(w, rw, r)
					return true
				})
				entries := w.complete(spaces)
				if n := len(pushed(entries)); n != 74 || !asked {
					t.Errorf("%d pages for Fin, want 74; asked together: %v", n, asked)
				}
				wantWithheld(t, entries["5"], "hr")
			})
		}
	}
}

// A walk that ends early without a word lacks the pages of the last spaces.
func TestListedTogetherEndsEarly(t *testing.T) {
	w, spaces := spread(t)
	for i := range 30 {
		w.PutPage(emulator.Page{ID: strconv.Itoa(100 + i), Space: "S3", Title: fmt.Sprint("Late ", i)})
	}
	w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
		if !joint(r) {
			return false
		}
		rec := httptest.NewRecorder()
		w.Unhooked(rec, r)
		text := rec.Body.String()
		if strings.Contains(text, `"id":"75"`) {
			text = strings.ReplaceAll(text, `"next"`, `"last"`)
		} else {
			rw.Header()["Link"] = rec.Header()["Link"]
		}
		_, _ = rw.Write([]byte(text))
		return true
	})
	entries := w.complete(spaces, func(o *confluence.Options) { o.Spaces = append(o.Spaces, "S3") })
	if len(entries) != 105 {
		t.Errorf("%d entries, want 105", len(entries))
	}
}

// Empty spaces cost nothing: neither the walk nor the search sees a page of them.
func TestEmptySpacesAmongMany(t *testing.T) {
	w, spaces := spread(t)
	w.complete(spaces)
	without := len(w.Requests())
	for _, key := range []string{"S3", "S4"} {
		w.AddSpace(key, "Empty")
	}
	more := func(o *confluence.Options) { o.Spaces = []string{"S0", "S1", "S2", "S3", "S4"} }
	w.Requests()
	w.complete(spaces, more)
	if with := len(w.Requests()); with != without {
		t.Errorf("%d requests, and %d without the empty spaces", with, without)
	}
	w.PutPage(emulator.Page{ID: "900", Space: "S3", Title: "First"})
	w.Unindex("900")
	if entries := w.complete(spaces, more); entries["900"].Load == nil {
		t.Error("a space's first page, unknown to the search, is not listed")
	}
}

// The fault of one space stays its own, although it spoils the walk of all.
func TestFaultOfOneSpaceAmongMany(t *testing.T) {
	tests := map[string]struct {
		prepare func(w *wiki)
		want    string
	}{
		"missing":          {func(w *wiki) { w.HideSpace("S1", true) }, "none with this key"},
		"a page":           {func(w *wiki) { w.SetTraps(emulator.Traps{MaxLimit: 10, FailOn: "35"}) }, "list the pages of space S1"},
		"withdrawn":        {func(w *wiki) { onRequest(w, 2, joint, func() { w.HideSpace("S1", true) }) }, "none with this key"},
		"archived":         {func(w *wiki) { onRequest(w, 2, joint, func() { w.ArchiveSpace("S1") }) }, "replaced or archived"},
		"withdrawn before": {func(w *wiki) { onRequest(w, 1, joint, func() { w.HideSpace("S1", true) }) }, "list the pages of space S1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w, spaces := spread(t)
			test.prepare(w)
			entries, l := w.list(spaces)
			if got := incompleteScopes(l); !slices.Equal(got, []string{"S1"}) {
				t.Errorf("incomplete are %q, want S1 alone", got)
			}
			wantIncomplete(t, l, "S1", test.want)
			others := 0
			for _, e := range entries {
				if e.Scope != "S1" && e.Err == nil {
					others++
				}
			}
			if others != 50 {
				t.Errorf("%d entries of the other spaces, want 50", others)
			}
		})
	}
}

// onRequest does something before the nth request of a kind is answered.
func onRequest(w *wiki, n int32, hit func(*http.Request) bool, do func()) {
	var count atomic.Int32
	w.SetHook(func(_ http.ResponseWriter, r *http.Request) bool {
		if hit(r) && count.Add(1) == n {
			do()
		}
		return false
	})
}

// A page that comes between the listing and the search has its space listed
// once more.
func TestNewPageAmongMany(t *testing.T) {
	w, spaces := spread(t)
	onRequest(w, 1, jointSearch, func() { w.PutPage(emulator.Page{ID: "999", Space: "S1", Title: "New"}) })
	if entries := w.complete(spaces); entries["999"].Load == nil || len(entries) != 76 {
		t.Errorf("%d entries, want 76, among them page 999", len(entries))
	}
}

// A space that may not be searched spoils the search of all: then each is
// searched by itself.
func TestSearchOfOneSpaceFails(t *testing.T) {
	w, spaces := spread(t)
	w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Query().Get("cql"), `"S1"`) {
			return false
		}
		http.Error(rw, `{"message":"not permitted"}`, http.StatusBadRequest)
		return true
	})
	entries := w.complete(spaces)
	if n := len(pushed(entries)); n != 74 {
		t.Errorf("%d pages for Fin, want 74", n)
	}
	wantWithheld(t, entries["5"], "hr")
}

// One page that the search has not found yet costs a question of its own, not
// the search of its space.
func TestUnindexedAmongMany(t *testing.T) {
	w, spaces := spread(t)
	w.complete(spaces)
	before := len(w.Requests())
	w.Unindex("7")
	w.complete(spaces)
	if extra := len(w.Requests()) - before; extra != 2 { // its restrictions and its labels
		t.Errorf("%d more requests, want 2", extra)
	}
}
