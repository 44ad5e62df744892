package httpserve_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"

	"finpages/cmd/finpages/internal/httpserve"
)

// send sends a request from an address.
func send(h http.Handler, from string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = from
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestRequestsInFlightAreBoundedPerClientAndInAll(t *testing.T) {
	release, entered := make(chan struct{}), make(chan struct{})
	h := httpserve.LimitRequests(3, 2, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		<-release
	}))
	var waiting sync.WaitGroup
	for _, from := range []string{"192.0.2.1:1", "192.0.2.1:2", "[2001:db8::1]:1"} {
		waiting.Go(func() { send(h, from) })
		<-entered
	}
	for from, status := range map[string]int{
		"192.0.2.1:3":         http.StatusTooManyRequests, // has two
		"192.0.2.2:1":         http.StatusServiceUnavailable,
		"[2001:db8::ffff]:80": http.StatusServiceUnavailable, // has one, in the same network
	} {
		if w := send(h, from); w.Code != status || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: status %d, want %d; headers %v", from, w.Code, status, w.Header())
		}
	}
	close(release)
	waiting.Wait()
	go func() { <-entered }()
	if w := send(h, "192.0.2.1:4"); w.Code != http.StatusOK {
		t.Errorf("afterwards: status %d", w.Code)
	}
}

// serve serves a handler until the test ends.
func serve(t *testing.T, h http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	go func() { served <- httpserve.Serve(ctx, l, h, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// A client that opens connections without end keeps the first ones, and gets
// new ones once it closes some.
func TestConnectionsOfAClientAreBounded(t *testing.T) {
	addr := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") }))
	works := func(c net.Conn) bool {
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			return false
		}
		_, err := c.Read(make([]byte, 1000))
		return err == nil
	}
	dial := func() net.Conn {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	var open []net.Conn
	for range 128 {
		c := dial()
		if !works(c) {
			t.Fatalf("connection %d is refused", len(open)+1)
		}
		open = append(open, c)
	}
	if works(dial()) {
		t.Error("connection 129 is served")
	}
	if !works(open[0]) {
		t.Error("the first connection is closed")
	}
	open[0].Close()
	for !works(dial()) { // the server notices the end in its own time
		runtime.Gosched()
	}
}

func TestBodiesAreReadWithinALimit(t *testing.T) {
	h := httpserve.ReadBody(4, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }))
	for body, want := range map[string]string{"": "", "abcd": "abcd", "abcde": "the request is too large\n"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader(body)))
		if w.Body.String() != want {
			t.Errorf("%q: %q, want %q", body, w.Body, want)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader("ab"), broken{})))
	if w.Code != http.StatusBadRequest {
		t.Errorf("a body that breaks off: %d", w.Code)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("broken") }
