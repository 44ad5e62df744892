package confluence_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"
)

// elsewhere is a server that must never be asked.
func elsewhere(t *testing.T) *httptest.Server {
	h := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was asked for %s with %q", r.Host, r.URL, r.Header.Get("Authorization"))
	}))
	t.Cleanup(h.Close)
	return h
}

func TestTokenStaysAtItsOrigin(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		other := elsewhere(t)
		fill(w, 25, emulator.Traps{})
		w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Authorization") == "" {
				t.Errorf("%s is asked for without the login", r.URL)
			}
			if !listing(r) || r.URL.Query().Has("cursor") {
				return false
			}
			rec := httptest.NewRecorder()
			w.Unhooked(rec, r)
			text := strings.ReplaceAll(rec.Body.String(), `"next":"`, `"next":"`+other.URL)
			text = strings.ReplaceAll(text, `"base":"`+w.http.URL, `"base":"`+other.URL)
			rw.Header().Set("Link", strings.ReplaceAll(rec.Header().Get("Link"), "</", "<"+other.URL+"/"))
			_, _ = rw.Write([]byte(text))
			return true
		})
		if got := len(w.complete()); got != 25 {
			t.Errorf("%d entries, want 25", got)
		}
		w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
			http.Redirect(rw, r, other.URL+r.URL.Path+"?secret="+token, http.StatusFound)
			return true
		})
		_, err := w.source().Open(t.Context())
		if err == nil || !strings.Contains(err.Error(), "redirects to "+other.URL) || strings.Contains(err.Error(), token) {
			t.Errorf("Open = %v, want an error that names where the wiki redirects to", err)
		}
	})
}

func TestTokenIsInNoError(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Top", "", "")
		for _, code := range []int{400, 401, 403, 404, 500} {
			w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
				rw.WriteHeader(code)
				fmt.Fprintf(rw, `{"message":"bad login %s, %s"}`, token,
					strings.TrimPrefix(r.Header.Get("Authorization"), "Basic "))
				return true
			})
			src := w.source()
			snap, err := src.Open(t.Context())
			if err == nil {
				l, _ := snap.List(t.Context(), func(sources.Entry) error { return nil })
				snap.Close()
				err = l.Incomplete[0].Err
			}
			if strings.Contains(err.Error(), token) || strings.Contains(err.Error(), "cmVhZGVy") {
				t.Errorf("%d: the login stands in %q", code, err)
			}
		}
	})
}

func TestTriesAgain(t *testing.T) {
	for _, code := range []int{408, 429, 500, 502, 503, 504} {
		flavors(t, func(t *testing.T, w *wiki) {
			w.put("1", "Top", "", "")
			var n atomic.Int32
			w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
				if n.Add(1)%2 == 0 {
					return false
				}
				rw.Header().Set("Retry-After", "0")
				rw.WriteHeader(code)
				return true
			})
			if got := len(w.complete()); got != 1 {
				t.Errorf("%d: %d entries, want 1", code, got)
			}
		})
	}
}

// canned answers requests without a network, so that time can be a bubble's.
type canned func(*http.Request) (*http.Response, error)

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

func response(r *http.Request, code int, h http.Header) *http.Response {
	if h == nil {
		h = http.Header{}
	}
	return &http.Response{StatusCode: code, Header: h, Request: r,
		Body: io.NopCloser(strings.NewReader(`{"type":"known"}`))}
}

