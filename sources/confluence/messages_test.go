package confluence_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"
	"finpages/sources/sourcestest"
)

// check returns what Check says of a wiki on which something is wrong.
func check(t *testing.T, src sources.Source) (lines, fault string) {
	t.Helper()
	said, err := src.(sources.Checker).Check(t.Context())
	if err == nil {
		t.Fatalf("Check found nothing wrong: %q", said)
	}
	return strings.Join(said, "\n"), err.Error()
}

// A login that nothing has accepted is not told of as one.
func TestWrongAddress(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Top", "", "")
		two := func(o *confluence.Options) { o.Spaces = []string{"OPS", "HR"} }
		lines, fault := check(t, w.source(two, func(o *confluence.Options) { o.BaseURL = w.http.URL }))
		if strings.Contains(lines, "logged in") || !strings.Contains(fault, "correct base_url") ||
			strings.Count(fault, "base_url") > 1 {
			t.Errorf("without the context path, check says %q and %q", lines, fault)
		}
		other := map[bool]string{true: confluence.DataCenter, false: confluence.Cloud}[w.config.Cloud]
		_, fault = check(t, w.source(two, func(o *confluence.Options) { o.Flavor = other }))
		if want := map[bool]string{true: "set flavor to cloud", false: "set flavor to datacenter"}[w.config.Cloud]; !strings.Contains(fault, want) {
			t.Errorf("with the other flavor, check says %q, want %q", fault, want)
		}
	})
}

// An outage of the whole wiki is told once, and an outage of one space once for it.
func TestOneCauseIsToldOnce(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		for _, id := range []string{"1", "2", "3", "4", "5"} {
			w.put(id, "Page "+id, "", "")
		}
		w.PutPage(emulator.Page{ID: "9", Space: "HR", Title: "Other"})
		w.SetTraps(emulator.Traps{NoRestriction: 503, NoSearch: true})
		two := func(o *confluence.Options) { o.Spaces = []string{"OPS", "HR"} }
		_, l := w.list(two)
		if len(l.Incomplete) != 1 || l.Incomplete[0].Scope != "" {
			t.Fatalf("incomplete is %q, want all at once", l.Incomplete)
		}
		if text := l.Incomplete[0].Err.Error(); strings.Count(text, "503") != 1 || !strings.Contains(text, "all 2 spaces") {
			t.Errorf("the outage is told as %q", text)
		}
		_, missing := w.list(func(o *confluence.Options) { o.Spaces = []string{"XX", "YY"} })
		wantIncomplete(t, missing, "XX", "space XX: there is none with this key")
		wantIncomplete(t, missing, "YY", "space YY: there is none with this key")
		_, l = w.list()
		wantIncomplete(t, l, "OPS", "page 1 of space OPS, and 4 more: read view restrictions: the wiki answered 503")
		if text := l.Incomplete[0].Err.Error(); strings.Count(text, "503") != 1 {
			t.Errorf("the outage is told as %q", text)
		}
	})
}

// A login that the search does not take is no outage of the wiki.
func TestSearchLoginIsNoOutage(t *testing.T) {
	w := newWiki(t, emulator.Config{Cloud: true, Prefix: "/wiki", Token: token})
	w.put("1", "Top", "", "")
	w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/content/search") {
			return false
		}
		http.Error(rw, "{}", http.StatusUnauthorized)
		return true
	})
	_, l := w.list()
	wantIncomplete(t, l, "OPS", "space OPS: read view restrictions: the wiki answered 401")
}

func TestErrorsSayHowToMend(t *testing.T) {
	answer := func(status int, header, text string) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Retry-After", header)
			rw.WriteHeader(status)
			_, _ = rw.Write([]byte(text))
		}
	}
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   []string
	}{
		"pause":     {answer(429, "900", "{}"), []string{"429", "15m0s", "5m0s", "lower max_rps"}},
		"pause 503": {answer(503, "900", "{}"), []string{"503", "15m0s", "the next run tries again"}},
		"half":      {answer(200, "0", `{"results":[`), []string{"the answer broke off", "the next run tries again"}},
		"404":       {answer(404, "0", "{}"), []string{"404", "grant the login view rights on the space, or correct base_url"}},
		"410":       {answer(410, "0", "{}"), []string{"410", "correct base_url and flavor"}},
		"hang":      {hang, []string{"within 1s", "raise timeout"}},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "hang" && testing.Short() {
				t.Skip("waits for a timeout")
			}
			flavors(t, func(t *testing.T, w *wiki) {
				if name == "hang" {
					t.Parallel() // it waits
				}
				w.put("1", "Top", "", "")
				w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
					if listing(r) {
						test.answer(rw, r)
						return true
					}
					return false
				})
				_, l := w.list(func(o *confluence.Options) {
					if name == "hang" {
						o.Timeout = time.Second
					}
				})
				for _, want := range test.want {
					wantIncomplete(t, l, "OPS", want)
				}
			})
		})
	}
}

func TestNoServer(t *testing.T) {
	h := httptest.NewUnstartedServer(http.NotFoundHandler())
	h.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that break off
	h.StartTLS()
	defer h.Close()
	closed := "http://127.0.0.1:" + sourcestest.Port(t)
	for address, want := range map[string]string{closed: "that the wiki is running",
		h.URL: "trusts who signed the certificate"} {
		w := newWiki(t, emulator.Config{Token: token})
		_, err := w.source(func(o *confluence.Options) { o.BaseURL = address }).Open(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "check base_url") {
			t.Errorf("Open = %v, want %q", err, want)
		}
	}
}
