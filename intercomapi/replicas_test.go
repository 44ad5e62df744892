package intercomapi_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"finpages/intercomapi"
)

// Replicas that share the windows use most of each, and are never refused, also
// without a reserve.
func TestReplicasShareTheWindows(t *testing.T) {
	for _, tt := range []struct{ limit, replicas int }{{10, 2}, {83, 2}, {167, 3}, {1666, 2}, {1666, 5}} {
		t.Run(fmt.Sprintf("%d by %d", tt.limit, tt.replicas), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const windows = 4
				q := &quota{limit: tt.limit, counts: map[int64]int{}, latency: func() time.Duration {
					return 20*time.Millisecond + rand.N(150*time.Millisecond)
				}}
				ctx, cancel := context.WithTimeout(t.Context(), windows*windowLength)
				defer cancel()
				var wg sync.WaitGroup
				first := time.Now().Unix() / 10
				for range tt.replicas {
					c := newClient(t, q)
					c.SetReplicas(tt.replicas)
					wg.Go(func() { hammer(ctx, c, 64) })
				}
				wg.Wait()
				used := 0
				for w := first + 1; w < first+windows; w++ {
					used += q.counts[w]
				}
				if most := (windows - 1) * tt.limit; q.refused > 0 || used < most/2 {
					t.Errorf("%d requests were refused, %d of %d used", q.refused, used, most)
				}
			})
		})
	}
}

// gate can be shut.
type gate struct {
	begun  atomic.Int64
	shut   atomic.Bool // at the beginning of requests
	closed atomic.Bool // right before they are sent
}

var errShut = errors.New("shut")

func (g *gate) Begin(context.Context, bool) error {
	g.begun.Add(1)
	if g.shut.Load() {
		return errShut
	}
	return nil
}
func (g *gate) Context(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}
func (g *gate) Valid() bool { return !g.closed.Load() }

// A gate that is shut lets no request begin, and one that closes after that no
// bytes of it out, by HTTP as by TLS; requests through no gate go on.
func TestGate(t *testing.T) {
	for name, start := range map[string]func(http.Handler) *httptest.Server{
		"HTTP": httptest.NewServer, "TLS": httptest.NewTLSServer,
	} {
		t.Run(name, func(t *testing.T) {
			var seen atomic.Int64
			srv := start(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				seen.Add(1)
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprint(w, pageJSON)
			}))
			defer srv.Close()
			if name == "TLS" {
				trust(t, srv)
			}
			c := newClient(t, nil, noRetry, func(o *intercomapi.Options) { o.BaseURL, o.OneAtATime = srv.URL, true })
			g := &gate{}
			gated := c.Through(g)
			for range 2 { // also on a connection that was used before
				if err := gated.DeletePage(t.Context(), "21"); err != nil {
					t.Fatal(err)
				}
			}
			sent := seen.Load()
			g.closed.Store(true)
			if err := gated.DeletePage(t.Context(), "21"); err == nil {
				t.Error("it was sent through a closed gate")
			}
			g.shut.Store(true)
			if err := gated.DeletePage(t.Context(), "21"); !errors.Is(err, errShut) {
				t.Errorf("it began: %v", err)
			}
			if seen.Load() != sent || g.begun.Load() != 4 {
				t.Errorf("%d requests arrived of %d, %d asked", seen.Load(), sent, g.begun.Load())
			}
			if err := c.DeletePage(t.Context(), "21"); err != nil {
				t.Errorf("past the gate: %v", err)
			}
		})
	}
}

// trust has clients of this process take the server's certificate.
func trust(t *testing.T, srv *httptest.Server) {
	t.Helper()
	shared := http.DefaultTransport.(*http.Transport)
	before := shared.TLSClientConfig
	shared.TLSClientConfig = srv.Client().Transport.(*http.Transport).TLSClientConfig
	t.Cleanup(func() { shared.TLSClientConfig = before })
}
