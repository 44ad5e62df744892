package listing

import (
	"context"
	"reflect"
	"strings"
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
	ID, revision, url string
	modified          int64 // in Unix nanoseconds; 0 if it is not known
	load              loadFunc
	more              *moreQueued // nil if the entry is known by its scope, the folder of its ID, and these
}

// moreQueued is what few items have.
type moreQueued struct {
	scope string
	entry *sources.Entry // if it has more than those of all
	prior *decide.Prior  // nil if nothing is known
}

type loadFunc = func(context.Context) (sources.Document, error)

// Enqueued returns the item as it waits.
func Enqueued(w Item) Queued {
	q := Queued{ID: w.ID, revision: w.Revision, url: w.URL, load: w.Load}
	more := moreQueued{scope: w.Scope}
	if !w.Modified.IsZero() {
		q.modified = w.Modified.UnixNano()
	}
	if w.Err != nil || w.Withheld != "" || w.Unproven || w.Excluded != "" || w.Revoked != "" ||
		!q.modifiedAt().Equal(w.Modified) {
		e := w.Entry
		more.entry = &e
	}
	if w.Prior.Found || w.Prior.Intent || !reflect.ValueOf(w.Prior.Record).IsZero() {
		known := w.Prior
		more.prior = &known
	}
	if more != (moreQueued{scope: folderOf(w.ID)}) {
		q.more = &more
	}
	return q
}

func (q *Queued) modifiedAt() time.Time {
	if q.modified == 0 {
		return time.Time{}
	}
	return time.Unix(0, q.modified)
}

func folderOf(id string) string { return id[:max(strings.LastIndexByte(id, '/'), 0)] }

// Entry returns the entry of the item.
func (q *Queued) Entry() sources.Entry {
	e := sources.Entry{ID: q.ID, Scope: folderOf(q.ID), Revision: q.revision, URL: q.url, Modified: q.modifiedAt(), Load: q.load}
	if q.more == nil {
		return e
	}
	if q.more.entry != nil {
		return *q.more.entry
	}
	e.Scope = q.more.scope
	return e
}

// Item returns the item, whose turn it is then.
func (q *Queued) Item(turn int) Item {
	w := Item{Entry: q.Entry(), Turn: turn}
	if q.more != nil && q.more.prior != nil {
		w.Prior = *q.more.prior
	}
	return w
}

// PagesBefore is how many pages the entry had before the run.
func (q *Queued) PagesBefore() int {
	if q.more == nil || q.more.prior == nil {
		return 0
	}
	return len(q.more.prior.Record.Pages)
}
