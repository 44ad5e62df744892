package state

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// maxShared bounds the updates that share a commit.
const maxShared = 256

// pgUpdate is a change that waits to be committed.
type pgUpdate struct {
	source string
	f      func(kv) error
	failed error // of f
	done   chan error
}

// update has a change committed together with all that come meanwhile: a
// commit costs the same for many.
func (h *pgHome) update(source string, f func(kv) error) error {
	u := &pgUpdate{source: source, f: f, done: make(chan error, 1)}
	h.mu.Lock()
	h.queue = append(h.queue, u)
	lead := !h.leading
	h.leading = true
	h.mu.Unlock()
	if lead {
		go h.lead()
	}
	return <-u.done
}

// lead commits until nothing waits.
func (h *pgHome) lead() {
	for {
		h.mu.Lock()
		n := min(len(h.queue), maxShared)
		batch := h.queue[:n:n]
		h.queue = h.queue[n:]
		h.leading = n > 0
		h.mu.Unlock()
		if n == 0 {
			return
		}
		h.commit(batch)
	}
}

// commit commits changes together, without those that fail by themselves.
func (h *pgHome) commit(batch []*pgUpdate) {
	for len(batch) > 0 {
		var broken *pgUpdate
		err := h.write(func(ctx context.Context, tx pgx.Tx) error {
			for _, u := range batch {
				if u.failed = u.run(ctx, tx); u.failed != nil {
					broken = u
					return u.failed
				}
			}
			return nil
		})
		if broken == nil {
			for _, u := range batch {
				u.done <- err
			}
			return
		}
		broken.done <- broken.failed
		batch = without(batch, broken)
	}
}

func (u *pgUpdate) run(ctx context.Context, tx pgx.Tx) error {
	records := &pgKV{ctx: ctx, tx: tx, source: u.source}
	if err := u.f(records); err != nil {
		return err
	}
	return records.flush()
}

func without(batch []*pgUpdate, one *pgUpdate) (others []*pgUpdate) {
	for _, u := range batch {
		if u != one {
			others = append(others, u)
		}
	}
	return others
}
