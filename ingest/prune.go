package ingest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"finpages/intercomapi"
	"finpages/state"

	"golang.org/x/sync/errgroup"
)

// gone is a page whose document the source no longer has.
type gone struct {
	id   string // external_id
	page state.Page
	body state.Hash
	shut bool   // it must not be in Fin: the budget does not count it
	why  string // "" means that its document is gone
}

// prune takes out the pages whose documents are gone, within the budget.
func (r *run) prune() error {
	candidates, err := r.candidates()
	if err != nil {
		return err
	}
	if r.unsettled.Load() {
		return r.removeMarked(candidates)
	}
	moved := r.moves(candidates)
	remove, held, why := r.allot(candidates, moved)
	if err := r.holdBack(held, why); err != nil {
		return err
	}
	if err := r.removeAll(remove, moved); err != nil {
		return err
	}
	return r.forgetEntries()
}

// removeMarked removes what must not be in Fin. The rest waits until all upserts
// are through.
func (r *run) removeMarked(candidates []gone) error {
	var marked []gone
	for _, g := range candidates {
		if g.shut {
			marked = append(marked, g)
		}
	}
	if waiting := len(candidates) - len(marked); waiting > 0 {
		r.tally.Waiting += waiting
		r.sweep.Store(true)
	}
	return r.removeAll(marked, nil)
}

// allot parts the pages that may go from those that must wait for an approval.
// What is held stays held, also where it would fit the budget by now.
func (r *run) allot(candidates []gone, moved map[string]string) (remove, held []gone, why string) {
	var rest []gone
	for _, g := range candidates {
		if moved[g.id] != "" || g.shut || r.hold.Approved && r.isHeld(g.id) {
			remove = append(remove, g)
		} else {
			rest = append(rest, g)
		}
	}
	if why := r.src.Deletes.exceeded(len(rest), r.owned, r.tally.Listed); why != "" {
		return remove, append(rest, r.heldUnseen...), why + stillThere(rest)
	}
	held = r.heldUnseen
	for _, g := range rest {
		if r.isHeld(g.id) {
			held = append(held, g)
		} else {
			remove = append(remove, g)
		}
	}
	return remove, held, r.stillHeld(len(held))
}

