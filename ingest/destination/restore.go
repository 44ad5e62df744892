package destination

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"finpages/intercomapi"
	"finpages/state"
)

// Retract deletes a page that must be out of Fin, and keeps no copy of it. It
// returns false if Intercom has no such page. Of a part of a document, the others
// stay.
func (s *Session) Retract(id string, page state.Page, isPart bool) (found bool, err error) {
	if page.IntercomID == "" {
		if page.IntercomID, err = s.findInIntercom(id); err != nil || page.IntercomID == "" {
			return false, err
		}
	}
	if failure, err := s.Delete(id, page, "retracted", false); failure != nil || err != nil {
		return true, errors.Join(err, failure)
	}
	if err := s.Update(func(tx *state.Tx) error { return tx.DropVersions(id) }); err != nil {
		return true, err
	}
	if isPart {
		return true, s.ForgetPart(page.Entry, id)
	}
	return true, s.MarkRetracted(page.Entry)
}

// ForgetPart notes that an entry does not have a page any more.
func (s *Session) ForgetPart(entry, page string) error {
	return s.Update(func(tx *state.Tx) error {
		rec, found, err := tx.Entry(entry)
		if err != nil || !found {
			return err
		}
		rec.Pages = slices.DeleteFunc(rec.Pages, func(id string) bool { return id == page })
		return tx.PutEntry(entry, rec)
	})
}

// Restore pushes a deleted page again, as the journal has it.
func (s *Session) Restore(d state.Deleted) error {
	req, err := Unpack(d.Request)
	if err != nil {
		return fmt.Errorf("read the journal's copy of %q: %w", d.Page, err)
	}
	return s.bringBack(d, req, state.Page{}, state.Page{Restored: true})
}

// RestoreVersion pushes what a page was before it was updated, as the journal has
// it. It stays until its document changes again.
func (s *Session) RestoreVersion(d state.Deleted) error {
	req, err := Unpack(d.Request)
	if err != nil {
		return fmt.Errorf("read the journal's copy of %q: %w", d.Page, err)
	}
	var page state.Page
	var rec state.Entry
	err = s.View(func(tx *state.Tx) (err error) {
		if page, _, err = tx.Page(d.Page); err != nil {
			return err
		}
		rec, _, err = tx.Entry(page.Entry)
		return err
	})
	if err != nil {
		return err
	}
	d.Entry = page.Entry
	return s.bringBack(d, req, page, state.Page{Undone: UndoneHash(rec.BodyHash[:], page.Title)})
}

// bringBack pushes a request of the journal in place of what Intercom has. The page's
// new record is that of the request, and what is said of it.
func (s *Session) bringBack(d state.Deleted, req intercomapi.PageRequest, before, page state.Page) error {
	body, err := s.Client.Encode(req)
	if err != nil {
		return err
	}
	page.Hash = state.Hash(sha256.Sum256(body)).Short()
	packed, err := Pack(req)
	if err != nil {
		return err
	}
	replaced, err := s.Begin(Write{Page: d.Page, Entry: d.Entry, Hash: page.Hash, Before: before})
	if err != nil {
		return err
	}
	if before.URL != "" && req.URL == "" { // as in a run's upsert
		const reason = "the version that comes back has no address"
		if failure, err := s.Delete(d.Page, before, reason, false); failure != nil || err != nil {
			return errors.Join(err, failure)
		}
		if err := s.PutIntent(d.Page, d.Entry); err != nil {
			return err
		}
	}
	got, err := s.Client.UpsertPage(s.Hard, req)
	if err != nil {
		return s.notBroughtBack(d.Page, replaced, err)
	}
	page.Entry, page.IntercomID, page.Pushed = d.Entry, got.ID, time.Now().UTC()
	page.HTMLHash = state.Hash(got.HTMLHash).Short()
	page.Title, page.URL, page.Locale = req.Title, req.URL, req.Locale
	page.AIAgent, page.AICopilot = req.AIAgent, req.AICopilot
	s.Indexed(d.Page, page.Hash, req.Title, req.HTML)
	return s.Update(func(tx *state.Tx) error {
		return errors.Join(tx.PutBroughtBack(d.Page, state.BroughtBack{Hash: page.Hash, Request: packed}),
			tx.PutPage(d.Page, page), tx.DeleteIntent(d.Page), Mended(tx, d.Page))
	})
}

