package emulator_test

import (
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"finpages/intercomapi/emulator"
)

func (r reply) rate(t testing.TB) (limit, remaining int, reset time.Time) {
	t.Helper()
	number := func(name string) int {
		n, err := strconv.Atoi(r.header.Get("X-RateLimit-" + name))
		if err != nil {
			t.Fatalf("X-RateLimit-%s: %v", name, err)
		}
		return n
	}
	return number("Limit"), number("Remaining"), time.Unix(int64(number("Reset")), 0)
}

func TestRateWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := direct(t, emulator.Options{Limit: 3})
		for window := range 3 {
			begin := time.Now()
			for want := 2; want >= 0; want-- {
				limit, remaining, reset := a.ok("GET", "/me", "").rate(t)
				if limit != 3 || remaining != want {
					t.Errorf("window %d: limit %d, remaining %d, want 3, %d", window, limit, remaining, want)
				}
				if wait := reset.Sub(begin); wait <= 0 || wait > 10*time.Second || reset.Unix()%10 != 0 {
					t.Errorf("reset %v after now", wait)
				}
			}
			refused := a.do("GET", "/me", "")
			refused.wantError(t, 429, "rate_limit_exceeded", "")
			_, remaining, reset := refused.rate(t)
			if remaining != 0 {
				t.Errorf("refused with %d remaining", remaining)
			}
			time.Sleep(time.Until(reset) - time.Nanosecond)
			a.do("GET", "/me", "").wantError(t, 429, "rate_limit_exceeded", "")
			time.Sleep(time.Nanosecond)
		}
	})
}

func TestUnauthorizedTakesNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := direct(t, emulator.Options{Limit: 1})
		a.do("GET", "/me", "", "Authorization", "").wantError(t, 401, "unauthorized", "")
		a.ok("GET", "/me", "")
	})
}

func TestLatencyAndDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := direct(t, emulator.Options{Latency: time.Second})
		start := time.Now()
		r := a.ok("GET", "/me", "")
		if took := time.Since(start); took != time.Second {
			t.Errorf("took %v", took)
		}
		if date, err := http.ParseTime(r.header.Get("Date")); err != nil || date.Sub(start).Abs() > time.Second {
			t.Errorf("date %v, %v", date, err)
		}
		if limit, _, _ := r.rate(t); limit != 1666 {
			t.Errorf("default limit %d", limit)
		}
	})
}

func TestNegativeOptions(t *testing.T) {
	for _, opts := range []emulator.Options{{Limit: -1}, {Latency: -1}} {
		if _, err := emulator.New(opts); err == nil {
			t.Errorf("%+v is no error", opts)
		}
	}
}
