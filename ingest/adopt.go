package ingest

import (
	"errors"

	"finpages/ingest/destination"
	"finpages/ingest/listing"
	"finpages/intercomapi"
	"finpages/state"
)

// adoptBatch is how many pages are taken over in one change of the state.
const adoptBatch = 256

// adopt takes over what the import source has already: from a state that was
// lost, or from whatever filled it before. Each page is noted with the hash of
// the request that would make it as it is, so that only what differs from the
// source is pushed, and what the source lacks is deleted within the budget.
func (r *run) adopt(before listing.Prior) (listing.Prior, error) {
	if !before.Info.Adopting {
		return before, nil
	}
	batch := map[string]state.Page{}
	for p, err := range r.Pages(before.Info.ImportSource) {
		var limit *intercomapi.ListLimitError
		if errors.As(err, &limit) {
			before.Info.Unlisted = limit.Total - limit.Listed
			r.Log.Warn("Intercom does not list all pages: those that the source has are looked up one by one, "+
				"others that are not listed stay in Fin", "listed", limit.Listed, "pages", limit.Total)
			break
		}
		if err != nil {
			return before, err
		}
		batch[p.ExternalID] = destination.Record(p)
		if len(batch) >= adoptBatch && !r.opts.Plan {
			added, err := r.TakeOver(batch)
			if before.Pages += added; err != nil {
				return before, err
			}
			batch = map[string]state.Page{}
		}
	}
	if r.opts.Plan {
		before.Adopted, before.Pages = batch, len(batch)
		return before, nil
	}
	added, err := r.TakeOver(batch)
	if before.Pages += added; err != nil {
		return before, err
	}
	r.Log.Info("took over the pages that the import source has", "pages", before.Pages)
	before.Info.Adopting, before.Info.FindLeftovers = false, true
	return before, r.PutInfo(before.Info)
}
