package ingest

import (
	"context"
	"reflect"
	"time"

	"finpages/ingest/decide"
	"finpages/sources"
)

// queued is a work item that waits. A first sync has as many as the source has
// entries, so that it holds what most of them have, and the rest apart.
type queued struct {
	id, scope, revision, url string
	modified                 time.Time
	load                     loadFunc
	rare                     *sources.Entry // the entry, if it has more than these
	prior                    *decide.Prior  // nil if nothing is known
}

type loadFunc = func(context.Context) (sources.Document, error)

func enqueued(w workItem) queued {
	q := queued{id: w.ID, scope: w.Scope, revision: w.Revision, url: w.URL, modified: w.Modified, load: w.Load}
	if w.Err != nil || w.Withheld != "" || w.Unproven || w.Excluded != "" || w.Revoked != "" {
		e := w.Entry
		q.rare = &e
	}
	if w.prior.Found || w.prior.Intent || !reflect.ValueOf(w.prior.Record).IsZero() {
		known := w.prior
		q.prior = &known
	}
	return q
}

func (q *queued) entry() sources.Entry {
	if q.rare != nil {
		return *q.rare
	}
	return sources.Entry{ID: q.id, Scope: q.scope, Revision: q.revision, URL: q.url, Modified: q.modified, Load: q.load}
}

func (q *queued) item(turn int) workItem {
	w := workItem{Entry: q.entry(), turn: turn}
	if q.prior != nil {
		w.prior = *q.prior
	}
	return w
}
