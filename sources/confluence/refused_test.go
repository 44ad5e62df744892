package confluence_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"
)

// wantKept fails the test if one of the pages would leave Fin.
func wantKept(t *testing.T, entries map[string]sources.Entry, l sources.Listing, ids ...string) {
	t.Helper()
	wantIncomplete(t, l, "OPS", "OPS")
	for _, id := range ids {
		if e, ok := entries[id]; ok && (e.Withheld != "" || e.Err == nil) {
			t.Errorf("page %s has the error %v and is withheld because %q, want it to stay as it is", id, e.Err, e.Withheld)
		}
	}
}

// What the wiki refuses to tell an anonymous visitor, or one whom it has shut
// out of the space, says nothing of the pages.
func TestRefusalsOfAnotherLogin(t *testing.T) {
	expire := func(w *wiki) { w.SetLogin(w.config.Email, "renewed") }
	hide := func(w *wiki) { w.HideSpace("OPS", true) }
	for name, test := range map[string]struct {
		then   func(*wiki)
		spaces []string
		trap   emulator.Traps
	}{
		"expired":                     {expire, []string{"OPS"}, emulator.Traps{Anonymous: true, Silent: true}},
		"expired, 401":                {expire, []string{"OPS"}, emulator.Traps{NoSearch: true}},
		"view rights gone":            {hide, []string{"OPS"}, emulator.Traps{}},
		"view rights gone, no search": {hide, []string{"OPS"}, emulator.Traps{NoSearch: true}},
		"view rights gone, of two":    {hide, []string{"OPS", "HR"}, emulator.Traps{}},
		"archived":                    {func(w *wiki) { w.ArchiveSpace("OPS") }, []string{"OPS"}, emulator.Traps{NoSearch: true}},
	} {
		t.Run(name, func(t *testing.T) {
			flavors(t, func(t *testing.T, w *wiki) {
				w.put("1", "Top", "", "")
				w.put("2", "Low", "1", "")
				w.PutPage(emulator.Page{ID: "9", Space: "HR", Title: "Other"})
				w.SetTraps(test.trap)
				spaces := func(o *confluence.Options) { o.Spaces = test.spaces }
				wantPushed(t, w.complete(func(o *confluence.Options) { o.Spaces = []string{"OPS"} }), "1", "2")
				loseAfterListing(w, func() { test.then(w) })
				entries, l := w.list(spaces)
				wantKept(t, entries, l, "1", "2")
			})
		})
	}
}

// A good answer with nothing in it refuses nothing.
func TestEmptyAnswersAreNoRefusal(t *testing.T) {
	for _, answer := range []string{`null`, `{}`, `{"results": []}`, `{"results": [], "size": 0, "_links": {}}`} {
		t.Run(answer, func(t *testing.T) {
			flavors(t, func(t *testing.T, w *wiki) {
				w.put("1", "Top", "", "")
				w.put("2", "Low", "1", "")
				w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
					rec := httptest.NewRecorder()
					switch {
					case strings.Contains(r.URL.Path, "/restriction/"):
						_, _ = rw.Write([]byte(answer))
					case strings.Contains(r.URL.Path, "/content"):
						w.Unhooked(rec, r)
						_, _ = rw.Write([]byte(strings.ReplaceAll(rec.Body.String(), `"restrictions":`, `"omitted":`)))
					default:
						return false
					}
					return true
				})
				entries, l := w.list()
				wantKept(t, entries, l, "1", "2")
			})
		})
	}
}

// loseAfterListing does something when the pages were listed, without their
// restrictions, from when on the wiki refuses to tell these.
func loseAfterListing(w *wiki, then func()) {
	var lost atomic.Bool
	w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
		switch {
		case listing(r) && !lost.Load():
			rec := httptest.NewRecorder()
			w.Unhooked(rec, r)
			_, _ = rw.Write([]byte(strings.ReplaceAll(rec.Body.String(), `"restrictions":`, `"omitted":`)))
			lost.Store(true)
			then()
		case lost.Load() && strings.Contains(r.URL.Path, "/restriction/"):
			http.Error(rw, `{"message":"No content found"}`, http.StatusNotFound)
		default:
			return false
		}
		return true
	})
}

// Where login and space are there to the end, a refusal counts, also of what
// the token's scope does not cover.
func TestRefusalsCount(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		w := newWiki(t, emulator.Config{Cloud: true, Prefix: "/wiki", Token: token})
		for i := range 50 {
			w.put(fmt.Sprint(i+1), fmt.Sprint("Page ", i), "", "")
		}
		w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/rest/api/content") {
				return false
			}
			rw.WriteHeader(status)
			_, _ = rw.Write([]byte(`{"code":401,"message":"Unauthorized; scope does not match"}`))
			return true
		})
		entries := w.complete(func(o *confluence.Options) { o.Labels.Exclude = []string{"no-fin"} })
		wantWithheld(t, entries["1"], "read:content-details:confluence")
		wantPushed(t, entries)
		if n := len(w.Requests()); n > 20 {
			t.Errorf("status %d: %d requests for what the token lacks the scope for, want at most 20", status, n)
		}
	}
}

