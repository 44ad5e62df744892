package transform

import (
	"fmt"
	"runtime"
	"time"
)

// patience is how many times its limit work may last on a machine that has
// other things to do.
const patience = 20

// limitTime calls over once the caller's goroutine has taken more CPU time
// than the limit, or has lasted far longer; where CPU time cannot be told, once
// it has lasted that long. The goroutine calls stop when its work is done.
func limitTime(limit time.Duration, over func(error)) (stop func()) {
	runtime.LockOSThread()
	used, began := threadTime(), time.Now()
	before, isTold := used()
	done := make(chan struct{})
	left := func() time.Duration {
		elapsed := time.Since(began)
		if now, ok := used(); ok && isTold { // no thread takes more CPU time than passes
			return min(limit-(now-before), patience*limit-elapsed)
		}
		return limit - elapsed
	}
	go func() {
		for wait := left(); wait > 0; wait = left() {
			timer := time.NewTimer(wait)
			select {
			case <-timer.C:
			case <-done:
				timer.Stop()
				return
			}
		}
		over(fmt.Errorf("it takes longer than %v: split it, or set render.timeout to more", limit))
	}()
	return func() {
		close(done)
		runtime.UnlockOSThread()
	}
}
