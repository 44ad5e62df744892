package documents

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"finpages/state"
)

// What an inventory shows.
const (
	ShowAll      = ""         // pages in Fin, and documents that have none
	ShowInFin    = "fin"      // pages in Fin
	ShowLeftOut  = "out"      // documents that have no page
	ShowProblems = "problems" // documents that were refused, or failed last time
	ShowHeld     = "held"     // pages whose deletes or updates wait for an approval

	ShowRetracted = "retracted" // pages that somebody keeps out of Fin
	ShowRestored  = "restored"  // pages as undo brought them back
	ShowDrifted   = "drifted"   // pages that Fin does not have as they were sent
	ShowEmpty     = "empty"     // pages whose documents have no text
	ShowLossy     = "lossy"     // pages that lack words of their documents
)

// Shows returns what an inventory can show.
func Shows() []string {
	return []string{ShowAll, ShowInFin, ShowLeftOut, ShowProblems, ShowHeld, ShowRetracted, ShowRestored, ShowDrifted,
		ShowEmpty, ShowLossy}
}

// InventoryQuery picks documents of a source.
type InventoryQuery struct {
	Text  string // in the ID, the title or the address, whatever the case, or words of what Fin gets
	Show  string // one of the Show constants
	After string // the ID before the first to return
	Limit int    // how many to return, at least 1
}

// Inventory is a part of a source's documents, in the order of their IDs.
type Inventory struct {
	Documents []InventoryDocument `json:"documents"`
	Next      string              `json:"next,omitempty"` // the After that goes on from here; "" at the end
	Partial   bool                `json:"partial"`        // stopped to answer in time, before Limit was reached
}

// InventoryDocument is a page in Fin, or a document that has none.
type InventoryDocument struct {
	ID        string    `json:"id"` // external_id; the entry's ID where there is no page or a problem
	Title     string    `json:"title,omitempty"`
	URL       string    `json:"url,omitempty"`
	InFin     bool      `json:"in_fin"`
	Withheld  string    `json:"withheld,omitempty"` // why it is left out
	Error     string    `json:"error,omitempty"`    // why it was refused, or failed last time
	Refused   bool      `json:"refused"`            // in quarantine
	Held      bool      `json:"held"`               // its delete waits for an approval
	Update    bool      `json:"held_update"`        // its update does
	Retracted bool      `json:"retracted"`
	Restored  bool      `json:"restored,omitempty"` // as undo brought it back
	Empty     bool      `json:"empty,omitempty"`    // its document has no text
	Loss      string    `json:"loss,omitempty"`     // what the page lacks of its document, in words
	InText    bool      `json:"in_text,omitempty"`  // only what Fin gets has the words that are searched for
	Pushed    time.Time `json:"pushed,omitzero"`

	Drift state.DriftKind `json:"drift,omitempty"` // as verify found it
}

// A search takes many short scans, as the state wants them, and ends after a
// while: whoever asked is waiting.
const (
	scanSize   = 2048 // records
	searchTime = 80 * time.Millisecond
)

// Inventory returns a part of a source's documents.
func (f *Finder) Inventory(ctx context.Context, name string, q InventoryQuery) (Inventory, error) {
	if _, err := f.Lookup(name); err != nil {
		return Inventory{}, err
	}
	if !slices.Contains(Shows(), q.Show) {
		return Inventory{}, fmt.Errorf("an inventory cannot show %q", q.Show)
	}
	s := scan{words: f.wordsOf(name, q)}
	return f.inventory(ctx, name, q, &s, time.Now().Add(searchTime))
}

// inventory is Inventory that ends when it is time, but not before it has looked at
// some records.
func (f *Finder) inventory(
	ctx context.Context, name string, q InventoryQuery, s *scan, ends time.Time,
) (Inventory, error) {
	q.Text, q.Limit = strings.ToLower(q.Text), max(q.Limit, 1)
	inv := Inventory{Documents: []InventoryDocument{}}
	if err := f.State.View(name, s.begin); err != nil {
		return inv, err
	}
	for ctx.Err() == nil {
		s.InventoryQuery, s.found, s.more = q, nil, false
		if err := f.State.View(name, s.take); err != nil {
			return inv, err
		}
		inv.Documents = append(inv.Documents, s.found...)
		q.After, inv.Next = s.upto, s.upto
		switch {
		case len(inv.Documents) > q.Limit:
			inv.Documents = inv.Documents[:q.Limit]
			inv.Next = inv.Documents[q.Limit-1].ID
			return inv, nil
		case !s.more:
			inv.Next = ""
			return inv, nil
		case time.Now().After(ends):
			inv.Partial = true
			return inv, nil
		}
	}
	return inv, context.Cause(ctx)
}

// Total is how many documents an inventory shows in all.
type Total struct {
	Count   int  `json:"count"`
	Partial bool `json:"partial"` // stopped to answer in time: there may be more
}

// Count tells how many documents an inventory shows, whatever part of it the query
// asks for.
func (f *Finder) Count(ctx context.Context, name string, q InventoryQuery) (t Total, err error) {
	if _, err := f.Lookup(name); err != nil {
		return t, err
	}
	q.Text, q.After, q.Limit = strings.ToLower(q.Text), "", scanSize
	s, ends := scan{counting: true, words: f.wordsOf(name, q)}, time.Now().Add(searchTime)
	err = f.State.View(name, func(tx *state.Tx) error {
		if q.Show == ShowInFin && q.Text == "" {
			t.Count = tx.CountPages()
		}
		return s.begin(tx)
	})
	if err != nil || t.Count > 0 {
		return t, err
	}
	for ctx.Err() == nil {
		s.InventoryQuery, s.found, s.more = q, nil, false
		if err := f.State.View(name, s.take); err != nil {
			return t, err
		}
		t.Count += len(s.found)
		if q.After = s.upto; !s.more {
			return t, nil
		}
		if t.Partial = time.Now().After(ends); t.Partial {
			return t, nil
		}
	}
	return t, context.Cause(ctx)
}

// All calls f for all documents that an inventory shows.
func (f *Finder) All(ctx context.Context, name string, q InventoryQuery, each func(InventoryDocument) error) error {
	for q.Limit = scanSize; ; {
		inv, err := f.Inventory(ctx, name, q)
		if err != nil {
			return err
		}
		for _, d := range inv.Documents {
			if err := each(d); err != nil {
				return err
			}
		}
		if q.After = inv.Next; q.After == "" {
			return nil
		}
	}
}
