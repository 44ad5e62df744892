package schedule

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"
)

var cronParser = cron.NewParser(cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// timetable is a scheduler under test: how long each job's runs take, and when
// they began.
type timetable struct {
	*Scheduler
	t     *testing.T
	ahead atomic.Int64 // by how much the wall clock is ahead of the timers
	take  map[string]time.Duration

	mu      sync.Mutex
	began   map[string][]time.Time
	running map[string]bool
}

func newTimetable(t *testing.T, o Options, take map[string]time.Duration) *timetable {
	tt := &timetable{t: t, take: take, began: map[string][]time.Time{}, running: map[string]bool{}}
	o.Run = tt.run
	tt.Scheduler = New(o)
	tt.now = func() time.Time { return time.Now().Add(time.Duration(tt.ahead.Load())).UTC() }
	return tt
}

func (tt *timetable) run(ctx context.Context, name string) {
	tt.mu.Lock()
	if tt.running[name] {
		tt.t.Errorf("two runs of %s at once", name)
	}
	tt.running[name] = true
	takes := tt.take[name]
	tt.began[name] = append(tt.began[name], tt.now())
	tt.mu.Unlock()
	select {
	case <-ctx.Done():
	case <-time.After(takes):
	}
	tt.mu.Lock()
	tt.running[name] = false
	tt.mu.Unlock()
}

// set takes schedules by their text.
func (tt *timetable) set(ctx context.Context, specs map[string]string) {
	schedules := map[string]Schedule{}
	for name, spec := range specs {
		s, err := cronParser.Parse(spec)
		if err != nil {
			tt.t.Fatal(err)
		}
		schedules[name] = s
	}
	tt.Set(ctx, schedules)
}

// until waits for a time of the first day.
func (tt *timetable) until(clock string) {
	at, err := time.Parse("2006-01-02 15:04:05", "2000-01-01 "+clock)
	if err != nil {
		tt.t.Fatal(err)
	}
	<-time.After(at.Sub(tt.now()))
}

// turn sets the wall clock, as sleep or somebody's hand does.
func (tt *timetable) turn(by time.Duration) { tt.ahead.Add(int64(by)) }

// want compares the times at which a job ran since the last such call.
func (tt *timetable) want(name string, times ...string) {
	tt.t.Helper()
	synctest.Wait()
	tt.mu.Lock()
	defer tt.mu.Unlock()
	got := []string{}
	for _, began := range tt.began[name] {
		got = append(got, began.Format("02 15:04:05"))
	}
	delete(tt.began, name)
	if !slices.Equal(got, times) {
		tt.t.Errorf("%s ran at\n %q, want\n %q", name, got, times)
	}
}

// inBubble runs a test from the first of January 2000, midnight UTC.
func inBubble(t *testing.T, test func(t *testing.T, ctx context.Context)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer cancel()
		test(t, ctx)
	})
}

// A week of runs: each at its time and at no other.
func TestScheduledWeek(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		tt := newTimetable(t, Options{AtStart: true},
			map[string]time.Duration{"nightly": time.Hour, "seconds": time.Second})
		tt.set(ctx, map[string]string{
			"nightly":  "30 2 * * *",
			"seconds":  "15 0 12 * * *",
			"abroad":   "CRON_TZ=America/New_York 0 9 * * 1-5", // 2000-01-01 is a Saturday
			"every":    "@every 36h",
			"weekly":   "@weekly",
			"leap day": "0 0 29 2 *",
		})
		<-time.After(7*24*time.Hour - time.Second)
		const start = "01 00:00:00"
		tt.want("nightly", start, "01 02:30:00", "02 02:30:00", "03 02:30:00", "04 02:30:00", "05 02:30:00",
			"06 02:30:00", "07 02:30:00")
		tt.want("seconds", start, "01 12:00:15", "02 12:00:15", "03 12:00:15", "04 12:00:15", "05 12:00:15",
			"06 12:00:15", "07 12:00:15")
		tt.want("abroad", start, "03 14:00:00", "04 14:00:00", "05 14:00:00", "06 14:00:00", "07 14:00:00")
		tt.want("every", start, "02 12:00:00", "04 00:00:00", "05 12:00:00", "07 00:00:00")
		tt.want("weekly", start, "02 00:00:00")
		tt.want("leap day", start)
	})
}

