package ingest

import (
	"cmp"

	"finpages/ingest/decide"
	"finpages/sources"
)

// confirmed asks a source that can tell whether the document of a page is gone
// indeed. While there is no answer the page stays, and so do those after it: a
// source that cannot answer is not asked for each.
func (p *pruner) confirmed(d decide.Deletion) bool {
	entry := cmp.Or(d.Page.Entry, d.ID)
	source, ok := p.source.Snapshot.(sources.Confirmer)
	if !ok || p.listing.Seen.Has(entry) {
		return true
	}
	if p.confirmFailed.Load() {
		return false
	}
	isGone, err := source.Gone(p.Ctx, entry)
	if err != nil {
		p.confirmFailed.Store(true)
		p.Log.Warn("deletes wait: the source cannot tell whether documents are gone", "external_id", d.ID, "error", err)
	} else if !isGone {
		p.Log.Warn("the delete waits: the source still has the document, although it was not listed",
			"external_id", d.ID)
	}
	return isGone && err == nil
}
