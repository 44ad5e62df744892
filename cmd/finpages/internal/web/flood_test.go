package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"finpages/cmd/finpages/internal/web"

	"github.com/prometheus/client_golang/prometheus"
)

// endless is a body that says how much of it was read.
type endless struct{ read *atomic.Int64 }

func (e endless) Read(p []byte) (int, error) {
	e.read.Add(int64(len(p)))
	return len(p), nil
}

// Nothing of a body is read, and so nothing held, before it is known who sends
// it: a thousand requests without a token once took two gigabytes.
func TestBodiesOfStrangersAreNotRead(t *testing.T) {
	w := newWorld(t, []string{"docs"}, func(o *web.Options) {
		o.Token = func() (string, error) { return "s3cret", nil }
		o.HookSecret = func(string) (string, error) { return "secret", nil }
		o.Gatherer = prometheus.NewRegistry()
	})
	h := web.Handler(w.options)
	for path, headers := range map[string]http.Header{
		"/api/v1/sync":                {},
		"/api/v1/sources/docs/forget": {"Authorization": {"Bearer wrong"}},
		"/sources/docs/sync":          {"Cookie": {"finpages=99999999999.00"}},
		"/nowhere":                    {},
		"/metrics":                    {},
		"/logout":                     {},
		"/hooks/none":                 {},
		"/hooks/docs":                 {"X-Gitlab-Token": {"wrong"}},
	} {
		var read atomic.Int64
		r := httptest.NewRequest("POST", path, io.LimitReader(endless{&read}, 1<<30))
		r.Header = headers
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if read.Load() > 0 {
			t.Errorf("%s: %d bytes were read before the answer %d", path, read.Load(), rec.Code)
		}
	}
	for path, limit := range map[string]int64{"/login": 16 << 10, "/hooks/docs": 27 << 20} {
		var read atomic.Int64
		r := httptest.NewRequest("POST", path, io.LimitReader(endless{&read}, 1<<30))
		r.Header.Set("X-Hub-Signature-256", "sha256=00")
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if read.Load() > limit || rec.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d bytes were read before the answer %d", path, read.Load(), rec.Code)
		}
	}
}

// A flood of strangers takes no room from those who are logged in.
func TestStrangersTakeNoRoom(t *testing.T) {
	w := newWorld(t, []string{"docs"}, func(o *web.Options) { o.Token = func() (string, error) { return "s3cret", nil } })
	h := web.Handler(w.options)
	held, release := make(chan struct{}), make(chan struct{})
	for range 200 {
		w.runs.Go(func() {
			r := httptest.NewRequest("POST", "/hooks/docs", nil)
			h.ServeHTTP(&stuck{httptest.NewRecorder(), held, release}, r)
		})
	}
	for range 200 {
		<-held
	}
	r := httptest.NewRequest("GET", "/api/v1/status", nil)
	r.Header.Set("Authorization", "Bearer s3cret")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	if rec.Code != http.StatusOK {
		t.Errorf("a request with the token: %d %s", rec.Code, rec.Body)
	}
	close(release)
}

// stuck is a client that takes no answer until it is released.
type stuck struct {
	*httptest.ResponseRecorder
	held    chan<- struct{}
	release <-chan struct{}
}

func (s *stuck) WriteHeader(status int) {
	s.held <- struct{}{}
	<-s.release
	s.ResponseRecorder.WriteHeader(status)
}
