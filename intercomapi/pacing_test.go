package intercomapi_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"finpages/intercomapi"
)

// quota is an API that counts requests in windows of ten seconds, as
// Intercom does, by a clock of its own.
type quota struct {
	limit   int
	latency func() time.Duration // on the way there, and again on the way back
	skew    time.Duration        // of the server's clock
	lost    float64              // share of the answers that never arrive

	mu       sync.Mutex
	window   int64
	used     int
	refused  int
	breaches int // requests of ours that were counted when only the reserve was left
	reserve  int
	counts   map[int64]int // requests by window, of all; nil: not kept
}

func (q *quota) now() time.Time { return time.Now().Add(q.skew) }

// count takes n requests at once and returns what remains and when that ends.
func (q *quota) count(n int) (ok bool, remaining int, reset int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if w := q.now().Unix() / 10; w != q.window {
		q.window, q.used = w, 0
	}
	q.used += n
	if q.counts != nil {
		q.counts[q.window] += n
	}
	return q.used <= q.limit, max(q.limit-q.used, 0), (q.window + 1) * 10
}

func (q *quota) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	wait(r.Context(), q.latency())
	ok, remaining, reset := q.count(1)
	q.note(ok, remaining)
	date := q.now().UTC().Format(http.TimeFormat)
	wait(r.Context(), q.latency())
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if rand.Float64() < q.lost {
		return nil, io.EOF
	}
	header := []string{
		"X-RateLimit-Limit", strconv.Itoa(q.limit), "X-RateLimit-Remaining", strconv.Itoa(remaining),
		"X-RateLimit-Reset", strconv.FormatInt(reset, 10), "Date", date,
	}
	if !ok {
		return reply(429, `{"type":"error.list","errors":[{"code":"rate_limit_exceeded","message":"slow down"}]}`,
			header...), nil
	}
	return reply(200, pageJSON, header...), nil
}

func (q *quota) note(ok bool, remaining int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !ok {
		q.refused++
	}
	if remaining < q.reserve {
		q.breaches++
	}
}

// otherApp uses the workspace's quota in bursts.
func (q *quota) otherApp(ctx context.Context, n int, every time.Duration) {
	for wait(ctx, every) {
		q.count(n)
	}
}

func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

func TestPacing(t *testing.T) {
	between := func(from, to time.Duration) func() time.Duration {
		return func() time.Duration { return from + rand.N(to-from) }
	}
	const minute = 6 // windows
	type other struct {
		requests int
		every    time.Duration
	}
	quick := between(20*time.Millisecond, 100*time.Millisecond)
	tests := []struct {
		name    string
		limit   int
		reserve float64
		workers int
		latency func() time.Duration
		skew    time.Duration
		lost    float64
		other   other // app of the same workspace
		least   int   // requests in a minute
	}{
		{"private app", 1666, .2, 64, between(10*time.Millisecond, 30*time.Millisecond), 0, 0, other{}, 1332 * minute * 95 / 100},
		{"answers out of order", 167, .2, 64, between(time.Millisecond, time.Second), 0, 0, other{}, 133 * minute * 95 / 100},
		{"low limit", 83, .2, 64, quick, 0, 0, other{}, 66 * minute * 95 / 100},
		{"tiny limit", 5, .2, 64, quick, 0, 0, other{}, 4 * minute * 75 / 100},
		{"one a window", 1, .9, 8, quick, 0, 0, other{}, minute - 1},
		{"no reserve", 83, 0, 64, quick, 0, 0, other{}, 83 * minute * 95 / 100},
		{"server's clock is behind", 83, .2, 64, quick, -73 * time.Minute, 0, other{}, 66 * minute * 95 / 100},
		{"server's clock is ahead", 83, .2, 64, quick, 3700 * time.Millisecond, 0, other{}, 66 * minute * 95 / 100},
		{"lost answers", 83, .2, 64, quick, 0, .3, other{}, 66 * minute * 50 / 100},
		{"another app all the time", 167, .2, 64, quick, 0, 0, other{5, time.Second}, 90 * minute},
		{"another app takes nearly all", 167, .2, 64, quick, 0, 0, other{150, 10 * time.Second}, minute},
		{"another app at once", 167, .2, 64, quick, 0, 0, other{100, 10 * time.Second}, 33 * (minute - 1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := &quota{limit: tt.limit, latency: tt.latency, skew: tt.skew, lost: tt.lost}
				if tt.other.requests == 0 {
					q.reserve = tt.limit - max(1, int(float64(tt.limit)*(1-tt.reserve)+1e-9))
				}
				c := newClient(t, q, func(o *intercomapi.Options) { o.Reserve, o.MaxInFlight = tt.reserve, tt.workers })
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if tt.other.requests > 0 {
					go q.otherApp(ctx, tt.other.requests, tt.other.every)
				}
				done := hammer(ctx, c, 2*tt.workers)
				if q.refused > 0 {
					t.Errorf("the API refused %d requests for their pace", q.refused)
				}
				// What the lost answers told is guessed.
				if most := int(17 * tt.lost); q.breaches > most {
					t.Errorf("%d requests were taken from the reserve of %d", q.breaches, q.reserve)
				}
				if done < tt.least {
					t.Errorf("%d requests in a minute, want at least %d", done, tt.least)
				}
				t.Logf("%d requests in a minute, window %d, reserve %v", done, tt.limit, tt.reserve)
			})
		})
	}
}

