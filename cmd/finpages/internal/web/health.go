package web

import (
	"fmt"
	"strings"

	"finpages/ingest"
	"finpages/ingest/documents"
	"finpages/ingest/inspect"
	"finpages/state"
)

// level is how good or bad something is. Templates show it by a colour, a symbol
// and words.
type level string

// The kinds, the worse ones first.
const (
	levelFailed  level = "bad"     // does not work
	levelWaiting level = "waiting" // waits for somebody's decision
	levelWarning level = "warn"    // works, but for some pages
	levelNew     level = "new"     // nothing has happened yet
	levelBusy    level = "busy"    // under way
	levelOK      level = "ok"
)

// symbol is what stands for a level where it is not spelt out.
func symbol(k level) string {
	return map[level]string{
		levelFailed: "✕", levelWaiting: "?", levelWarning: "!", levelNew: "○", levelBusy: "↻", levelOK: "✓"}[k]
}

// health says how a source stands, in words for people.
type health struct {
	Level level
	Label string // two words
	Text  string // a sentence
	Link  string // where a reader can do something about it; "" for nowhere
	More  string // what the link leads to
}

// note is something about a source that a reader may have to act on.
type note struct {
	Level level
	Text  string
	Link  string
	More  string // what the link leads to
}

// card is a source as the pages show it.
type card struct {
	inspect.Status
	site         site
	LastFinished *ingest.Report // the last run that was not interrupted
	Health       health
	Progress     string // how far the run under way is, in a sentence; "" if there is none
	Notes        []note
}

// card tells how a source stands.
func (s *server) card(name string) (c card, err error) {
	c.site = s.site
	if c.Status, err = s.Service.Status(name); err != nil {
		return c, err
	}
	if c.IsUnconfigured() {
		c.Health = c.unconfigured()
		return c, nil
	}
	c.LastFinished = c.LastRun
	if c.interrupted() {
		if c.LastFinished, err = s.lastFinished(name); err != nil {
			return c, err
		}
	}
	c.Health = c.judge()
	if c.Running != nil {
		c.Progress = progressText(c.Running)
		c.Health = c.Health.whileSyncing()
	} else if c.Replica != "" {
		if c.Health = c.Health.whileSyncing(); c.Health.Level == levelBusy {
			c.Health.Text = "Syncing now, on replica " + c.Replica + "."
		}
	}
	c.Notes = c.notes()
	return c, nil
}

// lastFinished returns the last run of a source that was not interrupted; nil if
// there is none in its history.
func (s *server) lastFinished(name string) (*ingest.Report, error) {
	runs, err := s.Service.Runs(name, shownRuns)
	for _, r := range runs {
		if !r.Interrupted {
			return &r, err
		}
	}
	return nil, err
}

func (c card) interrupted() bool { return c.LastRun != nil && c.LastRun.Interrupted }

const resumesText = "finpages was stopped; the next sync continues from there"

// heldPages are some of the pages that wait for an approval.
type heldPages struct {
	Title string
	Shown []string
	More  int // that are not spelled out
}

// HeldLists returns the pages whose deletes wait, and those whose updates do.
func (c card) HeldLists() (lists []heldPages) {
	add := func(title string, ids []string) {
		if len(ids) > 0 {
			lists = append(lists, heldPages{title + " (" + grouped(int64(len(ids))) + ")",
				ids[:min(len(ids), shownHeld)], max(len(ids)-shownHeld, 0)})
		}
	}
	add("To be deleted", c.Hold.Pages)
	add("To be updated", c.Hold.Updates)
	return lists
}

// Held counts what waits for an approval.
func (c card) Held() int { return len(c.Hold.Pages) + len(c.Hold.Updates) }

// HeldWords says what waits for an approval.
func (c card) HeldWords() string { return heldWords(c.Hold) }

// ApproveText is what the button says.
func (c card) ApproveText() string {
	deletes, updates := len(c.Hold.Pages), len(c.Hold.Updates)
	these := "these " + grouped(int64(deletes+updates)) + " pages"
	if deletes+updates == 1 {
		these = "this page"
	}
	switch {
	case updates == 0:
		return "Delete exactly " + these + " from Fin"
	case deletes == 0:
		return "Update exactly " + these + " in Fin"
	}
	return "Delete and update exactly " + these + " in Fin"
}

// judge says how the source stands, whatever is under way.
func (c card) judge() health {
	switch last := c.LastFinished; {
	case last != nil && last.Result == ingest.Failed:
		return health{
			Level: levelFailed,
			Label: "Failed",
			Text:  sentence("the last sync failed: "+last.Error) + keptText(c.Pages),
		}
	case c.Drift != nil:
		return health{
			Level: levelFailed,
			Label: "Differs",
			Text:  sentence(c.driftText()),
			Link:  c.site.source(c.Name) + "#drift",
			More:  "Show them",
		}
	case c.Hold != nil && !c.Hold.Approved:
		return health{
			levelWaiting,
			"Needs approval",
			sentence(heldText(c.Hold)),
			c.site.source(c.Name) + "#held",
			"Review and approve",
		}
	case c.interrupted():
		return health{
			Level: levelNew,
			Label: "Interrupted",
			Text:  sentence("the last sync was interrupted: " + resumesText),
		}
	case last == nil && c.Pages > 0:
		return health{Level: levelNew, Label: "Not synced yet", Text: "No sync of this source has finished yet."}
	case last == nil:
		return health{
			Level: levelNew,
			Label: "Not synced yet",
			Text:  "Nothing from this source has been sent to Fin yet.",
		}
	case last.Result == ingest.Partial:
		return health{Level: levelWarning, Label: "Needs attention", Text: "Fin is up to date, except for some pages."}
	case c.Hold != nil:
		return health{Level: levelBusy, Label: "Approved",
			Text: "The next sync deletes and updates the approved pages in Fin."}
	}
	return health{Level: levelOK, Label: "Up to date", Text: "Fin is up to date."}
}

