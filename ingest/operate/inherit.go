package operate

import (
	"fmt"
	"slices"

	"finpages/ingest"
	"finpages/ingest/address"
	"finpages/state"
)

// inherit gives a source that the state does not know yet the records of one
// that has gone from the config and had the same import source: the user has
// renamed it. Retractions, holds and journal are worth keeping. The database is that
// of a run of the source.
func (s *Service) inherit(db *state.DB, src *ingest.Source) error {
	if db == nil {
		return nil
	}
	if info, err := s.info(src.Name); err != nil || info.ImportSource != 0 {
		return err
	}
	before, err := s.sharing(src.Name, func(info state.Info) bool {
		return address.Same(info.URL, src.ImportSource.URL)
	})
	if err != nil || before == "" || slices.Contains(s.Names(), before) {
		return err
	}
	s.engine().Log.Info("the source takes over the records of one that is gone from "+
		"the config and had the same import source", "source", src.Name, "from", before)
	if err := db.Rename(before, src.Name); err != nil {
		return fmt.Errorf("take over the records of source %s: %w", before, err)
	}
	return nil
}

func (s *Service) info(source string) (info state.Info, err error) {
	err = s.State.View(source, func(tx *state.Tx) error {
		info, err = tx.Info()
		return err
	})
	return info, err
}

// sharing returns the first other source in the state whose import source fits;
// "" if there is none.
func (s *Service) sharing(but string, fits func(state.Info) bool) (string, error) {
	names, err := s.State.Sources()
	if err != nil {
		return "", err
	}
	for _, name := range names {
		info, err := s.info(name)
		if err != nil {
			return "", err
		}
		if name != but && info.ImportSource != 0 && fits(info) {
			return name, nil
		}
	}
	return "", nil
}
