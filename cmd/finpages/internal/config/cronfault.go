package config

import (
	"fmt"
	"strings"
	"time"

	regexp "finpages/sources/lazyregexp"
)

// descriptors are the schedules that have names.
var descriptors = []string{"@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"}

var timeOfDay = regexp.MustCompile(`^([01]?\d|2[0-3]):([0-5]\d)$`)

// likelySchedule returns the schedule that "15m", "02:00" or "daily" was meant
// to be; "" if there is none.
func likelySchedule(spec string) string {
	spec = strings.TrimSpace(spec)
	if m := timeOfDay.FindStringSubmatch(spec); m != nil {
		minute := strings.TrimPrefix(m[2], "0")
		if minute == "" {
			minute = "0"
		}
		hour := strings.TrimPrefix(m[1], "0")
		if hour == "" {
			hour = "0"
		}
		return minute + " " + hour + " * * *"
	}
	every := strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(spec), "@"), "every"))
	if first, _, _ := strings.Cut(likelyDuration(every), " or "); first != "" {
		every = first
		if strings.Trim(spec, "0123456789") == "" || strings.HasSuffix(first, "s") && !strings.ContainsAny(spec, "sS") {
			every = strings.TrimSuffix(first, "s") + "m" // who names no unit means minutes
		}
	}
	var duration Duration
	if duration.parse(every) == nil && time.Duration(duration) >= time.Second {
		if strings.HasSuffix(every, "d") { // which the parser of schedules does not know
			every = fmt.Sprintf("%.0fh", time.Duration(duration).Hours())
		}
		return "@every " + every
	}
	name := "@" + strings.TrimPrefix(strings.ToLower(spec), "@")
	if _, err := parseCron(name); err == nil {
		return name
	}
	if strings.ContainsAny(spec, " */,") {
		return ""
	}
	return Nearest(name, descriptors)
}

var (
	fieldCount   = regexp.MustCompile(`expected .* fields?, found (\d+)`)
	aboveMaximum = regexp.MustCompile(`above maximum \((\d+)\): (\S+)`)
	belowMinimum = regexp.MustCompile(`below minimum \((\d+)\): (\S+)`)
	beyondEnd    = regexp.MustCompile(`beyond end of range \(\d+\): (\S+)`)
)

// cronFault says what is wrong with a schedule.
func cronFault(spec, parser string) string {
	const example = `a cron expression such as "*/15 8-18 * * 1-5", or "@every 15m"`
	if m := fieldCount.FindStringSubmatch(parser); m != nil {
		return "it has " + m[1] + " fields: want five or six, in " + example
	}
	if strings.Contains(parser, "location") {
		zone, _, _ := strings.Cut(spec[strings.Index(spec, "=")+1:], " ")
		return "there is no time zone " + zone + ": write one such as Europe/Dublin"
	}
	if m := aboveMaximum.FindStringSubmatch(parser); m != nil {
		if m[1] == "6" {
			return m[2] + " is no weekday: they are 0 (Sunday) to 7 (Sunday, too), or SUN to SAT"
		}
		return m[2] + " is too large: at most " + m[1] + " in this field"
	}
	if m := belowMinimum.FindStringSubmatch(parser); m != nil {
		return m[2] + " is too small: at least " + m[1] + " in this field"
	}
	if m := beyondEnd.FindStringSubmatch(parser); m != nil {
		return m[1] + " begins after its end"
	}
	return "want " + example
}
