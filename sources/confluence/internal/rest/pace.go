package rest

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxWait is the longest that one request waits because the wiki asks for it.
const maxWait = 5 * time.Minute

// pace keeps all requests of a source below max_rps, and back when the wiki
// asks for a pause.
type pace struct {
	limiter *rate.Limiter

	mu    sync.Mutex
	until time.Time
}

func newPace(rps float64) *pace { return &pace{limiter: rate.NewLimiter(rate.Limit(rps), 1)} }

// wait returns when the next request may be sent.
func (p *pace) wait(ctx context.Context) error {
	for {
		p.mu.Lock()
		rest := time.Until(p.until)
		p.mu.Unlock()
		if rest <= 0 {
			return p.limiter.Wait(ctx)
		}
		if err := sleep(ctx, rest); err != nil {
			return err
		}
	}
}

func (p *pace) pause(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(min(d, maxWait)); until.After(p.until) {
		p.until = until
	}
}

// observe pauses when an answer says that nothing is left of a rate window.
// https://developer.atlassian.com/cloud/confluence/rate-limiting/
// https://confluence.atlassian.com/doc/improving-instance-stability-with-rate-limiting-992679004.html
func (p *pace) observe(h http.Header) {
	if h.Get("X-RateLimit-Remaining") != "0" {
		return
	}
	if reset, err := ParseTime(h.Get("X-RateLimit-Reset")); err == nil { // Cloud
		p.pause(time.Until(reset))
		return
	}
	// Data Center fills FillRate tokens every Interval-Seconds.
	if s, err := strconv.Atoi(h.Get("X-RateLimit-Interval-Seconds")); err == nil && s > 0 && s < 3600 {
		p.pause(time.Duration(s) * time.Second)
	}
}

// retryAfter returns how long the answer asks to wait.
// https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.Atoi(v); err == nil && s >= 0 && s < 1<<30 {
		return time.Duration(s) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, time.Until(t))
	}
	return 0
}

// backoff returns the pause before try n, counted from 1: doubling, up to half
// a minute, with jitter so that many clients do not come back together.
func backoff(base time.Duration, n int) time.Duration {
	d := min(base<<min(n-1, 16), 60*base)
	return d/2 + rand.N(d/2+1)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// ParseTime reads the times of both APIs; Data Center leaves the colon out of
// the zone in some versions.
func ParseTime(s string) (t time.Time, err error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05.999Z0700", "2006-01-02T15:04Z07:00"} {
		if t, err = time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, err
}
