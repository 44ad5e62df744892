package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// cronParser reads schedules: cron expressions, their seconds optional, with
// CRON_TZ=, and @every (https://pkg.go.dev/github.com/robfig/cron/v3).
var cronParser = cron.NewParser(
	cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// parseSchedule reads a schedule that is due some day, and not too often.
func parseSchedule(spec string) (cron.Schedule, error) {
	schedule, err := parseCron(spec)
	if err != nil {
		if meant := likelySchedule(spec); meant != "" {
			return nil, fmt.Errorf("write %q", meant)
		}
		return nil, errors.New(cronFault(spec, err.Error()))
	}
	if schedule.Next(time.Now()).IsZero() {
		return nil, errors.New("it is never due")
	}
	if every, ok := strings.CutPrefix(spec, "@every "); ok {
		if d, err := time.ParseDuration(every); err == nil && d < time.Second {
			return nil, errors.New("want a second or more")
		}
	}
	if s, ok := schedule.(*cron.SpecSchedule); ok && atFixedTimes(s) {
		return fixedTimes{s}, nil
	}
	return schedule, nil
}

// parseCron guards the parser, which panics on some expressions.
func parseCron(spec string) (schedule cron.Schedule, err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("cannot be parsed")
		}
	}()
	return cronParser.Parse(withSundayAs0(spec))
}

// withSundayAs0 writes weekday 7, which the parser does not know, as 0.
func withSundayAs0(spec string) string {
	fields := strings.Fields(spec)
	values := slices.IndexFunc(fields, func(f string) bool { return !strings.Contains(f, "TZ=") })
	if values < 0 || len(fields)-values < 5 || strings.HasPrefix(fields[values], "@") {
		return spec
	}
	var days []string
	for day := range strings.SplitSeq(fields[len(fields)-1], ",") {
		days = append(days, untilSaturday(day)...)
	}
	fields[len(fields)-1] = strings.Join(days, ",")
	return strings.Join(fields, " ")
}

// untilSaturday parts Sunday from a range of weekdays, "5-7" or "1-7/2", that
// ends with it.
func untilSaturday(days string) []string {
	span, step, _ := strings.Cut(days, "/")
	first, isRange := strings.CutSuffix(span, "-7")
	switch {
	case span == "7" || isRange && first == "7":
		return []string{"0"}
	case !isRange:
		return []string{days}
	}
	names := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	from, err := strconv.Atoi(first)
	if err != nil {
		from = slices.Index(names, strings.ToLower(first))
	}
	every, err := strconv.Atoi(step)
	if step == "" {
		every, err = 1, nil
	}
	if from < 0 || from > 6 || err != nil || every < 1 {
		return []string{days} // the parser says what is wrong
	}
	parts := []string{first + "-6/" + strconv.Itoa(every)}
	if (7-from)%every == 0 {
		parts = append(parts, "0")
	}
	return parts
}

const (
	anyHour   = 1 << 63   // what the parser sets for an hour of *
	everyHour = 1<<24 - 1 // 0-23
)

// atFixedTimes reports whether a schedule names hours of the day. Others keep
// their rhythm whatever the clocks do.
func atFixedTimes(s *cron.SpecSchedule) bool {
	return s.Hour&anyHour == 0 && s.Hour != everyHour
}

// fixedTimes is due once at each of its times also on the days on which clocks
// change: a time that they skip is due when they do, one that comes twice is
// due the first time.
type fixedTimes struct{ *cron.SpecSchedule }

// Next implements [cron.Schedule].
func (f fixedTimes) Next(t time.Time) time.Time {
	zone := f.Location
	if zone == time.Local {
		zone = t.Location()
	}
	clock := *f.SpecSchedule // reckoned with what clocks show, as if that were UTC
	clock.Location = time.UTC
	for shown := shownAt(t.In(zone)); ; {
		if shown = clock.Next(shown); shown.IsZero() {
			return shown
		}
		if next := firstShown(shown, zone); next.After(t) {
			return next.In(t.Location())
		}
	}
}

// shownAt returns what clocks show at a time, as if it were UTC.
func shownAt(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// firstShown returns when a zone's clocks first show a time, or go past it.
func firstShown(shown time.Time, zone *time.Location) time.Time {
	t := time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), shown.Second(), 0, zone)
	start, end := t.ZoneBounds()
	switch got := shownAt(t); {
	case got.After(shown):
		return start
	case got.Before(shown):
		return end
	}
	// Where clocks were put back, they may have shown it before.
	_, before := start.Add(-1).Zone()
	_, offset := t.Zone()
	if back := time.Duration(before-offset) * time.Second; !start.IsZero() && t.Sub(start) < back {
		return t.Add(-back)
	}
	return t
}
