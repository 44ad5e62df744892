package config

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// times lists when a schedule is due between two times, as its zone's clocks
// show them.
func times(t *testing.T, spec string, from, to time.Time) (due []string) {
	t.Helper()
	s, err := parseSchedule(spec)
	if err != nil {
		t.Fatal(err)
	}
	for at := s.Next(from); !at.After(to); at = s.Next(at) {
		due = append(due, at.Format("02 15:04 MST"))
	}
	return due
}

// Dublin's clocks skip 01:00 to 02:00 on 29 March 2026, and show 01:00 to
// 02:00 twice on 25 October.
func TestScheduleWhereClocksChange(t *testing.T) {
	dublin, err := time.LoadLocation("Europe/Dublin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		spec           string
		spring, autumn []string
	}{
		{"30 1 * * *",
			[]string{"28 01:30 GMT", "29 02:00 IST", "30 01:30 IST"},
			[]string{"24 01:30 IST", "25 01:30 IST", "26 01:30 GMT"}},
		{"0 1 * * *",
			[]string{"28 01:00 GMT", "29 02:00 IST", "30 01:00 IST"},
			[]string{"24 01:00 IST", "25 01:00 IST", "26 01:00 GMT"}},
		{"0 0,1,2 * * 0",
			[]string{"29 00:00 GMT", "29 02:00 IST"},
			[]string{"25 00:00 IST", "25 01:00 IST", "25 02:00 GMT"}},
		{"30 2 * * *",
			[]string{"28 02:30 GMT", "29 02:30 IST", "30 02:30 IST"},
			[]string{"24 02:30 IST", "25 02:30 GMT", "26 02:30 GMT"}},
		// https://github.com/robfig/cron/issues/541
		{"0,30 1 * * *",
			[]string{"28 01:00 GMT", "28 01:30 GMT", "29 02:00 IST", "30 01:00 IST", "30 01:30 IST"},
			[]string{"24 01:00 IST", "24 01:30 IST", "25 01:00 IST", "25 01:30 IST", "26 01:00 GMT", "26 01:30 GMT"}},
		{"*/20 1,2 29,25 * *",
			[]string{"29 02:00 IST", "29 02:20 IST", "29 02:40 IST"},
			[]string{"25 01:00 IST", "25 01:20 IST", "25 01:40 IST", "25 02:00 GMT", "25 02:20 GMT", "25 02:40 GMT"}},
		{"@every 24h",
			[]string{"29 00:00 GMT", "30 01:00 IST"},
			[]string{"25 00:00 IST", "25 23:00 GMT", "26 23:00 GMT"}},
		{"@daily",
			[]string{"29 00:00 GMT", "30 00:00 IST"},
			[]string{"25 00:00 IST", "26 00:00 GMT"}},
	} {
		for month, want := range map[time.Month][]string{time.March: c.spring, time.October: c.autumn} {
			first := map[time.Month]int{time.March: 28, time.October: 24}[month]
			from := time.Date(2026, month, first, 0, 0, 0, 0, dublin)
			if got := times(t, c.spec, from, from.AddDate(0, 0, 2).Add(23*time.Hour)); !slices.Equal(got, want) {
				t.Errorf("%s in %s: %q, want %q", c.spec, month, got, want)
			}
		}
	}
	// What runs all day long runs in the hour that comes twice, too.
	from := time.Date(2026, 10, 25, 0, 45, 0, 0, dublin)
	want := []string{"25 01:00 IST", "25 01:30 IST", "25 01:00 GMT", "25 01:30 GMT", "25 02:00 GMT"}
	for _, spec := range []string{"*/30 * * * *", "0,30 0-23 * * *", "@every 30m"} {
		start := from
		if spec == "@every 30m" {
			start = from.Add(-15 * time.Minute)
		}
		if got := times(t, spec, start, from.Add(135*time.Minute)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", spec, got, want)
		}
	}
	cairo, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	from = time.Date(2026, 4, 23, 12, 0, 0, 0, cairo)
	want = []string{"24 01:00 EEST", "25 00:00 EEST", "25 00:30 EEST"}
	if got := times(t, "0,30 0 * * *", from, from.Add(48*time.Hour)); !slices.Equal(got, want) {
		t.Errorf("in Cairo, whose midnight is skipped: %q, want %q", got, want)
	}
}

// Weekday 7 is Sunday, as in other crons. 1 March 2026 is one.
func TestSundayIs7(t *testing.T) {
	from := time.Date(2026, 2, 28, 12, 0, 0, 0, time.UTC)
	for spec, want := range map[string]string{
		"0 0 * * 7": "01", "0 0 0 * * 7": "01", "CRON_TZ=UTC 0 0 * * 7": "01", "0 0 * * 0-7/7": "01",
		"0 0 * * 5-7": "01 06 07", "0 0 * * FRI-7": "01 06 07", "0 0 * * 1-7": "01 02 03 04 05 06 07",
		"0 0 * * 1-7/2": "01 02 04 06", "0 0 * * 2-7/2": "03 05 07", "0 0 * * 7,3": "01 04", "0 0 * * 0,7": "01",
	} {
		var days []string
		for _, due := range times(t, spec, from, from.AddDate(0, 0, 7)) {
			days = append(days, due[:2])
		}
		if got := strings.Join(days, " "); got != want {
			t.Errorf("%s: due on %s, want %s", spec, got, want)
		}
	}
	for _, spec := range []string{"0 0 * * 8", "0 0 * * 7-8", "0 0 * * x-7", "0 0 * * 1-7/0", "0 0 7-7 * "} {
		if _, err := parseSchedule(spec); err == nil {
			t.Errorf("%s is taken", spec)
		}
	}
}

// In every zone, whatever its clocks do, a daily schedule is due once a day.
func TestDailyIsDaily(t *testing.T) {
	for _, zone := range []string{"Europe/Dublin", "America/New_York", "America/Santiago", "America/Sao_Paulo",
		"Africa/Cairo",
		"Asia/Beirut", "Australia/Lord_Howe", "Africa/Casablanca", "America/Havana", "Antarctica/Troll", "Asia/Kolkata"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, clock := range []string{"0 0", "30 0", "0 1", "45 1", "30 2", "0 3", "59 23"} {
			s, err := parseSchedule("CRON_TZ=" + zone + " " + clock + " * * *")
			if err != nil {
				t.Fatal(err)
			}
			for _, year := range []int{2011, 2018, 2026} {
				at := time.Date(year-1, 12, 31, 23, 59, 59, 0, loc).UTC()
				for day := time.Date(year, 1, 1, 12, 0, 0, 0, loc); day.Year() == year; day = day.AddDate(0, 0, 1) {
					at = s.Next(at)
					if got := at.In(loc); got.YearDay() != day.YearDay() || at.Location() != time.UTC {
						t.Fatalf("%s in %s: due %v, want it on %v", clock, zone, got, day.Format(time.DateOnly))
					}
				}
			}
		}
	}
}