// hammer upserts from many goroutines until ctx is done, and counts successes.
func hammer(ctx context.Context, c *intercomapi.Client, workers int) int {
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		done int
	)
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, err := c.UpsertPage(ctx, somePage); err == nil {
					mu.Lock()
					done++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return done
}

func TestTooManyRequestsPausesEverybody(t *testing.T) {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // of every bubble
	at := func(d time.Duration) string { return start.Add(d).Format(http.TimeFormat) }
	unix := func(d time.Duration) string { return strconv.FormatInt(start.Add(d).Unix(), 10) }
	tests := []struct {
		name     string
		header   []string
		from, to time.Duration // when the next request comes
	}{
		{"retry after seconds", []string{"Retry-After", "7", "X-RateLimit-Reset", unix(9 * time.Second)}, 7 * time.Second, 7 * time.Second},
		{"retry after date", []string{"Retry-After", at(8 * time.Second), "Date", at(0)}, 8 * time.Second, 8 * time.Second},
		{"retry after date by a wrong clock", []string{"Retry-After", at(time.Hour + 8*time.Second), "Date", at(time.Hour)}, 8 * time.Second, 8 * time.Second},
		{"until the reset", []string{"X-RateLimit-Reset", unix(9 * time.Second), "Date", at(0)}, 9 * time.Second, 9 * time.Second},
		{"until the reset by a wrong clock", []string{"X-RateLimit-Reset", unix(-time.Hour + 9*time.Second), "Date", at(-time.Hour)}, 9 * time.Second, 9 * time.Second},
		{"nothing said", nil, 200 * time.Millisecond, time.Second},
		{"at once", []string{"Retry-After", "0"}, 200 * time.Millisecond, time.Second},
		{"never", []string{"Retry-After", "99999999999999"}, time.Minute, time.Minute},
		{"never by date", []string{"Retry-After", at(99 * time.Hour)}, time.Minute, time.Minute},
		{"reset in the year 5000", []string{"X-RateLimit-Reset", "95617584000", "Date", at(0)}, 10 * time.Second, 10 * time.Second},
		{"reset in milliseconds", []string{"X-RateLimit-Reset", "946684809000"}, 10 * time.Second, 10 * time.Second},
		{"garbage", []string{"Retry-After", "soon", "X-RateLimit-Reset", "-5", "X-RateLimit-Limit", "NaN", "X-RateLimit-Remaining", "1e9"}, 200 * time.Millisecond, time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var times []time.Duration
				c := newClient(t, transport(func(*http.Request) (*http.Response, error) {
					mu.Lock()
					defer mu.Unlock()
					times = append(times, time.Since(start))
					if len(times) == 1 {
						return reply(429, `{"type":"error.list","errors":[{"code":"rate_limit_exceeded"}]}`, tt.header...), nil
					}
					return reply(200, pageJSON), nil
				}))
				var wg sync.WaitGroup
				for range 2 {
					wg.Go(func() {
						if _, err := c.UpsertPage(t.Context(), somePage); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
				if len(times) != 3 || times[0] != 0 {
					t.Fatalf("requests at %v, want 3, the first at 0", times)
				}
				for _, d := range times[1:] {
					if d < tt.from || d > tt.to {
						t.Errorf("the next request came after %v, want %v to %v", d, tt.from, tt.to)
					}
				}
			})
		})
	}
}

// Without a word on how long to wait, the pauses grow.
func TestPausesGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var times []time.Time
		c := newClient(t, transport(func(*http.Request) (*http.Response, error) {
			times = append(times, time.Now())
			return reply(429, ""), nil
		}))
		_, err := c.UpsertPage(t.Context(), somePage)
		if e := asError(t, err); e.Status != 429 || len(times) < 6 || len(times) > 15 {
			t.Fatalf("%d requests, then %v", len(times), err)
		}
		if d := times[5].Sub(times[4]); d < 4*time.Second {
			t.Errorf("the fifth pause was %v", d)
		}
	})
}

// Date is cut to the second, so one answer alone knows the end of the window
// to a second only; the next ones make that better.
func TestWindowsEndOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := newClient(t, &quota{limit: 2, latency: func() time.Duration { return 0 }})
		for _, at := range []time.Duration{2900 * time.Millisecond, 4050 * time.Millisecond, 4060 * time.Millisecond} {
			wait(t.Context(), at-time.Since(start))
			if _, err := c.Page(t.Context(), "21"); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(start); d != 10050*time.Millisecond {
			t.Errorf("the first request of the new window came at %v, want 10.05s", d)
		}
	})
}

