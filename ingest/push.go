package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"finpages/sources"
	"finpages/state"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

const (
	loadsAtOnce   = 8        // documents being read and rendered
	bytesRendered = 8 << 20  // of documents being rendered, which takes some thirty times as much memory
	bytesInFlight = 64 << 20 // of requests waiting for Intercom
)

// push deals with the entries in r.work. It returns only what stops the run.
func (r *run) push() error {
	if p, ok := r.snap.(sources.Prefetcher); ok {
		if err := p.Prefetch(r.ctx, r.toLoad()); err != nil {
			r.log.Warn("prefetch", "error", err)
		}
	}
	group := errgroup.Group{}
	group.SetLimit(max(r.InFlight, loadsAtOnce))
	loads, bytes := make(chan struct{}, loadsAtOnce), semaphore.NewWeighted(bytesInFlight)
	slices.SortFunc(r.work, func(a, b workItem) int { return strings.Compare(a.ID, b.ID) })
	for i := range r.work {
		if r.ctx.Err() != nil {
			break
		}
		r.work[i].turn = i
		loads <- struct{}{} // here, so that they are taken in order: see claims.await
		loaded := sync.OnceFunc(func() { <-loads })
		group.Go(func() error {
			defer r.opts.Progress.Done.Add(1)
			defer r.claims.pass(i)
			defer loaded()
			err := r.entry(&r.work[i], loaded, bytes)
			r.work[i] = workItem{} // so that it can be collected
			if err != nil {
				r.stop(err)
			}
			return err
		})
	}
	err := group.Wait()
	if cause := context.Cause(r.ctx); cause != nil {
		return cause
	}
	return err
}

func (r *run) toLoad() (entries []sources.Entry) {
	for _, w := range r.work {
		if w.Err == nil && w.Withheld == "" {
			entries = append(entries, w.Entry)
		}
	}
	return entries
}

// entry deals with one entry. Its error stops the run; what concerns the
// entry alone is counted and noted.
func (r *run) entry(w *workItem, loaded func(), bytes *semaphore.Weighted) error {
	if err := r.noteRevoked(w); err != nil {
		return err
	}
	switch {
	case w.Err != nil:
		return r.unread(w)
	case w.Withheld != "" && w.Unproven:
		return r.refusedToTell(w)
	case w.Withheld != "":
		return r.withdraw(w, w.known.entry, w.Withheld)
	}
	p, err := r.make(w)
	if err != nil || p == nil {
		return err
	}
	r.claims.pass(w.turn)
	weight := min(int64(len(p.page.HTML)), bytesInFlight)
	if err := bytes.Acquire(r.hard, weight); err != nil {
		return err
	}
	defer bytes.Release(weight)
	loaded()
	return r.pushPage(w, p)
}

// pushPage brings Intercom's page in step with the rendered one.
func (r *run) pushPage(w *workItem, p *rendered) error {
	before, found, err := r.page(p.id)
	if err != nil {
		return err
	}
	k := w.known
	_, k.intent = r.intents[p.id]
	for _, stale := range w.known.entry.Pages {
		if stale == p.id {
			continue
		}
		if err := r.intend(stale, w.ID); err != nil { // so that it is found, should the run end before it is deleted
			return err
		}
	}
	switch decidePush(before, found, p.hash, k, r.opts.Full) {
	case keepRefused:
		return r.keepRefused(w, p)
	case same:
		return r.noteSame(w, p, before)
	case create:
		return r.upsert(w, p, state.Page{}, false)
	}
	return r.upsert(w, p, before, true)
}

// page returns what the state knows of a page, or a plan has taken over.
func (r *run) page(id string) (p state.Page, found bool, err error) {
	if p, found := r.adopted[id]; found {
		return p, true, nil
	}
	err = r.State.View(r.src.Name, func(tx *state.Tx) (err error) {
		p, found, err = tx.Page(id)
		return err
	})
	return p, found, err
}

func (r *run) keepRefused(w *workItem, p *rendered) error {
	if w.Revoked != "" {
		return r.failed(w, errors.New(w.known.entry.Refused))
	}
	p.entry.Refused, p.entry.RefusedHash, p.entry.Since, p.entry.Pages = w.known.entry.Refused, p.hash, w.known.entry.Since, w.known.entry.Pages
	r.tally.add(func(t *Report) { t.Quarantined++ })
	r.tally.fail(p.id, fmt.Errorf("in quarantine until it changes: %s", p.entry.Refused), p.entry.Since)
	return r.update(func(tx *state.Tx) error { return tx.PutEntry(w.ID, p.entry) })
}

