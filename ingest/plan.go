package ingest

import (
	"fmt"

	"finpages/ingest/listing"
	"finpages/ingest/tally"
	"finpages/ingest/transform"
	"finpages/state"

	"github.com/aymanbagabas/go-udiff"
)

// planUpsert notes that a page would be pushed.
func (p *pusher) planUpsert(w *listing.Item, page *rendered, before state.Page, isUpdate bool) {
	c := tally.Change{Action: "create", ExternalID: page.id, Title: page.request.Title, URL: page.request.URL,
		Warnings: page.page.Warnings}
	if isUpdate {
		c.Action = "update"
	}
	if p.opts.Diff {
		c.Diff = p.diff(page, before)
	}
	p.countUpsert(w, page, isUpdate)
	p.Note(c, p.opts.Plan)
}

// diff shows what readers would see change, as text rather than as HTML.
func (r *run) diff(page *rendered, before state.Page) string {
	old := ""
	if before.IntercomID != "" {
		got, err := r.Client.Page(r.Ctx, before.IntercomID)
		r.Count(1)
		if err != nil {
			return fmt.Sprintf("(Intercom's version cannot be read: %v)", err)
		}
		old = got.Title + "\n\n" + transform.PlainText(got.HTML)
	}
	fresh := page.request.Title + "\n\n" + transform.PlainText(page.request.HTML)
	return udiff.Unified("in Fin", "in the source", old, fresh)
}
