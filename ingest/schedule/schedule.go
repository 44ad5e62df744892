// Package schedule runs jobs at their times.
package schedule

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Schedule says when a run is due next; robfig/cron's schedules do.
type Schedule interface {
	Next(time.Time) time.Time
}

// Scheduler runs jobs at their times, each by its name and never twice at
// once. A job whose time came while it ran, or while the machine slept, runs
// once as soon as it can, however often it was due.
type Scheduler struct {
	options Options
	now     func() time.Time // the wall clock, for tests to turn

	mu    sync.Mutex
	loops map[string]*loop
}

// Options say what a scheduler runs.
type Options struct {
	Run     func(ctx context.Context, name string)
	Next    func(name string, due time.Time) // told when a job is due next, zero while it runs; may be nil
	Jitter  time.Duration                    // each run is delayed by a random part of it: many do not start at once
	AtStart bool                             // a job that is new runs at once
}

// loop runs one job.
type loop struct {
	cancel  context.CancelFunc
	trigger chan struct{}
	changed chan Schedule
	done    chan struct{}

	// Of the loop's own goroutine.
	now      func() time.Time
	schedule Schedule
	last     time.Time // what the next time is reckoned from
}

// New returns a scheduler without jobs.
func New(o Options) *Scheduler {
	if o.Next == nil {
		o.Next = func(string, time.Time) {}
	}
	// Without the monotonic clock, which stands still while a machine sleeps.
	now := func() time.Time { return time.Now().Round(0) }
	return &Scheduler{options: o, now: now, loops: map[string]*loop{}}
}

// Set replaces the jobs and their schedules, until ctx ends. One that is gone
// runs no more, and a run of it under way is cancelled; the others go on as
// they are, at their new times. It is not called twice at once.
func (s *Scheduler) Set(ctx context.Context, schedules map[string]Schedule) {
	for _, l := range s.drop(schedules) {
		<-l.done
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, schedule := range schedules {
		if l := s.loops[name]; l != nil {
			put(l.changed, schedule)
		} else {
			s.loops[name] = s.start(ctx, name, schedule)
		}
	}
}

// drop cancels the jobs that are not kept, and returns them.
func (s *Scheduler) drop(kept map[string]Schedule) (dropped []*loop) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, l := range s.loops {
		if _, ok := kept[name]; !ok {
			l.cancel()
			delete(s.loops, name)
			dropped = append(dropped, l)
		}
	}
	return dropped
}

// put leaves a value in a channel that holds one, in place of an older one.
func put[T any](ch chan T, v T) {
	select {
	case <-ch:
	default:
	}
	ch <- v
}

func (s *Scheduler) start(ctx context.Context, name string, schedule Schedule) *loop {
	ctx, cancel := context.WithCancel(ctx)
	l := &loop{cancel: cancel, trigger: make(chan struct{}, 1), changed: make(chan Schedule, 1),
		done: make(chan struct{}), now: s.now, schedule: schedule, last: s.now()}
	go func() {
		defer close(l.done)
		s.run(ctx, name, l)
	}()
	return l
}

// Trigger makes a job run soon. Triggers that follow one another closely, or
// come before it runs, are one.
func (s *Scheduler) Trigger(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.loops[name]; l != nil {
		select {
		case l.trigger <- struct{}{}:
		default:
		}
	}
}

// Wait returns once all loops have ended, after the context given to Set has.
func (s *Scheduler) Wait() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.loops {
		<-l.done
	}
}

// run runs one job at its times.
func (s *Scheduler) run(ctx context.Context, name string, l *loop) {
	if s.options.AtStart {
		s.runOnce(ctx, name, l, l.last)
	}
	for ctx.Err() == nil {
		due := l.schedule.Next(l.last)
		at := due.Add(s.jitter(due.Sub(l.last)))
		s.options.Next(name, at)
		if l.wait(ctx, at) && ctx.Err() == nil {
			s.runOnce(ctx, name, l, due)
		}
	}
}

func (s *Scheduler) runOnce(ctx context.Context, name string, l *loop, due time.Time) {
	l.begin(due)
	s.options.Next(name, time.Time{})
	s.options.Run(ctx, name)
}

// jitter is at most a tenth of the interval.
func (s *Scheduler) jitter(interval time.Duration) time.Duration {
	if longest := min(s.options.Jitter, interval/10); longest > 0 {
		return rand.N(longest)
	}
	return 0
}

// clockCheck is how often the wall clock is looked at while waiting: timers
// stand still while a machine sleeps, and know nothing of a clock that is set.
const clockCheck = 30 * time.Second

// wait waits for a time or a trigger, and says whether to run. If not, ctx has
// ended, or the time must be reckoned anew.
func (l *loop) wait(ctx context.Context, at time.Time) (run bool) {
	for {
		now := l.now()
		if now.Before(l.last.Add(-clockCheck)) { // the clock was put back
			l.last = now
			return false
		}
		left := at.Sub(now)
		if left <= 0 {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-l.trigger:
			l.rest(ctx, min(at.Sub(l.now()), maxDebounce))
			return true
		case l.schedule = <-l.changed:
			return false
		case <-time.After(min(left, clockCheck)):
		}
	}
}

// debounce is how long triggers must rest before a job runs, and maxDebounce how long
// restless ones can put that off: a push of many branches, or a folder that is
// being copied, is one change. They put off no run that is due.
const (
	debounce    = 500 * time.Millisecond
	maxDebounce = 5 * time.Second
)

// rest waits until the triggers rest, for a while at most.
func (l *loop) rest(ctx context.Context, atMost time.Duration) {
	rest, end := time.NewTimer(debounce), time.NewTimer(atMost)
	for {
		select {
		case <-l.trigger:
			rest.Reset(debounce)
		case <-rest.C:
			return
		case <-end.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// begin notes that a run begins: one for all that asked for it until now.
func (l *loop) begin(due time.Time) {
	select {
	case <-l.trigger:
	default:
	}
	// A run in time counts from when it was due, so that jitter does not add up.
	now := l.now()
	if l.last = now; !due.After(now) && l.schedule.Next(due).After(now) {
		l.last = due
	}
}
