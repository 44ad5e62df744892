package ingest

import (
	"cmp"

	"finpages/sources"
)

// confirmed asks a source that can tell whether the document of a page is gone
// indeed. While there is no answer the page stays, and so do those after it: a
// source that cannot answer is not asked for each.
func (p *pruner) confirmed(d deletion) bool {
	entry := cmp.Or(d.page.Entry, d.id)
	source, ok := p.source.snapshot.(sources.Confirmer)
	if !ok || p.listing.seen.has(entry) {
		return true
	}
	if p.confirmFailed.Load() {
		return false
	}
	isGone, err := source.Gone(p.Ctx, entry)
	if err != nil {
		p.confirmFailed.Store(true)
		p.Log.Warn("deletes wait: the source cannot tell whether documents are gone", "external_id", d.id, "error", err)
	} else if !isGone {
		p.Log.Warn("the delete waits: the source still has the document, although it was not listed",
			"external_id", d.id)
	}
	return isGone && err == nil
}