func (r *run) noteSame(w *workItem, p *rendered, before state.Page) error {
	r.tally.add(func(t *Report) { t.Unchanged++ })
	return r.settle(w, p, before)
}

// upsert sends the page. That it begins is written down before.
func (r *run) upsert(w *workItem, p *rendered, before state.Page, isUpdate bool) error {
	if r.opts.Plan {
		r.plannedUpsert(w, p, before, isUpdate)
		return r.dropStale(w, p.id, "replaced by the id "+p.id)
	}
	if before.URL != "" && p.request.URL == "" { // whether an upsert without url takes the old one away is not documented
		if ok, err := r.remove(p.id, before, false); !ok {
			return err
		}
	}
	if err := r.intend(p.id, w.ID); err != nil {
		return err
	}
	got, err := r.Client.UpsertPage(r.hard, p.request)
	r.count(1)
	if err != nil {
		return r.notPushed(w, p, err)
	}
	r.pushed(w, p, isUpdate)
	if err := r.settle(w, p, state.Page{IntercomID: got.ID, Pushed: time.Now().UTC()}); err != nil {
		return err
	}
	return r.withdrawIfRetracted(w, p)
}

// withdrawIfRetracted takes the page out again if it was retracted while it
// was on its way.
func (r *run) withdrawIfRetracted(w *workItem, p *rendered) error {
	out := false
	err := r.State.View(r.src.Name, func(tx *state.Tx) (err error) {
		out, err = tx.IsRetracted(p.id)
		return err
	})
	if err != nil || !out {
		return err
	}
	w.known.entry = p.entry
	return r.withdraw(w, p.entry, "retracted")
}

func (r *run) intend(page, entry string) error {
	return r.update(func(tx *state.Tx) error {
		return tx.PutIntent(page, state.Intent{Entry: entry, Since: r.started.UTC()})
	})
}

// settle notes that Intercom has the page as rendered.
func (r *run) settle(w *workItem, p *rendered, page state.Page) error {
	q := p.request
	page.Entry, page.Hash, page.Restored = w.ID, p.hash, false
	page.Title, page.URL, page.Locale, page.AIAgent, page.AICopilot = q.Title, q.URL, q.Locale, q.AIAgent, q.AICopilot
	err := r.update(func(tx *state.Tx) error {
		return errors.Join(tx.PutPage(p.id, page), tx.PutEntry(w.ID, p.entry), tx.DeleteIntent(p.id))
	})
	if err != nil {
		return err
	}
	return r.dropStale(w, p.id, "replaced by the id "+p.id)
}

// pushed counts a page that Intercom accepted.
func (r *run) pushed(w *workItem, p *rendered, isUpdate bool) {
	action := "create"
	if isUpdate {
		action = "update"
	}
	r.counted(w, p, isUpdate)
	r.failures.Store(0)
	r.log.Debug("pushed page", "action", action, "external_id", p.id, "title", p.request.Title)
	for _, warning := range p.page.Warnings {
		r.log.Debug("lost on the way", "external_id", p.id, "warning", warning)
	}
	r.Metrics.changed(r.src.Name, action, 1)
	if r.info.LastComplete.IsZero() {
		return // a first sync: the changes are older than finpages
	}
	seen := r.started
	if m := w.Modified; m.After(r.info.LastComplete) && m.Before(seen) {
		seen = m
	}
	r.Metrics.fresh(r.src.Name, time.Since(seen))
}

func (r *run) counted(w *workItem, p *rendered, isUpdate bool) {
	r.tally.add(func(t *Report) {
		if isUpdate {
			t.Updated++
		} else {
			t.Created++
		}
	})
	if !isUpdate && r.mayMove {
		r.created.add(p.entry.BodyHash, w.ID, p.id)
	}
}

// update changes the state, unless this is a plan.
func (r *run) update(f func(*state.Tx) error) error {
	if r.opts.Plan {
		return nil
	}
	return r.State.Update(r.src.Name, f)
}
