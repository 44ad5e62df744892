package ingest

import "sync"

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