// whileSyncing is the health while a run is under way. What is wrong stays so
// until a run ends well: one that hangs, or is tried again and again, must not
// hide it.
func (v health) whileSyncing() health {
	switch v.Level {
	case levelFailed, levelWaiting, levelWarning:
		return v
	}
	return health{Level: levelBusy, Label: "Syncing"}
}

// keptText says what a failure does not take away.
func keptText(pages int) string {
	if pages == 0 {
		return ""
	}
	return " Fin keeps its " + count(pages, "page", "pages") + "."
}

func progressText(r *inspect.RunningNow) string {
	switch {
	case r.Deletes > 0:
		return fmt.Sprintf("Syncing now: deleting %s from Fin.", count(r.Deletes, "page", "pages"))
	case r.Total > 0:
		return fmt.Sprintf("Syncing now: %s of %s done.", grouped(r.Done),
			count(r.Total, "changed document", "changed documents"))
	case r.Listed > 0:
		return fmt.Sprintf("Syncing now: %s found so far.", count(r.Listed, "document", "documents"))
	}
	return "Syncing now."
}

func heldText(h *inspect.HeldDeletes) string {
	if len(h.Pages)+len(h.Updates) == 1 {
		return heldWords(h) + " needs your approval"
	}
	return heldWords(h) + " need your approval"
}

func heldWords(h *inspect.HeldDeletes) string {
	var words []string
	for _, w := range []struct {
		n         int
		one, many string
	}{{len(h.Pages), "delete", "deletes"}, {len(h.Updates), "update", "updates"}} {
		if w.n > 0 {
			words = append(words, count(w.n, w.one, w.many))
		}
	}
	return strings.Join(words, " and ")
}

// notes lists what is to be known beside what the health says, the worst first.
func (c card) notes() (list []note) {
	add := func(k level, link, more, text string) { list = append(list, note{k, sentence(text), link, more}) }
	self, said := c.site.source(c.Name), c.Health.Level
	if last := c.LastFinished; last != nil && last.Error != "" && said != levelFailed {
		add(levelFailed, "", "", "the last sync failed: "+last.Error)
	}
	if c.Drift != nil && c.Health.Label != "Differs" {
		add(levelFailed, self+"#drift", "Show them", c.driftText())
	}
	if h := c.Hold; h != nil && !h.Approved && said != levelWaiting {
		add(levelWaiting, self+"#held", "Review and approve", heldText(h))
	}
	if c.Quarantined > 0 {
		add(
			levelWarning,
			c.site.inventory(c.Name, documents.ShowProblems),
			"Show them",
			count(c.Quarantined, "page was",
				"pages were")+" rejected, and will be tried again when the document changes",
		)
	}
	if c.Failing > 0 {
		add(levelWarning, c.site.inventory(c.Name, documents.ShowProblems), "Show them",
			count(c.Failing, "page", "pages")+" failed, and will be tried again in the next sync")
	}
	if c.Lossy > 0 {
		add(levelWarning, "", "", count(c.Lossy, "document has a page that lacks more than 1 % of its words, or shows",
			"documents have pages that lack more than 1 % of their words, or show")+
			" syntax: finpages loss "+c.Name+" lists them")
	}
	if n := len(c.Incomplete); n > 0 {
		add(
			levelWarning,
			self+"#incomplete",
			"Show them",
			count(n, "part",
				"parts")+" of the source could not be read. Pages from there stay in Fin until it can be read again",
		)
	}
	if c.LastFinished != nil && c.LastFinished.Waiting > 0 {
		add(levelWarning, "", "",
			count(c.LastFinished.Waiting, "delete waits", "deletes wait")+" until the whole source can be read")
	}
	if c.interrupted() && said != levelNew {
		add(levelNew, "", "", "a sync was interrupted: "+resumesText)
	}
	return list
}

// stateOf says how a document stands.
func stateOf(d documents.InventoryDocument) health {
	switch {
	case d.Retracted:
		return health{Level: levelWaiting, Label: "Retracted"}
	case d.Held:
		return health{Level: levelWaiting, Label: "Delete needs approval"}
	case d.Update:
		return health{Level: levelWaiting, Label: "Update needs approval"}
	case d.Refused:
		return health{Level: levelFailed, Label: "Rejected", Text: d.Error}
	case d.Drift == state.DriftMissing:
		return health{Level: levelFailed, Label: "Missing in Fin"}
	case d.Drift == state.DriftChanged:
		return health{Level: levelFailed, Label: "Changed in Intercom"}
	case d.Drift != "":
		return health{Level: levelFailed, Label: "Differs in Intercom"}
	case d.Error != "":
		return health{Level: levelWarning, Label: "Failed, will be retried", Text: d.Error}
	case d.InFin && d.Restored:
		return health{Level: levelOK, Label: "In Fin, restored"}
	case d.InFin && d.Loss != "":
		return health{Level: levelWarning, Label: "In Fin, not whole", Text: d.Loss}
	case d.InFin && d.Empty:
		return health{Level: levelWarning, Label: "In Fin, without text"}
	case d.InFin:
		return health{Level: levelOK, Label: "In Fin"}
	case d.Withheld != "":
		return health{Level: levelNew, Label: "Kept out", Text: d.Withheld}
	}
	return health{Level: levelNew, Label: "Not in Fin"}
}
