package ingest

import (
	"fmt"
	"slices"
	"sync"

	"finpages/state"
)

// identify settles the page's external_id: the id of the front matter, unless
// another entry has it, else the entry's own. Entries of one run settle theirs
// in the order of their IDs, so that the outcome does not depend on timing.
func (r *run) identify(w *workItem, p *rendered) error {
	if wanted := p.page.Meta.ID; wanted != "" && wanted != w.ID {
		r.claims.await(w.turn)
		other, err := r.otherOwner(w, wanted)
		if err != nil {
			return err
		}
		if other == "" {
			p.id, p.request.ExternalID = wanted, wanted
			return nil
		}
		p.entry.IDTaken = true
		warning := fmt.Sprintf("the id %q is that of %q, too, so the path is used instead: give each page an id of its own", wanted, other)
		p.page.Warnings = append(p.page.Warnings, warning)
	}
	other, err := r.otherOwner(w, w.ID)
	if err == nil && other != "" {
		err = fmt.Errorf("the id %q is that of %q, too: give each page an id of its own", w.ID, other)
	}
	return err
}

// otherOwner takes the external_id for the entry, or returns the other listed
// entry that has it.
func (r *run) otherOwner(w *workItem, page string) (string, error) {
	if page != w.ID && r.seen.has(page) {
		return page, nil
	}
	before, found, err := r.page(page)
	if err != nil {
		return "", err
	}
	if found && before.Entry != "" && before.Entry != w.ID && r.seen.has(before.Entry) {
		owns, err := r.owns(before.Entry, page)
		if owns || err != nil {
			return before.Entry, err
		}
	}
	if owner := r.claims.claim(page, w.ID); owner != w.ID {
		return owner, nil
	}
	return "", nil
}

func (r *run) owns(entry, page string) (owns bool, err error) {
	err = r.State.View(r.src.Name, func(tx *state.Tx) error {
		rec, _, err := tx.Entry(entry)
		owns = slices.Contains(rec.Pages, page)
		return err
	})
	return owns, err
}

// claims keeps two entries of one run from pushing one external_id.
type claims struct {
	mu     sync.Mutex
	by     map[string]string
	passed map[int]bool // turns that have passed, from next on
	next   int          // the lowest turn that has not passed
	moved  *sync.Cond
}

func newClaims() *claims {
	c := &claims{by: map[string]string{}, passed: map[int]bool{}}
	c.moved = sync.NewCond(&c.mu)
	return c
}

// claim takes the external_id for the entry, and returns the entry that has it.
func (c *claims) claim(page, entry string) (owner string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if owner, taken := c.by[page]; taken {
		return owner
	}
	c.by[page] = entry
	return entry
}

// claimed reports whether an entry of this run has the external_id.
func (c *claims) claimed(page string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.by[page] != ""
}

// await returns once all turns before this one have passed.
func (c *claims) await(turn int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.next < turn {
		c.moved.Wait()
	}
}

// pass ends a turn. Passing twice does no harm.
func (c *claims) pass(turn int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if turn < c.next {
		return
	}
	c.passed[turn] = true
	for c.passed[c.next] {
		delete(c.passed, c.next)
		c.next++
	}
	c.moved.Broadcast()
}
