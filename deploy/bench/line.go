package main

import (
	"fmt"
	"time"
)

const tableHead = "| work | against | ours | theirs | reached | bound | met |\n|---|---|---|---|---|---|---|\n"

// line is a line of the table: one figure with its bound.
type line struct {
	Work    string  `json:"work"`
	Against string  `json:"against"`
	Ours    string  `json:"ours"`
	Theirs  string  `json:"theirs,omitempty"`
	Reached float64 `json:"reached"`
	Bound   float64 `json:"bound"`
	AtLeast bool    `json:"at_least"` // Bound is the least that is to be reached, not the most
	Unit    string  `json:"unit"`
	Met     bool    `json:"met"`
	Skipped string  `json:"skipped,omitempty"` // why there are no figures

	failed bool // not for want of a peer
}

func (l line) judged() line {
	l.Met = l.Reached <= l.Bound
	if l.AtLeast {
		l.Met = l.Reached >= l.Bound
	}
	return l
}

func (l line) String() string {
	if l.Skipped != "" {
		return fmt.Sprintf("| %s | %s | | | | | skipped: %s |", l.Work, l.Against, l.Skipped)
	}
	bound, met := "≤", "**no**"
	if l.AtLeast {
		bound = "≥"
	}
	if l.Met {
		met = "yes"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s %s | %s %s %s | %s |",
		l.Work, l.Against, l.Ours, l.Theirs, figure(l.Reached), l.Unit, bound, figure(l.Bound), l.Unit, met)
}

func figure(f float64) string {
	if f >= 100 || f == float64(int64(f)) {
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprintf("%.3g", f)
}

// ratio is that of two durations.
func ratio(work, against string, ours, theirs time.Duration, bound float64) line {
	return line{Work: work, Against: against, Ours: span(ours), Theirs: span(theirs),
		Reached: float64(ours) / float64(theirs), Bound: bound, Unit: "×"}.judged()
}

// surplus is by how much one duration is longer than another.
func surplus(work, against string, ours, theirs, bound time.Duration) line {
	return line{Work: work, Against: against, Ours: span(ours), Theirs: span(theirs),
		Reached: millis(ours - theirs), Bound: millis(bound), Unit: "ms more"}.judged()
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func span(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.3g ms", millis(d))
	}
	return fmt.Sprintf("%.3g s", d.Seconds())
}