// Data Center without a total in its answers: an end that comes too early shows
// by the search's count alone.
func TestListingEndsEarly(t *testing.T) {
	cut := func(w *wiki, of func(results []any) []any) {
		w.edit(listing, func(answer map[string]any) {
			listed := of(answer["results"].([]any))
			answer["results"], answer["size"] = listed, len(listed)
			delete(answer["_links"].(map[string]any), "next")
		})
	}
	for _, noScan := range []bool{false, true} {
		w := newWiki(t, emulator.Config{Token: token})
		fill(w, 15, emulator.Traps{NoScan: noScan})
		cut(w, func(results []any) []any { return results })
		_, l := w.list()
		wantIncomplete(t, l, "OPS", "the listing has 10 items, and the search counts 15")
		fill(w, 5, emulator.Traps{NoScan: noScan})
		for i := 6; i <= 15; i++ {
			w.DeletePage(strconv.Itoa(i))
		}
		cut(w, func(results []any) []any { return results[:3] })
		_, l = w.list()
		wantIncomplete(t, l, "OPS", "the listing has 3 items, and the search counts 5")
		w.SetHook(nil)
		w.Unindex("2") // the index lags behind
		if n := len(w.complete()); n != 5 {
			t.Errorf("%d entries, want 5", n)
		}
		w.SetTraps(emulator.Traps{NoScan: noScan, NoSearch: true})
		if n := len(w.complete()); n != 5 {
			t.Errorf("%d entries without a search, want 5", n)
		}
	}
}

// The titles of blog posts are not those of pages.
func TestIncludedBlogPost(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Page", "", "<p>mine</p>"+strings.Replace(include("Roadmap"), "ri:page",
			`ri:blog-post ri:posting-day="2024/01/02"`, 1))
		page := w.PutPage(emulator.Page{Space: "OPS", Title: "Roadmap", Storage: "<p>public</p>"})
		post := w.PutPage(emulator.Page{Space: "OPS", Kind: "blogpost", Title: "Roadmap", Storage: "<p>" + secret + "</p>"})
		w.PutPage(emulator.Page{ID: "1", Space: "OPS", Title: "Page", Storage: mustPage(w, "1").Storage,
			View: "<p>mine</p><p>" + secret + "</p>"})
		posts := func(o *confluence.Options) { o.Blogposts = true }
		if doc := w.load("1"); strings.Contains(string(doc.Body), secret) {
			t.Errorf("a post that is not listed is carried: %q", doc.Body)
		}
		w.Restrict(post, "hr")
		if doc := w.load("1", posts); strings.Contains(string(doc.Body), secret) {
			t.Errorf("a restricted post is carried: %q", doc.Body)
		}
		w.Restrict(post)
		w.Restrict(page, "hr")
		if doc := w.load("1", posts); !strings.Contains(string(doc.Body), secret) {
			t.Errorf("the text of a public post is missing: %q", doc.Body)
		}
	})
}

func mustPage(w *wiki, id string) emulator.Page {
	p, ok := w.Page(id)
	if !ok {
		w.t.Fatalf("no page %s", id)
	}
	return p
}

// Labels decide about a restricted page that is taken all the same.
func TestLabelsOfARestrictedPage(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Shut", "", "", "no-fin")
		w.put("2", "Other", "", "")
		w.Restrict("1", "hr")
		rewrite(w, `"metadata":`, `"omitted":`)
		entries := w.complete(withRestricted, func(o *confluence.Options) { o.Labels.Exclude = []string{"no-fin"} })
		wantPushed(t, entries, "2")
	})
}

// Spaces are looked up together, where the answer tells all of them.
func TestManySpacesOfDataCenter(t *testing.T) {
	two := func(o *confluence.Options) { o.Spaces = []string{"OPS", "HR"} }
	for name, test := range map[string]struct {
		answer string
		asked  int
	}{
		"as it is":       {"", 1},
		"not served":     {`<html>`, 3},
		"no status":      {`{"results":[{"key":"OPS"},{"key":"HR"}]}`, 3},
		"one is missing": {`{"results":[{"key":"OPS","status":"current"},{"key":"XX","status":"current"}]}`, 2},
		"nothing":        {`{}`, 3},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWiki(t, emulator.Config{Token: token})
			w.put("1", "Top", "", "")
			w.PutPage(emulator.Page{ID: "9", Space: "HR", Title: "Old"})
			w.ArchiveSpace("HR")
			var asked atomic.Int32
			w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
				if !strings.Contains(r.URL.Path, "/rest/api/space") {
					return false
				}
				asked.Add(1)
				if strings.HasSuffix(r.URL.Path, "/space") && test.answer != "" {
					_, _ = rw.Write([]byte(test.answer))
					return true
				}
				return false
			})
			entries := w.complete(two)
			wantPushed(t, entries, "1")
			wantWithheld(t, entries["9"], "archived")
			if n := int(asked.Load()); n != test.asked {
				t.Errorf("%d requests for spaces, want %d", n, test.asked)
			}
		})
	}
}
