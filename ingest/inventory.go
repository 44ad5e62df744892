package ingest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"finpages/state"
)

// Inventory is one part of a source's documents, in the order of their IDs.
type Inventory struct {
	Documents []InventoryDocument `json:"documents"`
	Next      string              `json:"next,omitempty"` // the After of the next part; "" behind the last
}

// InventoryDocument is a page in Fin, or a document that has none.
type InventoryDocument struct {
	ID        string    `json:"id"` // external_id; the entry's ID where there is no page
	Title     string    `json:"title,omitempty"`
	URL       string    `json:"url,omitempty"`
	InFin     bool      `json:"in_fin"`
	Withheld  string    `json:"withheld,omitempty"` // why it is left out
	Error     string    `json:"error,omitempty"`    // why it was refused, or failed last time
	Refused   bool      `json:"refused"`            // in quarantine
	Held      bool      `json:"held"`               // its delete waits for an approval
	Retracted bool      `json:"retracted"`
	Pushed    time.Time `json:"pushed,omitzero"`
}

// InventoryQuery picks documents.
type InventoryQuery struct {
	Text  string // in the ID, the title or the address, whatever the case
	Show  string // one of the Show constants
	After string // the ID before the first
	Limit int
}

// What an inventory shows.
const (
	ShowAll      = ""
	ShowInFin    = "fin"
	ShowLeftOut  = "out"
	ShowProblems = "problems"
	ShowHeld     = "held"
)

// Inventory returns a part of a source's documents.
func (s *Service) Inventory(ctx context.Context, name string, q InventoryQuery) (Inventory, error) {
	m, err := s.source(name)
	if err != nil {
		return Inventory{}, err
	}
	v := &stocktaking{InventoryQuery: q, ctx: ctx, text: strings.ToLower(q.Text)}
	if err := s.view(m, v.take); err != nil {
		return Inventory{}, err
	}
	return v.result(), nil
}

// stocktaking looks for the documents of one part and one more.
type stocktaking struct {
	InventoryQuery
	ctx       context.Context
	text      string // in lower case
	tx        *state.Tx
	hold      state.Hold
	retracted map[string]state.Retraction
	found     []InventoryDocument
	seen      int
}

func (v *stocktaking) take(tx *state.Tx) (err error) {
	v.tx = tx
	if v.hold, _, err = tx.Hold(); err != nil {
		return err
	}
	if v.retracted, err = tx.Retracted(); err != nil {
		return err
	}
	switch v.Show {
	case ShowAll, ShowInFin:
		if err = tx.EachPage(v.After, v.page); err != nil || v.Show == ShowInFin {
			return err
		}
		last := ""
		if len(v.found) > v.Limit {
			last = v.found[v.Limit].ID
		}
		return v.entries(last)
	case ShowLeftOut, ShowProblems:
		return v.entries("")
	case ShowHeld:
		return v.held()
	}
	return fmt.Errorf("there is nothing to show under %q", v.Show)
}

// entries looks for documents among the entries, up to an ID if one is given.
func (v *stocktaking) entries(last string) error {
	n := len(v.found)
	return v.tx.EachEntry(v.After, func(id string, rec state.Entry) error {
		if last != "" && id > last || len(v.found)-n > v.Limit {
			return state.Stop
		}
		if err := v.pause(); err != nil {
			return err
		}
		return v.entry(id, rec)
	})
}

func (v *stocktaking) entry(id string, rec state.Entry) error {
	switch {
	case v.Show == ShowProblems && rec.Refused == "" && rec.Error == "":
		return nil
	case v.Show != ShowProblems && len(rec.Pages) > 0:
		return nil
	}
	if len(rec.Pages) == 0 {
		if _, found, err := v.tx.Page(id); err != nil || found {
			return err
		}
		v.add(v.document(id, state.Page{}, rec))
		return nil
	}
	p, _, err := v.tx.Page(rec.Pages[0])
	doc := v.document(rec.Pages[0], p, rec)
	if doc.ID != id { // the order is the entries'
		doc.ID = id
	}
	v.add(doc)
	return err
}

func (v *stocktaking) page(id string, p state.Page) error {
	if len(v.found) > v.Limit {
		return state.Stop
	}
	if err := v.pause(); err != nil {
		return err
	}
	if !v.matches(id, p) {
		return nil
	}
	rec, _, err := v.tx.Entry(p.Entry)
	v.add(v.document(id, p, rec))
	return err
}

// held looks for the pages whose deletes wait.
func (v *stocktaking) held() error {
	at, _ := slices.BinarySearch(v.hold.Pages, v.After)
	for _, id := range v.hold.Pages[at:] {
		p, _, err := v.tx.Page(id)
		if err == nil {
			err = v.page(id, p)
		}
		if err == state.Stop {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pause lets a look that nobody waits for any more end.
func (v *stocktaking) pause() error {
	if v.seen++; v.seen%1024 == 0 {
		return context.Cause(v.ctx)
	}
	return nil
}

func (v *stocktaking) document(id string, p state.Page, rec state.Entry) InventoryDocument {
	_, held := slices.BinarySearch(v.hold.Pages, id)
	_, out := v.retracted[id]
	return InventoryDocument{ID: id, Title: p.Title, URL: p.URL, InFin: p.ID != "", Withheld: rec.Withheld,
		Error: rec.Refused + rec.Error, Refused: rec.Refused != "", Held: held, Retracted: out, Pushed: p.Pushed}
}

func (v *stocktaking) matches(id string, p state.Page) bool {
	return v.text == "" || contains(id, v.text) || contains(p.Title, v.text) || contains(p.URL, v.text)
}

func contains(s, lower string) bool { return strings.Contains(strings.ToLower(s), lower) }

func (v *stocktaking) add(d InventoryDocument) {
	if d.ID != v.After && v.matches(d.ID, state.Page{Title: d.Title, URL: d.URL}) {
		v.found = append(v.found, d)
	}
}

func (v *stocktaking) result() Inventory {
	slices.SortStableFunc(v.found, func(a, b InventoryDocument) int { return cmp.Compare(a.ID, b.ID) })
	v.found = slices.CompactFunc(v.found, func(a, b InventoryDocument) bool { return a.ID == b.ID })
	if len(v.found) <= v.Limit {
		return Inventory{Documents: append([]InventoryDocument{}, v.found...)}
	}
	return Inventory{Documents: v.found[:v.Limit], Next: v.found[v.Limit-1].ID}
}