// A run that takes longer than its interval is followed by one for all that it
// made miss; one that takes longer once loses nothing.
func TestLongRuns(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		take := map[string]time.Duration{"long": 12 * time.Minute, "once": 61 * time.Minute, "every": 10 * time.Minute}
		tt := newTimetable(t, Options{AtStart: true}, take)
		tt.set(ctx, map[string]string{"long": "*/5 * * * *", "once": "@hourly", "every": "@every 15m"})
		<-time.After(40 * time.Minute)
		tt.mu.Lock()
		take["once"] = time.Minute
		tt.mu.Unlock()
		<-time.After(2 * time.Hour)
		tt.want("once", "01 00:00:00", "01 01:01:00", "01 02:00:00")
		tt.want("every", "01 00:00:00", "01 00:15:00", "01 00:30:00", "01 00:45:00", "01 01:00:00", "01 01:15:00",
			"01 01:30:00", "01 01:45:00", "01 02:00:00", "01 02:15:00", "01 02:30:00")
		tt.want("long", "01 00:00:00", "01 00:12:00", "01 00:24:00", "01 00:36:00", "01 00:48:00", "01 01:00:00",
			"01 01:12:00",
			"01 01:24:00", "01 01:36:00", "01 01:48:00", "01 02:00:00", "01 02:12:00", "01 02:24:00", "01 02:36:00")
	})
}

// A machine that sleeps stops the timers, and its clock has gone on when it
// wakes: what was missed runs once, within half a minute.
func TestSleepingMachine(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		tt := newTimetable(t, Options{}, nil)
		tt.set(ctx, map[string]string{"hourly": "0 * * * *", "every": "@every 45m", "tomorrow": "0 10 2 * *"})
		<-time.After(50*time.Minute + 10*time.Second)
		tt.want("every", "01 00:45:00")
		tt.turn(8 * time.Hour)
		<-time.After(30 * time.Second)
		tt.want("hourly", "01 08:50:30")
		tt.want("every", "01 08:50:30")
		<-time.After(time.Hour)
		tt.want("hourly", "01 09:00:00")
		tt.want("every", "01 09:35:30")
		tt.want("tomorrow")
	})
}

// A clock that is put back neither stops the runs nor repeats them in haste.
func TestClockPutBack(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		tt := newTimetable(t, Options{}, nil)
		tt.turn(30 * 365 * 24 * time.Hour) // the clock was wrong at the start, by years
		tt.set(ctx, map[string]string{"hourly": "0 * * * *", "every": "@every 15m"})
		<-time.After(16 * time.Minute)
		tt.want("every", "24 00:15:00")
		tt.turn(-30 * 365 * 24 * time.Hour)
		<-time.After(64 * time.Minute)
		tt.want("hourly", "01 01:00:00")
		tt.want("every", "01 00:31:30", "01 00:46:30", "01 01:01:30", "01 01:16:30") // noticed after half a minute
		tt.turn(-10 * time.Second)
		<-time.After(time.Hour)
		tt.want("hourly", "01 02:00:00")
		tt.want("every", "01 01:31:30", "01 01:46:30", "01 02:01:30", "01 02:16:30")
	})
}

// A burst of triggers is one run, half a second after the last of them; what
// comes while a run goes is one more; triggers without end hold up nothing.
func TestTriggers(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		tt := newTimetable(t, Options{}, map[string]time.Duration{"a": time.Minute})
		tt.set(ctx, map[string]string{"a": "0 * * * *"})
		burst := func(n int, apart time.Duration) {
			for range n {
				tt.Trigger("a")
				tt.Trigger("nobody")
				<-time.After(apart)
			}
		}
		tt.until("00:10:00")
		burst(5, 450*time.Millisecond)
		tt.until("00:10:30")
		burst(50, 0)
		tt.until("00:59:00")
		tt.want("a", "01 00:10:02", "01 00:11:02")
		burst(1, 0) // a run that is under way when the hour strikes
		tt.until("01:00:00.2")
		burst(50, 0)
		tt.until("02:05:00")
		tt.want("a", "01 00:59:00", "01 01:00:00", "01 02:00:00")
		burst(20, 400*time.Millisecond)
		tt.until("02:08:00")
		tt.want("a", "01 02:05:05", "01 02:06:05")
		tt.until("02:59:58")
		burst(20, 400*time.Millisecond)
		tt.until("03:02:00")
		tt.want("a", "01 03:00:00", "01 03:01:00")
	})
}

