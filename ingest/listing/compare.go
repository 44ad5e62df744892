package listing

import (
	"cmp"
	"errors"
	"fmt"

	"finpages/ingest/decide"
	"finpages/ingest/destination"
	"finpages/ingest/tally"
	"finpages/ingest/transform"
	"finpages/sources"
	"finpages/state"
)

// comparer fills a listing.
type comparer struct {
	*destination.Session
	opts      Options
	prior     Prior
	source    Opened
	including []Item // unchanged themselves, but perhaps not what they include
	byNames   int    // entries that are unchanged if the names of the source are
	listed    transform.IDs
	*Listing

	ids   []string                 // of the batch that is compared
	known [listBatch]*decide.Prior // of its entries; nil if one is plain
	named decide.Prior             // stands for that of one that is plain by names
}

// compareAll decides about all entries, and gives the batches back. After an error it
// takes the rest without looking at it.
func (c *comparer) compareAll(batches <-chan []sources.Entry, free chan<- []sources.Entry) (err error) {
	for batch := range batches {
		if err == nil {
			err = c.compare(batch)
		}
		free <- batch[:0]
	}
	return err
}

// compare decides about a batch of entries.
func (c *comparer) compare(batch []sources.Entry) error {
	c.opts.Listed(len(batch))
	c.ids = c.ids[:0]
	for i := range batch {
		c.ids = append(c.ids, batch[i].ID)
	}
	known := c.known[:len(batch)]
	err := c.View(func(tx *state.Tx) error {
		var unknown []int
		err := tx.Entries(c.ids, func(i int, stored state.StoredEntry) (err error) {
			if known[i], err = c.knownEntry(&batch[i], stored); err == nil && !stored.Found() {
				unknown = append(unknown, i)
			}
			return err
		})
		return errors.Join(err, c.findTakenOver(tx, c.ids, known, unknown))
	})
	if err != nil {
		return err
	}
	for i, e := range batch {
		c.enqueue(e, known[i])
	}
	return nil
}

// knownEntry returns what is known of an entry before the run. Almost all are plain:
// unchanged, and that is all. That costs little to find out, and is nil.
func (c *comparer) knownEntry(e *sources.Entry, stored state.StoredEntry) (*decide.Prior, error) {
	mayBePlain := e.Err == nil && e.Withheld == "" && e.Excluded == "" && e.Revoked == "" && e.Revision != "" &&
		!c.opts.Full && len(c.prior.Intents)+len(c.prior.retractedEntries) == 0
	if mayBePlain {
		switch plain, err := stored.Plainness(e.Revision, c.source.Settings); {
		case plain == state.Plain, err != nil:
			return nil, err
		case plain == state.PlainByNames:
			return &c.named, nil
		}
	}
	rec, err := stored.Entry()
	if err != nil {
		return nil, err
	}
	if rec.Settings == c.source.Budgeted { // quarantined for a budget that is as it was
		rec.Settings = c.source.Settings
	}
	known := &decide.Prior{Record: rec, Found: stored.Found(), Intent: c.prior.isIntended(e.ID, rec)}
	if c.prior.retractedEntries[e.ID] && len(rec.Pages) > 0 {
		known.Record.Settings = state.Hash{} // so that it is looked at, and its pages leave
	}
	return known, nil
}

// findTakenOver gives those entries that the state does not know the pages that were
// taken over under their names.
func (c *comparer) findTakenOver(tx *state.Tx, ids []string, known []*decide.Prior, unknown []int) error {
	if len(unknown) == 0 {
		return nil
	}
	names := make([]string, len(unknown))
	for n, i := range unknown {
		names[n] = ids[i]
	}
	return tx.Pages(names, func(n int, page state.Page, found bool) error {
		if _, planned := c.prior.Adopted[names[n]]; planned || found && page.Entry == "" {
			known[unknown[n]].Record.Pages = []string{names[n]}
		}
		return nil
	})
}

// enqueue counts an entry, or queues it.
func (c *comparer) enqueue(e sources.Entry, known *decide.Prior) {
	if e.Excluded = transform.LeftOut(e); e.Excluded != "" {
		c.exclude(e, known == nil || known.Found || len(known.Record.Pages) > 0)
		return
	}
	if !c.Seen.Add(e.ID) {
		c.Fail(e.ID, errors.New("the source listed this ID twice: only the first counts"), c.Started)
		return
	}
	c.Listed++
	c.listed.Add(e.ID)
	if known == nil || known.Found {
		c.recorded++
	}
	if known == &c.named {
		c.byNames++
		return
	}
	if known == nil {
		c.Add(func(t *tally.Tally) { t.Unchanged++ })
		return
	}
	if known.Record.Withheld != "" && len(known.Record.Pages) > 0 { // they could not be deleted yet
		e.Revoked = cmp.Or(e.Revoked, known.Record.Withheld)
	}
	w := Item{Entry: e, Prior: *known}
	what := decide.Entry(e, *known, c.source.Settings, c.opts.Full)
	if len(known.Record.Included) > 0 && (what == decide.Unchanged || what == decide.Quarantined ||
		what == decide.Recovered) {
		c.including = append(c.including, w)
		return
	}
	c.apply(w, what)
}

// apply counts an entry, or queues it.
func (c *comparer) apply(w Item, what decide.Action) {
	e, known := w.Entry, w.Prior
	switch what {
	case decide.Unchanged:
		c.countUnchanged(e.ID, known)
	case decide.Quarantined:
		err := fmt.Errorf("in quarantine until it changes: %s", known.Record.Refused)
		c.Quarantine(e.ID, err, known.Record.Since)
	case decide.Recovered:
		c.countUnchanged(e.ID, known)
		c.Recovered = append(c.Recovered, e.ID)
	case decide.Unreadable, decide.Withdraw, decide.Load:
		c.Work = append(c.Work, Enqueued(w))
	}
}

// exclude counts an entry that is left out by a rule, and notes why what the
// state knows of it must go.
func (c *comparer) exclude(e sources.Entry, known bool) {
	c.LeftOut++
	if known {
		c.Excluded[e.ID] = e.Excluded
	}
}

func (c *comparer) countUnchanged(id string, known decide.Prior) {
	if known.Record.Withheld != "" {
		c.Withhold(id, known.Record.Withheld)
	} else {
		c.Add(func(t *tally.Tally) { t.Unchanged++ })
	}
}
