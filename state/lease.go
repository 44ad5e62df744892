package state

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrLeaseLost means that another process may run the source by now.
var ErrLeaseLost = errors.New("the lease was lost")

func errLost(source string) error {
	return fmt.Errorf("source %s: %w: another replica may run it by now; this run ends without writing more",
		source, ErrLeaseLost)
}

// Lease is the right to run a source, among several processes that share a
// database. A file has one process, and needs none: there, a lease is nil, which
// is always valid.
//
// The row of a source in finpages_leases says who has it, until when by the
// database's clock, and its epoch: how often it was taken. Whoever takes the
// source raises the epoch. Two things follow from that row:
//
//   - Every transaction that changes records of the source, by whomever, locks
//     the row first, so that changes of one source come one after the other.
//     One of a run also compares holder and epoch, and where they are no longer
//     its own, it is undone as a whole. As taking the source needs the same lock,
//     no commit of an old run can come after the next run has begun, however long
//     a process was paused or cut off, and whatever its clock says.
//   - Intercom knows nothing of epochs. So requests are begun, and bytes of them
//     sent, only while the lease is valid by a clock that began to run before the
//     database was asked, and which therefore ends before the database's. A request
//     that the clock cuts off may have taken effect: its intent is in the records,
//     and the next run looks into it, as after a kill.
//
// A transaction that is left open by a paused process would keep the row locked,
// so the server ends it when nothing comes for a quarter of the lease.
type Lease struct {
	home   *pgHome
	source string
	epoch  int64
	cuts   int64 // of connections, when it was taken
	server int64 // that gave it

	ctx    context.Context // ends when the lease is lost or given back
	cancel context.CancelCauseFunc
	ended  chan struct{} // closed when nothing renews it any more

	mu    sync.Mutex // for one renewal at a time
	until atomic.Pointer[time.Time]
}

// Valid reports whether the holder may go on.
func (l *Lease) Valid() bool { return l == nil || l.left() > 0 }

// left is how long the lease is valid if it is not renewed. Its clock is the
// monotonic one, and, as that stands still while a machine sleeps, also the other.
func (l *Lease) left() time.Duration {
	if l.ctx.Err() != nil {
		return 0
	}
	until, now := *l.until.Load(), time.Now()
	return min(until.Sub(now), until.Round(0).Sub(now.Round(0)))
}

// Context returns a context that ends with ctx, or with [ErrLeaseLost] as its
// cause.
func (l *Lease) Context(ctx context.Context) (context.Context, context.CancelFunc) {
	if l == nil {
		return ctx, func() {}
	}
	both, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(l.ctx, func() { cancel(context.Cause(l.ctx)) })
	return both, func() { stop(); cancel(context.Canceled) }
}

// WasCutOff reports whether the lease was lost, or a connection to the database
// while it was held: what was done meanwhile may have failed because of that.
func (l *Lease) WasCutOff() bool {
	return l != nil && (!l.Valid() || l.home.cuts.Load() != l.cuts)
}

// Begin asks whether a request to Intercom may begin: whether the lease is valid
// for a while yet, and, for one that deletes, whether the database says so now.
func (l *Lease) Begin(ctx context.Context, deletes bool) error {
	if !l.Valid() {
		return errLost(l.source)
	}
	if err := l.checkServer(); err != nil {
		return err
	}
	if l != nil && (deletes || l.left() < l.home.lease/3) {
		return l.renew(ctx)
	}
	return nil
}

// checkServer ends the lease where another server may have taken over, which lacks
// what the run relies on.
func (l *Lease) checkServer() error {
	if l == nil || l.server == l.home.lifetime() {
		return nil
	}
	err := fmt.Errorf("%w: %w", errLost(l.source), errAnotherServer)
	l.lose(err)
	return err
}

// renew extends the lease.
func (l *Lease) renew(ctx context.Context) error {
	wanted := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := *l.until.Load(); until.After(wanted.Add(l.home.lease)) {
		return nil // by somebody who asked later
	}
	ctx, cancel := context.WithTimeout(ctx, max(l.left(), 0))
	defer cancel()
	asked := time.Now()
	tag, err := l.home.pool.Exec(ctx, `with seen as (update finpages_replicas set until = clock_timestamp() + $4 where id = $2)
		update finpages_leases set expires = clock_timestamp() + $4 where source = $1 and holder = $2 and epoch = $3`,
		l.source, l.home.holder, l.epoch, l.home.lease)
	switch {
	case err != nil:
		return fmt.Errorf("renew the lease of source %s: %w", l.source, err)
	case tag.RowsAffected() == 0:
		l.lose(errLost(l.source))
		return errLost(l.source)
	}
	l.extend(asked)
	return nil
}

func (l *Lease) extend(asked time.Time) {
	until := asked.Add(l.home.lease)
	l.until.Store(&until)
}

func (l *Lease) lose(err error) { l.cancel(err) }

// keep renews the lease until it is lost or given back.
func (l *Lease) keep() {
	defer close(l.ended)
	next := time.NewTimer(l.home.beat())
	defer next.Stop()
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-next.C:
		}
		if err := l.renew(l.ctx); err != nil && l.left() <= 0 {
			l.lose(fmt.Errorf("%w: the database could not be asked: %w", errLost(l.source), err))
		}
		next.Reset(min(l.home.beat(), max(l.left()/2, time.Millisecond)))
	}
}

