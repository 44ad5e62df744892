package ingest

import (
	"cmp"

	"finpages/sources"
)

// confirmed asks a source that can tell whether the document of a page is gone
// indeed. While there is no answer the page stays, and so do those after it: a
// source that cannot answer is not asked for each.
func (r *run) confirmed(g gone) bool {
	entry := cmp.Or(g.page.Entry, g.id)
	source, ok := r.snap.(sources.Confirmer)
	if !ok || r.seen.has(entry) {
		return true
	}
	if r.unsure.Load() {
		return false
	}
	isGone, err := source.Gone(r.ctx, entry)
	if err != nil {
		r.unsure.Store(true)
		r.log.Warn("deletes wait: the source cannot tell whether documents are gone", "external_id", g.id, "error", err)
	} else if !isGone {
		r.log.Warn("the delete waits: the source still has the document, although it was not listed", "external_id", g.id)
	}
	return isGone && err == nil
}
