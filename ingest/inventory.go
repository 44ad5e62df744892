package ingest

import (
	"cmp"
	"context"
	"encoding/json"
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
	ShowHeld     = "held"     // pages whose deletes wait for an approval
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
	Partial   bool                `json:"partial"`        // the search was stopped to answer in time, before it found Limit documents
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
	Retracted bool      `json:"retracted"`
	Pushed    time.Time `json:"pushed,omitzero"`
}

// A search takes many short looks, as the state wants them, and ends after a
// while: whoever asked is waiting.
const (
	lookSize = 2048 // records
	patience = 80 * time.Millisecond
)

// Inventory returns a part of a source's documents.
func (s *Service) Inventory(ctx context.Context, name string, q InventoryQuery) (Inventory, error) {
	m, err := s.source(name)
	if err != nil {
		return Inventory{}, err
	}
	if !slices.Contains([]string{ShowAll, ShowInFin, ShowLeftOut, ShowProblems, ShowHeld}, q.Show) {
		return Inventory{}, fmt.Errorf("an inventory cannot show %q", q.Show)
	}
	q.Text, q.Limit = strings.ToLower(q.Text), max(q.Limit, 1)
	inv, began := Inventory{Documents: []InventoryDocument{}}, time.Now()
	l := look{}
	if err := s.view(m, l.begin); err != nil {
		return inv, err
	}
	for ctx.Err() == nil {
		l.InventoryQuery, l.found, l.more = q, nil, false
		if err := s.view(m, l.take); err != nil {
			return inv, err
		}
		inv.Documents = append(inv.Documents, l.found...)
		q.After, inv.Next = l.upto, l.upto
		switch {
		case len(inv.Documents) > q.Limit:
			inv.Documents = inv.Documents[:q.Limit]
			inv.Next = inv.Documents[q.Limit-1].ID
			return inv, nil
		case !l.more:
			inv.Next = ""
			return inv, nil
		case time.Since(began) > patience:
			inv.Partial = true
			return inv, nil
		}
	}
	return inv, context.Cause(ctx)
}

// look goes through the next records of an inventory.
type look struct {
	InventoryQuery
	tx        *state.Tx
	hold      state.Hold
	retracted map[string]state.Retraction
	found     []InventoryDocument
	upto      string // the last ID that was looked at, if there is more
	more      bool
}

// begin reads what concerns all documents.
func (l *look) begin(tx *state.Tx) (err error) {
	if l.hold, _, err = tx.Hold(); err != nil {
		return err
	}
	l.retracted, err = tx.Retracted()
	return err
}

func (l *look) take(tx *state.Tx) (err error) {
	l.tx = tx
	if l.Show == ShowHeld {
		err = l.walk(l.heldPages)
	}
	if l.Show == ShowAll || l.Show == ShowInFin {
		err = l.walk(l.pages)
	}
	if err == nil && l.Show != ShowHeld && l.Show != ShowInFin {
		err = l.walk(l.entries)
	}
	l.order()
	return err
}

// walk goes through records from the next ID on, by a function that asks for
// each record whether to go on to it, until it has seen enough.
func (l *look) walk(records func(from string, next func(id string) bool) error) error {
	seen, before, last := 0, len(l.found), ""
	from := l.After
	if from != "" {
		from += "\x00" // the very next key
	}
	return records(from, func(id string) bool {
		switch {
		case l.more && id > l.upto:
			return false
		case seen == lookSize || len(l.found)-before > l.Limit:
			l.upto, l.more = last, true
			return false
		}
		seen++
		last = id
		return true
	})
}

func (l *look) pages(from string, next func(string) bool) error {
	return l.tx.EachGlimpse(from, func(g state.Glimpse) error {
		if !next(g.ID) {
			return state.Stop
		}
		if l.matches([]byte(g.ID), g.Title, g.URL) {
			return l.show(g, g.ID)
		}
		return nil
	})
}

