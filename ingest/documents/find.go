package documents

import (
	"cmp"
	"context"
	"errors"

	"finpages/ingest"
	"finpages/ingest/address"
	"finpages/ingest/transform"
	"finpages/sources"
	"finpages/state"
)

// Found is what the state knows of the document that a reference names.
type Found struct {
	ID     string      // external_id: the page's, or the one that it would have
	Page   state.Page  // zero if there is none
	Entry  string      // the ID of the document's entry
	Record state.Entry // zero if there is none
	Known  bool        // there is a record of the entry
}

// Find looks for a document by external_id, entry, path, web address or
// Intercom's id. One that the state does not know is taken to have the
// reference for its ID.
func Find(tx *state.Tx, src *ingest.Source, ref string) (Found, error) {
	found, err := findPage(tx, ref, src.Locate(ref))
	if err != nil {
		return found, err
	}
	found.Entry = cmp.Or(found.Page.Entry, found.Entry)
	found.Record, found.Known, err = tx.Entry(found.Entry)
	return found, err
}

// findPage finds a page, and the entry where the page does not name it.
func findPage(tx *state.Tx, ref, located string) (Found, error) {
	found := Found{ID: located, Entry: located}
	for _, id := range []string{ref, located} {
		page, isPage, err := tx.Page(id)
		if isPage || err != nil {
			found.ID, found.Page = id, page
			return found, err
		}
	}
	rec, isEntry, err := tx.Entry(located)
	if err != nil {
		return found, err
	}
	if isEntry && len(rec.Pages) > 0 {
		found.ID = rec.Pages[0]
		found.Page, _, err = tx.Page(found.ID)
	}
	if isEntry {
		return found, err
	}
	isIt := refersTo(ref)
	err = tx.EachPageSummary("", func(g state.PageSummary) error {
		if !isIt(g) {
			return nil
		}
		page, err := g.Page()
		found.ID, found.Page = g.ID, page
		return cmp.Or(err, state.Stop)
	})
	return found, err
}

// refersTo tells whether a page has the Intercom id or the address.
func refersTo(ref string) func(state.PageSummary) bool {
	if !address.Is(ref) {
		return func(g state.PageSummary) bool { return g.IntercomID == ref }
	}
	isAt := address.SamePage(ref)
	return func(g state.PageSummary) bool { return isAt(g.URL) }
}

// Lists reports whether the source lists an entry now. It is an error if it does
// not, and could not be listed in full.
func Lists(ctx context.Context, src *ingest.Source, id string) (listed bool, err error) {
	snap, err := src.Adapter.Open(ctx)
	if err != nil {
		return false, err
	}
	defer snap.Close()
	listing, err := snap.List(ctx, func(e sources.Entry) error {
		if e.ID == id {
			listed = true
			return state.Stop
		}
		return nil
	})
	if listed {
		return true, nil
	}
	for _, in := range listing.Incomplete {
		err = errors.Join(err, in.Err)
	}
	return false, err
}

// findEntry lists the source and returns the entry with the ID or address; nil
// if there is none. The caller closes the snapshot, where one is returned.
func findEntry(ctx context.Context, src *ingest.Source, ref string) (*sources.Entry, sources.Snapshot, error) {
	snap, err := src.Adapter.Open(ctx)
	if err != nil {
		return nil, nil, err
	}
	maker := transform.NewMaker(&src.Options, snap, 0)
	isAt := func(string) bool { return false }
	if address.Is(ref) {
		isAt = address.SamePage(ref)
	}
	var found *sources.Entry
	_, err = snap.List(ctx, func(e sources.Entry) error {
		if transform.LeftOut(e) == "" && (e.ID == ref || isAt(e.URL) || isAt(maker.Address(e.ID, e.ID))) {
			found = &e
			return state.Stop
		}
		return nil
	})
	if errors.Is(err, state.Stop) {
		err = nil
	}
	return found, snap, err
}
