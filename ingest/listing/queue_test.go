package listing

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"finpages/ingest/decide"
	"finpages/sources"
	"finpages/state"
)

// An item is, after it has waited, what it was.
func TestQueued(t *testing.T) {
	load := func(context.Context) (sources.Document, error) { return sources.Document{Title: "loaded"}, nil }
	known := decide.Prior{Found: true, Record: state.Entry{Revision: "1", Pages: []string{"a", "b"}}}
	for _, w := range []Item{
		{Entry: sources.Entry{ID: "a.md", Revision: "1"}},
		{Entry: sources.Entry{ID: "d/e/a.md", Scope: "d/e", Revision: "1", URL: "https://h", Modified: time.Unix(5, 7)}},
		{Entry: sources.Entry{ID: "d/a.md"}, Turn: 3},
		{Entry: sources.Entry{ID: "1234", Scope: "SPACE", Modified: time.Unix(1<<40, 0)}},
		{Entry: sources.Entry{ID: "d/a.md", Scope: "d", Err: errors.New("unreadable"), Revoked: "shut"}, Prior: known},
		{Entry: sources.Entry{ID: "d/a.md", Scope: "other", Withheld: "draft"}},
		{Entry: sources.Entry{ID: "d/a.md", Scope: "d"}, Prior: decide.Prior{Intent: true}},
	} {
		w.Load = load
		q := Enqueued(w)
		got := q.Item(w.Turn)
		if doc, err := got.Load(t.Context()); doc.Title != "loaded" || err != nil || q.PagesBefore() != len(w.Prior.Record.Pages) {
			t.Errorf("%s: loads %+v, %v; %d pages", w.ID, doc, err, q.PagesBefore())
		}
		if !got.Modified.Equal(w.Modified) {
			t.Errorf("%s: modified %v, want %v", w.ID, got.Modified, w.Modified)
		}
		got.Modified, got.Load, w.Load = w.Modified, nil, nil
		if !reflect.DeepEqual(got, w) {
			t.Errorf("%+v, want %+v", got, w)
		}
	}
}
