package ingest

import (
	"cmp"
	"fmt"

	"finpages/state"

	"github.com/aymanbagabas/go-udiff"
)

// planned notes a change that a plan would make.
func (r *run) planned(c Change) {
	if r.opts.Plan {
		r.tally.change(c)
	}
}

// plannedUpsert notes that a page would be pushed.
func (r *run) plannedUpsert(w *workItem, p *rendered, before state.Page, isUpdate bool) {
	c := Change{Action: "create", ExternalID: p.id, Title: p.request.Title, URL: p.request.URL, Warnings: p.page.Warnings}
	if isUpdate {
		c.Action = "update"
	}
	if r.opts.Diff {
		c.Diff = r.diff(p, before)
	}
	r.counted(w, p, isUpdate)
	r.tally.change(c)
}

// plannedGone notes that a page would be deleted, or turns the create that it
// belongs to into a move.
func (r *run) plannedGone(g gone, movedTo string) {
	if movedTo == "" {
		r.tally.change(Change{Action: "delete", ExternalID: g.id, Title: g.page.Title, URL: g.page.URL, Reason: cmp.Or(g.why, "no longer in the source")})
		return
	}
	r.tally.add(func(t *Report) {
		for i := range t.Changes {
			if c := &t.Changes[i]; c.ExternalID == movedTo && c.Action == "create" {
				c.Action, c.From = "move", g.id
				return
			}
		}
	})
}

// diff shows what readers would see change, as text rather than as HTML.
func (r *run) diff(p *rendered, before state.Page) string {
	old := ""
	if before.IntercomID != "" {
		got, err := r.Client.Page(r.ctx, before.IntercomID)
		r.count(1)
		if err != nil {
			return fmt.Sprintf("(Intercom's version cannot be read: %v)", err)
		}
		old = got.Title + "\n\n" + plainText(got.HTML)
	}
	return udiff.Unified("in Fin", "in the source", old, p.request.Title+"\n\n"+plainText(p.request.HTML))
}
