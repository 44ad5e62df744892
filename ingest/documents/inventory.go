package documents

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"finpages/state"
)

// What an inventory shows.
const (
	ShowAll      = ""         // pages in Fin, and documents that have none
	ShowInFin    = "fin"      // pages in Fin
	ShowLeftOut  = "out"      // documents that have no page
	ShowProblems = "problems" // documents that were refused, or failed last time
	ShowHeld     = "held"     // pages whose deletes or updates wait for an approval
)

// InventoryQuery picks documents of a source.
type InventoryQuery struct {
	Text  string // in the ID, the title or the address, whatever the case
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
	if !slices.Contains([]string{ShowAll, ShowInFin, ShowLeftOut, ShowProblems, ShowHeld}, q.Show) {
		return Inventory{}, fmt.Errorf("an inventory cannot show %q", q.Show)
	}
	q.Text, q.Limit = strings.ToLower(q.Text), max(q.Limit, 1)
	inv, began := Inventory{Documents: []InventoryDocument{}}, time.Now()
	s := scan{}
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
		case time.Since(began) > searchTime:
			inv.Partial = true
			return inv, nil
		}
	}
	return inv, context.Cause(ctx)
}

// scan goes through the next records of an inventory.
type scan struct {
	InventoryQuery
	tx        *state.Tx
	hold      state.Hold
	held      []string // external_ids of all pages that wait for an approval, sorted
	retracted map[string]state.Retraction
	found     []InventoryDocument
	upto      string // the last ID that was looked at, if there is more
	more      bool
}

// begin reads what concerns all documents.
func (s *scan) begin(tx *state.Tx) (err error) {
	if s.hold, _, err = tx.Hold(); err != nil {
		return err
	}
	s.held = append(s.hold.UpdatedPages(), s.hold.Pages...)
	slices.Sort(s.held)
	s.retracted, err = tx.Retractions()
	return err
}

func (s *scan) take(tx *state.Tx) (err error) {
	s.tx = tx
	if s.Show == ShowHeld {
		err = s.walk(s.heldPages)
	}
	if s.Show == ShowAll || s.Show == ShowInFin {
		err = s.walk(s.pages)
	}
	if err == nil && s.Show != ShowHeld && s.Show != ShowInFin {
		err = s.walk(s.entries)
	}
	s.order()
	return err
}

// walk goes through records from the next ID on, by a function that asks for
// each record whether to go on to it, until it has seen enough.
func (s *scan) walk(records func(from string, next func(id string) bool) error) error {
	seen, before, last := 0, len(s.found), ""
	from := s.After
	if from != "" {
		from += "\x00" // the very next key
	}
	return records(from, func(id string) bool {
		switch {
		case s.more && id > s.upto:
			return false
		case seen == scanSize || len(s.found)-before > s.Limit:
			s.upto, s.more = last, true
			return false
		}
		seen++
		last = id
		return true
	})
}

func (s *scan) pages(from string, next func(string) bool) error {
	return s.tx.EachPageSummary(from, func(g state.PageSummary) error {
		if !next(g.ID) {
			return state.Stop
		}
		if s.matches([]byte(g.ID), g.Title, []byte(g.URL)) {
			return s.show(g, g.ID)
		}
		return nil
	})
}

func (s *scan) heldPages(from string, next func(string) bool) error {
	at, _ := slices.BinarySearch(s.held, from)
	for _, id := range s.held[at:] {
		if !next(id) {
			return nil
		}
		g, _, err := s.tx.PageSummary(id)
		if err == nil && s.matches([]byte(id), g.Title, []byte(g.URL)) {
			err = s.show(g, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// show adds a page, or what is left of one.
func (s *scan) show(g state.PageSummary, id string) error {
	p, err := g.Page()
	if err != nil {
		return err
	}
	rec, _, err := s.tx.Entry(p.Entry)
	return errors.Join(err, s.add(id, id, p, rec))
}

// entries adds entries that have a problem, or those that have no page.
func (s *scan) entries(from string, next func(string) bool) error {
	wanted := state.FlagPageless
	if s.Show == ShowProblems {
		wanted = state.FlagRefused | state.FlagFailed
	}
	return s.tx.EachFlagged(from, func(id string, n state.EntryFlags) error {
		if !next(id) {
			return state.Stop
		}
		if n&wanted == 0 {
			return nil
		}
		return s.entry(id)
	})
}

func (s *scan) entry(id string) error {
	rec, _, err := s.tx.Entry(id)
	if err != nil {
		return err
	}
	page := id
	if len(rec.Pages) > 0 {
		page = rec.Pages[0]
	}
	p, found, err := s.tx.Page(page)
	if err != nil || found && s.Show != ShowProblems || !s.matches([]byte(id), []byte(p.Title), []byte(p.URL)) {
		return err
	}
	return s.add(id, page, p, rec)
}

func (s *scan) add(id, page string, p state.Page, rec state.Entry) error {
	drift, _, err := s.tx.Drift(page)
	_, held := slices.BinarySearch(s.hold.Pages, page)
	_, update := s.hold.Update(page)
	_, out := s.retracted[page]
	s.found = append(s.found, InventoryDocument{
		ID: id, Title: p.Title, URL: p.URL, InFin: p.IntercomID != "" && drift.Kind != state.DriftMissing,
		Withheld: rec.Withheld,
		Error:    rec.Problem(), Refused: rec.Refused != "", Held: held, Update: update, Retracted: out, Pushed: p.Pushed,
		Drift: drift.Kind})
	return err
}

func (s *scan) matches(texts ...[]byte) bool {
	return s.Text == "" || slices.ContainsFunc(texts, func(t []byte) bool { return containsLower(t, s.Text) })
}

// containsLower tells whether a text has another in it that is in lower case,
// whatever the text's own case.
func containsLower(text []byte, lower string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf {
			return strings.Contains(strings.ToLower(string(text)), lower)
		}
	}
	for ; len(text) >= len(lower); text = text[1:] {
		i := 0
		for i < len(lower) && asciiLower(text[i]) == lower[i] {
			i++
		}
		if i == len(lower) {
			return true
		}
	}
	return false
}

func asciiLower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// order merges what pages and entries gave, and drops what lies behind the
// end of the one that was stopped first.
func (s *scan) order() {
	slices.SortStableFunc(s.found, func(a, b InventoryDocument) int { return cmp.Compare(a.ID, b.ID) })
	s.found = slices.CompactFunc(s.found, func(a, b InventoryDocument) bool { return a.ID == b.ID })
	if s.more {
		s.found = slices.DeleteFunc(s.found, func(d InventoryDocument) bool { return d.ID > s.upto })
	}
}
