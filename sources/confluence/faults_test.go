package confluence_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"
)

// listing tells whether a request is for a list of pages.
func listing(r *http.Request) bool {
	p := r.URL.Path
	return strings.HasSuffix(p, "/pages") || strings.HasSuffix(p, "/content/scan") ||
		strings.HasSuffix(p, "/rest/api/content")
}

// fill puts pages 1 to n into OPS, which is listed in small pages.
func fill(w *wiki, n int, t emulator.Traps) {
	for i := range n {
		w.put(strconv.Itoa(i+1), fmt.Sprint("Page ", i), "", "<p>x</p>")
	}
	t.MaxLimit = 10
	w.SetTraps(t)
}

// Whatever goes wrong in the middle of a listing makes the space incomplete,
// and leaves the other space alone.
func TestFaultsInTheMiddleOfAListing(t *testing.T) {
	answer := func(text string) func(http.ResponseWriter) {
		return func(rw http.ResponseWriter) {
			rw.Header().Set("Content-Type", "application/json")
			_, _ = rw.Write([]byte(text))
		}
	}
	status := func(code int) func(http.ResponseWriter) {
		return func(rw http.ResponseWriter) { http.Error(rw, `{"message":"`+token+`"}`, code) }
	}
	faults := map[string]func(http.ResponseWriter){
		"401": status(401), "403": status(403), "404": status(404), "410": status(410), "500": status(500), "502": status(502), "503": status(503), "429": status(429),
		"empty":       answer(`{"results":[],"_links":{}}`),
		"no results":  answer(`{}`),
		"null":        answer(`null`),
		"other type":  answer(`{"results":"none"}`),
		"no id":       answer(`{"results":[{"title":"x"}],"_links":{}}`),
		"cut off":     answer(`{"results":[{"id":"11"`),
		"nothing":     answer(``),
		"wrong size":  answer(`{"results":[{"id":"11"}],"size":10,"_links":{}}`),
		"other total": answer(`{"results":[{"id":"11"}],"totalCount":99,"_links":{}}`),
		"login page":  func(rw http.ResponseWriter) { answer("<html><form>")(rw) },
		"anonymous": func(rw http.ResponseWriter) {
			rw.Header().Set("X-AUSERNAME", "anonymous")
			answer(`{"results":[{"id":"11"}],"_links":{}}`)(rw)
		},
		"elsewhere": func(rw http.ResponseWriter) {
			rw.Header().Set("Location", "https://sso.example.org/login?SAMLRequest=abc")
			rw.WriteHeader(http.StatusFound)
		},
		"hung up": func(rw http.ResponseWriter) { panic(http.ErrAbortHandler) },
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			flavors(t, func(t *testing.T, w *wiki) {
				fill(w, 25, emulator.Traps{})
				w.PutPage(emulator.Page{ID: "99", Space: "HR", Title: "Other"})
				w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
					if !listing(r) || !r.URL.Query().Has("cursor") {
						return false
					}
					fault(rw)
					return true
				})
				entries, l := w.list(func(o *confluence.Options) { o.Spaces = []string{"OPS", "HR"} })
				wantIncomplete(t, l, "OPS", "OPS")
				if len(l.Incomplete) != 1 {
					t.Errorf("incomplete are %q, want OPS alone", incompleteScopes(l))
				}
				if _, ok := entries["99"]; !ok {
					t.Error("the other space's page is not listed")
				}
			})
		})
	}
}

func TestCursorsThatMislead(t *testing.T) {
	next := map[string]string{
		"same cursor": `"next":"/x?cursor=same"`,
		"no cursor":   `"next":"/x?limit=10"`,
		"garbage":     `"next":"%%%"`,
	}
	for name, link := range next {
		t.Run(name, func(t *testing.T) {
			flavors(t, func(t *testing.T, w *wiki) {
				fill(w, 1, emulator.Traps{})
				var n atomic.Int32
				w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
					if !listing(r) {
						return false
					}
					fmt.Fprintf(rw, `{"results":[{"id":"%d","status":"current","version":{"number":1},"ancestors":[]}],"_links":{%s}}`, 1000+n.Add(1), link)
					return true
				})
				_, l := w.list(withRestricted)
				wantIncomplete(t, l, "OPS", "list the pages of space OPS")
			})
		})
	}
}

