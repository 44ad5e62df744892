package operate

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"finpages/ingest"
	"finpages/state"
)

// Undo brings a deleted page, or all pages that a run deleted, back from the
// journal, and returns their external_ids. They stay until the source lists
// them again.
func (s *Service) Undo(ctx context.Context, name, ref string) ([]string, error) {
	c, err := s.Lookup(name)
	if err != nil {
		return nil, err
	}
	found, err := s.deleted(c, ref)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("the journal of source %s has no deleted page "+
			"or run %q: deleted pages are kept for %s", name, ref, inDays(c.Journal))
	}
	w, err := s.engine.NewWriter(ctx, c.Source)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	ids := []string{}
	var refused error
	for _, d := range found {
		if err := s.mayRestore(name, d); err != nil {
			refused = errors.Join(refused, err)
			continue
		}
		if err := w.Restore(d); err != nil {
			return ids, err
		}
		ids = append(ids, d.Page)
	}
	if len(ids) > 0 {
		refused = nil // of a run, what came back by itself needs no undo
	}
	return ids, refused
}

// inDays spells a duration as people say it where it is whole days.
func inDays(d time.Duration) string {
	if days := d / (24 * time.Hour); days > 1 && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", days)
	}
	return d.String()
}

// mayRestore says why a deleted page must not be brought back.
func (s *Service) mayRestore(name string, d state.Deleted) error {
	return s.State.View(name, func(tx *state.Tx) error {
		retracted, err := tx.IsRetracted(d.Page, d.Entry)
		_, live, err2 := tx.Page(d.Page)
		rec, _, err3 := tx.Entry(d.Entry)
		switch err := errors.Join(err, err2, err3); {
		case err != nil:
			return err
		case retracted:
			return fmt.Errorf("page %q is retracted: lift that first with finpages retract --undo", d.Page)
		case live:
			return fmt.Errorf("page %q is in Fin already", d.Page)
		case rec.Withheld != "":
			return fmt.Errorf("page %q is kept out: %s", d.Page, rec.Withheld)
		}
		return nil
	})
}

// deleted returns the journal's records of a page, the last one, or of a run.
func (s *Service) deleted(c *ingest.Configured, ref string) (found []state.Deleted, err error) {
	err = s.State.View(c.Name, func(tx *state.Tx) error {
		for _, id := range []string{ref, c.Locate(ref)} {
			if id == "" { // would mean all
				continue
			}
			if found, err = tx.LastDeleted(id, 1); err != nil || len(found) > 0 {
				return err
			}
		}
		runID, err := strconv.ParseUint(ref, 10, 64) // a page's ID may be a number, too, and comes first
		if err != nil {
			return nil
		}
		return tx.EachDeleted(func(d state.Deleted) error {
			if d.Run == runID {
				found = append(found, d)
			}
			return nil
		})
	})
	return found, err
}