func (s *Session) notBroughtBack(page string, replaced *state.Deleted, err error) error {
	var api *intercomapi.Error
	if errors.As(err, &api) && !api.Ambiguous() {
		err = errors.Join(err, s.Update(func(tx *state.Tx) error { return Refused(tx, replaced) }))
	}
	return intercomapi.Hinted(fmt.Errorf("bring back page %q: %w", page, err))
}

// DeleteAll deletes all pages of the source, also those whose push was never
// answered, and returns how many it deleted, and how many others Intercom lists
// in the import source.
func (s *Session) DeleteAll() (deleted, left int, err error) {
	var info state.Info
	var intents map[string]state.Intent
	var known []storedPage
	err = s.View(func(tx *state.Tx) (err error) {
		if info, err = tx.Info(); err != nil {
			return err
		}
		if intents, err = tx.Intents(); err != nil {
			return err
		}
		return tx.EachPage("", func(id string, p state.Page) error {
			known = append(known, storedPage{id, p})
			return nil
		})
	})
	if err != nil {
		return 0, 0, err
	}
	deleted, err = s.deleteEach(known, false) // no journal will be left for a copy
	if err != nil || info.ImportSource == 0 {
		return deleted, 0, err
	}
	var unanswered []storedPage
	for p, err := range s.Pages(info.ImportSource) {
		if errors.As(err, new(*intercomapi.ListLimitError)) {
			break
		}
		if err != nil {
			return deleted, left, err
		}
		if in, begun := intents[p.ExternalID]; begun {
			record := state.Page{Entry: in.Entry, IntercomID: p.ID, Title: p.Title, URL: p.URL}
			unanswered = append(unanswered, storedPage{p.ExternalID, record})
		} else {
			left++
		}
	}
	more, err := s.deleteEach(unanswered, true)
	return deleted + more, left, err
}

// storedPage is a page under its external_id.
type storedPage struct {
	id     string
	record state.Page
}

// deleteEach deletes pages, and returns how many it could.
func (s *Session) deleteEach(pages []storedPage, keepCopy bool) (deleted int, err error) {
	var mu sync.Mutex
	var failures error
	err = Each(s, pages, func(p storedPage) error {
		failure, err := s.Delete(p.id, p.record, "no longer in the source", keepCopy)
		mu.Lock()
		defer mu.Unlock()
		failures = errors.Join(failures, failure)
		if failure == nil && err == nil {
			deleted++
		}
		return err
	})
	return deleted, errors.Join(err, failures)
}

// findInIntercom returns Intercom's id of a page that the state does not know.
func (s *Session) findInIntercom(id string) (string, error) {
	info, err := s.Info()
	if err != nil {
		return "", err
	}
	if info.ImportSource == 0 {
		found, err := s.FindImportSource()
		if err != nil || found.ID == 0 {
			return "", err
		}
		if info, err = s.adoptImportSource(info, found); err != nil {
			return "", err
		}
	}
	for p, err := range s.Pages(info.ImportSource) {
		if err != nil {
			return "", err
		}
		if p.ExternalID == id {
			return p.ID, nil
		}
	}
	return "", nil
}

// MarkRetracted notes that an entry has no pages any more, since somebody keeps
// them out of Fin.
func (s *Session) MarkRetracted(entry string) error {
	return s.Update(func(tx *state.Tx) error {
		rec, found, err := tx.Entry(entry)
		if err != nil || !found {
			return err
		}
		rec.Leaks = nil
		return tx.PutEntry(entry, rec.WithoutPages("retracted"))
	})
}
