package ingest

import (
	"crypto/sha256"
	"fmt"
	"iter"

	"finpages/intercomapi"
	"finpages/state"
)

// adoptBatch is how many pages are taken over in one change of the state.
const adoptBatch = 256

// adopt takes over what the import source has already: from a state that was
// lost, or from whatever filled it before. Each page is noted with the hash of
// the request that would make it as it is, so that only what differs from the
// source is pushed, and what the source lacks is deleted within the budget.
func (r *run) adopt() error {
	if !r.info.Adopting {
		return nil
	}
	batch := map[string]state.Page{}
	for p, err := range r.pagesOfOurs() {
		if err != nil {
			return err
		}
		batch[p.ExternalID] = r.adoptable(p)
		if len(batch) >= adoptBatch && !r.opts.Plan {
			if err := r.takeOver(batch); err != nil {
				return err
			}
			batch = map[string]state.Page{}
		}
	}
	if r.opts.Plan {
		r.adopted, r.owned = batch, len(batch)
		return nil
	}
	if err := r.takeOver(batch); err != nil {
		return err
	}
	r.log.Info("took over the pages that the import source has", "pages", r.owned)
	r.info.Adopting, r.info.FindLeftovers = false, true
	return r.putInfo()
}

func (r *run) takeOver(pages map[string]state.Page) error {
	added := 0
	err := r.update(func(tx *state.Tx) error {
		added = 0
		for id, p := range pages {
			_, found, err := tx.Page(id)
			if err == nil && !found {
				added++
				err = tx.PutPage(id, p)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	r.owned += added
	return err
}

func (r *run) adoptable(p intercomapi.ExternalPage) state.Page {
	page := state.Page{IntercomID: p.ID, Title: p.Title, URL: p.URL, Locale: p.Locale, AIAgent: p.AIAgent, AICopilot: p.AICopilot, Pushed: p.UpdatedAt.UTC()}
	if body, err := r.Client.Encode(r.src.requestFor(p)); err == nil {
		page.Hash = sha256.Sum256(body)
	}
	return page
}

// pagesOfOurs lists the pages of the source's import source, out of all that
// the workspace has.
func (r *run) pagesOfOurs() iter.Seq2[intercomapi.ExternalPage, error] {
	return func(yield func(intercomapi.ExternalPage, error) bool) {
		n := int64(0)
		defer func() { r.count(1 + n/50) }()
		for p, err := range r.Client.Pages(r.ctx) {
			if err != nil {
				yield(p, fmt.Errorf("list the pages in Intercom: %w", Hinted(err)))
				return
			}
			n++
			if p.SourceID == r.info.ImportSource && p.ExternalID != "" && !yield(p, nil) {
				return
			}
		}
	}
}

// requestFor returns the request that makes the page as it is.
func (s *Source) requestFor(p intercomapi.ExternalPage) intercomapi.PageRequest {
	req := intercomapi.PageRequest{
		SourceID: p.SourceID, ExternalID: p.ExternalID, Title: p.Title, HTML: p.HTML, URL: p.URL, Locale: p.Locale,
		AIAgent: p.AIAgent, AICopilot: p.AICopilot,
	}
	if s.Availability.AISalesAgent != nil {
		req.AISalesAgent = p.AISalesAgent
	}
	return req
}
