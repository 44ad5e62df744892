package intercomapi

import (
	"context"
	"math"
	"net/http"
	"sync"
	"time"
)

// pacer decides when the next request may be sent, for all callers of a
// Client. It goes by what the answers say of the rate window: a request is
// sent if the window has room for it, for all those still under way, and for
// the reserve. A new window is first tried with a few requests, because other
// apps may have used it already.
type pacer struct {
	reserve float64
	slots   chan struct{} // holds one for each caller that waits or sends

	mu       sync.Mutex
	changed  chan struct{} // closed when waiters have to look again
	epoch    int           // counts the spans of time in which one window is paced by
	inFlight int           // requests under way
	probing  int           // of these, sent in this epoch before a window was known
	probed   time.Time     // when the latest of these was sent
	lost     int           // answers that told nothing, or never came, in this epoch before a window was known
	window   window
	over     int64     // reset of the window before
	limit    int       // of the latest window; 0 if never known
	answered bool      // whether an answer ever came
	paused   time.Time // nothing is sent before
	strikes  int       // pauses in a row without a success between
}

// window is a rate window that is under way; the zero window is unknown.
type window struct {
	reset     int64     // by the server's clock
	end       time.Time // the same by ours, the earliest of the answers' estimates
	remaining int       // the least that an answer told
}

// ticket is the permission to send one request.
type ticket struct {
	epoch   int
	probing bool
}

const (
	maxProbes = 4               // requests under way at once while no window is known
	patience  = 2 * time.Second // until one more is sent although none of these was answered
)

func newPacer(reserve float64, maxInFlight int) *pacer {
	return &pacer{
		reserve: reserve,
		slots:   make(chan struct{}, maxInFlight),
		changed: make(chan struct{}),
	}
}

// acquire waits until a request may be sent. The caller hands the ticket back
// by release.
func (p *pacer) acquire(ctx context.Context) (ticket, error) {
	if ctx.Err() != nil {
		return ticket{}, context.Cause(ctx)
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return ticket{}, context.Cause(ctx)
	}
	for {
		t, ok, wait, changed := p.take(time.Now())
		if ok {
			return t, nil
		}
		if err := sleep(ctx, wait, changed); err != nil {
			<-p.slots
			return ticket{}, err
		}
	}
}

// take gives a ticket, or else says how long to wait for one unless something
// changes before.
func (p *pacer) take(now time.Time) (t ticket, ok bool, wait time.Duration, changed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := p.paused.Sub(now); d > 0 {
		return ticket{}, false, d, p.changed
	}
	known := p.window.reset != 0
	if known && !now.Before(p.window.end) {
		p.forgetWindow()
		known = false
	}
	if known && p.window.remaining-p.inFlight-p.reserved() < 1 {
		return ticket{}, false, p.window.end.Sub(now), p.changed
	}
	if !known && !p.mayProbe(now) {
		return ticket{}, false, patience, p.changed
	}
	p.inFlight++
	if !known {
		p.probing++
		p.probed = now
	}
	return ticket{p.epoch, !known}, true, 0, nil
}

// mayProbe reports whether a request may be sent although no window is known:
// few at once, fewer if the window is small, and one more every now and then
// if these hang. Requests of earlier epochs may come late and be counted in
// the new window, so they count here too.
func (p *pacer) mayProbe(now time.Time) bool {
	few := maxProbes
	switch usable := p.limit - p.reserved(); {
	case p.limit > 0 && p.inFlight >= usable:
		return false
	case p.limit > 0:
		few = min(max(usable/8, 1), maxProbes)
	case !p.answered:
		few = 1
	}
	return p.probing < few || now.Sub(p.probed) >= patience
}

// reserved is how much of a window is left to other apps.
func (p *pacer) reserved() int {
	n := int(math.Ceil(float64(p.limit)*p.reserve - 1e-9))
	return min(n, p.limit-1)
}

// forgetWindow begins a new epoch, in which no window is known.
func (p *pacer) forgetWindow() {
	if p.window.reset != 0 {
		p.over = p.window.reset
	}
	p.window = window{}
	p.probing, p.lost = 0, 0
	p.epoch++
}

// release takes back a ticket, with the answer to its request.
func (p *pacer) release(t ticket, got answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	current := t.epoch == p.epoch
	p.inFlight--
	if t.probing && current {
		p.probing--
	}
	p.answered = p.answered || got.status != 0
	p.learn(got)
	p.judge(got, current)
	close(p.changed)
	p.changed = make(chan struct{})
	<-p.slots
}

// learn notes what an answer says of its window. Answers come in any order:
// those of an earlier window say nothing any more, and within one window the
// least that remains is the latest.
func (p *pacer) learn(got answer) {
	r := got.rate
	switch {
	case !r.known():
		p.miss()
		return
	case r.left <= 0, r.reset < p.window.reset, r.reset == p.over && r.left <= windowLength/2:
		return
	case r.reset > p.window.reset:
		lost := min(p.lost, maxProbes)
		p.forgetWindow()
		p.window = window{r.reset, got.at.Add(r.left), r.remaining - lost}
	}
	p.limit = r.limit
	p.window.remaining = min(p.window.remaining, r.remaining)
	if end := got.at.Add(r.left); end.Before(p.window.end) {
		p.window.end = end
	}
}

// miss notes a request that was counted, most likely, without an answer to
// say so.
func (p *pacer) miss() {
	if p.window.reset == 0 {
		p.lost++
	} else {
		p.window.remaining--
	}
}

// judge pauses everybody when the API says that it is too much. Of the many
// answers that say so at once, only the first is a strike.
func (p *pacer) judge(got answer, current bool) {
	if got.status != http.StatusTooManyRequests {
		if current && got.status != 0 {
			p.strikes = 0
		}
		return
	}
	wait := got.retryAfter
	if wait == 0 {
		wait = got.rate.left
	}
	if wait == 0 && current {
		wait = backoff(p.strikes)
	}
	if until := got.at.Add(wait); until.After(p.paused) {
		p.paused = until
	}
	if current {
		p.strikes++
		p.forgetWindow()
	}
}
