package state

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// Job is something that replicas do with a source at its times, such as a sync.
// Times are by the database's clock.
type Job struct {
	Kind, Source string
	Began        time.Time // the last time; zero if never
	Config       string    // that it was begun with: see [DB.SetConfigs]
	Ended        bool      // since it began
	CutOff       bool      // it was begun, and nobody is at it who would end it
	Wanted       time.Time // when somebody first asked for it since it began; zero if nobody did
	Touched      time.Time // when somebody last did

	under *int64 // the epoch of the lease under which it was begun; nil once it has ended
}

// Held is a lease that somebody has.
type Held struct {
	Source, Holder string
	Self           bool
	Epoch          int64
	Expires        time.Time
}

// Name returns what people call the holder.
func (h Held) Name() string { return HolderName(h.Holder) }

// Shared is what replicas know of one another.
type Shared struct {
	Now      time.Time // by the database's clock
	Jobs     []Job
	Leases   []Held
	Replicas []Replica
}

// IsShared reports whether other processes may run sources of the state.
func (db *DB) IsShared() bool {
	_, shared := db.leases()
	return shared
}

// Shared returns what the replicas know of one another. In a file it is empty.
func (db *DB) Shared(ctx context.Context) (s Shared, err error) {
	h, ok := db.leases()
	if !ok {
		return s, nil
	}
	ctx, cancel := context.WithTimeout(ctx, h.patience())
	defer cancel()
	b := &pgx.Batch{}
	b.Queue("select clock_timestamp()").QueryRow(func(row pgx.Row) error { return row.Scan(&s.Now) })
	b.Queue("select source, holder, epoch, expires from finpages_leases where expires > clock_timestamp() order by source").
		Query(func(rows pgx.Rows) (err error) {
			s.Leases, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l Held, err error) {
				err = row.Scan(&l.Source, &l.Holder, &l.Epoch, &l.Expires)
				l.Self = l.Holder == h.holder
				return l, err
			})
			return err
		})
	b.Queue("select kind, source, began, config, under, wanted, touched from finpages_jobs order by kind, source").
		Query(func(rows pgx.Rows) (err error) {
			s.Jobs, err = pgx.CollectRows(rows, scanJob)
			return err
		})
	b.Queue("select id, configs from finpages_replicas where until > clock_timestamp() order by id").
		Query(func(rows pgx.Rows) (err error) {
			s.Replicas, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Replica, err error) {
				err = row.Scan(&r.ID, &r.Configs)
				r.Self = r.ID == h.holder
				return r, err
			})
			return err
		})
	if err := h.pool.SendBatch(ctx, b).Close(); err != nil {
		return Shared{}, readError(err)
	}
	s.findCutOff()
	return s, nil
}

func scanJob(row pgx.CollectableRow) (j Job, err error) {
	var began, wanted, touched *time.Time
	err = row.Scan(&j.Kind, &j.Source, &began, &j.Config, &j.under, &wanted, &touched)
	for _, t := range []struct {
		from *time.Time
		to   *time.Time
	}{{began, &j.Began}, {wanted, &j.Wanted}, {touched, &j.Touched}} {
		if t.from != nil {
			*t.to = *t.from
		}
	}
	return j, err
}

// findCutOff marks the jobs whose lease somebody lost before they ended.
func (s *Shared) findCutOff() {
	epochs := map[string]int64{}
	for _, l := range s.Leases {
		epochs[l.Source] = l.Epoch
	}
	for i, j := range s.Jobs {
		s.Jobs[i].Ended = j.under == nil && !j.Began.IsZero()
		s.Jobs[i].CutOff = j.under != nil && epochs[j.Source] != *j.under
	}
}

// Want has a job of a source done soon, by whichever replica.
func (db *DB) Want(ctx context.Context, kind, source, who string) error {
	h, ok := db.leases()
	if !ok {
		return nil
	}
	_, err := h.pool.Exec(ctx, `insert into finpages_jobs as j (kind, source, wanted, touched, who)
		values ($1, $2, clock_timestamp(), clock_timestamp(), $3) on conflict (kind, source) do update
		set wanted = coalesce(j.wanted, excluded.wanted), touched = excluded.touched,
			who = case when excluded.who <> '' then excluded.who else j.who end`, kind, source, who)
	return writeError(err)
}

// Expect has the time until a job's first time begin, unless it is known already.
func (db *DB) Expect(ctx context.Context, kind, source string) error {
	h, ok := db.leases()
	if !ok {
		return nil
	}
	_, err := h.pool.Exec(ctx, `insert into finpages_jobs (kind, source, began) values ($1, $2, clock_timestamp())
		on conflict do nothing`, kind, source)
	return writeError(err)
}

// Begin takes the source of a job and notes that it begins; nil if somebody has
// the source, or has begun the job since it was looked at. It also returns who
// wanted it, "" for nobody.
func (db *DB) Begin(ctx context.Context, j Job, config string) (l *Lease, who string, err error) {
	h, ok := db.leases()
	if !ok {
		return nil, "", nil
	}
	if counted, err := h.isCounted(ctx); !counted {
		return nil, "", writeError(err)
	}
	l, err = db.take(ctx, j.Source, func(ctx context.Context, tx pgx.Tx, epoch int64) (bool, error) {
		var began *time.Time
		err := tx.QueryRow(ctx, "select began, who from finpages_jobs where kind = $1 and source = $2 for update",
			j.Kind, j.Source).Scan(&began, &who)
		switch {
		case err != nil && !errors.Is(err, pgx.ErrNoRows):
			return false, err
		case began == nil && !j.Began.IsZero(), began != nil && !began.Equal(j.Began):
			return false, nil
		}
		_, err = tx.Exec(ctx, `insert into finpages_jobs (kind, source, began, under, config)
			values ($1, $2, clock_timestamp(), $3, $4) on conflict (kind, source) do update
			set began = excluded.began, under = excluded.under, config = excluded.config,
				wanted = null, touched = null, who = ''`, j.Kind, j.Source, epoch, config)
		return err == nil, err
	})
	return l, who, writeError(err)
}
