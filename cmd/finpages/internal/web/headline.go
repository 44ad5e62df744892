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
	s := standingOf(cards)
	h := headline{}
	h.Level, h.Text = s.words()
	if h.Level != levelFailed {
		h.AsOf = asOf(cards)
	}
	if s.part > 0 {
		h.Incomplete = fmt.Sprintf("%d of %s could not be read completely by the last sync.", s.part,
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

// standing is how all sources together stand.
type standing struct {
	configured int // sources
	gone       int // sources that are no longer configured
	worst      map[level]int
	stopped    int // sources whose first sync was interrupted
	part       int // sources that were not listed in full
	drifted    int // sources of which Fin has something else
	held       *inspect.HeldDeletes
}

func standingOf(cards []card) standing {
	s := standing{worst: map[level]int{}, held: &inspect.HeldDeletes{}}
	for _, c := range cards {
		s.worst[c.Health.Level]++
		if c.interrupted() && c.Health.Level == levelNew {
			s.stopped++
		}
		if c.IsUnconfigured() {
			s.gone++
		}
		if c.Drift != nil {
			s.drifted++
		}
		if len(c.Incomplete) > 0 {
			s.part++
		}
		if c.Hold != nil && !c.Hold.Approved {
			s.held.Pages, s.held.Updates = append(s.held.Pages, c.Hold.Pages...), append(s.held.Updates, c.Hold.Updates...)
		}
	}
	s.configured = len(cards) - s.gone
	return s
}

// words says the worst of it.
func (s standing) words() (level, string) {
	of := func(format string, n int) string {
		return fmt.Sprintf(format, n, count(s.configured, "source", "sources"))
	}
	switch {
	case s.gone > 0 && s.gone == s.worst[levelFailed]:
		return levelFailed, goneText(s.gone)
	case s.configured == 0:
		return levelNew, "No sources are configured yet."
	case s.drifted > 0:
		return levelFailed, of("Fin is not up to date: it does not have what %d of %s sent.", s.drifted)
	case s.worst[levelFailed] > 0:
		return levelFailed, of("Fin is not up to date: the last sync of %d of %s failed.", s.worst[levelFailed]-s.gone)
	case len(s.held.Pages)+len(s.held.Updates) > 0:
		return levelWaiting, sentence(heldText(s.held))
	case s.worst[levelWarning] > 0:
		return levelWarning, "Fin is up to date, except for some pages."
	case s.stopped > 0:
		return levelNew, of("The last sync of %d of %s was interrupted. The next one continues from there.", s.stopped)
	case s.worst[levelNew] > 0:
		return levelNew, of("The first sync of %d of %s has not finished yet.", s.worst[levelNew])
	case s.worst[levelBusy] > 0:
		return levelBusy, "Syncing now. Fin will be up to date soon."
	}
	return levelOK, "Fin is up to date."
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
