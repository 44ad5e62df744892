package ingest

import (
	"fmt"
	"slices"

	"finpages/ingest/listing"
	"finpages/state"
)

// identify chooses the page's external_id: the id of the front matter, unless
// another entry has it, else the entry's own. Entries of one run choose theirs
// in the order of their IDs, so that the outcome does not depend on timing.
func (p *pusher) identify(w *listing.Item, page *rendered) error {
	if wanted := page.page.Meta.ID; wanted != "" && wanted != w.ID {
		p.claims.await(w.Turn)
		other, err := p.otherOwner(w, wanted)
		if err != nil {
			return err
		}
		if other == "" {
			page.id, page.request.ExternalID = wanted, wanted
			return nil
		}
		page.record.IDTaken = true
		warning := fmt.Sprintf("the id %q is that of %q, too, so the path is used "+
			"instead: give each page an id of its own", wanted, other)
		page.page.Warnings = append(page.page.Warnings, warning)
	}
	other, err := p.otherOwner(w, w.ID)
	if err == nil && other != "" {
		err = fmt.Errorf("the id %q is that of %q, too: give each page an id of its own", w.ID, other)
	}
	return err
}

// otherOwner takes the external_id for the entry, or returns the other listed
// entry that has it.
func (p *pusher) otherOwner(w *listing.Item, page string) (string, error) {
	if page != w.ID && p.listing.Seen.Has(page) {
		return page, nil
	}
	before, found, err := p.page(page)
	if err != nil {
		return "", err
	}
	if found && before.Entry != "" && before.Entry != w.ID && p.listing.Seen.Has(before.Entry) {
		owns, err := p.owns(before.Entry, page)
		if owns || err != nil {
			return before.Entry, err
		}
	}
	if owner := p.claims.claim(page, w.ID); owner != w.ID {
		return owner, nil
	}
	return "", nil
}

func (p *pusher) owns(entry, page string) (owns bool, err error) {
	err = p.View(func(tx *state.Tx) error {
		rec, _, err := tx.Entry(entry)
		owns = slices.Contains(rec.Pages, page)
		return err
	})
	return owns, err
}
