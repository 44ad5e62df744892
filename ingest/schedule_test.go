package ingest_test

import (
	stdcontext "context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"finpages/ingest"
)

type every time.Duration

func (e every) Next(t time.Time) time.Time { return t.Add(time.Duration(e)) }

func TestScheduler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		runs, running := map[string]int{}, map[string]int{}
		s := ingest.NewScheduler(ingest.SchedulerOptions{AtStart: true, Run: func(ctx context, name string) {
			mu.Lock()
			runs[name]++
			if running[name]++; running[name] > 1 {
				t.Errorf("two runs of %s at once", name)
			}
			mu.Unlock()
			select {
			case <-ctx.Done():
			case <-time.After(90 * time.Second):
			}
			mu.Lock()
			running[name]--
			mu.Unlock()
		}})
		ctx, cancel := stdcontext.WithCancel(t.Context())
		count := func(name string) int {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			return runs[name]
		}
		s.Set(ctx, map[string]ingest.Schedule{"a": every(time.Minute), "b": every(time.Hour)})
		if a, b := count("a"), count("b"); a != 1 || b != 1 {
			t.Errorf("at the start: a %d, b %d", a, b)
		}
		<-time.After(10*time.Minute + time.Second) // a's runs take 90 s, a minute apart
		if a, b := count("a"), count("b"); a != 5 || b != 1 {
			t.Errorf("after ten minutes: a %d, b %d", a, b)
		}
		for range 50 { // a burst is one run, and one for what came while it went
			s.Trigger("b")
		}
		<-time.After(5 * time.Minute)
		b := count("b")
		if b < 2 || b > 3 {
			t.Errorf("after a burst of triggers: b %d", b)
		}
		before := count("a")
		s.Set(ctx, map[string]ingest.Schedule{"a": every(24 * time.Hour), "c": every(time.Hour)})
		<-time.After(20 * time.Minute)
		if a, gone, c := count("a"), count("b"), count("c"); a > before+1 || gone != b || c != 1 {
			t.Errorf("after another config: a %d (before %d), b %d (before %d), c %d", a, before, gone, b, c)
		}
		cancel()
		s.Wait()
	})
}
