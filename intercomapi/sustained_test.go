package intercomapi_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"finpages/intercomapi"
)

// At 300 ms ± 100 ms a request, the client uses up each window, also where it
// has to keep everything under way that it may, and where a second client
// takes half of the limit; and nothing is refused.
func TestSustainedRate(t *testing.T) {
	evenly := func(ctx context.Context, q *quota) {
		for wait(ctx, 20*time.Second/time.Duration(q.limit)) {
			q.count(1)
		}
	}
	atOnce := func(ctx context.Context, q *quota) {
		for more := wait(ctx, 50*time.Millisecond); more; more = wait(ctx, 10*time.Second) { // windows are full tens
			q.count(q.limit / 2)
		}
	}
	for name, second := range map[string]func(context.Context, *quota){
		"alone": nil, "second client evenly": evenly, "second client at once": atOnce,
	} {
		for _, tt := range []struct{ limit, inFlight int }{{83, 64}, {167, 64}, {1666, 64}, {1666, 53}, {5000, 256}} {
			t.Run(fmt.Sprintf("%s, %d, %d in flight", name, tt.limit, tt.inFlight), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { sustain(t, tt.limit, tt.inFlight, second) })
			})
		}
	}
}

func sustain(t *testing.T, limit, inFlight int, second func(context.Context, *quota)) {
	const windows = 3
	q := &quota{limit: limit, counts: map[int64]int{}, latency: func() time.Duration {
		return 100*time.Millisecond + rand.N(100*time.Millisecond)
	}}
	c := newClient(t, q, func(o *intercomapi.Options) { o.MaxInFlight = inFlight })
	ctx, cancel := context.WithTimeout(t.Context(), windows*windowLength)
	defer cancel()
	if second != nil {
		go second(ctx, q)
	}
	first := time.Now().Unix() / 10
	hammer(ctx, c, inFlight)
	synctest.Wait() // for the second client
	total := 0
	for w := first + 1; w < first+windows; w++ { // from the second window on
		total += min(q.counts[w], limit)
	}
	if q.refused > 0 {
		t.Errorf("%d requests were refused", q.refused)
	}
	if share := float64(total) / float64((windows-1)*limit); share < .985 {
		t.Errorf("%.1f %% of the limit, want 98.5 %%", 100*share)
	}
}

const windowLength = 10 * time.Second

// A new window is used by all callers at once, not after the first answer.
func TestNoBubbleBetweenWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const inFlight = 64
		q := &quota{limit: 1666, latency: func() time.Duration { return 150 * time.Millisecond }}
		sent := map[time.Duration]int{} // by time
		var mu sync.Mutex
		start := time.Now()
		c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			sent[time.Since(start)]++
			mu.Unlock()
			return q.RoundTrip(r)
		}), func(o *intercomapi.Options) { o.MaxInFlight = inFlight })
		ctx, cancel := context.WithTimeout(t.Context(), 2*windowLength)
		defer cancel()
		hammer(ctx, c, inFlight)
		first := 2 * windowLength // of the second window
		for at := range sent {
			if at >= windowLength {
				first = min(first, at)
			}
		}
		if first > windowLength+200*time.Millisecond || sent[first] != inFlight {
			t.Errorf("the second window begins with %d requests at %v, want %d", sent[first], first, inFlight)
		}
	})
}
