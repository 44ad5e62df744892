package state

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// maxShared bounds the updates that share a commit.
const maxShared = 256

// pgUpdate is a change, or a look, that waits for its turn.
type pgUpdate struct {
	f      func(kv) error
	failed error // of f
	done   chan error
}

// pgQueue holds what waits of one source.
type pgQueue struct {
	waiting []*pgUpdate
	leading bool // whether a goroutine does it
}

// owner is who changes a source: whoever holds a lease, or, without one, somebody
// who does a small thing by hand.
type owner struct {
	source string
	lease  *Lease
}

// update has a change committed together with all that come meanwhile: a
// commit costs the same for many.
func (h *pgHome) update(o owner, f func(kv) error) error { return h.enqueue(o, h.queues, f, h.commit) }

// enqueue has f done together with all that come meanwhile.
func (h *pgHome) enqueue(o owner, queues map[owner]*pgQueue, f func(kv) error, do func(owner, []*pgUpdate)) error {
	u := &pgUpdate{f: f, done: make(chan error, 1)}
	h.mu.Lock()
	q := queues[o]
	if q == nil {
		q = &pgQueue{}
		queues[o] = q
	}
	q.waiting = append(q.waiting, u)
	lead := !q.leading
	q.leading = true
	h.mu.Unlock()
	if lead {
		go h.lead(o, queues, do)
	}
	return <-u.done
}

// lead does what waits until nothing does.
func (h *pgHome) lead(o owner, queues map[owner]*pgQueue, do func(owner, []*pgUpdate)) {
	for {
		h.mu.Lock()
		q := queues[o]
		n := min(len(q.waiting), maxShared)
		batch := q.waiting[:n:n]
		q.waiting = q.waiting[n:]
		if n == 0 {
			delete(queues, o)
		}
		h.mu.Unlock()
		if n == 0 {
			return
		}
		do(o, batch)
	}
}

// commit commits changes together, without those that fail by themselves.
func (h *pgHome) commit(o owner, batch []*pgUpdate) {
	for len(batch) > 0 {
		var broken *pgUpdate
		err := h.write(o, func(k *pgKV) error {
			broken = nil
			if err := k.foresee(batch); err != nil {
				return err
			}
			for _, u := range batch {
				if u.failed = u.f(k); u.failed != nil {
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

func without(batch []*pgUpdate, one *pgUpdate) (others []*pgUpdate) {
	for _, u := range batch {
		if u != one {
			others = append(others, u)
		}
	}
	return others
}

// write runs f in a transaction that has the row of the source's lease to
// itself: see [Lease].
func (h *pgHome) write(o owner, f func(*pgKV) error) error {
	if h.read {
		return errReadOnly
	}
	if !o.lease.Valid() {
		return errLost(o.source)
	}
	for try := 1; ; try++ {
		if err := o.lease.checkServer(); err != nil {
			return err
		}
		err := h.tryWrite(o, f)
		if !isFenced(err) || try == maxTries {
			return err
		}
		if err := h.refused(o); err != nil {
			return err
		}
	}
}

// maxTries is how often a change is tried whose source has no lease yet.
const maxTries = 3

func (h *pgHome) tryWrite(o owner, f func(*pgKV) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	conn, err := h.pool.Acquire(ctx)
	if err != nil {
		h.cuts.Add(1)
		return err
	}
	defer conn.Release() // what is not committed is given up with its connection
	k := &pgKV{ctx: ctx, conn: conn.Conn(), source: o.source, begin: h.fence(o)}
	if err = o.lease.checkServer(); err == nil { // now that there is a connection
		err = f(k)
	}
	if err == nil {
		err = k.flushed(func(b *pgx.Batch) { b.Queue("commit") })
	}
	h.end(ctx, conn, err != nil)
	return err
}

// end ends a transaction that is not committed, and counts connections that were lost.
func (h *pgHome) end(ctx context.Context, conn *pgxpool.Conn, rollback bool) {
	if conn.Conn().IsClosed() {
		h.cuts.Add(1)
	} else if rollback {
		_, _ = conn.Exec(ctx, "rollback")
	}
}

// refused tells why a transaction was refused: nil if only the row was missing,
// as it is until somebody takes the source for the first time.
func (h *pgHome) refused(o owner) error {
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	schema, err := h.schema(ctx, h.pool)
	switch {
	case err != nil:
		return err
	case schema > Schema:
		return &SchemaError{"in the database", schema}
	case o.lease != nil:
		o.lease.lose(errLost(o.source))
		return errLost(o.source)
	}
	_, err = h.pool.Exec(ctx, "insert into finpages_leases (source) values ($1) on conflict do nothing", o.source)
	return err
}
