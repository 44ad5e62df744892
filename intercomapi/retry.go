package intercomapi

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// do sends a call, and sends it again while that may help.
func (c *Client) do(ctx context.Context, call call) error {
	var (
		last      *Error
		deadline  time.Time
		uncertain bool
	)
	for try := 1; ; try++ {
		e := c.attempt(ctx, call, last.reason())
		if e == nil {
			return nil
		}
		if last == nil {
			deadline = time.Now().Add(c.retryFor)
		} else if e.kind == notSent && ctx.Err() != nil {
			return last.interrupted(e.Err)
		}
		uncertain = uncertain || !e.hadNoEffect()
		e.Operation, e.Attempts, e.uncertain = call.operation, try, uncertain
		left := time.Until(deadline)
		if !e.Retryable() || left <= 0 || call.createsAlways && uncertain {
			return e
		}
		if err := sleep(ctx, min(e.pause(try), left), nil); err != nil {
			return e.interrupted(err)
		}
		last = e
	}
}

// pause is how long this call waits before the try after this one. For a 429
// the pacer makes everybody wait.
func (e *Error) pause(try int) time.Duration {
	if e.Status == http.StatusTooManyRequests {
		return 0
	}
	return max(e.retryAfter, backoff(try-1))
}

// interrupted adds why a call that failed was not tried again.
func (e *Error) interrupted(cause error) *Error {
	if e.Err == nil {
		e.Err = fmt.Errorf("not tried again: %w", cause)
	} else {
		e.Err = fmt.Errorf("%w; not tried again: %w", e.Err, cause)
	}
	return e
}

// backoff grows from half a second to a minute; half of it is chance, so that
// callers that failed together do not come back together.
func backoff(failures int) time.Duration {
	d := min(500*time.Millisecond<<min(failures, 10), maxWait)
	return d/2 + rand.N(d/2)
}

// sleep returns after d, or early once changed is closed, or with an error
// once ctx is done.
func sleep(ctx context.Context, d time.Duration, changed <-chan struct{}) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-changed:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}