// An answer that comes late says nothing of the window that is under way: no
// request waits for it.
func TestLateAnswers(t *testing.T) {
	type exchange struct {
		sent, answered   time.Duration
		remaining, reset int // what the answer says; windows end at 10 and 20 seconds
		date             time.Duration
	}
	const s = time.Second
	for name, exchanges := range map[string][]exchange{
		"while the next window is known": {
			{1 * s, 1 * s, 31, 10, 1 * s},
			{2 * s, 12 * s, 0, 10, 2 * s},
			{10500 * time.Millisecond, 10600 * time.Millisecond, 31, 20, 10 * s},
			{12100 * time.Millisecond, 12200 * time.Millisecond, 30, 20, 12 * s},
		},
		"while no window is known": {
			{1 * s, 1 * s, 31, 10, 1 * s},
			{9 * s, 11 * s, 0, 10, 9 * s},
			{10500 * time.Millisecond, 15 * s, 31, 20, 10 * s},
			{11100 * time.Millisecond, 12 * s, 30, 20, 11 * s},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var n atomic.Int32
				c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
					e := exchanges[n.Add(1)-1]
					if d := time.Since(start); d != e.sent {
						t.Errorf("a request came at %v, want %v", d, e.sent)
					}
					wait(r.Context(), e.answered-time.Since(start))
					return reply(200, pageJSON, "X-RateLimit-Limit", "32", "X-RateLimit-Remaining", strconv.Itoa(e.remaining),
						"X-RateLimit-Reset", strconv.FormatInt(start.Unix()+int64(e.reset), 10),
						"Date", start.Add(e.date).UTC().Format(http.TimeFormat)), nil
				}))
				var wg sync.WaitGroup
				for _, e := range exchanges {
					wg.Go(func() {
						wait(t.Context(), e.sent)
						if _, err := c.Page(t.Context(), "21"); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
			})
		})
	}
}

func TestAbsurdRateHeadersNeverStall(t *testing.T) {
	for _, header := range [][]string{
		{"X-RateLimit-Limit", "100", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "99999999999"},
		{"X-RateLimit-Limit", "100", "X-RateLimit-Remaining", "-3", "X-RateLimit-Reset", "946684810"},
		{"X-RateLimit-Limit", "0", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "946684810"},
		{"X-RateLimit-Limit", "100", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1"},
		{"X-RateLimit-Limit", "-100", "X-RateLimit-Remaining", "many", "X-RateLimit-Reset", ""},
		{"X-RateLimit-Remaining", "0"},
	} {
		t.Run(fmt.Sprint(header), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, transport(func(*http.Request) (*http.Response, error) {
					return reply(200, pageJSON, header...), nil
				}), func(o *intercomapi.Options) { o.Reserve = .2 })
				start := time.Now()
				for range 3 {
					if _, err := c.Page(t.Context(), "21"); err != nil {
						t.Fatal(err)
					}
				}
				if d := time.Since(start); d > 2*time.Minute {
					t.Errorf("three requests took %v", d)
				}
			})
		})
	}
}

// Requests that never get an answer must not keep the others from the rest of the window.
func TestHangingRequestsLeaveRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &quota{limit: 167, latency: func() time.Duration {
			if rand.N(50) == 0 {
				return time.Hour
			}
			return 100 * time.Millisecond
		}}
		c := newClient(t, q, func(o *intercomapi.Options) { o.Reserve = .2 })
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		if done := hammer(ctx, c, 64); done < 133*30/2 {
			t.Errorf("%d requests in five minutes, want at least half of what the windows allow", done)
		}
		if q.refused > 0 {
			t.Errorf("the API refused %d requests for their pace", q.refused)
		}
	})
}

// While nothing answers, calls fail one beside the other and not one after the other.
func TestNothingAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}))
		start := time.Now()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if _, err := c.Page(t.Context(), "21"); err == nil {
					t.Error("no error")
				}
			})
		}
		wg.Wait()
		if d := time.Since(start); d > 12*time.Minute {
			t.Errorf("50 calls failed after %v", d)
		}
	})
}

func TestMaxInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var now, most int
		q := &quota{limit: 1666, latency: func() time.Duration { return 100 * time.Millisecond }}
		c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			defer func() { mu.Lock(); now--; mu.Unlock() }()
			return q.RoundTrip(r)
		}), func(o *intercomapi.Options) { o.MaxInFlight = 7 })
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		hammer(ctx, c, 30)
		if most != 7 {
			t.Errorf("%d requests were under way at once, want 7", most)
		}
	})
}

func TestWaitingHonorsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, transport(func(*http.Request) (*http.Response, error) {
			return reply(429, "", "Retry-After", "50"), nil
		}))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		_, err := c.Page(ctx, "21")
		if d := time.Since(start); d != 3*time.Second {
			t.Errorf("returned after %v, want 3s", d)
		}
		checkIs(t, err, context.DeadlineExceeded)
		if e := asError(t, err); e.Status != 429 || e.Ambiguous() {
			t.Errorf("error %+v, want the 429 before, which changed nothing", e)
		}
	})
}
