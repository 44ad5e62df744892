package ingest

import "sync"

// claims keeps two entries of one run from pushing one external_id.
type claims struct {
	mu     sync.Mutex
	own    map[string]struct{} // IDs of entries that have their own name
	by     map[string]string   // entries by the other external_ids that they have
	passed map[int]bool        // turns that have passed, from next on
	next   int                 // the lowest turn that has not passed
	moved  *sync.Cond
}

func newClaims() *claims {
	c := &claims{own: map[string]struct{}{}, by: map[string]string{}, passed: map[int]bool{}}
	c.moved = sync.NewCond(&c.mu)
	return c
}

// claim takes the external_id for the entry, and returns the entry that has it.
func (c *claims) claim(page, entry string) (owner string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if owner := c.owner(page); owner != "" {
		return owner
	}
	if page == entry {
		c.own[page] = struct{}{}
	} else {
		c.by[page] = entry
	}
	return entry
}

func (c *claims) owner(page string) string {
	if _, own := c.own[page]; own {
		return page
	}
	return c.by[page]
}

// claimed reports whether an entry of this run has the external_id.
func (c *claims) claimed(page string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.owner(page) != ""
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
