package operate

import (
	"context"
	"fmt"
	"slices"

	"finpages/ingest"
	"finpages/state"
)

// Approve releases the held deletes of a source, if the hold is still the one
// with the ID ("" for whichever there is), and runs the source.
func (s *Service) Approve(ctx context.Context, name, holdID string) (ingest.Report, error) {
	if err := s.Release(ctx, name, holdID); err != nil {
		return ingest.Report{}, err
	}
	return s.Run(ctx, name, ingest.RunOptions{})
}

// Release approves the held deletes of a source, if the hold is still the one
// with the ID ("" for whichever there is), for its next run.
func (s *Service) Release(ctx context.Context, name, holdID string) error {
	if _, err := s.Lookup(name); err != nil {
		return err
	}
	var released state.Hold
	err := s.State.Update(name, func(tx *state.Tx) error {
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
		released = hold
		return tx.PutHold(hold)
	})
	if err == nil {
		pages := slices.Clone(released.Pages)
		for _, u := range released.Updates {
			pages = append(pages, u.Page)
		}
		s.Note(ctx, state.Audited{Action: "approve", Source: name, Pages: pages, Detail: "hold " + released.ID + ": " +
			ingest.HeldWords(len(released.Pages), len(released.Updates))}, nil)
	}
	return err
}