func TestWaitsAsAsked(t *testing.T) {
	cloud := func(at time.Duration) http.Header {
		return http.Header{"X-Ratelimit-Remaining": {"0"},
			"X-Ratelimit-Reset": {time.Now().Add(at).UTC().Format("2006-01-02T15:04Z07:00")}}
	}
	tests := map[string]struct {
		code int
		head func() http.Header
		min  time.Duration
		max  time.Duration
	}{
		"seconds":  {429, func() http.Header { return http.Header{"Retry-After": {"17"}} }, 17 * time.Second, 19 * time.Second},
		"on a 503": {503, func() http.Header { return http.Header{"Retry-After": {"17"}} }, 17 * time.Second, 19 * time.Second},
		"date": {429, func() http.Header {
			return http.Header{"Retry-After": {time.Now().Add(20 * time.Second).UTC().Format(http.TimeFormat)}}
		}, 18 * time.Second, 22 * time.Second},
		"cloud reset": {429, func() http.Header { return cloud(2 * time.Minute) }, time.Minute, 2*time.Minute + time.Second},
		"dc interval": {429, func() http.Header {
			return http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Interval-Seconds": {"30"},
				"X-Ratelimit-Fillrate": {"5"}}
		}, 30 * time.Second, 32 * time.Second},
		"tokens remain": {429, func() http.Header {
			return http.Header{"Retry-After": {"0"}, "X-Ratelimit-Remaining": {"3"}, "X-Ratelimit-Interval-Seconds": {"30"}}
		}, 0, 2 * time.Second},
		"garbage": {429, func() http.Header {
			return http.Header{"Retry-After": {"soon"}, "X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"x"}}
		}, 0, 2 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				src, _ := valid(func(*confluence.Options) {}).Build(sources.Env{})
				confluence.SetTransport(src, canned(func(r *http.Request) (*http.Response, error) {
					if tries++; tries == 1 {
						return response(r, test.code, test.head()), nil
					}
					return response(r, 200, nil), nil
				}))
				start := time.Now()
				snap, err := src.Open(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				snap.Close()
				if took := time.Since(start); took < test.min || took > test.max {
					t.Errorf("waited %v, want %v to %v", took, test.min, test.max)
				}
			})
		})
	}
}

// A wiki that asks for an hour is not waited for.
func TestDoesNotWaitForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src, _ := valid(func(*confluence.Options) {}).Build(sources.Env{})
		confluence.SetTransport(src, canned(func(r *http.Request) (*http.Response, error) {
			return response(r, 429, http.Header{"Retry-After": {"3600"}}), nil
		}))
		if _, err := src.Open(context.Background()); err == nil || !strings.Contains(err.Error(), "max_rps") {
			t.Errorf("Open = %v, want an error that names max_rps", err)
		}
	})
}

func TestMaxRPS(t *testing.T) {
	for name, redirects := range map[string]int{"straight": 0, "redirected": 2} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src, _ := valid(func(o *confluence.Options) { o.MaxRPS = 4 }).Build(sources.Env{})
				n := 0
				confluence.SetTransport(src, canned(func(r *http.Request) (*http.Response, error) {
					if n++; n%(redirects+1) != 0 {
						return response(r, 302, http.Header{"Location": {r.URL.Path}}), nil
					}
					return response(r, 200, nil), nil
				}))
				start := time.Now()
				for n < 21 {
					snap, err := src.Open(context.Background())
					if err != nil {
						t.Fatal(err)
					}
					snap.Close()
				}
				if took := time.Since(start); took < 5*time.Second || took > 6*time.Second {
					t.Errorf("%d requests took %v, want 5s", n, took)
				}
			})
		})
	}
}

func TestHugeAnswer(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.PutPage(emulator.Page{ID: "1", Space: "OPS", Title: "Top", Storage: "<p>x</p>",
			View: strings.Repeat("x", sources.MaxDocument+1)})
		snap, err := w.source().Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		_, err = snap.List(t.Context(), func(e sources.Entry) error {
			if _, err := e.Load(t.Context()); err == nil || !strings.Contains(err.Error(), "16 MB") {
				t.Errorf("Load = %v, want an error", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Close ends what is still loading.
func TestCloseWhileLoading(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Top", "", "<p>x</p>")
		snap, err := w.source().Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var e sources.Entry
		if _, err := snap.List(t.Context(), func(x sources.Entry) error { e = x; return nil }); err != nil {
			t.Fatal(err)
		}
		w.SetHook(func(_ http.ResponseWriter, r *http.Request) bool {
			snap.Close()
			<-r.Context().Done()
			return true
		})
		if _, err := e.Load(t.Context()); err == nil || !strings.Contains(err.Error(), "closed") {
			t.Errorf("Load = %v, want an error", err)
		}
	})
}
