package transform

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"finpages/ingest/render"

	"golang.org/x/sync/semaphore"
)

// Pool bounds what documents take while they are rendered, those of all
// sources together. Its methods may be called from any goroutine.
type Pool struct {
	memory  int64 // bytes of all documents at once, as [render.Cost] estimates them
	free    *semaphore.Weighted
	workers chan struct{} // a place for each processor, so that time is not spent on waiting for one
	running atomic.Int64  // workers that were left behind and have not returned
}

// defaultRenderMemory is for sources that were given no pool.
const defaultRenderMemory = 512 << 20

// NewPool returns a pool in which the documents being rendered take so
// many bytes of memory at most.
func NewPool(memory int64) *Pool {
	return &Pool{memory: memory, free: semaphore.NewWeighted(memory),
		workers: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

const (
	// returnTime is how long work may take to end once its time is up.
	returnTime = time.Second
	// maxLeftBehind is how many workers may be left behind at once.
	maxLeftBehind = 8
)

// errLeftBehind tells that work did not end although its time was up.
var errLeftBehind = errors.New("it does not end")

// ErrBusy tells that too much work does not end for more to be begun.
var ErrBusy = fmt.Errorf("not rendered: %d documents are still being rendered although their time is up; "+
	"restart finpages", maxLeftBehind)

// render calls f, which renders a document of the cost, once there is memory
// for that. What takes more CPU time than the timeout, or more memory than there is,
// is over its budget: see [render.ErrBudget].
func (p *Pool) render(
	ctx context.Context, cost int64, timeout time.Duration, f func(context.Context) (Made, error),
) (Made, error) {
	switch {
	case cost > p.memory:
		return Made{}, fmt.Errorf("%w: it needs about %d MiB of memory, and documents may take %d MiB: "+
			"split it, or set memory: to more", render.ErrBudget, mebibytes(cost), p.memory>>20)
	case p.running.Load() >= maxLeftBehind:
		return Made{}, ErrBusy
	}
	if err := p.free.Acquire(ctx, cost); err != nil {
		return Made{}, err
	}
	select {
	case p.workers <- struct{}{}:
		defer func() { <-p.workers }()
	case <-ctx.Done():
		p.free.Release(cost)
		return Made{}, ctx.Err()
	}
	limited, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	made, err := apart(limited, p, func(ctx context.Context) (Made, error) {
		defer p.free.Release(cost)
		if timeout > 0 {
			defer limitTime(timeout, cancel)()
		}
		return f(ctx)
	})
	if ctx.Err() == nil && limited.Err() != nil && !errors.Is(err, render.ErrBudget) {
		return Made{}, fmt.Errorf("%w: %w", render.ErrBudget, context.Cause(limited))
	}
	return made, err
}

func mebibytes(n int64) int64 { return (n + 1<<20 - 1) >> 20 }

// apart calls f on a goroutine of its own. A panic there is an error, a
// [*render.PanicError]. If f goes on although ctx is done, it is left behind: what
// it comes to is lost.
func apart[T any](ctx context.Context, p *Pool, f func(context.Context) (T, error)) (value T, err error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if fault := recover(); fault != nil {
				r = result{err: &render.PanicError{Fault: fault, Stack: debug.Stack()}}
			}
			done <- r
		}()
		r.err = errLeftBehind // should f end the goroutine
		r.value, r.err = f(ctx)
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
	}
	late := time.NewTimer(returnTime)
	defer late.Stop()
	select {
	case r := <-done:
		return r.value, r.err
	case <-late.C:
	}
	p.running.Add(1)
	go func() {
		<-done
		p.running.Add(-1)
	}()
	return value, errLeftBehind
}
