package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"finpages/sources"
	"finpages/state"
)

// listBatch is how many entries are compared with the state in one look.
const listBatch = 1024

// list compares what the source has with what the state knows, and leaves
// what must be loaded in r.work. The comparing goes on beside the listing.
func (r *run) list() error {
	batches, compared := make(chan []sources.Entry, 2), make(chan error, 1)
	go func() { compared <- r.compareAll(batches) }()
	batch := make([]sources.Entry, 0, listBatch)
	listing, err := r.snap.List(r.ctx, func(e sources.Entry) error {
		batch = append(batch, e)
		if len(batch) == listBatch {
			batches <- batch
			batch = make([]sources.Entry, 0, listBatch)
		}
		return nil
	})
	batches <- batch
	close(batches)
	if err := <-compared; err != nil {
		return err
	}
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	r.tally.Excluded += listing.Excluded
	if err != nil {
		listing.Incomplete = append(listing.Incomplete, sources.Incomplete{Err: err})
	}
	for _, in := range listing.Incomplete {
		r.tally.Incomplete = append(r.tally.Incomplete, ScopeError{in.Scope, in.Err.Error()})
	}
	r.tally.Complete = len(r.tally.Incomplete) == 0
	r.opts.Progress.Total.Store(int64(len(r.work)))
	return r.State.View(r.src.Name, func(tx *state.Tx) error {
		r.mayMove = r.known < tx.CountEntries()
		return nil
	})
}

// compareAll decides about all entries. After an error it takes the rest
// without looking at it.
func (r *run) compareAll(batches <-chan []sources.Entry) (err error) {
	for batch := range batches {
		if err == nil {
			err = r.compare(batch)
		}
	}
	return err
}

// compare decides about a batch of entries.
func (r *run) compare(batch []sources.Entry) error {
	r.opts.Progress.Listed.Add(int64(len(batch)))
	return r.State.View(r.src.Name, func(tx *state.Tx) error {
		for _, e := range batch {
			rec, found, err := tx.Entry(e.ID)
			if err != nil {
				return err
			}
			k := known{entry: rec, found: found, intent: r.intended(e.ID, rec)}
			if !found {
				if k.entry.Pages, err = r.adoptedBy(tx, e.ID); err != nil {
					return err
				}
			}
			r.take(e, k)
		}
		return nil
	})
}

// adoptedBy returns the page that was taken over under the name of an entry
// that the state does not know yet.
func (r *run) adoptedBy(tx *state.Tx, entry string) ([]string, error) {
	p, found, err := tx.Page(entry)
	if _, planned := r.adopted[entry]; planned || found && p.Entry == "" {
		return []string{entry}, err
	}
	return nil, err
}

func (r *run) intended(id string, rec state.Entry) bool {
	if len(r.intents) == 0 {
		return false
	}
	if _, ok := r.intents[id]; ok {
		return true
	}
	for _, p := range rec.Pages {
		if _, ok := r.intents[p]; ok {
			return true
		}
	}
	for _, in := range r.intents {
		if in.Entry == id {
			return true
		}
	}
	return false
}

// take counts an entry, or queues it.
func (r *run) take(e sources.Entry, k known) {
	if e.Excluded != "" {
		r.exclude(e, k)
		return
	}
	if r.seen.has(e.ID) {
		r.tally.fail(e.ID, errors.New("the source listed this ID twice: only the first counts"), r.started)
		return
	}
	r.seen.add(e.ID)
	if k.found {
		r.known++
	}
	r.tally.Listed++
	if k.entry.Withheld != "" && len(k.entry.Pages) > 0 { // they could not be deleted yet
		e.Revoked = cmp.Or(e.Revoked, k.entry.Withheld)
	}
	switch decide(e, k, r.settings, r.opts.Full) {
	case unchanged:
		r.unchanged(k)
	case quarantined:
		r.tally.Quarantined++
		r.tally.fail(e.ID, fmt.Errorf("in quarantine until it changes: %s", k.entry.Refused), k.entry.Since)
	case recovered:
		r.unchanged(k)
		r.recovered = append(r.recovered, e.ID)
	case unreadable, withdraw, load:
		r.work = append(r.work, workItem{Entry: e, known: k})
	}
}

// exclude counts an entry that is left out by a rule, and notes why what the
// state knows of it must go.
func (r *run) exclude(e sources.Entry, k known) {
	r.tally.Excluded++
	if k.found || len(k.entry.Pages) > 0 {
		r.excluded[e.ID] = e.Excluded
	}
}

func (r *run) unchanged(k known) {
	if k.entry.Withheld != "" {
		r.tally.withhold(k.entry.Withheld)
	} else {
		r.tally.Unchanged++
	}
}

// incomplete reports whether a scope lies in a part that was not fully listed.
func (r *run) incomplete(scope string) bool {
	for _, in := range r.tally.Incomplete {
		if in.Scope == "" || scope == in.Scope || strings.HasPrefix(scope, in.Scope+"/") {
			return true
		}
	}
	return false
}

// mayBeUnseen reports whether an entry that was not listed may exist all the
// same. One that the state does not know may lie in any scope.
func (r *run) mayBeUnseen(rec state.Entry, known bool) bool {
	if !known {
		return !r.tally.Complete
	}
	return r.incomplete(rec.Scope)
}