// A cursor goes back to the wiki as it came, wherever its link leads.
func TestCursorsComeBack(t *testing.T) {
	for link, want := range map[string]string{
		"/x?cursor=a+b/c==&depth=all": "a+b/c==", "/x?depth=all&cursor=a%2Bb%3D": "a+b=", "https://other.example/?cursor=x%253Dy#z": "x%3Dy",
		"?cursor=content:false:12": "content:false:12", "/x?cursor=%zz": "%zz",
	} {
		flavors(t, func(t *testing.T, w *wiki) {
			w.put("1", "Top", "", "")
			var got atomic.Value
			w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
				if !listing(r) {
					return false
				}
				next := fmt.Sprintf(`{"next":%q}`, link)
				if r.URL.Query().Has("cursor") {
					got.Store(r.URL.Query().Get("cursor"))
					next = "{}"
				}
				fmt.Fprintf(rw, `{"results":[{"id":"%d","ancestors":[]}],"_links":%s}`, len(next)+len(r.URL.RawQuery), next)
				return true
			})
			w.list(withRestricted)
			if got.Load() != want {
				t.Errorf("%s: the cursor came back as %q, want %q", link, got.Load(), want)
			}
		})
	}
}

// A page that lacks items although more follow is seen by its length.
func TestShortPage(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		fill(w, 45, emulator.Traps{})
		var n atomic.Int32
		w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
			if listing(r) && n.Add(1) == 2 {
				q := r.URL.Query()
				q.Set("limit", "4")
				r.URL.RawQuery = q.Encode()
			}
			return false
		})
		entries, l := w.list()
		if len(entries) != 45 {
			t.Errorf("%d entries, want 45", len(entries))
		}
		wantIncomplete(t, l, "OPS", "others have 10")
	})
}

func TestPagingTraps(t *testing.T) {
	tests := map[string]emulator.Traps{
		"plain":                           {},
		"absolute next":                   {AbsoluteNext: true},
		"header only":                     {HeaderOnly: true},
		"no scan":                         {NoScan: true},
		"no scan, next by what was asked": {NoScan: true, NextByLimit: true},
		"no scan, absolute":               {NoScan: true, AbsoluteNext: true},
	}
	for name, trap := range tests {
		t.Run(name, func(t *testing.T) {
			flavors(t, func(t *testing.T, w *wiki) {
				for _, n := range []int{1, 9, 10, 11, 20, 35} {
					fill(w, n, trap)
					if got := len(w.complete()); got != n {
						t.Errorf("%d entries, want %d", got, n)
					}
				}
			})
		})
	}
}

// A page that makes the server fail is gone around, but not taken for gone.
func TestOnePageFails(t *testing.T) {
	for _, noScan := range []bool{false, true} {
		flavors(t, func(t *testing.T, w *wiki) {
			fill(w, 35, emulator.Traps{FailOn: "17", NoScan: noScan})
			entries, l := w.list()
			wantIncomplete(t, l, "OPS", "list the pages")
			want := 16 // by cursor, what follows cannot be reached
			if !w.config.Cloud {
				want = 34
			}
			if len(entries) != want {
				t.Errorf("%d entries, want %d", len(entries), want)
			}
		})
	}
}

func TestEndlessListing(t *testing.T) {
	w := newWiki(t, emulator.Config{Token: token})
	fill(w, 35, emulator.Traps{NoScan: true, EndlessNext: true})
	if entries := w.complete(); len(entries) != 35 { // the search knows as many
		t.Errorf("%d entries, want 35", len(entries))
	}
	w.Unindex("7")
	_, l := w.list()
	wantIncomplete(t, l, "OPS", "the listing does not end")
	wantIncomplete(t, l, "OPS", "has 35 items, and the search counts 34")
	w.SetTraps(emulator.Traps{NoScan: true, EndlessNext: true, NoSearch: true})
	_, l = w.list()
	wantIncomplete(t, l, "OPS", "count by the search")
}

// A server, or a proxy before it, that gives the first page over and over.
func TestTheSamePageAgainAndAgain(t *testing.T) {
	w := newWiki(t, emulator.Config{Token: token})
	fill(w, 35, emulator.Traps{NoScan: true, EndlessNext: true})
	w.SetHook(func(_ http.ResponseWriter, r *http.Request) bool {
		q := r.URL.Query()
		q.Del("start")
		r.URL.RawQuery = q.Encode()
		return false
	})
	entries, l := w.list()
	if len(entries) != 10 {
		t.Errorf("%d entries, want 10", len(entries))
	}
	wantIncomplete(t, l, "OPS", "goes round in a circle")
}

