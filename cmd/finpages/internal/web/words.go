package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// count writes a number of things: "1 page", "1,204 pages".
func count[N int | int64 | uint64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(int64(n)) + " " + many
}

// grouped writes a number with a comma between thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// displayTime is a time as people read it.
type displayTime struct{ time.Time }

// Relative says how far away the time is.
func (m displayTime) Relative() string {
	d := time.Since(m.Time)
	switch {
	case d <= -90*24*time.Hour || d >= 90*24*time.Hour:
		return "on " + m.UTC().Format("2 January 2006")
	case d <= -time.Second:
		return "in " + durationText(-d)
	case d < 2*time.Second:
		return "just now"
	}
	return durationText(d) + " ago"
}

// Full is the time to the second.
func (m displayTime) Full() string { return m.UTC().Format("2 January 2006, 15:04:05 UTC") }

// Short is the time to the minute.
func (m displayTime) Short() string { return m.UTC().Format("2 Jan 2006, 15:04 UTC") }

// ISO is the time for machines.
func (m displayTime) ISO() string { return m.UTC().Format(time.RFC3339) }

// durationText writes a duration in its largest unit.
func durationText(d time.Duration) string {
	switch {
	case d < time.Second:
		return "less than a second"
	case d < time.Minute:
		return count(int(d/time.Second), "second", "seconds")
	case d < 2*time.Hour:
		return count(int(d/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return count(int(d/time.Hour), "hour", "hours")
	}
	return count(int(d/(24*time.Hour)), "day", "days")
}

// seconds writes how long something took.
func seconds(s float64) string {
	if s < 10 {
		return fmt.Sprintf("%.1f s", s)
	}
	return durationText(time.Duration(s * float64(time.Second)))
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[size:]
	if strings.ContainsRune(".!?", rune(s[len(s)-1])) {
		return s
	}
	return s + "."
}
