package ingest

import (
	"sync"

	"finpages/ingest/decide"
	"finpages/sources"
	"finpages/state"
)

// created holds what a run created, to tell documents that were renamed.
type created struct {
	mu      *sync.Mutex
	byBody  map[state.ShortHash][]createdPage // of documents alike
	byEntry map[string][]createdPage          // by entry ID
}

// createdPage is a page that a run created.
type createdPage struct {
	id   string // external_id
	part string // what it is of its document
}

func newCreated() created {
	return created{&sync.Mutex{}, map[state.ShortHash][]createdPage{}, map[string][]createdPage{}}
}

func (c created) add(body state.ShortHash, entry string, page createdPage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byBody[body] = append(c.byBody[body], page)
	c.byEntry[entry] = append(c.byEntry[entry], page)
}

// findMoves notes with each deletion the page that was created for the same
// document under another name: the source says so, or both documents are alike
// to the byte.
func (p *pruner) findMoves(gone []decide.Deletion) {
	created := p.pushed.created
	if len(gone) == 0 || len(created.byEntry) == 0 {
		return
	}
	taken := map[string]bool{}
	match := func(d *decide.Deletion, among []createdPage) {
		for _, page := range among {
			if d.MovedTo == "" && !d.Recut && page.part == d.Part && !taken[page.id] {
				d.MovedTo, taken[page.id] = page.id, true
				return
			}
		}
	}
	said := p.movesBySource()
	for i := range gone {
		if to := said[gone[i].Page.Entry]; to != "" {
			match(&gone[i], created.byEntry[to])
		}
	}
	for i := range gone {
		if gone[i].BodyHash != (state.ShortHash{}) {
			match(&gone[i], created.byBody[gone[i].BodyHash])
		}
	}
}

// movesBySource asks the source what was renamed, and returns the new entry ID
// by the old one.
func (p *pruner) movesBySource() map[string]string {
	mover, ok := p.source.Snapshot.(sources.Mover)
	if !ok || p.prior.Info.CleanRevision == "" {
		return nil
	}
	byNew, err := mover.Moves(p.Ctx, p.prior.Info.CleanRevision)
	if err != nil {
		p.Log.Warn("ask the source what was renamed", "error", err)
	}
	byOld := make(map[string]string, len(byNew))
	for to, from := range byNew {
		byOld[from] = to
	}
	return byOld
}
