package web

import (
	"fmt"
	"time"

	"finpages/ingest/inspect"
)

// headline is how Fin stands as a whole.
type headline struct {
	Kind kind
	Text string
	Who  []card     // the sources that are not well, the worst first
	AsOf *time.Time // since when every source was read in full; nil if not all were, or all is not well
	Part string     // how many sources the last syncs did not read in full; "" if they did
}

func newHeadline(cards []card) headline {
	worst, held, stopped, part := map[kind]int{}, 0, 0, 0
	for _, c := range cards {
		worst[c.Verdict.Kind]++
		if c.interrupted() && c.Verdict.Kind == fresh {
			stopped++
		}
		if len(c.Incomplete) > 0 {
			part++
		}
		if c.Hold != nil && !c.Hold.Approved {
			held += len(c.Hold.Pages)
		}
	}
	h := headline{Kind: good, Text: "Fin is up to date."}
	switch of := len(cards); {
	case of == 0:
		h.Kind, h.Text = fresh, "There is no source yet."
	case worst[bad] > 0:
		h.Kind, h.Text = bad, fmt.Sprintf("Fin is not up to date: the last sync of %d of %s failed.", worst[bad], count(of, "source", "sources"))
	case held > 0:
		h.Kind, h.Text = waiting, sentence(heldWords(&inspect.HeldDeletes{Pages: make([]string, held)}))
	case worst[warn] > 0:
		h.Kind, h.Text = warn, "Fin is up to date, but for some pages."
	case stopped > 0:
		h.Kind, h.Text = fresh, fmt.Sprintf("The last sync of %d of %s was interrupted; the next one goes on from there.", stopped, count(of, "source", "sources"))
	case worst[fresh] > 0:
		h.Kind, h.Text = fresh, fmt.Sprintf("The first sync of %d of %s has not finished yet.", worst[fresh], count(of, "source", "sources"))
	case worst[busy] > 0:
		h.Kind, h.Text = busy, "Fin is being brought up to date."
	}
	if h.Kind != bad {
		h.AsOf = asOf(cards)
	}
	if part > 0 {
		h.Part = fmt.Sprintf("%d of %s could not be read in full by the last sync.", part, count(len(cards), "source", "sources"))
	}
	for _, k := range []kind{bad, waiting, warn} {
		for _, c := range cards {
			if c.Verdict.Kind == k {
				h.Who = append(h.Who, c)
			}
		}
	}
	return h
}

// shownWho bounds the sources that a headline names.
const shownWho = 8

// WhoShown returns the sources that are named.
func (h headline) WhoShown() []card { return h.Who[:min(len(h.Who), shownWho)] }

// WhoMore tells how many sources are not.
func (h headline) WhoMore() int { return max(len(h.Who)-shownWho, 0) }

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

// Short says in a few words what is the matter with a source.
func (c card) Short() string {
	if c.Running != nil {
		return c.matter() + "; a sync is under way"
	}
	return c.matter()
}

func (c card) matter() string {
	switch {
	case c.Verdict.Kind == bad:
		return "the last sync failed"
	case c.Verdict.Kind == waiting:
		return heldWords(c.Hold)
	case c.Quarantined > 0:
		return count(c.Quarantined, "page was", "pages were") + " refused"
	case c.Failing > 0:
		return count(c.Failing, "page", "pages") + " failed"
	case len(c.Incomplete) > 0:
		return count(len(c.Incomplete), "part", "parts") + " of it could not be read"
	}
	return "some pages were left out"
}
