package documents

import (
	"context"
	"slices"
	"strings"
	"time"

	"finpages/ingest/fulltext"
	"finpages/state"
)

// Matches are what a search found in a source.
type Matches struct {
	Source string `json:"source"`
	Inventory
	More      bool `json:"more"`                // there are others
	Partly    bool `json:"partly,omitempty"`    // no page has all words: these have the most telling ones
	Unindexed int  `json:"unindexed,omitempty"` // pages in Fin whose words cannot be searched yet
}

// searchAllTime is how long a search through several sources takes at most.
const searchAllTime = 150 * time.Millisecond

// Search looks through sources, all if none is named, for documents by ID, title and
// address, and by words of what Fin gets. It returns up to limit of each source that
// has any, or that could not be searched in full: for want of time, or because the
// words of its pages are not all known yet. Pages of which only some words match are
// returned if there is nothing else.
func (f *Finder) Search(ctx context.Context, sources []string, text string, limit int) ([]Matches, error) {
	all, ends := []Matches{}, time.Now().Add(searchAllTime)
	sources, err := f.Select(sources)
	if err != nil {
		return all, err
	}
	whole := false // something matches as a whole
	for _, name := range sources {
		m, err := f.searchIn(ctx, name, text, limit, ends)
		if err != nil {
			return all, err
		}
		whole = whole || len(m.Documents) > 0 && !m.Partly
		all = append(all, m)
	}
	found := []Matches{}
	for _, m := range all {
		if whole && m.Partly {
			m.Documents, m.More, m.Partly = []InventoryDocument{}, false, false
		}
		if len(m.Documents) > 0 || m.Partial || m.Unindexed > 0 {
			found = append(found, m)
		}
	}
	return found, nil
}

// searchIn is Search in one source.
func (f *Finder) searchIn(ctx context.Context, name, text string, limit int, ends time.Time) (Matches, error) {
	m := Matches{Source: name, Unindexed: f.Unindexed(name)}
	hits, err := f.Index.Search(name, text, limit+1)
	if err != nil {
		hits = fulltext.Hits{} // what cannot be read of it is made anew; titles are found without
	}
	byWords, err := f.documentsOf(name, text, hits)
	if err != nil {
		return m, err
	}
	if m.Inventory, err = f.inventory(ctx, name, InventoryQuery{Text: text, Limit: limit}, &scan{}, ends); err != nil {
		return m, err
	}
	m.More = m.Next != "" || len(byWords) > limit
	if hits.Partly {
		if len(m.Documents) == 0 {
			m.Documents, m.Partly = byWords, len(byWords) > 0
		}
		byWords = nil
	}
	m.Documents = ranked(byWords, m.Documents)
	m.More = m.More || len(m.Documents) > limit
	m.Documents = m.Documents[:min(len(m.Documents), limit)]
	return m, nil
}

// ranked puts documents that are found in both ways first, then those by their IDs,
// titles or addresses, then those by their words.
func ranked(byWords, byHead []InventoryDocument) []InventoryDocument {
	isAmong := func(list []InventoryDocument) func(InventoryDocument) bool {
		return func(d InventoryDocument) bool {
			return slices.ContainsFunc(list, func(o InventoryDocument) bool { return o.ID == d.ID })
		}
	}
	all := []InventoryDocument{}
	for _, d := range byWords {
		if !d.InText {
			all = append(all, d)
		}
	}
	all = append(all, slices.DeleteFunc(byHead, isAmong(byWords))...)
	for _, d := range byWords {
		if d.InText {
			all = append(all, d)
		}
	}
	return all
}

// documentsOf returns those hits that Fin has as they were indexed.
func (f *Finder) documentsOf(name, text string, hits fulltext.Hits) ([]InventoryDocument, error) {
	s := scan{InventoryQuery: InventoryQuery{Text: strings.ToLower(text)}, words: map[string]state.ShortHash{}}
	for _, h := range hits.Pages {
		s.words[h.ID] = h.Hash
	}
	err := f.State.View(name, func(tx *state.Tx) error {
		s.tx, s.found = tx, []InventoryDocument{}
		if err := s.begin(tx); err != nil {
			return err
		}
		for _, h := range hits.Pages {
			g, found, err := tx.PageSummary(h.ID)
			if err != nil {
				return err
			}
			at, err := s.matches(h.ID, []byte(h.ID), g.Title, []byte(g.URL))
			if err == nil && found && at != nowhere {
				err = s.show(g, h.ID, at)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return s.found, err
}

// wordsOf returns the pages whose words match a query.
func (f *Finder) wordsOf(name string, q InventoryQuery) map[string]state.ShortHash {
	hits, err := f.Index.Search(name, q.Text, 0)
	if err != nil || hits.Partly {
		return nil
	}
	words := make(map[string]state.ShortHash, len(hits.Pages))
	for _, h := range hits.Pages {
		words[h.ID] = h.Hash
	}
	return words
}

// Unindexed returns how many pages of a source cannot be found by their words.
func (f *Finder) Unindexed(name string) (n int) {
	indexed, err := f.Index.Count(name)
	if err != nil {
		indexed = 0
	}
	err = f.State.View(name, func(tx *state.Tx) error {
		n = max(tx.CountPages()-indexed, 0)
		return nil
	})
	if err != nil {
		return 0 // what else is asked of the state fails, too
	}
	return n
}
