package state

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// Goroutines that look at single records, or change them, come many at a time. What
// each will ask for is found out by calling it once without answers; then all is
// asked for in one round trip.

// errUnforeseen is that a function does more than look up records.
var errUnforeseen = errors.New("unforeseen")

// foresight notes which records functions look up.
type foresight map[string]map[string]bool // keys by kind

func (s foresight) get(kind, key []byte) ([]byte, error) {
	if s[string(kind)] == nil {
		s[string(kind)] = map[string]bool{}
	}
	s[string(kind)][string(key)] = true
	return nil, nil
}

func (s foresight) getEach(kind []byte, ids []string, f func(i int, key, value []byte) error) error {
	for _, id := range ids {
		_, _ = s.get(kind, []byte(id))
	}
	return noRecords{}.getEach(kind, ids, f)
}

func (foresight) put(_, _, _ []byte) error                           { return nil }
func (foresight) delete(_, _ []byte) error                           { return nil }
func (foresight) clear([]byte) error                                 { return errUnforeseen }
func (foresight) scan(_, _ []byte, _ func(_, _ []byte) error) error  { return errUnforeseen }
func (foresight) scanBack(_ []byte, _ func(_, _ []byte) error) error { return errUnforeseen }
func (foresight) count([]byte) (int, error)                          { return 0, errUnforeseen }
func (foresight) kinds() ([]string, error)                           { return nil, errUnforeseen }
func (foresight) number([]byte) (uint64, error)                      { return 0, errUnforeseen }
func (foresight) next([]byte) (uint64, error)                        { return 0, errUnforeseen }
func (foresight) setNumber([]byte, uint64) error                     { return errUnforeseen }

// foresee asks for all that the functions will look up, as far as can be told.
func (k *pgKV) foresee(batch []*pgUpdate) error {
	if len(batch) < 2 {
		return nil
	}
	wanted := foresight{}
	for _, u := range batch {
		_ = u.f(wanted) // without answers, its error says nothing
	}
	if len(wanted) == 0 {
		return nil
	}
	k.known = map[string]map[string][]byte{}
	return k.send(func(b *pgx.Batch) {
		for kind, keys := range wanted {
			known := map[string][]byte{}
			asked := make([][]byte, 0, len(keys))
			for key := range keys {
				asked, known[key] = append(asked, []byte(key)), nil
			}
			k.known[kind] = known
			k.ask(b, []byte(kind), asked, func(r pgRecord) { known[string(r.Key)] = r.Value })
		}
	})
}

// look has a look at single records together with all that come meanwhile.
func (h *pgHome) look(source string, f func(kv) error) error {
	return h.enqueue(owner{source: source}, h.looks, f, h.lookAll)
}

func (h *pgHome) lookAll(o owner, batch []*pgUpdate) {
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	conn, err := h.pool.Acquire(ctx)
	if err != nil {
		h.cuts.Add(1)
	} else {
		defer conn.Release()
		k := &pgKV{ctx: ctx, conn: conn.Conn(), source: o.source}
		if err = k.foresee(batch); err == nil {
			for _, u := range batch {
				u.failed = u.f(k)
			}
		}
		h.end(ctx, conn, false)
	}
	for _, u := range batch {
		if err != nil {
			u.failed = err
		}
		u.done <- u.failed
	}
}
