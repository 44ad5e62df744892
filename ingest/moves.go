package ingest

import (
	"sync"

	"finpages/sources"
	"finpages/state"
)

// created holds what a run created, to tell documents that were renamed.
type created struct {
	mu      *sync.Mutex
	byBody  map[state.Hash][]string // external_ids not matched yet
	byEntry map[string]string       // external_id by entry ID
}

func newCreated() created {
	return created{&sync.Mutex{}, map[state.Hash][]string{}, map[string]string{}}
}

func (c created) add(body state.Hash, entry, page string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byBody[body] = append(c.byBody[body], page)
	c.byEntry[entry] = page
}

// moves returns, by the external_id of a page that is gone, that of the page
// which was created for the same document under another name: the source says
// so, or both documents are alike to the byte.
func (r *run) moves(candidates []gone) map[string]string {
	moved, taken := map[string]string{}, map[string]bool{}
	if len(candidates) == 0 || len(r.created.byEntry) == 0 {
		return moved
	}
	said := r.movesBySource()
	for _, g := range candidates {
		if page := r.created.byEntry[said[g.page.Entry]]; page != "" && !taken[page] {
			moved[g.id], taken[page] = page, true
		}
	}
	for _, g := range candidates {
		if moved[g.id] != "" || g.body == (state.Hash{}) {
			continue
		}
		for _, page := range r.created.byBody[g.body] {
			if !taken[page] {
				moved[g.id], taken[page] = page, true
				break
			}
		}
	}
	return moved
}

// movesBySource asks the source what was renamed, and returns the new entry ID
// by the old one.
func (r *run) movesBySource() map[string]string {
	mover, ok := r.snap.(sources.Mover)
	if !ok || r.info.CleanRevision == "" {
		return nil
	}
	byNew, err := mover.Moves(r.ctx, r.info.CleanRevision)
	if err != nil {
		r.log.Warn("ask the source what was renamed", "error", err)
	}
	byOld := make(map[string]string, len(byNew))
	for to, from := range byNew {
		byOld[from] = to
	}
	return byOld
}
