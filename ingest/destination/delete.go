package destination

import (
	"errors"
	"fmt"
	"time"

	"finpages/intercomapi"
	"finpages/state"
)

// Delete deletes a page from Intercom and from the state, and keeps a copy of it
// in the journal first if wanted. A failure is that of this page alone; after an
// error nothing more should be written.
func (s *Session) Delete(id string, page state.Page, reason string, keepCopy bool) (failure, err error) {
	if err := s.PutIntent(id, page.Entry); err != nil {
		return nil, err
	}
	if keepCopy && s.Journal > 0 {
		if err := s.journal(id, page); err != nil {
			s.Log.Warn("keep a copy of the page before it is deleted", "external_id", id, "error", err)
		}
	}
	err = s.Client.DeletePage(s.Hard, page.IntercomID)
	s.Count(1)
	if err != nil {
		return s.notDeleted(id, err)
	}
	s.Index.Drop(s.Source, id)
	s.Log.Info("deleted page", "external_id", id, "title", page.Title, "reason", reason)
	s.Metrics.Changed(s.Source, "delete", 1)
	return nil, s.Update(func(tx *state.Tx) error {
		return errors.Join(tx.DeletePage(id), tx.DeleteIntent(id), Mended(tx, id))
	})
}

func (s *Session) notDeleted(id string, err error) (failure, _ error) {
	err = intercomapi.Hinted(fmt.Errorf("delete page %q: %w", id, err))
	var api *intercomapi.Error
	if !errors.As(err, &api) || api.Stop() || s.Hard.Err() != nil {
		return nil, err
	}
	s.Metrics.FailedPage(s.Source, "delete")
	s.Log.Warn("page failed", "external_id", id, "error", err)
	return err, nil
}

// journal copies the page as Intercom has it into the journal.
func (s *Session) journal(id string, page state.Page) error {
	got, err := s.Client.Page(s.Hard, page.IntercomID)
	s.Count(1)
	var api *intercomapi.Error
	switch {
	case errors.As(err, &api) && api.NotFound():
		return nil
	case err != nil:
		return err
	}
	request, err := Pack(s.RequestFor(got))
	if err != nil {
		return err
	}
	return s.Update(func(tx *state.Tx) error {
		return tx.AppendJournal(state.Deleted{
			Page: id, Entry: page.Entry, Run: tx.NextRun(), Time: time.Now().UTC(), Request: request})
	})
}

// Mended notes that Intercom has a page as it was pushed just now, or
// lacks it as it was deleted. A duplicate of it is there still.
func Mended(tx *state.Tx, page string) error {
	d, found, err := tx.Drift(page)
	if err != nil || !found || d.Kind == state.DriftDuplicated {
		return err
	}
	return tx.DeleteDrift(page)
}