// A page deleted while a listing by offset goes on shifts another one out of it.
func TestListingShifts(t *testing.T) {
	w := newWiki(t, emulator.Config{Token: token})
	fill(w, 35, emulator.Traps{NoScan: true})
	w.SetHook(func(_ http.ResponseWriter, r *http.Request) bool {
		if n, _ := strconv.Atoi(r.URL.Query().Get("start")); n > 10 && n < 25 {
			w.DeletePage("3")
		}
		return false
	})
	_, l := w.list()
	wantIncomplete(t, l, "OPS", "changed while it was read")
}

func TestSpaces(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Top", "", "")
		for _, change := range []func(){
			func() { w.HideSpace("OPS", true) },
			func() { w.HideSpace("OPS", false); w.RekeySpace("OPS", "OPERATIONS") },
		} {
			change()
			_, l := w.list()
			wantIncomplete(t, l, "OPS", "space OPS: there is none with this key")
		}
		w.RekeySpace("OPERATIONS", "OPS")
		w.ArchiveSpace("OPS")
		wantWithheld(t, w.complete()["1"], "archived")
		w.DeletePage("1")
		if n := len(w.complete()); n != 0 {
			t.Errorf("%d entries in an emptied space", n)
		}
	})
}

// A key that is configured in another case still names the space.
func TestKeyInAnotherCase(t *testing.T) {
	w := newWiki(t, emulator.Config{Token: token})
	w.put("1", "Top", "", "")
	w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/space/ops") { // Confluence looks keys up without regard to case
			_, _ = rw.Write([]byte(`{"key":"OPS","status":"current"}`))
			return true
		}
		return false
	})
	entries := w.complete(func(o *confluence.Options) { o.Spaces = []string{"ops"} })
	if entries["1"].Scope != "ops" {
		t.Errorf("entries are %v, want page 1 in the scope as configured", entries)
	}
}

func TestLostRoot(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Root", "", "")
		w.put("2", "Low", "1", "")
		root := func(o *confluence.Options) { o.Root = []string{"1"} }
		wantPushed(t, w.complete(root), "1", "2")
		w.DeletePage("1")
		_, l := w.list(root)
		wantIncomplete(t, l, "OPS", "root page 1")
	})
}

func TestLogin(t *testing.T) {
	traps := map[string]emulator.Traps{
		"401":        {},
		"anonymous":  {Anonymous: true},
		"silent":     {Anonymous: true, Silent: true},
		"login page": {LoginPage: true},
	}
	for name, trap := range traps {
		t.Run(name, func(t *testing.T) {
			flavors(t, func(t *testing.T, w *wiki) {
				w.put("1", "Top", "", "<p>x</p>")
				w.SetTraps(trap)
				src := w.source()
				snap, err := src.Open(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				w.SetLogin(w.config.Email, "renewed") // the token expires in the middle of a run
				gone := 0
				l, err := snap.List(t.Context(), func(e sources.Entry) error { gone++; return nil })
				if err == nil && len(l.Incomplete) == 0 {
					t.Errorf("%d entries, and the listing is complete", gone)
				}
				if err := snap.Close(); err != nil {
					t.Fatal(err)
				}
				_, err = src.Open(t.Context())
				if err == nil || strings.Contains(err.Error(), token) || !strings.Contains(err.Error(), "renew the token") {
					t.Errorf("Open = %v, want an error without the token that says how to mend it", err)
				}
			})
		})
	}
}

func TestWebPageInsteadOfData(t *testing.T) {
	for name, page := range map[string][2]string{
		"by its type": {"text/html", `{"type":"known"}`}, "by its text": {"application/json", "\r\n <!doctype html>"},
	} {
		flavors(t, func(t *testing.T, w *wiki) {
			w.SetHook(func(rw http.ResponseWriter, _ *http.Request) bool {
				rw.Header().Set("Content-Type", page[0])
				_, _ = rw.Write([]byte(page[1]))
				return true
			})
			if _, err := w.source().Open(t.Context()); err == nil || !strings.Contains(err.Error(), "web page") {
				t.Errorf("%s: Open = %v, want an error that tells of a web page", name, err)
			}
		})
	}
}

// An emptied answer to an emptied login is noticed even without a header.
func TestExpiredWhileListing(t *testing.T) {
	w := newWiki(t, emulator.Config{Token: token, Traps: emulator.Traps{Anonymous: true, Silent: true}})
	w.put("1", "Top", "", "<p>x</p>")
	w.SetHook(func(_ http.ResponseWriter, r *http.Request) bool {
		if listing(r) {
			w.SetLogin("", "renewed")
		}
		return false
	})
	_, l := w.list()
	wantIncomplete(t, l, "OPS", "anonymous visitor")
}
