package state

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Replica is a process that has the state in a database open, and may write.
type Replica struct {
	ID      string
	Self    bool
	Configs map[string]ConfigOfNote // by source; of a daemon
}

// Name returns what the replica is called by people: host and process.
func (r Replica) Name() string { return HolderName(r.ID) }

// HolderName returns what people call the holder of a lease.
func HolderName(id string) string { return id[:max(len(id)-len(" ")-nonceLength, 0)] }

// ConfigOfNote tells the configs of replicas apart.
type ConfigOfNote struct {
	Sum   string    `json:"sum"`
	Since time.Time `json:"since"` // when the replica took it up, by the database's clock
}

const nonceLength = 8

// newHolder names this process: host, process, and what tells it from an earlier
// one of the same number.
func newHolder(nonce string) string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d %s", host, os.Getpid(), nonce)
}

// membership is what a process tells the others of itself, and knows of them.
type membership struct {
	mu      sync.Mutex
	alone   bool // no other process may open the state
	configs map[string]ConfigOfNote
	others  int         // replicas beside this one
	counted bool        // whether all of these count this one
	told    func(n int) // of the number of replicas
	db      *DB         // whose retractions are remembered; nil until it is open
	stop    context.CancelFunc
	ended   chan struct{}
}

// beat is the time between signs of life.
func (h *pgHome) beat() time.Duration { return h.lease / 4 }

// patience is how long the database is waited for where it tells replicas of one
// another.
func (h *pgHome) patience() time.Duration { return max(h.lease, 10*time.Second) }

// join makes the process a replica. It fails with [ErrLocked] where it, or another,
// must be alone.
func (h *pgHome) join(ctx context.Context, alone bool, wait time.Duration) error {
	h.member.alone, h.member.configs = alone, map[string]ConfigOfNote{}
	if alone { // others that were killed count until their time is over
		wait = max(wait, h.lease+time.Second)
	}
	for start := time.Now(); ; time.Sleep(lockPause) {
		err := h.tryJoin(ctx)
		if err == nil {
			break
		}
		if !errors.Is(err, ErrLocked) || time.Since(start) >= wait {
			return err
		}
	}
	life, stop := context.WithCancel(context.Background())
	h.member.stop, h.member.ended = stop, make(chan struct{})
	if err := h.meet(ctx); err != nil {
		stop()
		close(h.member.ended)
		return err
	}
	go h.live(life)
	return nil
}

func (h *pgHome) tryJoin(ctx context.Context) error {
	return pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", int64(joinLock)); err != nil {
			return err
		}
		var other string
		err := tx.QueryRow(ctx, `select id from finpages_replicas
			where until > clock_timestamp() and (alone or $1) limit 1`, h.member.alone).Scan(&other)
		if err == nil {
			return fmt.Errorf("%w: %s", ErrLocked, HolderName(other))
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		_, err = tx.Exec(ctx, `insert into finpages_replicas (id, alone, joined, until, counted, configs)
			values ($1, $2, 'infinity', clock_timestamp() + $3, '-infinity', '{}')`, h.holder, h.member.alone, h.lease)
		return err
	})
}

// live gives signs of life until ctx ends.
func (h *pgHome) live(ctx context.Context) {
	defer close(h.member.ended)
	ticker := time.NewTicker(h.beat())
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if h.meet(ctx) == nil { // leases end without signs of life, and that is told
				h.member.mu.Lock()
				db := h.member.db
				h.member.mu.Unlock()
				if db != nil {
					_ = db.keepRetractions(ctx) // tried again soon
				}
			}
		}
	}
}

// meet gives a sign of life, and counts the others.
func (h *pgHome) meet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, h.patience())
	defer cancel()
	h.member.mu.Lock()
	defer h.member.mu.Unlock()
	m := &h.member
	_, err := h.pool.Exec(ctx, `insert into finpages_replicas (id, alone, joined, until, counted, configs)
		values ($1, $2, 'infinity', clock_timestamp() + $4, '-infinity', $3)
		on conflict (id) do update set until = excluded.until, configs = excluded.configs`, h.holder, m.alone, m.configs, h.lease)
	if err != nil {
		return err
	}
	var asOf time.Time
	var blind int // others that have not counted since this one can be seen
	b := &pgx.Batch{}
	b.Queue("update finpages_replicas set joined = clock_timestamp() where id = $1 and joined = 'infinity'", h.holder)
	b.Queue("select clock_timestamp()").QueryRow(func(row pgx.Row) error { return row.Scan(&asOf) })
	b.Queue(`select count(*), count(*) filter (where counted <= (select joined from finpages_replicas where id = $1))
		from finpages_replicas where id <> $1 and until > clock_timestamp()`, h.holder).
		QueryRow(func(row pgx.Row) error { return row.Scan(&m.others, &blind) })
	b.Queue("delete from finpages_replicas where until < clock_timestamp() - $1::interval", forgetReplicas)
	if err := h.pool.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	m.counted = blind == 0
	if m.told != nil {
		m.told(m.others + 1)
	}
	// Only now, when the number is used, may those who join rely on it.
	_, err = h.pool.Exec(ctx, "update finpages_replicas set counted = $2 where id = $1", h.holder, asOf)
	return err
}

// forgetReplicas is how long a replica that gives no sign of life is remembered.
const forgetReplicas = time.Hour

// remember has the retractions of a state that is open remembered.
func (h *pgHome) remember(db *DB) {
	h.member.mu.Lock()
	defer h.member.mu.Unlock()
	h.member.db = db
}

// leave tells the others that the process ends.
func (h *pgHome) leave() {
	if h.member.stop == nil {
		return
	}
	h.member.stop()
	<-h.member.ended
	ctx, cancel := context.WithTimeout(context.Background(), h.patience())
	defer cancel()
	_, _ = h.pool.Exec(ctx, "delete from finpages_replicas where id = $1", h.holder) // else it is forgotten in time
}

// isCounted reports whether all others know of this replica, and leave it its
// share of the rate windows.
func (h *pgHome) isCounted(ctx context.Context) (bool, error) {
	h.member.mu.Lock()
	counted := h.member.counted
	h.member.mu.Unlock()
	if counted {
		return true, nil
	}
	err := h.meet(ctx)
	h.member.mu.Lock()
	defer h.member.mu.Unlock()
	return h.member.counted, err
}

// OnReplicas has f called with the number of replicas, now and then. In a file
// there is one.
func (db *DB) OnReplicas(f func(n int)) {
	h, ok := db.leases()
	if !ok {
		f(1)
		return
	}
	h.member.mu.Lock()
	defer h.member.mu.Unlock()
	h.member.told = f
	f(h.member.others + 1)
}

// SetConfigs tells the others which config this replica has of each source, in
// place of those before.
func (db *DB) SetConfigs(ctx context.Context, sums map[string]string) error {
	h, ok := db.leases()
	if !ok {
		return nil
	}
	var now time.Time
	if err := h.pool.QueryRow(ctx, "select clock_timestamp()").Scan(&now); err != nil {
		return writeError(err)
	}
	h.member.mu.Lock()
	configs := map[string]ConfigOfNote{}
	for source, sum := range sums {
		configs[source] = ConfigOfNote{sum, now}
		if before, had := h.member.configs[source]; had && before.Sum == sum {
			configs[source] = before
		}
	}
	h.member.configs = configs
	h.member.mu.Unlock()
	return writeError(h.meet(ctx))
}
