package web

import (
	"fmt"
	"time"

	"finpages/ingest"
	"finpages/ingest/inspect"
)

// headline is how Fin stands as a whole.
type headline struct {
	Level      level
	Text       string
	Sources    []card     // the sources that are not well, the worst first
	AsOf       *time.Time // since when every source was read in full; nil if not all were, or all is not well
	Incomplete string     // how many sources the last syncs did not read in full; "" if they did
}

func newHeadline(cards []card) headline {
	worst, stopped, part, drifted, gone := map[level]int{}, 0, 0, 0, 0
	held := &inspect.HeldDeletes{}
	for _, c := range cards {
		worst[c.Health.Level]++
		if c.interrupted() && c.Health.Level == levelNew {
			stopped++
		}
		if c.IsUnconfigured() {
			gone++
		}
		if c.Drift != nil {
			drifted++
		}
		if len(c.Incomplete) > 0 {
			part++
		}
		if c.Hold != nil && !c.Hold.Approved {
			held.Pages, held.Updates = append(held.Pages, c.Hold.Pages...), append(held.Updates, c.Hold.Updates...)
		}
	}
	h := headline{Level: levelOK, Text: "Fin is up to date."}
	switch of := len(cards) - gone; {
	case gone > 0 && gone == worst[levelFailed]:
		h.Level, h.Text = levelFailed, goneText(gone)
	case of == 0:
		h.Level, h.Text = levelNew, "No sources are configured yet."
	case drifted > 0:
		h.Level, h.Text = levelFailed, fmt.Sprintf(
			"Fin is not up to date: it does not have what %d of %s sent.",
			drifted,
			count(of, "source", "sources"),
		)
	case worst[levelFailed] > 0:
		h.Level, h.Text = levelFailed, fmt.Sprintf("Fin is not up to date: the last sync of %d of %s failed.",
			worst[levelFailed]-gone, count(of, "source", "sources"))
	case len(held.Pages)+len(held.Updates) > 0:
		h.Level, h.Text = levelWaiting, sentence(heldText(held))
	case worst[levelWarning] > 0:
		h.Level, h.Text = levelWarning, "Fin is up to date, except for some pages."
	case stopped > 0:
		h.Level, h.Text = levelNew, fmt.Sprintf(
			"The last sync of %d of %s was interrupted. The next one continues from there.", stopped,
			count(of, "source", "sources"))
	case worst[levelNew] > 0:
		h.Level, h.Text = levelNew, fmt.Sprintf("The first sync of %d of %s has not finished yet.", worst[levelNew],
			count(of, "source", "sources"))
	case worst[levelBusy] > 0:
		h.Level, h.Text = levelBusy, "Syncing now. Fin will be up to date soon."
	}
	if h.Level != levelFailed {
		h.AsOf = asOf(cards)
	}
	if part > 0 {
		h.Incomplete = fmt.Sprintf("%d of %s could not be read completely by the last sync.", part,
			count(len(cards), "source", "sources"))
	}
	for _, k := range []level{levelFailed, levelWaiting, levelWarning} {
		for _, c := range cards {
			if c.Health.Level == k {
				h.Sources = append(h.Sources, c)
			}
		}
	}
	return h
}

// shownSources bounds the sources that a headline names.
const shownSources = 8

// ShownSources returns the sources that are named.
func (h headline) ShownSources() []card { return h.Sources[:min(len(h.Sources), shownSources)] }

// HiddenSources tells how many sources are not.
func (h headline) HiddenSources() int { return max(len(h.Sources)-shownSources, 0) }

// asOf is nil if a source was never read in full.
func asOf(cards []card) (oldest *time.Time) {
	for _, c := range cards {
		if c.LastComplete == nil {
			return nil
		}
		if oldest == nil || c.LastComplete.Before(*oldest) {
			oldest = c.LastComplete
		}
	}
	return oldest
}

// Problem says in a few words what is wrong with a source.
func (c card) Problem() string {
	if c.Running != nil {
		return c.problem() + "; a sync is running"
	}
	return c.problem()
}

func (c card) problem() string {
	switch {
	case c.IsUnconfigured():
		return inspect.StillInFin(c.Pages)
	case c.LastFinished != nil && c.LastFinished.Result == ingest.Failed:
		return "the last sync failed"
	case c.Drift != nil:
		return c.Drift.Words()
	case c.Health.Level == levelWaiting:
		return heldText(c.Hold)
	case c.Quarantined > 0:
		return count(c.Quarantined, "page was", "pages were") + " rejected"
	case c.Failing > 0:
		return count(c.Failing, "page", "pages") + " failed"
	case len(c.Incomplete) > 0:
		return count(len(c.Incomplete), "part", "parts") + " could not be read"
	}
	return "some pages were not synced"
}
