// Package listing is the first half of a run: what was known of a source before
// ([Prior]), the source as this run sees it ([Opened]), and what it has compared with
// what was known ([Listing]).
package listing

import (
	"errors"
	"strings"

	"finpages/ingest/decide"
	"finpages/ingest/destination"
	"finpages/ingest/tally"
	"finpages/sources"
	"finpages/state"
)

// Listing is what the source has, compared with what was known before.
type Listing struct {
	tally.Tally
	Seen       *EntrySet
	Listed     int               // entries, each once
	recorded   int               // of these, those that the state has a record of
	Vanished   bool              // the state has records of entries that were not listed: new ones may be they, renamed
	LeftOut    int               // documents, by rule
	Excluded   map[string]string // by ID, the rule that leaves out an entry that the state knows
	Names      state.Hash        // of what entries depend on by names alone; zero if it is not known
	Work       []Queued
	Recovered  []string // IDs of entries whose error is over
	Incomplete []tally.ScopeError
}

// New returns an empty listing.
func New() *Listing { return &Listing{Seen: NewEntrySet(), Excluded: map[string]string{}} }

// Complete reports whether all scopes were listed in full.
func (l *Listing) Complete() bool { return len(l.Incomplete) == 0 }

// covers reports whether a scope was listed in full.
func (l *Listing) covers(scope string) bool {
	for _, in := range l.Incomplete {
		if in.Scope == "" || scope == in.Scope || strings.HasPrefix(scope, in.Scope+"/") {
			return false
		}
	}
	return true
}

// MayHaveMissed reports whether an entry that was not listed may exist all the
// same. One that the state does not know may lie in any scope.
func (l *Listing) MayHaveMissed(rec state.Entry, recorded bool) bool {
	if !recorded {
		return !l.Complete()
	}
	return !l.covers(rec.Scope)
}

// listBatch is how many entries are compared with the state in one transaction.
const listBatch = 1024

// Options vary a listing.
type Options struct {
	Full   bool      // nothing counts as unchanged
	Listed func(int) // told how many more entries were seen
}

// List compares what the source has with what the state knows. The comparing
// goes on beside the listing.
func List(s *destination.Session, before Prior, src Opened, opts Options) (*Listing, error) {
	c := &comparer{Session: s, opts: opts, prior: before, source: src, Listing: New(), named: decide.Prior{Found: true}}
	batches, free, compared := make(chan []sources.Entry, 1), make(chan []sources.Entry, 3), make(chan error, 1)
	for range cap(free) - 1 {
		free <- make([]sources.Entry, 0, listBatch)
	}
	go func() { compared <- c.compareAll(batches, free) }()
	batch := make([]sources.Entry, 0, listBatch)
	ends, err := sources.Guarded(func() (sources.Listing, error) {
		return src.Snapshot.List(s.Ctx, func(e sources.Entry) error {
			batch = append(batch, e)
			if len(batch) == listBatch {
				batches <- batch
				batch = <-free
			}
			return nil
		})
	})
	batches <- batch
	close(batches)
	l := c.Listing
	if err := <-compared; err != nil {
		return l, err
	}
	if s.Ctx.Err() != nil {
		return l, s.Ctx.Err()
	}
	if errors.As(err, new(*sources.PanicError)) {
		return l, err
	}
	if err := c.compareDependent(err == nil && len(ends.Incomplete) == 0); err != nil {
		return l, err
	}
	l.LeftOut += ends.Excluded
	if err != nil {
		ends.Incomplete = append(ends.Incomplete, sources.Incomplete{Err: err})
	}
	for _, in := range ends.Incomplete {
		l.Incomplete = append(l.Incomplete, tally.ScopeError{Scope: in.Scope, Error: in.Err.Error()})
	}
	return l, s.View(func(tx *state.Tx) error {
		l.Vanished = l.recorded < tx.CountEntries()
		return nil
	})
}
