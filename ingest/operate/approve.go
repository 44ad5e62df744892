package operate

import (
	"context"
	"fmt"

	"finpages/ingest"
	"finpages/state"
)

// Approve releases the held deletes of a source, if the hold is still the one
// with the ID ("" for whichever there is), and runs the source.
func (s *Service) Approve(ctx context.Context, name, holdID string) (ingest.Report, error) {
	if err := s.Release(name, holdID); err != nil {
		return ingest.Report{}, err
	}
	return s.Run(ctx, name, ingest.RunOptions{})
}

// Release approves the held deletes of a source, if the hold is still the one
// with the ID ("" for whichever there is), for its next run.
func (s *Service) Release(name, holdID string) error {
	if _, err := s.Lookup(name); err != nil {
		return err
	}
	return s.State.Update(name, func(tx *state.Tx) error {
		hold, held, err := tx.Hold()
		switch {
		case err != nil:
			return err
		case !held:
			return fmt.Errorf("source %s holds no deletes and no updates", name)
		case holdID != "" && holdID != hold.ID:
			return fmt.Errorf("the hold %s of source %s is no more: now it is %s, with %s; "+
				"look at them with finpages status %s first",
				holdID, name, hold.ID, ingest.HeldWords(len(hold.Pages), len(hold.Updates)), name)
		}
		hold.Approved = true
		return tx.PutHold(hold)
	})
}
