package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"finpages/ingest/decide"
	"finpages/ingest/transform"
	"finpages/sources"
	"finpages/state"
)

// listing is what the source has, compared with what was known before.
type listing struct {
	tally
	seen       *entrySet
	listed     int               // entries, each once
	recorded   int               // of these, those that the state has a record of
	vanished   bool              // the state has records of entries that were not listed: new ones may be they, renamed
	leftOut    int               // documents, by rule
	excluded   map[string]string // by ID, the rule that leaves out an entry that the state knows
	work       []queued
	recovered  []string // IDs of entries whose error is over
	incomplete []ScopeError
}

// workItem is an entry to be dealt with.
type workItem struct {
	sources.Entry
	prior decide.Prior
	turn  int // in the order in which external_ids are claimed

	putOff bool // until all updates are counted
}

func newListing() *listing { return &listing{seen: newEntrySet(), excluded: map[string]string{}} }

func (l *listing) complete() bool { return len(l.incomplete) == 0 }

// covers reports whether a scope was listed in full.
func (l *listing) covers(scope string) bool {
	for _, in := range l.incomplete {
		if in.Scope == "" || scope == in.Scope || strings.HasPrefix(scope, in.Scope+"/") {
			return false
		}
	}
	return true
}

// mayHaveMissed reports whether an entry that was not listed may exist all the
// same. One that the state does not know may lie in any scope.
func (l *listing) mayHaveMissed(rec state.Entry, recorded bool) bool {
	if !recorded {
		return !l.complete()
	}
	return !l.covers(rec.Scope)
}

// listBatch is how many entries are compared with the state in one transaction.
const listBatch = 1024

// list compares what the source has with what the state knows. The comparing
// goes on beside the listing.
func (r *run) list(before prior, src opened) (*listing, error) {
	c := &comparer{run: r, prior: before, source: src, listing: newListing()}
	batches, compared := make(chan []sources.Entry, 2), make(chan error, 1)
	go func() { compared <- c.compareAll(batches) }()
	batch := make([]sources.Entry, 0, listBatch)
	ends, err := sources.Guarded(func() (sources.Listing, error) {
		return src.snapshot.List(r.Ctx, func(e sources.Entry) error {
			batch = append(batch, e)
			if len(batch) == listBatch {
				batches <- batch
				batch = make([]sources.Entry, 0, listBatch)
			}
			return nil
		})
	})
	batches <- batch
	close(batches)
	l := c.listing
	if err := <-compared; err != nil {
		return l, err
	}
	for _, w := range c.including {
		if err := c.compareIncluded(w); err != nil {
			return l, err
		}
	}
	if r.Ctx.Err() != nil {
		return l, r.Ctx.Err()
	}
	if errors.As(err, new(*sources.PanicError)) {
		return l, err
	}
	l.leftOut += ends.Excluded
	if err != nil {
		ends.Incomplete = append(ends.Incomplete, sources.Incomplete{Err: err})
	}
	for _, in := range ends.Incomplete {
		l.incomplete = append(l.incomplete, ScopeError{in.Scope, in.Err.Error()})
	}
	r.opts.Progress.Total.Store(int64(len(l.work)))
	return l, r.View(func(tx *state.Tx) error {
		l.vanished = l.recorded < tx.CountEntries()
		return nil
	})
}

// comparer fills a listing.
type comparer struct {
	*run
	prior     prior
	source    opened
	including []workItem // unchanged themselves, but perhaps not what they include
	*listing
}

// compareAll decides about all entries. After an error it takes the rest
// without looking at it.
func (c *comparer) compareAll(batches <-chan []sources.Entry) (err error) {
	for batch := range batches {
		if err == nil {
			err = c.compare(batch)
		}
	}
	return err
}

// compare decides about a batch of entries.
func (c *comparer) compare(batch []sources.Entry) error {
	c.opts.Progress.Listed.Add(int64(len(batch)))
	ids, known := make([]string, len(batch)), make([]knownEntry, len(batch))
	for i, e := range batch {
		ids[i] = e.ID
	}
	err := c.View(func(tx *state.Tx) error {
		var unknown []int
		err := tx.Entries(ids, func(i int, stored state.StoredEntry) (err error) {
			if known[i], err = c.knownEntry(batch[i], stored); err == nil && !stored.Found() {
				unknown = append(unknown, i)
			}
			return err
		})
		return errors.Join(err, c.findTakenOver(tx, ids, known, unknown))
	})
	if err != nil {
		return err
	}
	for i, e := range batch {
		c.enqueue(e, known[i])
	}
	return nil
}

// knownEntry is what is known of an entry before the run.
type knownEntry struct {
	decide.Prior
	plain bool // it is unchanged, and that is all: Record is not filled
}

