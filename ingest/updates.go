package ingest

import (
	"fmt"
	"slices"
	"strings"

	"finpages/ingest/listing"
	"finpages/ingest/tally"
	"finpages/state"
)

// countedUpdate is an update that waits until all are counted.
type countedUpdate struct {
	state.HeldUpdate
	turn     int           // of the entry
	settings bool          // the document is the same: the settings have changed, or finpages itself
	foreign  bool          // no state of ours pushed the page
	change   *tally.Change // of a plan
}

// mayExceedUpdates reports whether the entries to be looked at are so many that
// their updates may go over the budget. If so, they are counted before one of them
// is pushed, and those that fit are read a second time. So it costs nothing as
// long as little has changed.
func (p *pusher) mayExceedUpdates() bool {
	n := 0
	for i := range p.listing.Work {
		pages := p.listing.Work[i].PagesBefore()
		if p.prior.Info.Unlisted > 0 {
			pages = max(pages, 1)
		}
		n += pages
	}
	return p.src.Updates.Exceeded(n, p.prior.Pages)
}

// isCounted reports whether an update falls under the budget. The first row that
// fits counts.
//
//	update                                                   counted
//	Fin has what it would send, as far as is known           no: it changes nothing
//	replaces what must not stay in Fin (revoked)             no: it goes at once
//	takes the page from some who Fin answers                 no: it goes at once
//	has secrets taken out                                    no: it goes at once
//	approved: exactly this request                           no
//	any other                                                yes
func (p *pusher) isCounted(w *listing.Item, page *rendered, before state.Page) bool {
	if before.Hash == page.hash || goesAtOnce(w, page, before) {
		return false
	}
	approved, held := p.prior.Hold.Update(page.id)
	return !(held && p.prior.Hold.Approved && approved.Request == page.hash)
}

// goesAtOnce reports whether an update takes something away that must not stay in
// Fin, or from some whom Fin answers.
func goesAtOnce(w *listing.Item, page *rendered, before state.Page) bool {
	q := page.request
	return w.Revoked != "" || before.AIAgent && !q.AIAgent || before.AICopilot && !q.AICopilot ||
		len(page.record.Leaks) > 0
}

// countUpdate puts an update off.
func (p *pusher) countUpdate(w *listing.Item, page *rendered, before state.Page) {
	c := tally.Change{ExternalID: page.id, Title: page.request.Title, URL: page.request.URL}
	if p.opts.Plan && p.opts.Diff {
		c.Diff = p.diff(page, before)
	}
	p.putOff(w, before, state.HeldUpdate{Page: page.id, Request: page.hash, Seen: p.seen(w)}, c)
}

func (p *pusher) putOff(w *listing.Item, before state.Page, held state.HeldUpdate, c tally.Change) {
	rec := w.Prior.Record
	u := countedUpdate{HeldUpdate: held, turn: w.Turn, foreign: before.Entry == "",
		settings: rec.Revision != "" && rec.Revision == w.Revision && rec.Settings != p.source.Settings}
	if p.opts.Plan {
		u.change = &c
	}
	w.PutOff = true
	p.Add(func(*tally.Tally) { p.counted = append(p.counted, u) })
}

// seen tells what the request of an entry is made from; zero if the source does not.
func (p *pusher) seen(w *listing.Item) (h state.ShortHash) {
	if w.Revision == "" {
		return h
	}
	return state.HashOf(w.Revision, p.source.Settings[:]).Short()
}

// isHeldUnseen counts the update of an entry that is held already, and has not
// changed since: it need not be read again.
func (p *pusher) isHeldUnseen(w *listing.Item) (bool, error) {
	rec := w.Prior.Record
	if !p.counting || p.opts.Full || p.prior.Hold.Approved || w.Revoked != "" || w.Prior.Intent ||
		rec.IDTaken || len(rec.Pages) != 1 {
		return false, nil
	}
	u, held := p.prior.Hold.Update(rec.Pages[0])
	if !held || u.Seen == (state.ShortHash{}) || u.Seen != p.seen(w) {
		return false, nil
	}
	before, found, err := p.page(u.Page)
	if err != nil || !found || before.Hash == u.Request {
		return false, err
	}
	if u.Page != w.ID {
		p.claims.await(w.Turn)
	}
	if p.claims.claim(u.Page, w.ID) != w.ID {
		return false, nil
	}
	p.putOff(w, before, u, tally.Change{ExternalID: u.Page, Title: before.Title, URL: before.URL})
	return true, nil
}

// settleUpdates pushes the updates that were put off, or holds all of them.
func (p *pusher) settleUpdates() error {
	p.counting = false
	slices.SortFunc(p.counted, func(a, b countedUpdate) int { return a.turn - b.turn })
	if !p.src.Updates.Exceeded(len(p.counted)+len(p.emptied), p.prior.Pages) {
		work := make([]listing.Queued, 0, len(p.counted))
		for i, u := range p.counted {
			if i == 0 || u.turn != p.counted[i-1].turn { // of several pages of one document
				work = append(work, p.listing.Work[u.turn])
			}
		}
		p.counted = nil
		p.opts.Progress.Total.Add(int64(len(work)))
		return p.processAll(work)
	}
	p.overBudget = p.whyHeld()
	for _, u := range p.counted {
		p.held = append(p.held, u.HeldUpdate)
		if c := u.change; c != nil {
			c.Action, c.Reason = "hold", "an update: "+p.overBudget
			p.Note(*c, p.opts.Plan)
		}
	}
	slices.SortFunc(p.held, func(a, b state.HeldUpdate) int { return strings.Compare(a.Page, b.Page) })
	if len(p.held) > 0 {
		since := p.Started
		if before := p.prior.Hold; len(before.Updates) > 0 {
			since = before.Since
		}
		p.Add(func(t *tally.Tally) { t.WaitsSince(since) })
	}
	p.counted, p.listing.Work = nil, nil
	return nil
}

// whyHeld says why the updates go over the budget.
func (p *pusher) whyHeld() string {
	n, settings, foreign := len(p.counted)+len(p.emptied), 0, 0
	for _, u := range p.counted {
		switch {
		case u.settings:
			settings++
		case u.foreign:
			foreign++
		}
	}
	reason := fmt.Sprintf("%d changed or emptied pages are %.1f %% of the %d pages in Fin, more than "+
		"updates.max_percent %g",
		n, 100*float64(n)/float64(p.prior.Pages), p.prior.Pages, p.src.Updates.MaxPercent)
	if settings > 0 {
		reason += fmt.Sprintf("; of %d of them the document is the same: the settings have changed, "+
			"or the version of finpages", settings)
	}
	if foreign > 0 {
		reason += fmt.Sprintf("; %d of them were not pushed from this state", foreign)
	}
	return reason
}
