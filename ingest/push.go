package ingest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"finpages/ingest/decide"
	"finpages/ingest/listing"
	"finpages/ingest/tally"
	"finpages/sources"
	"finpages/state"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

const (
	loadsAtOnce   = 8        // documents being read and rendered
	bytesInFlight = 64 << 20 // of requests waiting for Intercom
)

// pushed is what became of the entries that were loaded.
type pushed struct {
	tally.Tally
	claims       *claims
	created      created
	emptied      []decide.Deletion // pages of entries that have nothing to show any more
	vanished     []decide.Deletion // parts that their documents do not have any more
	upsertFailed bool              // in a way that may pass: deletes wait
	held         []state.HeldUpdate
	overBudget   string // why the updates are held; "" if they fit the budget
}

func newPushed() *pushed { return &pushed{claims: newClaims(), created: newCreated()} }

// pusher brings Intercom in step with entries, many at once.
type pusher struct {
	*run
	prior    listing.Prior
	source   listing.Opened
	listing  *listing.Listing
	outages  atomic.Int64 // upserts that failed in a way that may pass, none succeeding in between
	counting bool         // updates are counted, before one of them is pushed
	counted  []countedUpdate
	*pushed
}

// push deals with the entries of the listing that may have changed. Its error
// is what stops the run.
func (r *run) push(before listing.Prior, src listing.Opened, l *listing.Listing) (*pushed, error) {
	p := &pusher{run: r, prior: before, source: src, listing: l, pushed: newPushed()}
	slices.SortFunc(l.Work, func(a, b listing.Queued) int { return strings.Compare(a.ID, b.ID) })
	p.counting = p.mayExceedUpdates()
	if err := p.processAll(l.Work); err != nil || !p.counting {
		return p.pushed, err
	}
	return p.pushed, p.settleUpdates()
}

// processAll deals with entries, in their order as far as they claim external_ids.
func (p *pusher) processAll(work []listing.Queued) error {
	if f, ok := p.source.Snapshot.(sources.Prefetcher); ok {
		if err := f.Prefetch(p.Ctx, toLoad(work)); err != nil {
			p.Log.Warn("prefetch", "error", err)
		}
	}
	group := errgroup.Group{}
	group.SetLimit(max(p.InFlight, loadsAtOnce))
	loads, bytes := make(chan struct{}, loadsAtOnce), semaphore.NewWeighted(bytesInFlight)
	for i := range work {
		if p.Ctx.Err() != nil {
			break
		}
		loads <- struct{}{} // here, so that they are taken in order: see claims.await
		loaded := sync.OnceFunc(func() { <-loads })
		group.Go(func() error {
			defer p.opts.Progress.Done.Add(1)
			defer p.claims.pass(i)
			defer loaded()
			w := work[i].Item(i)
			work[i] = listing.Queued{} // so that it can be collected
			err := p.process(&w, loaded, bytes)
			if w.PutOff {
				work[i] = listing.Enqueued(w)
			}
			if err != nil {
				p.Stop(err)
			}
			return err
		})
	}
	err := group.Wait()
	if cause := context.Cause(p.Ctx); cause != nil {
		return cause
	}
	return err
}

func toLoad(work []listing.Queued) (entries []sources.Entry) {
	for i := range work {
		if e := work[i].Entry(); e.Err == nil && e.Withheld == "" {
			entries = append(entries, e)
		}
	}
	return entries
}

// process deals with one entry. Its error stops the run; what concerns the
// entry alone is counted and noted.
func (p *pusher) process(w *listing.Item, loaded func(), bytes *semaphore.Weighted) error {
	if err := p.noteRevoked(w); err != nil {
		return err
	}
	switch {
	case w.Err != nil:
		return p.unread(w)
	case w.Withheld != "" && w.Unproven:
		return p.refusedToTell(w)
	case w.Withheld != "":
		return p.withdraw(w, w.Prior.Record, w.Withheld)
	}
	if waits, err := p.isHeldUnseen(w); waits || err != nil {
		return err
	}
	res := p.prepare(w)
	switch res.outcome {
	case stopped:
		return res.err
	case notReadable:
		return p.failed(w, res.err)
	case notPushable:
		return p.refuse(w, res.record, res.err)
	case mustStayOut:
		return p.withdraw(w, res.record, res.reason)
	case hasNothing:
		return p.empty(w, res.record, res.reason)
	}
	p.claims.pass(w.Turn)
	weight := min(int64(res.size()), bytesInFlight)
	if err := bytes.Acquire(p.Hard, weight); err != nil {
		return err
	}
	defer bytes.Release(weight)
	loaded()
	if len(res.parts) > 0 {
		return p.pushParts(w, res.parts)
	}
	return p.pushPage(w, res.page)
}

// page returns what the state knows of a page, or a plan has taken over.
func (p *pusher) page(id string) (state.Page, bool, error) {
	if page, found := p.prior.Adopted[id]; found {
		return page, true, nil
	}
	return p.Page(id)
}