// stillThere says, where some of the pages are to go although the source has
// their documents, why that is.
func stillThere(pages []gone) string {
	reasons := map[string]int{}
	most, n := "", 0
	for _, g := range pages {
		if g.why == "" {
			continue
		}
		n++
		reason, _, _ := strings.Cut(g.why, " (inherited from ")
		if reasons[reason]++; reasons[reason] > reasons[most] || most == "" {
			most = reason
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; the source still has %d of these documents (most of them: %s)", n, most)
}

// stillHeld says why deletes wait that were held before, and fit the budget now.
func (r *run) stillHeld(n int) string {
	if n == len(r.hold.Pages) {
		return r.hold.Reason
	}
	return fmt.Sprintf("%d of %d deletes that were held are left, and wait for an approval still", n, len(r.hold.Pages))
}

func (r *run) isHeld(page string) bool {
	_, held := slices.BinarySearch(r.hold.Pages, page)
	return held
}

// candidates returns the pages whose documents are gone, as far as the listing
// proves it.
func (r *run) candidates() (candidates []gone, err error) {
	candidates = r.lost
	found := map[string]bool{}
	if r.mayMove || r.info.FindLeftovers || r.hold.ID != "" || len(r.intents) > 0 {
		err = r.scan(func(g gone) {
			found[g.id] = true
			candidates = append(candidates, g)
		})
	}
	for _, g := range r.empty.pages {
		if !found[g.id] {
			candidates = append(candidates, g)
		}
	}
	for id, page := range r.adopted {
		if !r.claims.claimed(id) && !r.seen.has(id) && r.tally.Complete && r.tally.Failed == 0 {
			candidates = append(candidates, gone{id: id, page: page})
		}
	}
	return candidates, err
}

// scan goes through the pages that the state knows, in short looks.
func (r *run) scan(found func(gone)) error {
	const look = 4096
	for from, more := "", true; more; {
		n := 0
		err := r.State.View(r.src.Name, func(tx *state.Tx) error {
			more = false
			return tx.EachPage(from, func(id string, p state.Page) error {
				if n == look {
					from, more = id, true
					return state.Stop
				}
				n++
				rec, known, err := tx.Entry(cmp.Or(p.Entry, id))
				if err == nil && r.isGone(id, p, rec, known) {
					found(r.goneFor(id, p, rec))
				}
				return err
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// goneFor says why a page is to go. What its owner has marked leaves at once; what
// is left out since the rules have changed does so within the budget, and where
// that held it, once somebody approves.
func (r *run) goneFor(id string, p state.Page, rec state.Entry) gone {
	entry := cmp.Or(p.Entry, id)
	g := gone{id: id, page: p, body: rec.BodyHash}
	if r.seen.has(entry) {
		g.why = rec.Withheld
	}
	if rule := r.excluded[entry]; rule != "" {
		g.why, g.shut = rule, r.info.Rules == r.src.rules() && !r.isHeld(id)
	}
	return g
}

// isGone tells whether the listing proves that a page's document is gone.
//
//	page        its entry                            gone
//	restored    not listed                           no: until the source says otherwise
//	any         listed, and has the page             no
//	any         listed, and has other pages          yes
//	any         seen, and excluded by a rule         yes
//	any         not listed, its scope incomplete     no: waits
//	any         not listed, its scope complete       yes
//
// Where no entry is known, and with it no scope, all scopes count.
func (r *run) isGone(id string, p state.Page, rec state.Entry, known bool) bool {
	if r.seen.has(cmp.Or(p.Entry, id)) {
		return !slices.Contains(rec.Pages, id) && rec.Error == "" && (p.Entry != "" || rec.Refused == "") && !r.claims.claimed(id)
	}
	if p.Entry == "" && r.tally.Failed > 0 {
		r.tally.Waiting++ // it may be the page of an entry that could not be read
		return false
	}
	if p.Restored {
		return false
	}
	if _, excluded := r.excluded[cmp.Or(p.Entry, id)]; excluded {
		return true
	}
	if r.mayBeUnseen(rec, known) {
		if r.isHeld(id) {
			r.heldUnseen = append(r.heldUnseen, gone{id: id, page: p, body: rec.BodyHash})
		} else {
			r.tally.Waiting++
		}
		return false
	}
	return true
}

// holdBack keeps the deletes until somebody approves exactly these.
func (r *run) holdBack(pages []gone, why string) error {
	if len(pages) == 0 {
		if r.hold.ID == "" {
			return nil
		}
		return r.update((*state.Tx).DeleteHold)
	}
	hold := state.Hold{Reason: why, Since: r.started.UTC()}
	for _, g := range pages {
		hold.Pages = append(hold.Pages, g.id)
		r.planned(Change{Action: "hold", ExternalID: g.id, Title: g.page.Title, URL: g.page.URL, Reason: why})
	}
	slices.Sort(hold.Pages)
	hold.ID = holdID(hold.Pages)
	if hold.ID == r.hold.ID {
		hold = r.hold
	} else if !slices.ContainsFunc(hold.Pages, func(id string) bool { return !r.isHeld(id) }) {
		hold.Since = r.hold.Since
	}
	r.tally.Held, r.tally.HoldID, r.tally.HoldReason = len(pages), hold.ID, why
	return r.update(func(tx *state.Tx) error { return tx.PutHold(hold) })
}

// removeAll deletes the pages, several at once.
func (r *run) removeAll(pages []gone, moved map[string]string) error {
	r.opts.Progress.Deletes.Store(int64(len(pages)))
	group := errgroup.Group{}
	group.SetLimit(max(r.InFlight, 1))
	for _, g := range pages {
		if r.ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			err := r.removeGone(g, moved[g.id])
			if err != nil {
				r.stop(err)
			}
			return err
		})
	}
	return group.Wait()
}

func (r *run) removeGone(g gone, movedTo string) error {
	if movedTo == "" && g.why == "" && !g.shut && !r.confirmed(g) {
		r.tally.add(func(t *Report) { t.Waiting++ })
		return nil
	}
	if r.opts.Plan {
		r.plannedGone(g, movedTo)
	} else if ok, err := r.remove(g.id, g.page, movedTo == "" && !g.shut); !ok {
		return err
	}
	r.tally.add(func(t *Report) {
		if movedTo == "" {
			t.Deleted++
		} else {
			t.Moved++
			t.Created--
		}
	})
	return nil
}

// remove deletes a page from Intercom and from the state; false if it could
// not. The error stops the run.
func (r *run) remove(id string, p state.Page, journal bool) (bool, error) {
	if err := r.intend(id, p.Entry); err != nil {
		return false, err
	}
	if journal && r.src.Journal > 0 {
		if err := r.keep(id, p); err != nil {
			r.log.Warn("keep a copy of the page before it is deleted", "external_id", id, "error", err)
		}
	}
	err := r.Client.DeletePage(r.hard, p.IntercomID)
	r.count(1)
	if err != nil {
		return false, r.notRemoved(id, err)
	}
	r.log.Debug("deleted page", "external_id", id, "title", p.Title)
	r.Metrics.changed(r.src.Name, "delete", 1)
	return true, r.update(func(tx *state.Tx) error { return errors.Join(tx.DeletePage(id), tx.DeleteIntent(id)) })
}

func (r *run) notRemoved(id string, err error) error {
	err = Hinted(fmt.Errorf("delete page %q: %w", id, err))
	var api *intercomapi.Error
	if !errors.As(err, &api) || api.Stop() || r.hard.Err() != nil {
		return err
	}
	r.sweep.Store(true)
	r.tally.fail(id, err, r.started)
	r.Metrics.failedPage(r.src.Name, "delete")
	r.log.Warn("page failed", "external_id", id, "error", err)
	return nil
}

// keep copies the page as Intercom has it into the journal.
func (r *run) keep(id string, p state.Page) error {
	got, err := r.Client.Page(r.hard, p.IntercomID)
	r.count(1)
	var api *intercomapi.Error
	switch {
	case errors.As(err, &api) && api.NotFound():
		return nil
	case err != nil:
		return err
	}
	payload, err := json.Marshal(r.src.requestFor(got))
	if err != nil {
		return err
	}
	return r.update(func(tx *state.Tx) error {
		return tx.AppendJournal(state.Deleted{Page: id, Entry: p.Entry, Run: r.tally.Run, Time: time.Now().UTC(), Request: payload})
	})
}

// forgetEntries drops the records of entries that are gone and have no pages.
func (r *run) forgetEntries() error {
	if !r.mayMove || r.opts.Plan {
		return nil
	}
	return r.update(func(tx *state.Tx) error {
		var drop []string
		err := tx.EachEntry("", func(id string, rec state.Entry) error {
			if _, excluded := r.excluded[id]; r.seen.has(id) || !excluded && r.mayBeUnseen(rec, true) {
				return nil
			}
			for _, page := range rec.Pages {
				p, found, err := tx.Page(page)
				if err != nil || found && p.Entry == id {
					return err
				}
			}
			drop = append(drop, id)
			return nil
		})
		for _, id := range drop {
			err = errors.Join(err, tx.DeleteEntry(id))
		}
		return err
	})
}
