package operate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"finpages/ingest"
	"finpages/ingest/registry"
	"finpages/state"
)

// Forget drops a source from the state, its pages out of Fin first if wanted.
// The source need not be configured any more.
func (s *Service) Forget(ctx context.Context, name string, deletePages bool) (Forgotten, error) {
	c, err := s.Lookup(name)
	if err != nil {
		known, err2 := s.State.Sources()
		if err2 != nil || !slices.Contains(known, name) {
			return Forgotten{}, errors.Join(err, err2)
		}
		c = registry.NewConfigured(&ingest.Source{Name: name})
	}
	t, err := s.enter(ctx, c)
	if err != nil {
		return Forgotten{}, err
	}
	defer t.leave(true)
	f, err := s.removePages(t, deletePages)
	if err == nil {
		err = t.engine.State.Forget(name)
	}
	if err == nil {
		err = t.engine.Index.Forget(name)
	}
	if _, unknown := s.Lookup(name); err == nil && unknown != nil {
		s.engine().Metrics.Drop(name)
	}
	s.Note(ctx, state.Audited{Action: "forget", Source: name,
		Detail: fmt.Sprintf("pages deleted from Fin: %d, left there: %d", f.Deleted, f.Kept)}, err)
	return f, err
}

// Forgotten is what became of the pages of a source that is forgotten.
type Forgotten struct {
	Deleted int `json:"deleted"` // from Fin
	Kept    int `json:"kept"`    // still in Fin, where no source looks after them
}

func (s *Service) removePages(t *turn, deletePages bool) (f Forgotten, err error) {
	src := t.source.Source
	if !deletePages {
		err = s.State.View(src.Name, func(tx *state.Tx) error { f.Kept = tx.CountPages(); return nil })
		return f, err
	}
	if err := s.mayDelete(src.Name); err != nil {
		return f, err
	}
	w, err := t.engine.Open(t.ctx, src)
	if err != nil {
		return f, err
	}
	defer w.Close()
	f.Deleted, f.Kept, err = w.DeleteAll()
	return f, err
}

// mayDelete refuses to delete pages that are another source's, too.
func (s *Service) mayDelete(name string) error {
	info, err := s.info(name)
	if err != nil {
		return err
	}
	other, err := s.sharing(name, func(i state.Info) bool { return i.ImportSource == info.ImportSource })
	if err != nil || other == "" {
		return err
	}
	return fmt.Errorf("source %s has the same import source as %s, and with it the "+
		"same pages: forget %s without --delete-pages", other, name, name)
}
