package operate

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"finpages/ingest/registry"
	"finpages/state"
)

// Undo brings a deleted page, or all pages that a run deleted, back from the
// journal, and returns their external_ids. They stay until the source lists
// them again. Of a page that is in Fin, it brings back the version before the last
// update, which stays until the document changes again.
func (s *Service) Undo(ctx context.Context, name, ref string) ([]string, error) {
	ids, err := s.undo(ctx, name, ref)
	if len(ids) > 0 {
		detail := ""
		if ref != ids[0] {
			detail = "run or document " + ref
		}
		s.Note(ctx, state.Audited{Action: "undo", Source: name, Detail: detail, Pages: ids}, nil)
	}
	return ids, err
}

func (s *Service) undo(ctx context.Context, name, ref string) ([]string, error) {
	c, err := s.Lookup(name)
	if err != nil {
		return nil, err
	}
	version, live, err := s.replaced(c, ref)
	if err != nil {
		return nil, err
	}
	if version != nil {
		return s.undoUpdate(ctx, c, *version)
	}
	found, err := s.deleted(c, ref)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 && live {
		return nil, fmt.Errorf("page %q of source %s is in Fin, and no version before it is kept: what Intercom has "+
			"before an update is kept for %s", ref, name, inDays(c.Journal))
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("the journal of source %s has no deleted page "+
			"or run %q: deleted pages are kept for %s", name, ref, inDays(c.Journal))
	}
	w, err := s.engine().Open(ctx, c.Source)
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

// undoUpdate brings back what a page was before it was updated.
func (s *Service) undoUpdate(ctx context.Context, c *registry.Configured, version state.Deleted) ([]string, error) {
	if err := s.mayPush(c.Name, version); err != nil {
		return nil, err
	}
	w, err := s.engine().Open(ctx, c.Source)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	if err := w.RestoreVersion(version); err != nil {
		return nil, err
	}
	return []string{version.Page}, nil
}

// replaced returns what a page that is in Fin was before its last update, unless
// it was deleted since; nil if that is not kept.
func (s *Service) replaced(c *registry.Configured, ref string) (version *state.Deleted, live bool, err error) {
	err = s.State.View(c.Name, func(tx *state.Tx) error {
		for _, id := range []string{ref, c.Locate(ref)} {
			_, found, err := tx.Page(id)
			if err != nil || !found {
				if err != nil {
					return err
				}
				continue
			}
			live = true
			before, kept, err := tx.LastVersion(id)
			if err != nil || !kept || len(before.Request) == 0 {
				return err
			}
			deleted, err := tx.LastDeleted(id, 1)
			if err == nil && (len(deleted) == 0 || !deleted[0].Time.After(before.Time)) {
				version = &before
			}
			return err
		}
		return nil
	})
	return version, live, err
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
	err := s.State.View(name, func(tx *state.Tx) error {
		_, live, err := tx.Page(d.Page)
		if err == nil && live {
			err = fmt.Errorf("page %q is in Fin already", d.Page)
		}
		return err
	})
	return errors.Join(err, s.mayPush(name, d))
}

// mayPush says why a page must not be in Fin.
func (s *Service) mayPush(name string, d state.Deleted) error {
	return s.State.View(name, func(tx *state.Tx) error {
		retracted, err := tx.IsRetracted(d.Page, d.Entry)
		rec, _, err2 := tx.Entry(d.Entry)
		switch err := errors.Join(err, err2); {
		case err != nil:
			return err
		case retracted:
			return fmt.Errorf("page %q is retracted: lift that first with finpages retract --undo", d.Page)
		case rec.Withheld != "":
			return fmt.Errorf("page %q is kept out: %s", d.Page, rec.Withheld)
		}
		return nil
	})
}

// deleted returns the journal's records of a page, the last one, or of a run.
func (s *Service) deleted(c *registry.Configured, ref string) (found []state.Deleted, err error) {
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
