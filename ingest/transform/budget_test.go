package transform

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// TestLimitIsOfCPUTime lets work wait far longer than it may compute.
func TestLimitIsOfCPUTime(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("CPU time of a thread is told on Linux alone")
	}
	synctest.Test(t, func(t *testing.T) {
		const limit = time.Hour // of which this test computes nothing
		ctx, cancel := context.WithCancelCause(t.Context())
		defer limitTime(limit, cancel)()
		time.Sleep(patience*limit - time.Second)
		synctest.Wait()
		if ctx.Err() != nil {
			t.Errorf("over: %v", context.Cause(ctx))
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if ctx.Err() == nil {
			t.Errorf("it lasts %d times as long, and is not over", patience)
		}
	})
	ctx, cancel := context.WithCancelCause(t.Context())
	defer limitTime(5*time.Millisecond, cancel)()
	for n := 0; ctx.Err() == nil; n++ { // computes until its time is over
		n ^= n << 1
	}
}