// Reloads leave the times of what they do not change as they are, however
// often they come, stop what is gone, and start what is new.
func TestReloadedSchedules(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		tt := newTimetable(t, Options{AtStart: true}, map[string]time.Duration{"gone": 24 * time.Hour})
		specs := map[string]string{"every": "@every 15m", "daily": "30 2 * * *", "gone": "@every 5m",
			"changed": "@every 15m"}
		tt.set(ctx, specs)
		for range 30 {
			<-time.After(4 * time.Minute)
			tt.set(ctx, specs)
		}
		tt.want("every", "01 00:00:00", "01 00:15:00", "01 00:30:00", "01 00:45:00", "01 01:00:00", "01 01:15:00",
			"01 01:30:00", "01 01:45:00", "01 02:00:00")
		tt.want("changed", "01 00:00:00", "01 00:15:00", "01 00:30:00", "01 00:45:00", "01 01:00:00", "01 01:15:00",
			"01 01:30:00", "01 01:45:00", "01 02:00:00")
		delete(specs, "gone")
		specs["changed"], specs["new"] = "@every 20m", "0 3 * * *"
		tt.set(ctx, specs)
		tt.mu.Lock()
		if tt.running["gone"] {
			t.Error("a job that is gone still runs")
		}
		tt.mu.Unlock()
		<-time.After(time.Hour)
		tt.want("every", "01 02:15:00", "01 02:30:00", "01 02:45:00", "01 03:00:00")
		tt.want("daily", "01 00:00:00", "01 02:30:00")
		tt.want("gone", "01 00:00:00")
		tt.want("changed", "01 02:20:00", "01 02:40:00", "01 03:00:00")
		tt.want("new", "01 02:00:00", "01 03:00:00")
	})
}

// A job that does not end at once when it is dropped holds up nobody who
// triggers another.
func TestDropHoldsUpNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		ran := make(chan string, 10)
		s := New(Options{Run: func(ctx context.Context, name string) {
			ran <- name
			if name == "slow" {
				<-ctx.Done()
				<-time.After(time.Minute)
			}
		}})
		never, _ := cronParser.Parse("0 0 29 2 *")
		s.Set(ctx, map[string]Schedule{"slow": never, "other": never})
		s.Trigger("slow")
		<-ran
		go s.Set(ctx, map[string]Schedule{"other": never})
		synctest.Wait()
		s.Trigger("other")
		<-time.After(time.Second)
		if len(ran) != 1 {
			t.Error("the other job did not run while the dropped one ended")
		}
		<-time.After(time.Hour)
	})
}

// Jitter delays each run by less than it says and than a tenth of the
// interval, does not add up, and is told in Next.
func TestJitter(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		var told []time.Time
		tt := newTimetable(t, Options{Jitter: 10 * time.Second, Next: func(_ string, due time.Time) {
			if !due.IsZero() {
				told = append(told, due.UTC())
			}
		}}, nil)
		tt.set(ctx, map[string]string{"a": "@every 1m"})
		<-time.After(24*time.Hour + 30*time.Second)
		synctest.Wait()
		if got := len(tt.began["a"]); got != 24*60 {
			t.Fatalf("%d runs a day, want one a minute", got)
		}
		late := map[time.Duration]bool{}
		for i, at := range tt.began["a"] {
			by := at.Sub(time.Date(2000, 1, 1, 0, i+1, 0, 0, time.UTC))
			if by < 0 || by >= 6*time.Second || !at.Equal(told[i]) {
				t.Fatalf("run %d was %v late, told was %v", i, by, told[i])
			}
			late[by.Round(time.Second)] = true
		}
		if len(late) < 5 {
			t.Errorf("the jitter is always among %v", fmt.Sprint(late))
		}
	})
}
