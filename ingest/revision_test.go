package ingest_test

import (
	"context"
	"errors"
	"testing"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/sources"
)

// versioned is a stub whose snapshot has a revision and knows what was renamed.
type versioned struct {
	*ingesttest.Stub
	revision string
	moves    map[string]string
	since    string
	listings int
}

func (v *versioned) Open(ctx context.Context) (sources.Snapshot, error) {
	if _, err := v.Stub.Open(ctx); err != nil {
		return nil, err
	}
	return v, nil
}

func (v *versioned) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	v.listings++
	return v.Stub.List(ctx, yield)
}

func (v *versioned) Revision() string { return v.revision }

func (v *versioned) Moves(_ context.Context, since string) (map[string]string, error) {
	v.since = since
	return v.moves, nil
}

func (w *world) versioned(revision string, entries ...sources.Entry) *versioned {
	v := &versioned{Stub: w.Stubbed(entries...), revision: revision}
	w.Src.Adapter = v
	return v
}

func TestTheSameRevisionIsNotListedAgain(t *testing.T) {
	w := newWorld(t)
	v := w.versioned("r1", ingesttest.Doc("a", "", "# A"), ingesttest.Doc("b", "", "# B"))
	w.Sync()
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=2")
	if v.listings != 1 {
		t.Errorf("%d listings", v.listings)
	}
	w.Src.Settings = "another include"
	w.Sync()
	w.Run(ingest.RunOptions{Full: true})
	v.revision = "r2"
	w.Sync()
	if v.listings != 4 {
		t.Errorf("%d listings after new settings, a full run and a new revision", v.listings)
	}
}

func TestOnlyACleanRunIsTakenForGranted(t *testing.T) {
	spoil := map[string]func(*world, *versioned){
		"a page failed": func(_ *world, v *versioned) { v.Entries[0] = sources.Entry{ID: "a", Err: errors.New("unreadable")} },
		"the listing was cut": func(_ *world, v *versioned) {
			v.Incomplete = []sources.Incomplete{{Scope: "X", Err: errors.New("cut")}}
		},
		"deletes were held back": func(_ *world, v *versioned) { v.Entries = nil },
	}
	for name, spoil := range spoil {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			v := w.versioned("r1", ingesttest.Doc("a", "", "# A"), ingesttest.Doc("b", "", "# B"))
			w.Sync()
			v.revision = "r2"
			spoil(w, v)
			w.Sync()
			before := v.listings
			w.Sync()
			if v.listings != before+1 {
				t.Error("the next run of the same revision did not list")
			}
		})
	}
}

func TestTheSourceKnowsWhatWasRenamed(t *testing.T) {
	w := newWorld(t)
	v := w.versioned("r1", ingesttest.Doc("a", "", "# A\n\ntext"), ingesttest.Doc("b", "", "# B\n\ntext"),
		ingesttest.Doc("c", "", "# C"))
	w.Sync()
	v.revision, v.Entries = "r2", []sources.Entry{ingesttest.Doc("new/a", "", "# A\n\ntext, edited on the way"),
		ingesttest.Doc("b2", "", "# unlike"), ingesttest.Doc("c", "", "# C")}
	v.moves = map[string]string{"new/a": "a"}
	w.WantCounts(w.Sync(), "ok listed=3 unchanged=1 created=1 moved=1 deleted=1")
	if v.since != "r1" {
		t.Errorf("asked for the renames since %q", v.since)
	}
}