func (l *look) heldPages(from string, next func(string) bool) error {
	at, _ := slices.BinarySearch(l.hold.Pages, from)
	for _, id := range l.hold.Pages[at:] {
		if !next(id) {
			return nil
		}
		g, _, err := l.tx.Glimpse(id)
		if err == nil && l.matches([]byte(id), g.Title, g.URL) {
			err = l.show(g, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// show adds a page, or what is left of one.
func (l *look) show(g state.Glimpse, id string) error {
	p, err := g.Page()
	if err != nil {
		return err
	}
	rec, _, err := l.tx.Entry(p.Entry)
	l.add(id, id, p, rec)
	return err
}

// entries adds entries that have a problem, or those that have no page.
func (l *look) entries(from string, next func(string) bool) error {
	wanted := state.NotablePageless
	if l.Show == ShowProblems {
		wanted = state.NotableRefused | state.NotableFailed
	}
	return l.tx.EachNotable(from, func(id string, n state.Notable) error {
		if !next(id) {
			return state.Stop
		}
		if n&wanted == 0 {
			return nil
		}
		return l.entry(id)
	})
}

func (l *look) entry(id string) error {
	rec, _, err := l.tx.Entry(id)
	if err != nil {
		return err
	}
	page := id
	if len(rec.Pages) > 0 {
		page = rec.Pages[0]
	}
	p, found, err := l.tx.Page(page)
	if err != nil || found && l.Show != ShowProblems || !l.matches([]byte(id), []byte(p.Title), []byte(p.URL)) {
		return err
	}
	l.add(id, page, p, rec)
	return nil
}

func (l *look) add(id, page string, p state.Page, rec state.Entry) {
	_, held := slices.BinarySearch(l.hold.Pages, page)
	_, out := l.retracted[page]
	l.found = append(l.found, InventoryDocument{ID: id, Title: p.Title, URL: p.URL, InFin: p.ID != "", Withheld: rec.Withheld,
		Error: trouble(rec), Refused: rec.Refused != "", Held: held, Retracted: out, Pushed: p.Pushed})
}

func (l *look) matches(texts ...[]byte) bool {
	return l.Text == "" || slices.ContainsFunc(texts, func(t []byte) bool { return containsLower(t, l.Text) })
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
func (l *look) order() {
	slices.SortStableFunc(l.found, func(a, b InventoryDocument) int { return cmp.Compare(a.ID, b.ID) })
	l.found = slices.CompactFunc(l.found, func(a, b InventoryDocument) bool { return a.ID == b.ID })
	if l.more {
		l.found = slices.DeleteFunc(l.found, func(d InventoryDocument) bool { return d.ID > l.upto })
	}
}

// DeletedPage is a page that was deleted, and is in the journal.
type DeletedPage struct {
	ID    string    `json:"id"` // external_id
	Title string    `json:"title"`
	Run   uint64    `json:"run"` // that deleted it
	Time  time.Time `json:"time"`
	Kept  string    `json:"kept_out,omitempty"` // why it may not be brought back; "" if it may
}

// Deleted returns up to n pages that are in the journal and not in Fin, the
// last deleted first, and each once.
func (s *Service) Deleted(name string, n int) ([]DeletedPage, error) {
	return s.journal(name, func(tx *state.Tx) (gone []state.Deleted, err error) {
		last, err := tx.LastDeleted("", n)
		if err != nil {
			return nil, err
		}
		slices.Reverse(last)
		for _, d := range last {
			if gone, err = addGone(tx, gone, d, n); err != nil {
				return nil, err
			}
		}
		if len(gone) < n && len(last) == n { // some are back: look at all, without holding all
			gone = gone[:0]
			err = tx.EachDeleted(func(d state.Deleted) (err error) {
				gone, err = addGone(tx, gone, d, n)
				return err
			})
		}
		slices.Reverse(gone)
		return gone, err
	})
}

// addGone adds a record to those that came before it, if its page is not in
// Fin. The last of a page's records counts, and the last n are kept.
func addGone(tx *state.Tx, gone []state.Deleted, d state.Deleted, n int) ([]state.Deleted, error) {
	_, back, err := tx.Glimpse(d.Page)
	if err != nil || back {
		return gone, err
	}
	if at := slices.IndexFunc(gone, func(g state.Deleted) bool { return g.Page == d.Page }); at >= 0 {
		gone = slices.Delete(gone, at, at+1)
	}
	gone = append(gone, d)
	return slices.Delete(gone, 0, max(len(gone)-n, 0)), nil
}

// Deletions returns up to n of the times that a page was deleted, the last
// first, whether or not it is in Fin again.
func (s *Service) Deletions(name, page string, n int) ([]DeletedPage, error) {
	return s.journal(name, func(tx *state.Tx) ([]state.Deleted, error) { return tx.LastDeleted(page, n) })
}

// journal returns the records that f reads, for people.
func (s *Service) journal(name string, f func(*state.Tx) ([]state.Deleted, error)) ([]DeletedPage, error) {
	m, err := s.source(name)
	if err != nil {
		return nil, err
	}
	pages := []DeletedPage{}
	err = s.view(m, func(tx *state.Tx) error {
		retracted, err := tx.Retracted()
		if err != nil {
			return err
		}
		records, err := f(tx)
		for _, d := range records {
			var request struct{ Title string }
			rec, _, err := tx.Entry(d.Entry)
			if err = errors.Join(err, json.Unmarshal(d.Payload, &request)); err != nil {
				return fmt.Errorf("read the journal's copy of %q: %w", d.Page, err)
			}
			if _, out := retracted[d.Page]; out {
				rec.Withheld = "retracted"
			}
			pages = append(pages, DeletedPage{d.Page, request.Title, d.Run, d.Time, rec.Withheld})
		}
		return err
	})
	return pages, err
}

// Release approves the held deletes of a source, if the hold is still the one
// with the ID ("" for whichever there is), for its next run.
func (s *Service) Release(name, holdID string) error {
	if _, err := s.source(name); err != nil {
		return err
	}
	return s.engine.State.Update(name, func(tx *state.Tx) error {
		hold, held, err := tx.Hold()
		switch {
		case err != nil:
			return err
		case !held:
			return fmt.Errorf("source %s holds no deletes", name)
		case holdID != "" && holdID != hold.ID:
			return fmt.Errorf("the hold %s of source %s is no more: now it is %s, with %d deletes; look at them with finpages status %s first",
				holdID, name, hold.ID, len(hold.Pages), name)
		}
		hold.Approved = true
		return tx.PutHold(hold)
	})
}
