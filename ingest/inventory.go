package ingest

import (
	"cmp"
	"context"
	"encoding/json"
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
	patience = 100 * time.Millisecond
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
	inv := Inventory{Documents: []InventoryDocument{}}
	for began := time.Now(); ctx.Err() == nil; {
		l := look{InventoryQuery: q}
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

func (l *look) take(tx *state.Tx) (err error) {
	l.tx = tx
	if l.hold, _, err = tx.Hold(); err != nil {
		return err
	}
	if l.retracted, err = tx.Retracted(); err != nil {
		return err
	}
	if l.Show == ShowHeld {
		err = l.heldPages()
	}
	if l.Show == ShowAll || l.Show == ShowInFin {
		err = walk(l, tx.EachPage, l.page)
	}
	if err == nil && l.Show != ShowHeld && l.Show != ShowInFin {
		err = walk(l, tx.EachEntry, l.entry)
	}
	l.order()
	return err
}

// walk shows records to f, from the next ID on, until it has seen enough.
func walk[T any](l *look, each func(string, func(string, T) error) error, f func(string, T) error) error {
	seen, matched, last := 0, len(l.found), ""
	from := l.After
	if from != "" {
		from += "\x00" // the very next key
	}
	return each(from, func(id string, rec T) error {
		switch {
		case l.more && id > l.upto:
			return state.Stop
		case seen == lookSize || len(l.found)-matched > l.Limit:
			l.upto, l.more = last, true
			return state.Stop
		}
		seen++
		last = id
		return f(id, rec)
	})
}

func (l *look) heldPages() error {
	each := func(from string, f func(string, state.Page) error) error {
		at, _ := slices.BinarySearch(l.hold.Pages, from)
		for _, id := range l.hold.Pages[at:] {
			p, _, err := l.tx.Page(id)
			if err == nil {
				err = f(id, p)
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
	return walk(l, each, l.page)
}

func (l *look) page(id string, p state.Page) error {
	if !l.matches(id, p) {
		return nil
	}
	rec, _, err := l.tx.Entry(p.Entry)
	l.add(id, id, p, rec)
	return err
}

// entry adds an entry that has a problem, or one that has no page.
func (l *look) entry(id string, rec state.Entry) error {
	page := id
	if len(rec.Pages) > 0 {
		page = rec.Pages[0]
	}
	if l.Show == ShowProblems && rec.Refused == "" && rec.Error == "" || l.Show != ShowProblems && len(rec.Pages) > 0 {
		return nil
	}
	p, found, err := l.tx.Page(page)
	if err != nil || found && l.Show != ShowProblems || !l.matches(id, p) {
		return err
	}
	l.add(id, page, p, rec)
	return nil
}

func (l *look) add(id, page string, p state.Page, rec state.Entry) {
	_, held := slices.BinarySearch(l.hold.Pages, page)
	_, out := l.retracted[page]
	l.found = append(l.found, InventoryDocument{ID: id, Title: p.Title, URL: p.URL, InFin: p.ID != "", Withheld: rec.Withheld,
		Error: rec.Refused + rec.Error, Refused: rec.Refused != "", Held: held, Retracted: out, Pushed: p.Pushed})
}

func (l *look) matches(id string, p state.Page) bool {
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), l.Text) }
	return l.Text == "" || has(id) || has(p.Title) || has(p.URL)
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

// Glance is [Service.Status] without a look at every entry: the problems are
// those that the last run met.
func (s *Service) Glance(name string) (Status, error) {
	m, err := s.source(name)
	if err != nil {
		return Status{}, err
	}
	st := Status{Name: name, Kind: m.src.Kind, URL: m.src.ImportSource.URL, State: "new",
		Problems: []PageProblem{}, Retracted: []string{}, Incomplete: []string{}}
	if err := s.view(m, st.glance); err != nil {
		return st, err
	}
	progress, next := m.running()
	st.NextRun, st.Running = moment(next), progress.now()
	if st.LastRun != nil {
		st.Quarantined = st.LastRun.Quarantined
		for _, e := range st.LastRun.Errors {
			st.Problems = append(st.Problems, PageProblem{Entry: e.ExternalID, Error: e.Error})
		}
	}
	return st, nil
}

func (st *Status) glance(tx *state.Tx) error {
	info, err := tx.Info()
	if err != nil {
		return err
	}
	st.ImportSource, st.Pages, st.Excluded = info.ImportSource, tx.CountPages(), info.Excluded
	st.LastComplete, st.DeletesWaiting, st.Unpushed = moment(info.LastComplete), moment(info.DeletesWaiting), moment(info.Unpushed)
	st.Incomplete = append(st.Incomplete, info.Incomplete...)
	if hold, held, err := tx.Hold(); err != nil {
		return err
	} else if held {
		st.Hold = &HeldDeletes{hold.ID, hold.Pages, hold.Since, hold.Reason, hold.Approved}
	}
	retracted, err := tx.Retracted()
	if err != nil {
		return err
	}
	for id := range retracted {
		st.Retracted = append(st.Retracted, id)
	}
	slices.Sort(st.Retracted)
	return st.readRuns(tx)
}

// now is what the run has done so far; nil if none is under way.
func (p *Progress) now() *RunningNow {
	if p == nil {
		return nil
	}
	return &RunningNow{p.Listed.Load(), p.Total.Load(), p.Done.Load(), p.Deletes.Load()}
}

// Pulse is what can be asked often: while it stays the same, no run has begun,
// ended or gone on.
type Pulse struct {
	Runs    uint64 // finished so far
	Next    time.Time
	Running *RunningNow
}

// Pulse returns a source's pulse.
func (s *Service) Pulse(name string) (p Pulse, err error) {
	m, err := s.source(name)
	if err != nil {
		return p, err
	}
	progress, next := m.running()
	p.Next, p.Running = next, progress.now()
	return p, s.view(m, func(tx *state.Tx) error {
		p.Runs = tx.NextRun() - 1
		return nil
	})
}

// DeletedPage is a page that can be brought back.
type DeletedPage struct {
	ID    string    `json:"id"` // external_id
	Title string    `json:"title"`
	Run   uint64    `json:"run"` // that deleted it
	Time  time.Time `json:"time"`
}

// Deleted returns up to n pages that can be brought back, the last deleted
// first: of the page with the external_id if one is given.
func (s *Service) Deleted(ctx context.Context, name, page string, n int) ([]DeletedPage, error) {
	m, err := s.source(name)
	if err != nil {
		return nil, err
	}
	var last []state.Deleted
	err = s.view(m, func(tx *state.Tx) error {
		return tx.EachDeleted(func(d state.Deleted) error {
			if page == "" || d.Page == page {
				last = append(last[max(0, len(last)-n+1):], d)
			}
			return context.Cause(ctx)
		})
	})
	pages := []DeletedPage{}
	for _, d := range slices.Backward(last) {
		var request struct{ Title string }
		if err == nil {
			err = json.Unmarshal(d.Payload, &request)
		}
		pages = append(pages, DeletedPage{d.Page, request.Title, d.Run, d.Time})
	}
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
