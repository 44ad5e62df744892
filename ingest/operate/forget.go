package operate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"finpages/ingest"
	"finpages/state"
)

// Forget drops a source from the state, its pages out of Fin first if wanted.
// The source need not be configured any more. It returns how many pages were
// taken out.
func (s *Service) Forget(ctx context.Context, name string, deletePages bool) (int, error) {
	c, err := s.Lookup(name)
	if err != nil {
		known, err2 := s.State.Sources()
		if err2 != nil || !slices.Contains(known, name) {
			return 0, errors.Join(err, err2)
		}
		c = ingest.NewConfigured(&ingest.Source{Name: name})
	}
	if err := c.Enter(ctx); err != nil {
		return 0, err
	}
	defer c.Leave()
	removed := 0
	if deletePages {
		if err := s.mayDelete(name); err != nil {
			return 0, err
		}
		if removed, err = s.deleteAll(ctx, c.Source); err != nil {
			return removed, err
		}
	}
	return removed, s.State.Forget(name)
}

func (s *Service) deleteAll(ctx context.Context, src *ingest.Source) (int, error) {
	w, err := s.engine.NewWriter(ctx, src)
	if err != nil {
		return 0, err
	}
	defer w.Close()
	return w.DeleteAll()
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
