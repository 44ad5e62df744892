package operate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"finpages/ingest"
	"finpages/ingest/documents"
	"finpages/state"
)

// Retract takes a page out of Fin now and keeps it out of later runs, also
// while the source cannot be reached or a run is under way. It returns the
// page's external_id. After an error of Intercom's the page is still kept out:
// the next run that reaches Intercom deletes it.
func (s *Service) Retract(ctx context.Context, name, ref string) (string, error) {
	c, err := s.Lookup(name)
	if err != nil {
		return "", err
	}
	var doc documents.Found
	parts := map[string]state.Page{} // the other pages of the document
	before := false                  // it was retracted already
	err = s.State.Update(name, func(tx *state.Tx) (err error) {
		if doc, err = documents.Find(tx, c.Source, ref); err != nil {
			return err
		}
		pages, err := doc.Pages(tx)
		for _, id := range pages {
			if err == nil && id != doc.ID {
				parts[id], _, err = tx.Page(id)
			}
		}
		if err != nil {
			return err
		}
		retracted, err := tx.Retractions()
		if err != nil {
			return err
		}
		_, before = retracted[doc.ID]
		retraction := state.Retraction{Since: time.Now().UTC(), Entry: doc.Entry, Part: doc.Part != ""}
		return errors.Join(tx.PutRetraction(doc.ID, retraction), tx.Invalidate(doc.Entry))
	})
	if err != nil {
		return "", err
	}
	if err := s.State.SaveRetractions(); err != nil {
		return "", err
	}
	defer s.SetSourceGauges(s.engine().Metrics, name)
	found, err := s.retractPage(ctx, c.Source, doc, parts)
	if err != nil || found || before || doc.Known && doc.Part == "" {
		s.Note(ctx, state.Audited{Action: "retract", Source: name, Pages: []string{doc.ID}}, err)
		return doc.ID, err
	}
	if listed, err := documents.Lists(ctx, c.Source, doc.ID); doc.Part == "" && (listed || err != nil) {
		s.Note(ctx, state.Audited{Action: "retract", Source: name, Pages: []string{doc.ID}}, nil)
		return doc.ID, nil // not in Fin yet, and it will not be: nor if the source cannot say whether it has it
	}
	return "", errors.Join(fmt.Errorf("source %s has no page %q: nothing was "+
		"retracted; finpages explain %s %q says more", name, ref, name, ref),
		s.unretract(name, doc.ID))
}

func (s *Service) retractPage(
	ctx context.Context, src *ingest.Source, doc documents.Found, parts map[string]state.Page,
) (found bool, err error) {
	w, err := s.engine().Open(ctx, src)
	if err != nil {
		return false, err
	}
	defer w.Close()
	if doc.Part != "" {
		return w.Retract(doc.ID, doc.Page, true)
	}
	for id, page := range parts {
		if _, err := w.Retract(id, page, true); err != nil {
			return true, err
		}
	}
	found, err = w.Retract(doc.ID, doc.Page, false)
	return found || len(parts) > 0, err
}

// Unretract lets a page into Fin again, from the next run on.
func (s *Service) Unretract(ctx context.Context, name, ref string) error {
	err := s.unretract(name, ref)
	if err == nil {
		s.SetSourceGauges(s.engine().Metrics, name)
		s.Note(ctx, state.Audited{Action: "let in", Source: name, Pages: []string{ref}}, nil)
	}
	return err
}

func (s *Service) unretract(name, ref string) error {
	c, err := s.Lookup(name)
	if err != nil {
		return err
	}
	err = s.State.Update(name, func(tx *state.Tx) error {
		retracted, err := tx.Retractions()
		if err != nil {
			return err
		}
		located := c.Locate(ref)
		for id, re := range retracted {
			if id == ref || id == located || re.Entry == located && !re.Part {
				return errors.Join(tx.DeleteRetraction(id), tx.Invalidate(cmp.Or(re.Entry, id)))
			}
		}
		return fmt.Errorf("page %q of source %s is not retracted", ref, name)
	})
	if err != nil {
		return err
	}
	return s.State.SaveRetractions()
}
