package ingest_test

import (
	"errors"
	"testing"

	"finpages/ingest"
	"finpages/sources"
)

// versioned is a stub whose snapshot has a revision and knows what was renamed.
type versioned struct {
	*stub
	revision string
	moves    map[string]string
	since    string
	listings int
}

func (v *versioned) Open(ctx context) (sources.Snapshot, error) {
	if _, err := v.stub.Open(ctx); err != nil {
		return nil, err
	}
	return v, nil
}

func (v *versioned) List(ctx context, yield func(sources.Entry) error) (sources.Listing, error) {
	v.listings++
	return v.stub.List(ctx, yield)
}

func (v *versioned) Revision() string { return v.revision }

func (v *versioned) Moves(_ context, since string) (map[string]string, error) {
	v.since = since
	return v.moves, nil
}

func (w *world) versioned(revision string, entries ...sources.Entry) *versioned {
	v := &versioned{stub: w.stubbed(entries...), revision: revision}
	w.src.Adapter = v
	return v
}

func TestTheSameRevisionIsNotListedAgain(t *testing.T) {
	w := newWorld(t)
	v := w.versioned("r1", doc("a", "", "# A"), doc("b", "", "# B"))
	w.sync()
	w.wantCounts(w.sync(), "ok listed=2 unchanged=2")
	if v.listings != 1 {
		t.Errorf("%d listings", v.listings)
	}
	w.src.Settings = "another include"
	w.sync()
	w.run(ingest.RunOptions{Full: true})
	v.revision = "r2"
	w.sync()
	if v.listings != 4 {
		t.Errorf("%d listings after new settings, a full run and a new revision", v.listings)
	}
}

func TestOnlyACleanRunIsTakenForGranted(t *testing.T) {
	spoil := map[string]func(*world, *versioned){
		"a page failed": func(_ *world, v *versioned) { v.entries[0] = sources.Entry{ID: "a", Err: errors.New("unreadable")} },
		"the listing was cut": func(_ *world, v *versioned) {
			v.incomplete = []sources.Incomplete{{Scope: "X", Err: errors.New("cut")}}
		},
		"deletes were held back": func(_ *world, v *versioned) { v.entries = nil },
	}
	for name, spoil := range spoil {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			v := w.versioned("r1", doc("a", "", "# A"), doc("b", "", "# B"))
			w.sync()
			v.revision = "r2"
			spoil(w, v)
			w.sync()
			before := v.listings
			w.sync()
			if v.listings != before+1 {
				t.Error("the next run of the same revision did not list")
			}
		})
	}
}

func TestTheSourceKnowsWhatWasRenamed(t *testing.T) {
	w := newWorld(t)
	v := w.versioned("r1", doc("a", "", "# A\n\ntext"), doc("b", "", "# B\n\ntext"), doc("c", "", "# C"))
	w.sync()
	v.revision, v.entries = "r2", []sources.Entry{doc("new/a", "", "# A\n\ntext, edited on the way"), doc("b2", "", "# unlike"), doc("c", "", "# C")}
	v.moves = map[string]string{"new/a": "a"}
	w.wantCounts(w.sync(), "ok listed=3 unchanged=1 created=1 moved=1 deleted=1")
	if v.since != "r1" {
		t.Errorf("asked for the renames since %q", v.since)
	}
}
