package ingest

import "finpages/state"

// forgetNames forgets the names that records follow from, before the first record is
// written that follows from others. They are remembered once all records do.
func (r *run) forgetNames(res *results) error {
	known := res.prior.Info.Names
	if known == (state.Hash{}) || known == res.listing.Names || len(res.listing.Work) == 0 {
		return nil
	}
	return r.Update(func(tx *state.Tx) error {
		info, err := tx.Info()
		if err != nil {
			return err
		}
		info.Names = state.Hash{}
		return tx.PutInfo(info)
	})
}

// namesFor are the names that all records follow from after a run that was not stopped.
func namesFor(before state.Hash, res *results, report Report) state.Hash {
	isDone := report.Complete && report.Held+report.Waiting == 0
	if isDone && res.listing.Names != (state.Hash{}) {
		return res.listing.Names
	}
	return before
}