// knownEntry returns what is known of an entry. Almost all are plain, which costs
// little to find out.
func (c *comparer) knownEntry(e sources.Entry, stored state.StoredEntry) (known knownEntry, err error) {
	known.Found = stored.Found()
	mayBePlain := e.Err == nil && e.Withheld == "" && e.Excluded == "" && e.Revoked == "" && e.Revision != "" &&
		!c.opts.Full && len(c.prior.intents)+len(c.prior.outByHand) == 0
	if mayBePlain {
		if known.plain, err = stored.IsPlain(e.Revision, c.source.settings); known.plain || err != nil {
			return known, err
		}
	}
	if known.Record, err = stored.Entry(); err != nil {
		return known, err
	}
	if known.Record.Settings == c.source.budgeted { // quarantined for a budget that is as it was
		known.Record.Settings = c.source.settings
	}
	known.Intent = c.prior.isIntended(e.ID, known.Record)
	if c.prior.outByHand[e.ID] && len(known.Record.Pages) > 0 {
		known.Record.Settings = state.Hash{} // so that it is looked at, and its pages leave
	}
	return known, nil
}

// findTakenOver gives those entries that the state does not know the pages that were
// taken over under their names.
func (c *comparer) findTakenOver(tx *state.Tx, ids []string, known []knownEntry, unknown []int) error {
	if len(unknown) == 0 {
		return nil
	}
	names := make([]string, len(unknown))
	for n, i := range unknown {
		names[n] = ids[i]
	}
	return tx.Pages(names, func(n int, page state.Page, found bool) error {
		if _, planned := c.prior.adopted[names[n]]; planned || found && page.Entry == "" {
			known[unknown[n]].Record.Pages = []string{names[n]}
		}
		return nil
	})
}

// enqueue counts an entry, or queues it.
func (c *comparer) enqueue(e sources.Entry, known knownEntry) {
	if e.Excluded = transform.LeftOut(e); e.Excluded != "" {
		c.exclude(e, known.Prior)
		return
	}
	if !c.seen.add(e.ID) {
		c.fail(e.ID, errors.New("the source listed this ID twice: only the first counts"), c.Started)
		return
	}
	c.listed++
	if known.Found {
		c.recorded++
	}
	if known.plain {
		c.add(func(t *tally) { t.unchanged++ })
		return
	}
	if known.Record.Withheld != "" && len(known.Record.Pages) > 0 { // they could not be deleted yet
		e.Revoked = cmp.Or(e.Revoked, known.Record.Withheld)
	}
	w := workItem{Entry: e, prior: known.Prior}
	what := decide.Entry(e, known.Prior, c.source.settings, c.opts.Full)
	if len(known.Record.Included) > 0 && (what == decide.Unchanged || what == decide.Quarantined ||
		what == decide.Recovered) {
		c.including = append(c.including, w)
		return
	}
	c.settle(w, what)
}

// compareIncluded decides about an unchanged entry that includes others. Where
// these cannot be looked at, it stays as it is.
func (c *comparer) compareIncluded(w workItem) error {
	now, err := c.source.maker.IncludedHash(c.Ctx, w.prior.Record.Included)
	if c.Ctx.Err() != nil {
		return c.Ctx.Err()
	}
	what := decide.Entry(w.Entry, w.prior, c.source.settings, c.opts.Full)
	if err == nil && (now == state.Hash{} || now != w.prior.Record.IncludedHash) {
		what = decide.Load
	}
	c.settle(w, what)
	return nil
}

// settle counts an entry, or queues it.
func (c *comparer) settle(w workItem, what decide.Action) {
	e, known := w.Entry, w.prior
	switch what {
	case decide.Unchanged:
		c.countUnchanged(known)
	case decide.Quarantined:
		err := fmt.Errorf("in quarantine until it changes: %s", known.Record.Refused)
		c.quarantine(e.ID, err, known.Record.Since)
	case decide.Recovered:
		c.countUnchanged(known)
		c.recovered = append(c.recovered, e.ID)
	case decide.Unreadable, decide.Withdraw, decide.Load:
		c.work = append(c.work, enqueued(w))
	}
}

// exclude counts an entry that is left out by a rule, and notes why what the
// state knows of it must go.
func (c *comparer) exclude(e sources.Entry, known decide.Prior) {
	c.leftOut++
	if known.Found || len(known.Record.Pages) > 0 {
		c.excluded[e.ID] = e.Excluded
	}
}

func (c *comparer) countUnchanged(known decide.Prior) {
	if known.Record.Withheld != "" {
		c.withhold(known.Record.Withheld)
	} else {
		c.add(func(t *tally) { t.unchanged++ })
	}
}
