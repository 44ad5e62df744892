package destination

import (
	"crypto/sha256"
	"fmt"
	"iter"

	"finpages/intercomapi"
	"finpages/state"
)

// TakeOver writes down pages that the state does not know, and returns how
// many these are.
func (s *Session) TakeOver(pages map[string]state.Page) (added int, err error) {
	err = s.Update(func(tx *state.Tx) error {
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

// Record is what the state knows of a page that Intercom had before.
func Record(p intercomapi.ListedPage) state.Page {
	return state.Page{
		IntercomID: p.ID, Title: p.Title, URL: p.URL, Locale: p.Locale, AIAgent: p.AIAgent, AICopilot: p.AICopilot,
		Hash: state.Hash(p.Hash).Short(), HTMLHash: state.Hash(p.HTMLHash).Short(), Pushed: p.UpdatedAt.UTC(),
	}
}

// RequestHash returns the hash of the request that makes the page as it is,
// and none where no request of ours can.
func (s *Session) RequestHash(p intercomapi.ExternalPage) (hash [32]byte) {
	if body, err := s.Client.Encode(s.RequestFor(p)); err == nil {
		hash = sha256.Sum256(body)
	}
	return hash
}

// Pages lists the pages of an import source that have an external_id, out of
// all pages that the workspace has.
func (s *Session) Pages(importSource int64) iter.Seq2[intercomapi.ListedPage, error] {
	return func(yield func(intercomapi.ListedPage, error) bool) {
		n := int64(0)
		defer func() { s.Count(1 + n/100) }()
		for p, err := range s.Client.ListPages(s.Ctx, s.RequestHash) {
			if err != nil {
				yield(p, fmt.Errorf("list the pages in Intercom: %w", intercomapi.Hinted(err)))
				return
			}
			n++
			if p.SourceID == importSource && p.ExternalID != "" && !yield(p, nil) {
				return
			}
		}
	}
}

// RequestFor returns the request that makes the page as it is.
func (s *Session) RequestFor(p intercomapi.ExternalPage) intercomapi.PageRequest {
	req := intercomapi.PageRequest{
		SourceID: p.SourceID, ExternalID: p.ExternalID, Title: p.Title, HTML: p.HTML, URL: p.URL, Locale: p.Locale,
		AIAgent: p.AIAgent, AICopilot: p.AICopilot,
	}
	if s.SalesAgent {
		req.AISalesAgent = p.AISalesAgent
	}
	return req
}
