package listing

import (
	"context"
	"reflect"
	"time"

	"finpages/ingest/decide"
	"finpages/sources"
)

// Item is an entry to be dealt with.
type Item struct {
	sources.Entry
	Prior decide.Prior
	Turn  int // in the order in which external_ids are claimed

	PutOff bool // until all updates are counted
}

// Queued is an item that waits. A first sync has as many as the source has
// entries, so that it holds what most of them have, and the rest apart.
type Queued struct {
	ID, scope, revision, url string
	modified                 time.Time
	load                     loadFunc
	rare                     *sources.Entry // the entry, if it has more than these
	prior                    *decide.Prior  // nil if nothing is known
}

type loadFunc = func(context.Context) (sources.Document, error)

// Enqueued returns the item as it waits.
func Enqueued(w Item) Queued {
	q := Queued{ID: w.ID, scope: w.Scope, revision: w.Revision, url: w.URL, modified: w.Modified, load: w.Load}
	if w.Err != nil || w.Withheld != "" || w.Unproven || w.Excluded != "" || w.Revoked != "" {
		e := w.Entry
		q.rare = &e
	}
	if w.Prior.Found || w.Prior.Intent || !reflect.ValueOf(w.Prior.Record).IsZero() {
		known := w.Prior
		q.prior = &known
	}
	return q
}

// Entry returns the entry of the item.
func (q *Queued) Entry() sources.Entry {
	if q.rare != nil {
		return *q.rare
	}
	return sources.Entry{ID: q.ID, Scope: q.scope, Revision: q.revision, URL: q.url, Modified: q.modified, Load: q.load}
}

// Item returns the item, whose turn it is then.
func (q *Queued) Item(turn int) Item {
	w := Item{Entry: q.Entry(), Turn: turn}
	if q.prior != nil {
		w.Prior = *q.prior
	}
	return w
}

// PagesBefore is how many pages the entry had before the run.
func (q *Queued) PagesBefore() int {
	if q.prior == nil {
		return 0
	}
	return len(q.prior.Record.Pages)
}
