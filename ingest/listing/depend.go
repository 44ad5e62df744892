package listing

import (
	"errors"

	"finpages/ingest/decide"
	"finpages/ingest/tally"
	"finpages/ingest/transform"
	"finpages/sources"
	"finpages/state"
)

// compareDependent decides about the unchanged entries that depend on others.
func (c *comparer) compareDependent(complete bool) error {
	if complete && c.byNames+len(c.including)+len(c.Work) > 0 {
		c.Names = c.source.Maker.See(c.Ctx, c.listed)
	}
	for _, w := range c.including {
		if err := c.compareIncluded(w); err != nil {
			return err
		}
	}
	c.including = nil
	if c.byNames == 0 {
		return nil
	}
	changed := 0
	if c.Names == (state.Hash{}) || c.Names != c.prior.Info.Names {
		ids, err := c.changedByNames()
		if err == nil && len(ids) > 0 {
			changed, err = c.enqueueAgain(ids)
		}
		if err != nil {
			return err
		}
		if changed < len(ids) { // the next run looks again
			c.Names = state.Hash{}
		}
	}
	c.Add(func(t *tally.Tally) { t.Unchanged += c.byNames - changed })
	return nil
}

// compareIncluded decides about an unchanged entry that includes others. Where
// these cannot be looked at, it stays as it is.
func (c *comparer) compareIncluded(w Item) error {
	changed, err := c.hasChanged(w.Prior.Record)
	if err != nil {
		return err
	}
	what := decide.Entry(w.Entry, w.Prior, c.source.Settings, c.opts.Full)
	if changed {
		what = decide.Load
	}
	c.apply(w, what)
	return nil
}

// hasChanged tells whether what an entry depends on has changed.
func (c *comparer) hasChanged(rec state.Entry) (bool, error) {
	byNames := rec.ByNames && c.Names != state.Hash{}
	now, err := c.source.Maker.IncludedHash(c.Ctx, rec.Included, byNames)
	if c.Ctx.Err() != nil {
		return false, c.Ctx.Err()
	}
	if err != nil {
		if byNames {
			c.Names = state.Hash{} // the next run looks again
		}
		return false, nil
	}
	return now == state.Hash{} || now != rec.IncludedHash, nil
}

// changedByNames returns those of the entries that were counted as plain by names which
// are not, as other names have led them elsewhere.
func (c *comparer) changedByNames() (changed map[string]bool, err error) {
	waiting := make(map[string]bool, len(c.Work))
	for i := range c.Work {
		waiting[c.Work[i].ID] = true
	}
	changed = map[string]bool{}
	type dependent struct {
		id  string
		rec state.Entry
	}
	for from, more := "", true; more; {
		var batch []dependent
		more = false
		err := c.View(func(tx *state.Tx) error {
			return tx.EachStored(from, func(id string, stored state.StoredEntry) error {
				if len(batch) == listBatch {
					from, more = id, true
					return state.Stop
				}
				if !stored.MayDepend() || waiting[id] || !c.Seen.Has(id) {
					return nil
				}
				rec, err := stored.Entry()
				if err == nil && rec.ByNames {
					batch = append(batch, dependent{id, rec})
				}
				return err
			})
		})
		if err != nil {
			return nil, err
		}
		for _, d := range batch {
			is, err := c.hasChanged(d.rec)
			if err != nil {
				return nil, err
			}
			if is {
				changed[d.id] = true
			}
		}
	}
	return changed, nil
}

// enqueueAgain has the entries with the IDs loaded, for which the source is listed once
// more, and returns how many these are: what has changed meanwhile waits for the next run.
func (c *comparer) enqueueAgain(ids map[string]bool) (enqueued int, err error) {
	_, err = c.source.Snapshot.List(c.Ctx, func(e sources.Entry) error {
		if !ids[e.ID] || transform.LeftOut(e) != "" {
			return nil
		}
		var known *decide.Prior
		err := c.View(func(tx *state.Tx) error {
			return tx.Entries([]string{e.ID}, func(_ int, stored state.StoredEntry) (err error) {
				rec, err := stored.Entry()
				known = &decide.Prior{Record: rec, Found: stored.Found()}
				return err
			})
		})
		if err == nil && decide.Entry(e, *known, c.source.Settings, c.opts.Full) == decide.Unchanged {
			enqueued++
			c.Work = append(c.Work, Enqueued(Item{Entry: e, Prior: *known}))
		}
		return err
	})
	if c.Ctx.Err() != nil {
		return enqueued, c.Ctx.Err()
	}
	if errors.As(err, new(*sources.PanicError)) {
		return enqueued, err
	}
	return enqueued, nil
}
