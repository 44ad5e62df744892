package documents

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"finpages/state"
)

// scan goes through the next records of an inventory.
type scan struct {
	InventoryQuery
	tx        *state.Tx
	hold      state.Hold
	listed    []string // external_ids of what is held, retracted or drifted, as is to be shown, sorted
	retracted map[string]state.Retraction
	found     []InventoryDocument
	upto      string // the last ID that was looked at, if there is more
	more      bool
	counting  bool // only: what is found has its ID alone

	words map[string]state.ShortHash // pages whose text matches, by external_id
}

// begin reads what concerns all documents.
func (s *scan) begin(tx *state.Tx) (err error) {
	if s.hold, _, err = tx.Hold(); err != nil {
		return err
	}
	s.retracted, err = tx.Retractions()
	return err
}

// list returns the external_ids of the pages that are kept in a list of their own.
func (s *scan) list(tx *state.Tx) (ids []string, err error) {
	switch s.Show {
	case ShowHeld:
		ids = append(s.hold.UpdatedPages(), s.hold.Pages...)
	case ShowRetracted:
		ids = slices.Collect(maps.Keys(s.retracted))
	case ShowRestored:
		err = tx.EachBroughtBack(func(page string, _ state.BroughtBack) error {
			ids = append(ids, page)
			return nil
		})
	case ShowDrifted:
		err = tx.EachDrift(func(page string, _ state.Drift) error {
			ids = append(ids, page)
			return nil
		})
	}
	slices.Sort(ids)
	return slices.Compact(ids), err
}

func (s *scan) take(tx *state.Tx) (err error) {
	s.tx = tx
	switch s.Show {
	case ShowHeld, ShowRetracted, ShowRestored, ShowDrifted:
		if s.listed == nil {
			s.listed, err = s.list(tx)
		}
		err = errors.Join(err, s.walk(s.listedPages))
	case ShowInFin, ShowEmpty:
		err = s.walk(s.pages)
	case ShowLeftOut, ShowProblems, ShowLossy:
		err = s.walk(s.entries)
	default:
		err = errors.Join(s.walk(s.pages), s.walk(s.entries))
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
		if s.Show == ShowEmpty && !g.Empty {
			return nil
		}
		inText, err := s.matches(g.ID, []byte(g.ID), g.Title, []byte(g.URL))
		if err != nil || inText == nowhere {
			return err
		}
		return s.show(g, g.ID, inText)
	})
}

func (s *scan) listedPages(from string, next func(string) bool) error {
	at, _ := slices.BinarySearch(s.listed, from)
	for _, id := range s.listed[at:] {
		if !next(id) {
			return nil
		}
		g, found, err := s.tx.PageSummary(id)
		if err != nil {
			return err
		}
		at, err := s.matches(id, []byte(id), g.Title, []byte(g.URL))
		switch {
		case err != nil || at == nowhere:
		case found:
			err = s.show(g, id, at)
		default:
			err = s.showMissing(id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// showMissing adds a page that the state does not have.
func (s *scan) showMissing(id string) error {
	rec, _, err := s.tx.Entry(cmp.Or(s.retracted[id].Entry, id))
	return errors.Join(err, s.add(id, id, state.Page{}, rec, atHead))
}

// show adds a page.
func (s *scan) show(g state.PageSummary, id string, at place) error {
	if s.counting {
		s.found = append(s.found, InventoryDocument{ID: id})
		return nil
	}
	p, err := g.Page()
	if err != nil {
		return err
	}
	rec, _, err := s.tx.Entry(p.Entry)
	return errors.Join(err, s.add(id, id, p, rec, at))
}

// entries adds entries that have a problem, or those that have no page.
func (s *scan) entries(from string, next func(string) bool) error {
	wanted := state.FlagPageless
	switch s.Show {
	case ShowProblems:
		wanted = state.FlagRefused | state.FlagFailed
	case ShowLossy:
		wanted = state.FlagLossy
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
	shown := !found || s.Show == ShowProblems || s.Show == ShowLossy
	if err != nil || !shown {
		return err
	}
	at, err := s.matches(page, []byte(id), []byte(p.Title), []byte(p.URL))
	if err != nil || at == nowhere {
		return err
	}
	return s.add(id, page, p, rec, at)
}

func (s *scan) add(id, page string, p state.Page, rec state.Entry, at place) error {
	drift, _, err := s.tx.Drift(page)
	_, held := slices.BinarySearch(s.hold.Pages, page)
	_, update := s.hold.Update(page)
	_, out := s.retracted[page]
	_, restored, restoredErr := s.tx.BroughtBack(page)
	d := InventoryDocument{
		ID: id, Title: p.Title, URL: p.URL, InFin: p.IntercomID != "" && drift.Kind != state.DriftMissing,
		Withheld: rec.Withheld,
		Error:    rec.Problem(), Refused: rec.Refused != "", Held: held, Update: update, Retracted: out, Pushed: p.Pushed,
		Restored: restored, Empty: p.Empty, Drift: drift.Kind, InText: at == inText}
	if rec.Loss.IsLossy() {
		d.Loss = LossWords(*rec.Loss)
	}
	s.found = append(s.found, d)
	return errors.Join(err, restoredErr)
}

// place is where a document has what is searched for.
type place int

const (
	nowhere place = iota
	atHead        // in its ID, title or address, or nothing is searched for
	inText        // only in what Fin gets
)

// matches tells where the text that is searched for is: in some that a document is
// known by, or in that of its page.
func (s *scan) matches(page string, texts ...[]byte) (place, error) {
	if s.Text == "" || slices.ContainsFunc(texts, func(t []byte) bool { return containsLower(t, s.Text) }) {
		return atHead, nil
	}
	hash, found := s.words[page]
	if !found {
		return nowhere, nil
	}
	p, _, err := s.tx.Page(page)
	if err != nil || p.Hash != hash {
		return nowhere, err
	}
	return inText, nil
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
