package verify

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"finpages/ingest/destination"
	"finpages/intercomapi"
	"finpages/state"
)

// repairAlone repairs the pages that have no document for the run of a repair to
// push: those that undo brought back, and those whose deletes are held.
func (v *verifier) repairAlone() error {
	for _, p := range v.Changed {
		rec, alone, err := v.isAlone(p.ExternalID)
		if err == nil && alone {
			err = v.repairPage(p, rec)
		}
		if err != nil {
			return err
		}
	}
	for _, lost := range v.restored {
		_, found, err := v.Page(lost.id)
		if err == nil && !found {
			err = v.restoreLost(lost)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isAlone reports whether a run has left a page to be repaired here.
func (v *verifier) isAlone(id string) (rec state.Page, alone bool, err error) {
	err = v.View(func(tx *state.Tx) error {
		page, found, err := tx.Page(id)
		hold, _, err2 := tx.Hold()
		intents, err3 := tx.Intents()
		_, unfinished := intents[id]
		rec, alone = page, found && unfinished && (page.Restored || slices.Contains(hold.Pages, id))
		return errors.Join(err, err2, err3)
	})
	return rec, alone, err
}

// repairPage pushes a page as it was: what was sent, where that is kept, else
// Intercom's text with the rest as it was pushed. Text that was edited is then
// beyond repair.
func (v *verifier) repairPage(p EditedPage, rec state.Page) error {
	req, hasText, err := v.lastSent(p.ExternalID, rec.Hash)
	if err == nil && !hasText {
		req, err = v.asInIntercom(rec)
		hasText = !slices.Contains(p.Fields, "html")
	}
	var got intercomapi.ExternalPage
	if err == nil {
		got, err = v.Client.UpsertPage(v.Hard, req)
		v.Count(1)
	}
	if err != nil {
		return intercomapi.Hinted(fmt.Errorf("repair page %q: %w", p.ExternalID, err))
	}
	rec.IntercomID, rec.Pushed = got.ID, time.Now().UTC()
	if hasText {
		rec.HTMLHash = state.Hash(got.HTMLHash).Short()
	} else {
		v.BeyondRepair = append(v.BeyondRepair, p.ExternalID)
	}
	return v.Update(func(tx *state.Tx) error {
		err := errors.Join(tx.PutPage(p.ExternalID, rec), tx.DeleteIntent(p.ExternalID))
		if hasText {
			return errors.Join(err, destination.Mended(tx, p.ExternalID))
		}
		d, _, err2 := tx.Drift(p.ExternalID)
		d.Kind, d.Fields, d.BeyondRepair = state.DriftChanged, []string{"html"}, true
		return errors.Join(err, err2, tx.PutDrift(p.ExternalID, d))
	})
}

// lastSent returns the request with the hash that was sent for a page; false if it
// was neither brought back by undo, nor is in the journal.
func (v *verifier) lastSent(id string, hash state.ShortHash) (req intercomapi.PageRequest, found bool, err error) {
	var back state.BroughtBack
	var copies []state.Deleted
	err = v.View(func(tx *state.Tx) (err error) {
		if back, found, err = tx.BroughtBack(id); err == nil {
			copies, err = tx.LastDeleted(id, maxCopies)
		}
		return err
	})
	if found && err == nil && back.Hash == hash {
		req, err = destination.Unpack(back.Request)
		return req, err == nil, err
	}
	for _, d := range copies {
		req, err := destination.Unpack(d.Request)
		if err != nil {
			continue
		}
		if body, err := v.Client.Encode(req); err == nil && state.Hash(sha256.Sum256(body)).Short() == hash {
			return req, true, nil
		}
	}
	return req, false, err
}

// maxCopies bounds the copies of one page that are looked through.
const maxCopies = 20

// asInIntercom returns the request that makes a page what it was when it was
// pushed, but for its text.
func (v *verifier) asInIntercom(rec state.Page) (req intercomapi.PageRequest, err error) {
	got, err := v.Client.Page(v.Hard, rec.IntercomID)
	v.Count(1)
	if err != nil {
		return req, err
	}
	req = v.RequestFor(got)
	req.Title, req.URL, req.Locale, req.AIAgent, req.AICopilot = rec.Title, rec.URL, rec.Locale, rec.AIAgent, rec.AICopilot
	return req, nil
}

// restoreLost brings back a page that undo had brought back, and that has gone
// from Intercom since.
func (v *verifier) restoreLost(lost storedPage) error {
	req, found, err := v.lastSent(lost.id, lost.record.Hash)
	if err != nil || !found {
		return err
	}
	kept, err := destination.Pack(req)
	if err != nil {
		return err
	}
	return v.Restore(state.Deleted{Page: lost.id, Entry: lost.record.Entry, Request: kept})
}