// Release gives the source to whoever wants it, and notes whether the jobs that
// were begun under the lease have ended, or are for others to finish. It does
// nothing to a lease that was lost.
func (l *Lease) Release(ended bool) error {
	if l == nil {
		return nil
	}
	defer func() { <-l.ended }()
	defer l.lose(errLost(l.source))
	if l.ctx.Err() != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), l.home.patience())
	defer cancel()
	return pgx.BeginFunc(ctx, l.home.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update finpages_leases set holder = '', expires = '-infinity'
			where source = $1 and holder = $2 and epoch = $3`, l.source, l.home.holder, l.epoch)
		if err != nil || tag.RowsAffected() == 0 || !ended {
			return err
		}
		_, err = tx.Exec(ctx, `update finpages_jobs set under = null where source = $1 and under = $2`, l.source, l.epoch)
		return err
	})
}

// Acquire waits until nobody has the source, and takes it. In a file, it returns
// nil at once.
func (db *DB) Acquire(ctx context.Context, source string) (*Lease, error) {
	h, ok := db.leases()
	if !ok {
		return nil, nil
	}
	for {
		counted, err := h.isCounted(ctx)
		var l *Lease
		if counted {
			l, err = db.take(ctx, source, nil)
		}
		if l != nil || err != nil {
			return l, writeError(err)
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(min(h.beat(), lookPause)):
		}
	}
}

// lookPause is the time between looks at a lease that somebody else has.
const lookPause = time.Second

// leases returns the database where there is one to be shared.
func (db *DB) leases() (*pgHome, bool) {
	if db == nil {
		return nil, false
	}
	h, ok := db.home.(*pgHome)
	return h, ok && !h.read
}

// take takes the source from a server whose retractions are known.
func (db *DB) take(ctx context.Context, source string, also func(context.Context, pgx.Tx, int64) (bool, error)) (*Lease, error) {
	h := db.home.(*pgHome)
	if err := db.meetServer(ctx); err != nil {
		return nil, err
	}
	h.keeper.mu.Lock()
	server := h.keeper.server
	h.keeper.mu.Unlock()
	l, err := h.take(ctx, source, also)
	if l == nil || err != nil {
		return nil, err
	}
	l.server = server
	if err := l.checkServer(); err != nil {
		return nil, err
	}
	return l, nil
}

// take takes the source, and nil if somebody has it. What also has to hold, and
// to be noted, is for also to say.
func (h *pgHome) take(ctx context.Context, source string, also func(context.Context, pgx.Tx, int64) (bool, error)) (*Lease, error) {
	l := &Lease{home: h, source: source, ended: make(chan struct{}), cuts: h.cuts.Load()}
	ctx, cancel := context.WithTimeout(ctx, h.patience())
	defer cancel()
	taken := false
	asked := time.Now()
	err := pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "insert into finpages_leases (source) values ($1) on conflict do nothing", source)
		if err != nil {
			return err
		}
		err = tx.QueryRow(ctx, `update finpages_leases set holder = $2, epoch = epoch + 1, expires = clock_timestamp() + $3
			where source = (select source from finpages_leases
				where source = $1 and expires <= clock_timestamp() for update skip locked)
			returning epoch`, source, h.holder, h.lease).Scan(&l.epoch)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if taken = err == nil; taken && also != nil {
			taken, err = also(ctx, tx, l.epoch)
		}
		if err == nil && !taken {
			err = errNotTaken
		}
		return err
	})
	if errors.Is(err, errNotTaken) || err == nil && !taken {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("take the lease of source %s: %w", source, err)
	}
	l.ctx, l.cancel = context.WithCancelCause(context.Background())
	l.extend(asked)
	go l.keep()
	return l, nil
}

var errNotTaken = errors.New("not taken")

// Under returns the state for a run under a lease: what it changes is refused once
// the lease is somebody else's.
func (db *DB) Under(l *Lease) *DB {
	if l == nil {
		return db
	}
	under := *db
	under.lease = l
	return &under
}

// fence begins a transaction that has the lease's row to itself, and divides by
// zero, which ends it, where it must not change anything.
func (h *pgHome) fence(o owner) func(*pgx.Batch) {
	return func(b *pgx.Batch) {
		b.Queue("begin")
		idle := fmt.Sprint(h.beat().Milliseconds())
		const locked = `with lease as (select holder, epoch from finpages_leases where source = $1 for update)
			select set_config('idle_in_transaction_session_timeout', $2, true), 1 / count(*) from lease
			where (select value from finpages_meta where key = 'schema') = $3`
		if o.lease == nil {
			b.Queue(locked, o.source, idle, h.sealed)
		} else {
			b.Queue(locked+" and holder = $4 and epoch = $5", o.source, idle, h.sealed, h.holder, o.lease.epoch)
		}
	}
}

// isFenced reports whether an error is that of [pgHome.fence].
func isFenced(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "22012" // division_by_zero
}
