package web

import (
	"fmt"

	"finpages/ingest"
	"finpages/ingest/inspect"
)

// kind is how good or bad something is. Templates show it by a colour, a sign
// and words.
type kind string

// The kinds, the worse ones first.
const (
	bad     kind = "bad"     // does not work
	waiting kind = "waiting" // waits for somebody's decision
	warn    kind = "warn"    // works, but for some pages
	fresh   kind = "new"     // nothing has happened yet
	busy    kind = "busy"    // under way
	good    kind = "ok"
)

// sign is what stands for a kind where it is not spelt out.
func sign(k kind) string {
	return map[kind]string{bad: "✕", waiting: "?", warn: "!", fresh: "○", busy: "↻", good: "✓"}[k]
}

// verdict says how a source stands, in words for people.
type verdict struct {
	Kind  kind
	Label string // two words
	Text  string // a sentence
	Link  string // where a reader can do something about it; "" for nowhere
	More  string // what the link leads to
}

// note is something about a source that a reader may have to act on.
type note struct {
	Kind kind
	Text string
	Link string
	More string // what the link leads to
}

// card is a source as the pages show it.
type card struct {
	inspect.Status
	Settled  *ingest.Report // the last run that was not interrupted
	Verdict  verdict
	Progress string // how far the run under way is, in a sentence; "" if there is none
	Notes    []note
}

// card tells how a source stands.
func (s *server) card(name string) (c card, err error) {
	if c.Status, err = s.Service.Status(name); err != nil {
		return c, err
	}
	c.Settled = c.LastRun
	if c.interrupted() {
		if c.Settled, err = s.settled(name); err != nil {
			return c, err
		}
	}
	c.Verdict = c.judge()
	if c.Running != nil {
		c.Progress = progressWords(c.Running)
		c.Verdict = c.Verdict.whileSyncing()
	}
	c.Notes = c.notes()
	return c, nil
}

// settled returns the last run of a source that was not interrupted; nil if
// there is none in its history.
func (s *server) settled(name string) (*ingest.Report, error) {
	runs, err := s.Service.Runs(name, shownRuns)
	for _, r := range runs {
		if !r.Interrupted {
			return &r, err
		}
	}
	return nil, err
}

func (c card) interrupted() bool { return c.LastRun != nil && c.LastRun.Interrupted }

const goesOn = "finpages was stopped; the next sync goes on from there"

// HeldShown returns the held pages that are spelt out.
func (c card) HeldShown() []string { return c.Hold.Pages[:min(len(c.Hold.Pages), shownHeld)] }

// HeldMore tells how many held pages are not spelt out.
func (c card) HeldMore() int { return max(len(c.Hold.Pages)-shownHeld, 0) }

// judge says how the source stands, whatever is under way.
func (c card) judge() verdict {
	switch last := c.Settled; {
	case last != nil && last.Result == ingest.Failed:
		return verdict{Kind: bad, Label: "Failed", Text: sentence("the last sync failed: "+last.Error) + keptWords(c.Pages)}
	case c.Hold != nil && !c.Hold.Approved:
		return verdict{waiting, "Waiting for you", sentence(heldWords(c.Hold)), sourceURL(c.Name) + "#held", "See and approve them"}
	case c.interrupted():
		return verdict{Kind: fresh, Label: "Interrupted", Text: sentence("the last sync was interrupted: " + goesOn)}
	case last == nil && c.Pages > 0:
		return verdict{Kind: fresh, Label: "Not synced yet", Text: "No sync of this source has been finished yet."}
	case last == nil:
		return verdict{Kind: fresh, Label: "Not synced yet", Text: "Nothing of this source has been sent to Fin yet."}
	case last.Result == ingest.Partial:
		return verdict{Kind: warn, Label: "Needs a look", Text: "Fin is up to date, but for some pages."}
	case c.Hold != nil:
		return verdict{Kind: busy, Label: "Approved", Text: "The next sync takes the approved pages out of Fin."}
	}
	return verdict{Kind: good, Label: "Up to date", Text: "Fin is up to date."}
}

// whileSyncing is the verdict while a run is under way. What is wrong stays so
// until a run ends well: one that hangs, or is tried again and again, must not
// hide it.
func (v verdict) whileSyncing() verdict {
	switch v.Kind {
	case bad, waiting, warn:
		return v
	}
	return verdict{Kind: busy, Label: "Syncing"}
}

// keptWords says what a failure does not take away.
func keptWords(pages int) string {
	if pages == 0 {
		return ""
	}
	return " Fin keeps the " + count(pages, "page", "pages") + " that it has."
}

func progressWords(r *inspect.RunningNow) string {
	switch {
	case r.Deletes > 0:
		return fmt.Sprintf("Syncing now: taking %s out of Fin.", count(r.Deletes, "page", "pages"))
	case r.Total > 0:
		return fmt.Sprintf("Syncing now: %s of %s done.", grouped(r.Done), count(r.Total, "changed document", "changed documents"))
	case r.Listed > 0:
		return fmt.Sprintf("Syncing now: %s found so far.", count(r.Listed, "document", "documents"))
	}
	return "Syncing now."
}

func heldWords(h *inspect.HeldDeletes) string {
	if len(h.Pages) == 1 {
		return "1 delete waits for your approval"
	}
	return grouped(int64(len(h.Pages))) + " deletes wait for your approval"
}

// notes lists what is to be known beside what the verdict says, the worst first.
func (c card) notes() (list []note) {
	add := func(k kind, link, more, text string) { list = append(list, note{k, sentence(text), link, more}) }
	self, said := sourceURL(c.Name), c.Verdict.Kind
	if last := c.Settled; last != nil && last.Error != "" && said != bad {
		add(bad, "", "", "the last sync failed: "+last.Error)
	}
	if h := c.Hold; h != nil && !h.Approved && said != waiting {
		add(waiting, self+"#held", "See and approve them", heldWords(h))
	}
	if c.Quarantined > 0 {
		add(warn, inventoryURL(c.Name, inspect.ShowProblems), "See which", count(c.Quarantined, "page was", "pages were")+" refused, and will be tried again once changed")
	}
	if c.Failing > 0 {
		add(warn, inventoryURL(c.Name, inspect.ShowProblems), "See which", count(c.Failing, "page", "pages")+" failed, and will be tried again by the next sync")
	}
	if n := len(c.Incomplete); n > 0 {
		add(warn, self+"#incomplete", "See which", count(n, "part", "parts")+" of the source could not be read; nothing of it is deleted meanwhile")
	}
	if c.Settled != nil && c.Settled.Waiting > 0 {
		add(warn, "", "", count(c.Settled.Waiting, "delete waits", "deletes wait")+" until the whole source can be read")
	}
	if c.interrupted() && said != fresh {
		add(fresh, "", "", "a sync was interrupted: "+goesOn)
	}
	return list
}

// stateOf says how a document stands.
func stateOf(d inspect.InventoryDocument) verdict {
	switch {
	case d.Retracted:
		return verdict{Kind: waiting, Label: "Taken out by hand"}
	case d.Held:
		return verdict{Kind: waiting, Label: "Delete waits for approval"}
	case d.Refused:
		return verdict{Kind: bad, Label: "Refused", Text: d.Error}
	case d.Error != "":
		return verdict{Kind: warn, Label: "Failed, will be tried again", Text: d.Error}
	case d.InFin:
		return verdict{Kind: good, Label: "In Fin"}
	case d.Withheld != "":
		return verdict{Kind: fresh, Label: "Left out", Text: d.Withheld}
	}
	return verdict{Kind: fresh, Label: "Not in Fin"}
}
