package documents

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

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
	Part   string      // what the page is of the document; "" of a whole one, and of the first part
}

// first is the external_id of the document's first page, or that which it would have.
func (f Found) first() string {
	if len(f.Record.Pages) > 0 {
		return f.Record.Pages[0]
	}
	return f.Entry
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
	if found.Record, found.Known, err = tx.Entry(found.Entry); err != nil {
		return found, err
	}
	if !found.Known && found.Page.IntercomID == "" {
		if err := found.ofDocument(tx, src); err != nil {
			return found, err
		}
	}
	found.Part, _ = transform.PartOf(found.ID, found.first())
	return found, nil
}

// ofDocument finds the document of a part that is not in Fin.
func (f *Found) ofDocument(tx *state.Tx, src *ingest.Source) error {
	for at := strings.LastIndexByte(f.ID, '#'); at > 0; at = strings.LastIndexByte(f.ID[:at], '#') {
		page, _, err := tx.Page(f.ID[:at])
		if err != nil {
			return err
		}
		entry := cmp.Or(page.Entry, src.Locate(f.ID[:at]))
		rec, found, err := tx.Entry(entry)
		if err != nil || found {
			f.Entry, f.Record, f.Known = entry, rec, found
			return err
		}
	}
	return nil
}

// Pages returns the external_ids of the pages in Fin that were made from the
// document.
func (f Found) Pages(tx *state.Tx) ([]string, error) {
	var list []string
	add := func(id string, page state.Page) {
		if (page.Entry == f.Entry || page.Entry == "" && id == f.ID) && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	for _, id := range append([]string{f.first()}, f.Record.Pages...) {
		page, found, err := tx.Page(id)
		if err != nil {
			return nil, err
		}
		if found {
			add(id, page)
		}
	}
	prefix := transform.PartID(f.first(), "\x00")
	prefix = prefix[:len(prefix)-1]
	return list, tx.EachPage(prefix, func(id string, page state.Page) error {
		if !strings.HasPrefix(id, prefix) {
			return state.Stop
		}
		add(id, page)
		return nil
	})
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
	isThere := func(string) bool { return false }
	if address.Is(ref) {
		isThere = address.SamePlace(ref)
	}
	err = tx.EachPageSummary("", func(g state.PageSummary) error {
		isExact := isThere(string(g.URL))
		if !isIt(g) || found.Page.IntercomID != "" && !isExact {
			return nil
		}
		page, err := g.Page()
		found.ID, found.Page = g.ID, page
		if err == nil && (isExact || !strings.Contains(ref, "#")) {
			err = state.Stop
		}
		return err
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
	return sources.Guarded(func() (bool, error) { return lists(ctx, src, id) })
}

func lists(ctx context.Context, src *ingest.Source, id string) (listed bool, err error) {
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
	snap, err := sources.Guarded(func() (sources.Snapshot, error) { return src.Adapter.Open(ctx) })
	if err != nil {
		return nil, nil, err
	}
	found, err := sources.Guarded(func() (*sources.Entry, error) { return entryIn(ctx, src, snap, ref) })
	return found, snap, err
}

// entryIn is findEntry in a snapshot.
func entryIn(ctx context.Context, src *ingest.Source, snap sources.Snapshot, ref string) (*sources.Entry, error) {
	maker := transform.NewMaker(&src.Options, snap, 0)
	isAt := func(string) bool { return false }
	if address.Is(ref) {
		isAt = address.SamePage(ref)
	}
	var found *sources.Entry
	_, err := snap.List(ctx, func(e sources.Entry) error {
		if transform.LeftOut(e) == "" && (e.ID == ref || isAt(e.URL) || isAt(maker.Address(e.ID, e.ID))) {
			found = &e
			return state.Stop
		}
		return nil
	})
	if errors.Is(err, state.Stop) {
		err = nil
	}
	return found, err
}
