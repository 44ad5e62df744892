package intercomapi

import (
	"math"
	"slices"
	"time"
)

// others is what other apps of the workspace take of the rate windows: the
// difference between what the answers say is used and what was sent.
type others struct {
	used    int           // of this window, at most: requests under way that were counted are in it
	before  [2]int        // of the windows before
	rates   [3]float64    // requests a second, in the latest stretches of time
	fresh   bool          // whether no stretch of this window has ended
	from    time.Time     // when the stretch under way began
	usedAt  int           // used, at that time
	last    time.Time     // of the latest answer
	latency time.Duration // of the slowest of the latest answers
}

const (
	stretch    = 500 * time.Millisecond // over which a rate is measured
	minStretch = 200 * time.Millisecond // of one that ends with nothing under way, when used is exact
	caution    = 1.5                    // times the latency
)

func (o *others) beginWindow(start time.Time) {
	o.used, o.usedAt = 0, 0
	o.from, o.fresh = start, true
}

func (o *others) endWindow() { o.before = [2]int{o.before[1], max(o.used, 0)} }

// update takes what an answer tells of this window.
func (o *others) update(now time.Time, used, inFlight int) {
	o.used, o.last = used, now
	passed := now.Sub(o.from)
	rate := max(float64(used-o.usedAt), 0) / max(passed, minStretch).Seconds()
	switch {
	case passed >= stretch, inFlight == 0 && passed >= minStretch:
		o.rates = [3]float64{o.rates[1], o.rates[2], rate}
		o.from, o.usedAt, o.fresh = now, used, false
	case o.fresh:
		o.rates[2] = rate
	}
}

func (o *others) noteLatency(d time.Duration) {
	o.latency = max(d, o.latency-o.latency/16)
}

// most is the most that they took of one of the latest windows.
func (o *others) most() int { return max(o.before[0], o.before[1]) }

// soon is how much they may take while a request is under way, at most.
func (o *others) soon() int {
	if o.used <= 0 {
		return 0
	}
	return take(slices.Max(o.rates[:]), o.underWay())
}

// since is how much they have likely taken since the latest answer, and will
// while a request is under way, if the limit is so many requests a window. A
// burst does not go on: on average they take half of the limit, at most.
func (o *others) since(now time.Time, limit int) int {
	half := float64(limit) / 2 / windowLength.Seconds()
	return take(min(slices.Max(o.rates[:]), half), now.Sub(o.last)+o.underWay())
}

// underWay is how long a request may take until it is counted, and the latest
// answer may have taken since.
func (o *others) underWay() time.Duration { return time.Duration(caution * float64(o.latency)) }

func take(rate float64, d time.Duration) int { return int(math.Ceil(rate * d.Seconds())) }
