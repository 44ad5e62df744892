package ingest

import (
	"crypto/sha256"
	"errors"
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
func (r *run) adopt(before prior) (prior, error) {
	if !before.info.Adopting {
		return before, nil
	}
	batch := map[string]state.Page{}
	for p, err := range r.pagesOf(before.info.ImportSource) {
		var limit *intercomapi.ListLimitError
		if errors.As(err, &limit) {
			before.info.Unlisted = limit.Total - limit.Listed
			r.log.Warn("Intercom does not list all pages: those that the source has are looked up one by one, "+
				"others that are not listed stay in Fin", "listed", limit.Listed, "pages", limit.Total)
			break
		}
		if err != nil {
			return before, err
		}
		batch[p.ExternalID] = r.adoptable(p)
		if len(batch) >= adoptBatch && !r.opts.Plan {
			added, err := r.takeOver(batch)
			if before.pages += added; err != nil {
				return before, err
			}
			batch = map[string]state.Page{}
		}
	}
	if r.opts.Plan {
		before.adopted, before.pages = batch, len(batch)
		return before, nil
	}
	added, err := r.takeOver(batch)
	if before.pages += added; err != nil {
		return before, err
	}
	r.log.Info("took over the pages that the import source has", "pages", before.pages)
	before.info.Adopting, before.info.FindLeftovers = false, true
	return before, r.putInfo(before.info)
}

// takeOver writes down pages that the state does not know, and returns how
// many these are.
func (r *run) takeOver(pages map[string]state.Page) (added int, err error) {
	err = r.update(func(tx *state.Tx) error {
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
	return added, err
}

func (r *run) adoptable(p intercomapi.ListedPage) state.Page {
	return state.Page{
		IntercomID: p.ID, Title: p.Title, URL: p.URL, Locale: p.Locale, AIAgent: p.AIAgent, AICopilot: p.AICopilot,
		Hash: p.Hash, HTMLHash: state.Hash(p.HTMLHash).Short(), Pushed: p.UpdatedAt.UTC(),
	}
}

// requestHash returns the hash of the request that makes the page as it is,
// and none where no request of ours can.
func (r *run) requestHash(p intercomapi.ExternalPage) (hash [32]byte) {
	if body, err := r.Client.Encode(r.src.requestFor(p)); err == nil {
		hash = sha256.Sum256(body)
	}
	return hash
}

// pagesOf lists the pages of an import source that have an external_id, out of
// all pages that the workspace has.
func (r *run) pagesOf(importSource int64) iter.Seq2[intercomapi.ListedPage, error] {
	return func(yield func(intercomapi.ListedPage, error) bool) {
		n := int64(0)
		defer func() { r.count(1 + n/100) }()
		for p, err := range r.Client.ListPages(r.ctx, r.requestHash) {
			if err != nil {
				yield(p, fmt.Errorf("list the pages in Intercom: %w", Hinted(err)))
				return
			}
			n++
			if p.SourceID == importSource && p.ExternalID != "" && !yield(p, nil) {
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
