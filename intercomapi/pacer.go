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
// the reserve, or for what other apps are about to take. Of a new window, a
// small part is used before an answer tells how much other apps took.
type pacer struct {
	reserve float64
	slots   chan struct{} // holds one for each caller that waits or sends

	mu        sync.Mutex
	changed   chan struct{} // closed when waiters have to look again
	epoch     int           // counts the spans of time in which one window is paced by
	inFlight  int           // requests under way
	probing   int           // of these, sent in this epoch before a window was known
	probed    time.Time     // when the latest of these was sent
	lost      int           // answers that told nothing, or never came, in this epoch before a window was known
	window    window
	others    others
	lastReset int64     // reset of the window before
	limit     int       // of the latest window; 0 if never known
	answered  bool      // whether an answer ever came
	replicas  int       // that share the windows, this one among them
	paused    time.Time // nothing is sent before
	pauses    int       // in a row, without a success between
}

// window is a rate window that is under way; the zero window is unknown.
type window struct {
	reset     int64     // by the server's clock
	end       time.Time // the same by ours, the earliest of the answers' estimates
	remaining int       // the least that an answer told
	answered  int       // requests of ours that were counted in it
	lost      int       // the same, most likely, without an answer to say so
}

// ticket is the permission to send one request.
type ticket struct {
	epoch   int
	probing bool
	sent    time.Time
}

const (
	maxProbes    = 4               // requests under way at once before any window was known
	probeTimeout = 2 * time.Second // until one more is sent although none of these was answered
)

func newPacer(reserve float64, maxInFlight int) *pacer {
	return &pacer{
		reserve:  reserve,
		replicas: 1,
		slots:    make(chan struct{}, maxInFlight),
		changed:  make(chan struct{}),
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
		t, ok, wait, changed := p.tryAcquire(time.Now())
		if ok {
			return t, nil
		}
		if err := sleep(ctx, wait, changed); err != nil {
			<-p.slots
			return ticket{}, err
		}
	}
}

// tryAcquire gives a ticket, or else says how long to wait for one unless something
// changes before.
func (p *pacer) tryAcquire(now time.Time) (t ticket, ok bool, wait time.Duration, changed <-chan struct{}) {
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
	if known && !p.hasRoom(now) {
		return ticket{}, false, p.window.end.Sub(now), p.changed
	}
	if !known && !p.mayProbe(now) {
		return ticket{}, false, probeTimeout, p.changed
	}
	p.inFlight++
	if !known {
		p.probing++
		p.probed = now
	}
	return ticket{p.epoch, !known, now}, true, 0, nil
}

// hasRoom reports whether the window that is known has room for one more.
func (p *pacer) hasRoom(now time.Time) bool {
	if p.window.answered+p.window.lost+p.inFlight >= p.share() {
		return false
	}
	free := p.window.remaining - p.inFlight
	if free-max(p.reserved(), p.others.soon()) >= 1 {
		return true
	}
	// One request alone may find out that the others take less than before.
	return p.inFlight == 0 && free-max(p.reserved(), p.others.since(now, p.limit)) >= 1
}

// mayProbe reports whether a request may be sent although no window is known:
// a small part of what other apps left of the windows before, and one more
// every now and then if these hang. Requests of earlier epochs may come late
// and be counted in the new window, so they count here too.
func (p *pacer) mayProbe(now time.Time) bool {
	few := maxProbes
	switch usable := p.limit - p.reserved(); {
	case p.limit > 0 && p.inFlight >= min(usable, p.share()):
		return false
	case p.limit > 0:
		few = max((usable-p.others.most())/8/p.replicas, 1)
	case !p.answered:
		few = 1
	}
	return p.probing < few || now.Sub(p.probed) >= probeTimeout
}

// reserved is how much of a window is left to other apps.
func (p *pacer) reserved() int {
	n := int(math.Ceil(float64(p.limit)*p.reserve - 1e-9))
	return min(n, p.limit-1)
}

// share is how much of a window this client may use: all of it where it is
// alone, and else an equal part of what is not reserved, and of one request that
// is left to whoever joins.
func (p *pacer) share() int {
	if p.replicas == 1 {
		return math.MaxInt
	}
	return max((p.limit-p.reserved()-1)/p.replicas, 1)
}

func (p *pacer) setReplicas(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.replicas = max(n, 1)
	close(p.changed)
	p.changed = make(chan struct{})
}

// forgetWindow begins a new epoch, in which no window is known.
func (p *pacer) forgetWindow() {
	if p.window.reset != 0 {
		p.lastReset = p.window.reset
		p.others.endWindow()
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
	if got.status != 0 {
		p.others.noteLatency(got.at.Sub(t.sent))
	}
	p.updateWindow(got)
	p.pauseOn429(got, current)
	close(p.changed)
	p.changed = make(chan struct{})
	<-p.slots
}

// updateWindow notes what an answer says of its window. Answers come in any order:
// those of an earlier window say nothing any more, and within one window the
// least that remains is the latest.
func (p *pacer) updateWindow(got answer) {
	r := got.rate
	switch {
	case !r.known():
		p.countUnknown()
		return
	case r.left <= 0, r.reset < p.window.reset, r.reset == p.lastReset && r.left <= windowLength/2:
		return
	case r.reset > p.window.reset:
		lost := min(p.lost, maxProbes)
		p.forgetWindow()
		p.window = window{reset: r.reset, end: got.at.Add(r.left), remaining: r.remaining - lost, lost: lost}
		p.others.beginWindow(p.window.end.Add(-windowLength))
	}
	p.limit = r.limit
	p.window.remaining = min(p.window.remaining, r.remaining)
	if end := got.at.Add(r.left); end.Before(p.window.end) {
		p.window.end = end
	}
	p.window.answered++
	p.others.update(got.at, p.limit-p.window.remaining-p.window.answered, p.inFlight)
}

// countUnknown notes a request that was counted, most likely, without an answer to
// say so.
func (p *pacer) countUnknown() {
	if p.window.reset == 0 {
		p.lost++
	} else {
		p.window.remaining--
		p.window.lost++
	}
}

// pauseOn429 pauses everybody when the API says that it is too much. Many
// answers that say so at once are one pause.
func (p *pacer) pauseOn429(got answer, current bool) {
	if got.status != http.StatusTooManyRequests {
		if current && got.status != 0 {
			p.pauses = 0
		}
		return
	}
	wait := got.retryAfter
	if wait == 0 {
		wait = got.rate.left
	}
	if wait == 0 && current {
		wait = backoff(p.pauses)
	}
	if until := got.at.Add(wait); until.After(p.paused) {
		p.paused = until
	}
	if current {
		p.pauses++
		p.forgetWindow()
	}
}
