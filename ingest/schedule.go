package ingest

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

// Scheduler runs jobs at their times, each by its name and never twice at once.
type Scheduler struct {
	options SchedulerOptions

	mu    sync.Mutex
	loops map[string]*loop
}

// SchedulerOptions say what a scheduler runs.
type SchedulerOptions struct {
	Run     func(ctx context.Context, name string)
	Next    func(name string, due time.Time) // told when a job is due next, zero while it runs; may be nil
	Jitter  time.Duration                    // each run is delayed by a random part of it, so that many do not start at once
	AtStart bool                             // a job that is new runs at once
}

// loop runs one job.
type loop struct {
	cancel  context.CancelFunc
	trigger chan struct{}
	changed chan Schedule
	done    chan struct{}
}

// NewScheduler returns a scheduler without jobs.
func NewScheduler(o SchedulerOptions) *Scheduler {
	if o.Next == nil {
		o.Next = func(string, time.Time) {}
	}
	return &Scheduler{options: o, loops: map[string]*loop{}}
}

// Set replaces the jobs and their schedules, until ctx ends. One that is gone
// runs no more, and a run of it under way is cancelled; the others go on as
// they are, at their new times.
func (s *Scheduler) Set(ctx context.Context, schedules map[string]Schedule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, l := range s.loops {
		if _, kept := schedules[name]; !kept {
			l.cancel()
			<-l.done
			delete(s.loops, name)
		}
	}
	for name, schedule := range schedules {
		if l := s.loops[name]; l != nil {
			put(l.changed, schedule)
		} else {
			s.loops[name] = s.start(ctx, name, schedule)
		}
	}
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
	l := &loop{cancel: cancel, trigger: make(chan struct{}, 1), changed: make(chan Schedule, 1), done: make(chan struct{})}
	if s.options.AtStart {
		l.trigger <- struct{}{}
	}
	go func() {
		defer close(l.done)
		s.run(ctx, name, schedule, l)
	}()
	return l
}

// Trigger makes a job run soon. Triggers that come before it does are one.
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
func (s *Scheduler) run(ctx context.Context, name string, schedule Schedule, l *loop) {
	for {
		due := schedule.Next(time.Now())
		if s.options.Jitter > 0 {
			due = due.Add(rand.N(min(s.options.Jitter, max(time.Until(due)/10, 1))))
		}
		s.options.Next(name, due)
		switch newer, ok := l.wait(ctx, due); {
		case !ok:
			return
		case newer != nil:
			schedule = newer
			continue
		}
		s.options.Next(name, time.Time{})
		s.options.Run(ctx, name)
	}
}

// lookAgain is how often the wall clock is looked at while waiting: timers
// stand still while a machine sleeps.
const lookAgain = 30 * time.Second

// wait waits for a time or a trigger, or returns another schedule to wait by;
// false if the context ended first.
func (l *loop) wait(ctx context.Context, due time.Time) (newer Schedule, ok bool) {
	due = due.Round(0) // wall clock
	for {
		left := due.Sub(time.Now().Round(0))
		if left <= 0 {
			return nil, ctx.Err() == nil
		}
		select {
		case <-ctx.Done():
			return nil, false
		case <-l.trigger:
			return nil, ctx.Err() == nil
		case newer := <-l.changed:
			return newer, true
		case <-time.After(min(left, lookAgain)):
		}
	}
}

// SetNext notes when a source runs next, for its status.
func (s *Service) SetNext(name string, next time.Time) {
	if m, err := s.source(name); err == nil {
		m.mu.Lock()
		m.next = next
		m.mu.Unlock()
	}
}
