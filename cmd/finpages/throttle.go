package main

import (
	"sync/atomic"
	"time"
)

// throttle lets something pass once in a while.
type throttle struct {
	every time.Duration
	last  atomic.Int64 // Unix nanoseconds
}

func newThrottle(every time.Duration) *throttle { return &throttle{every: every} }

func (t *throttle) pass() bool {
	now, last := time.Now().UnixNano(), t.last.Load()
	return now-last >= int64(t.every) && t.last.CompareAndSwap(last, now)
}
