package web_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"finpages/cmd/finpages/internal/httpserve"
	"finpages/cmd/finpages/internal/web"
	"finpages/ingest"
	"finpages/ingest/operate"

	"github.com/prometheus/client_golang/prometheus"
)

// pipes is a listener of connections in memory, so that hours of a slow client
// pass in no time.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (p *pipes) dial() net.Conn {
	ours, theirs := net.Pipe()
	p.conns <- theirs
	return ours
}

// inBubble serves a handler until the test function ends; what that leaves
// running fails the test.
func inBubble(t *testing.T, h func() http.Handler, f func(p *pipes, stop context.CancelFunc, served <-chan error)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &pipes{make(chan net.Conn), make(chan struct{})}
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- httpserve.Serve(ctx, p, h(), quiet) }()
		f(p, stop, served)
		stop()
		time.Sleep(2 * time.Hour) // what still runs after that is lost
	})
}

// empty is the daemon's handler without sources.
func empty() http.Handler {
	return web.Handler(web.Options{Service: operate.NewService(&ingest.Engine{}), Trigger: func(string) {},
		Gatherer:   prometheus.NewRegistry(),
		HookSecret: func(source string) (string, error) { return map[string]string{"docs": "secret"}[source], nil }, Log: quiet})
}

// ends waits until the server closes a connection, and returns what it said
// and how long it took.
func ends(t *testing.T, c net.Conn, limit time.Duration) string {
	t.Helper()
	began := time.Now()
	said, _ := io.ReadAll(c)
	if took := time.Since(began); took > limit {
		t.Errorf("the server held on for %v, more than %v", took, limit)
	}
	c.Close()
	return string(said)
}

func TestASlowHeaderIsNotWaitedFor(t *testing.T) {
	inBubble(t, empty, func(p *pipes, _ context.CancelFunc, _ <-chan error) {
		c := p.dial()
		go func() { // a byte each second, as long as it is taken
			for b := range strings.SplitSeq("GET / HTTP/1.1\r\nHost: localhost\r\nX: "+strings.Repeat("x", 600), "") {
				if _, err := io.WriteString(c, b); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}()
		ends(t, c, 11*time.Second)
	})
}

func TestASlowBodyIsNotWaitedFor(t *testing.T) {
	for path, status := range map[string]string{"/api/v1/sync": "400", "/login": "400", "/hooks/docs": "", "/sources/docs/sync": "400", "/healthz": "400", "/hooks/none": ""} {
		inBubble(t, empty, func(p *pipes, _ context.CancelFunc, _ <-chan error) {
			c := p.dial()
			go io.WriteString(c, "POST "+path+" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
			if said := ends(t, c, 31*time.Second); status != "" && !strings.HasPrefix(said, "HTTP/1.1 "+status+" ") {
				t.Errorf("%s: the server said %q", path, said)
			}
		})
	}
}

func TestAnIdleConnectionIsClosed(t *testing.T) {
	inBubble(t, empty, func(p *pipes, _ context.CancelFunc, _ <-chan error) {
		c := p.dial()
		go io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if said := ends(t, c, 121*time.Second); !strings.Contains(said, "alive") {
			t.Errorf("the server said %q", said)
		}
	})
}

func TestAClientThatDoesNotReadIsNotWaitedFor(t *testing.T) {
	var took time.Duration
	big := func() http.Handler {
		h := empty()
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			began := time.Now()
			h.ServeHTTP(w, r)
			took = time.Since(began)
		})
	}
	inBubble(t, big, func(p *pipes, _ context.CancelFunc, _ <-chan error) {
		c := p.dial()
		io.WriteString(c, "GET /assets/style.css HTTP/1.1\r\nHost: localhost\r\n\r\n")
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if took == 0 || took > 2*time.Minute {
			t.Errorf("the answer was tried for %v", took)
		}
		c.Close()
	})
}

func TestEventsToAClientThatDoesNotReadEnd(t *testing.T) {
	inBubble(t, empty, func(p *pipes, _ context.CancelFunc, _ <-chan error) {
		c := p.dial()
		io.WriteString(c, "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
		time.Sleep(2 * time.Minute)
		c.SetReadDeadline(time.Now().Add(time.Hour))
		if _, err := io.ReadAll(c); err != nil { // what is left of it, and then the end
			t.Errorf("the stream is still open: %v", err)
		}
		c.Close()
	})
}

func TestHugeHeadersAreRefused(t *testing.T) {
	inBubble(t, empty, func(p *pipes, _ context.CancelFunc, _ <-chan error) {
		c := p.dial()
		go io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\nX: "+strings.Repeat("x", 200<<10)+"\r\n\r\n")
		if said := ends(t, c, time.Minute); !strings.HasPrefix(said, "HTTP/1.1 431 ") {
			t.Errorf("the server said %.200q", said)
		}
	})
}

func TestRequestsUnderWayMayFinishWhenTheServerEnds(t *testing.T) {
	for name, c := range map[string]struct {
		needs    time.Duration // after the server is told to end
		finishes bool
		within   time.Duration
	}{"a few seconds": {5 * time.Second, true, 6 * time.Second}, "for ever": {time.Hour, false, 11 * time.Second}} {
		t.Run(name, func(t *testing.T) {
			slow := func() http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					<-r.Context().Done()
					time.Sleep(c.needs)
					w.Write([]byte("done"))
				})
			}
			inBubble(t, slow, func(p *pipes, stop context.CancelFunc, served <-chan error) {
				conn := p.dial()
				io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
				synctest.Wait()
				stop()
				began := time.Now()
				said, _ := io.ReadAll(bufio.NewReader(conn))
				if err := <-served; err != nil || time.Since(began) > c.within {
					t.Errorf("the server ended after %v: %v", time.Since(began), err)
				}
				if strings.Contains(string(said), "done") != c.finishes {
					t.Errorf("the client was told %q", said)
				}
				conn.Close()
			})
		})
	}
}
