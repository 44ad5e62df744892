package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"

	"finpages/ingest/documents"
	"finpages/sources"
	"finpages/state"
)

// scene fills a world of the sources handbook, wiki, old-docs and new-docs with
// something of everything that a page can show.
func (w *world) scene() {
	w.t.Helper()
	w.put("handbook", "refunds.md", "# Refunds\n\nWe refund within **30 days**. See [shipping](shipping.md).\n\n"+
		"| Plan | Days |\n|---|---|\n| Basic | 30 |\n| Pro | 60 |\n\n```sh\nrefund --order 17\n```\n\n<script>alert('never')</script>\n",
		"shipping.md", "# Shipping\n\nIt takes two days.", "secret.md", "---\ndraft: true\n---\n# Secret plan", "old.md", "# Old page\n\ntext")
	w.sync("handbook")
	w.remove("handbook", "old.md")
	w.sync("handbook")
	for i := range 12 {
		w.put("wiki", fmt.Sprintf("page-%02d.md", i), fmt.Sprintf("# Wiki page %d\n\nNumber %d.", i, i))
	}
	w.put("wiki", "broken.md", "---\ntitle: [\n---\nbroken front matter")
	w.sync("wiki")
	for i := range 8 {
		w.remove("wiki", fmt.Sprintf("page-%02d.md", i))
	}
	w.sync("wiki")
	w.put("old-docs", "a.md", "# A")
	w.sync("old-docs")
	w.remove("old-docs", "../old-docs")
	w.sync("old-docs")
}

// fillState gives a source of the state n pages, and a document that is left
// out for each hundred.
func (w *world) fillState(source string, n int) {
	w.t.Helper()
	const batch = 5000
	for from := 0; from < n; from += batch {
		err := w.db.Update(source, func(tx *state.Tx) error {
			for i := from; i < min(from+batch, n); i++ {
				id := fmt.Sprintf("guide/page-%06d.md", i)
				rec := state.Entry{Revision: "r", Pages: []string{id}}
				if i%100 == 99 {
					rec.Pages, rec.Withheld = nil, "marked as a draft"
				} else if err := tx.PutPage(id, state.Page{Entry: id, IntercomID: fmt.Sprint(i), Title: fmt.Sprintf("How to do thing %d", i), URL: site + id}); err != nil {
					return err
				}
				if err := tx.PutEntry(id, rec); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// all goes through the parts of an inventory and returns the IDs.
func (w *world) all(source string, q documents.InventoryQuery) (ids []string) {
	w.t.Helper()
	for {
		inv, err := w.service.Inventory(w.t.Context(), source, q)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, d := range inv.Documents {
			ids = append(ids, strings.TrimSuffix(d.ID, ".md"))
		}
		if inv.Next == "" {
			return ids
		}
		if inv.Next <= q.After {
			w.t.Fatalf("%q comes after %q", inv.Next, q.After)
		}
		q.After = inv.Next
	}
}

func mustJSON(v any) []byte {
	enc, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return enc
}

// oneDocument is a source of the document x.html.
type oneDocument struct {
	body    string
	asked   atomic.Int64  // how often it was listed
	wait    chan struct{} // holds a listing up, if not nil
	listing chan struct{} // told of each listing, if not nil
}

func (o *oneDocument) Open(context.Context) (sources.Snapshot, error) { return o, nil }
func (o *oneDocument) Close() error                                   { return nil }

func (o *oneDocument) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	o.asked.Add(1)
	if o.listing != nil {
		o.listing <- struct{}{}
	}
	if o.wait != nil {
		select {
		case <-o.wait:
		case <-ctx.Done():
			return sources.Listing{}, ctx.Err()
		}
	}
	return sources.Listing{}, yield(sources.Entry{ID: "x.html", Revision: "1",
		Load: func(context.Context) (sources.Document, error) {
			return sources.Document{Format: sources.Markdown, Body: []byte(o.body), Path: "x.html"}, nil
		}})
}
