package ingest

import (
	"sync"

	"finpages/sources"
	"finpages/state"
)

// created holds what a run created, to tell documents that were renamed.
type created struct {
	mu      *sync.Mutex
	byBody  map[state.ShortHash][]string // external_ids not matched yet
	byEntry map[string]string            // external_id by entry ID
}

func newCreated() created {
	return created{&sync.Mutex{}, map[state.ShortHash][]string{}, map[string]string{}}
}

func (c created) add(body state.ShortHash, entry, page string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byBody[body] = append(c.byBody[body], page)
	c.byEntry[entry] = page
}

// findMoves notes with each deletion the page that was created for the same
// document under another name: the source says so, or both documents are alike
// to the byte.
func (p *pruner) findMoves(gone []deletion) {
	created := p.pushed.created
	if len(gone) == 0 || len(created.byEntry) == 0 {
		return
	}
	taken := map[string]bool{}
	said := p.movesBySource()
	for i, d := range gone {
		if page := created.byEntry[said[d.page.Entry]]; page != "" && !taken[page] {
			gone[i].movedTo, taken[page] = page, true
		}
	}
	for i, d := range gone {
		if d.movedTo != "" || d.bodyHash == (state.ShortHash{}) {
			continue
		}
		for _, page := range created.byBody[d.bodyHash] {
			if !taken[page] {
				gone[i].movedTo, taken[page] = page, true
				break
			}
		}
	}
}

// movesBySource asks the source what was renamed, and returns the new entry ID
// by the old one.
func (p *pruner) movesBySource() map[string]string {
	mover, ok := p.source.snapshot.(sources.Mover)
	if !ok || p.prior.info.CleanRevision == "" {
		return nil
	}
	byNew, err := mover.Moves(p.Ctx, p.prior.info.CleanRevision)
	if err != nil {
		p.Log.Warn("ask the source what was renamed", "error", err)
	}
	byOld := make(map[string]string, len(byNew))
	for to, from := range byNew {
		byOld[from] = to
	}
	return byOld
}
