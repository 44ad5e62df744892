package state

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// IsPostgres reports whether a state's path names a PostgreSQL database.
func IsPostgres(path string) bool {
	return strings.HasPrefix(path, "postgres://") || strings.HasPrefix(path, "postgresql://")
}

// Redacted returns a state's path without the password that it may hold.
func Redacted(path string) string {
	if !IsPostgres(path) {
		return path
	}
	u, err := url.Parse(path)
	if err != nil {
		return "postgres://***"
	}
	query := u.Query()
	if query.Has("password") {
		query.Set("password", "xxxxx")
		u.RawQuery = query.Encode()
	}
	return u.Redacted()
}

// layout makes what a database lacks. Keys are compared byte by byte, as in a file.
const layout = `
create table if not exists finpages_meta (key bytea primary key, value bytea not null);
create table if not exists finpages_records (
	source text not null, kind text not null, key bytea not null, value bytea not null,
	primary key (source, kind, key)
);
create index if not exists finpages_retracted on finpages_records (source, key) where kind in ('retracted', 'lifted');
create table if not exists finpages_numbers (
	source text not null, kind text not null, number bigint not null,
	primary key (source, kind)
);
create table if not exists finpages_leases (
	source text primary key, holder text not null default '', epoch bigint not null default 0,
	expires timestamptz not null default '-infinity'
);
create table if not exists finpages_jobs (
	kind text not null, source text not null, began timestamptz, under bigint, config text not null default '',
	wanted timestamptz, touched timestamptz, who text not null default '',
	primary key (kind, source)
);
create table if not exists finpages_replicas (
	id text primary key, alone boolean not null, joined timestamptz not null, until timestamptz not null,
	counted timestamptz not null, configs jsonb not null
)`

const (
	// PostgreSQL's advisory locks of whoever lays out tables, or joins: "finpages"
	// in ASCII, and one more.
	layoutLock = 0x66696e7061676573
	joinLock   = layoutLock + 1
	lockPause  = 100 * time.Millisecond // between tries to be alone

	// So that a database that hangs is an error:
	statementTime = time.Minute     // for a change, or a look at one thing
	viewTime      = 5 * time.Minute // for a look at all records

	answerTime  = 30 * time.Second // for one answer
	connectTime = 10 * time.Second // unless the address says connect_timeout

	connections = 16 // at most, unless the address says pool_max_conns
)

// pgHome is a PostgreSQL database.
type pgHome struct {
	pool   *pgxpool.Pool
	read   bool          // only
	lease  time.Duration // of sources
	holder string        // of leases, and ID of the replica: this process
	server atomic.Int64  // when it was started, by its clock, in nanoseconds
	sealed []byte        // the schema, as the database has it
	member membership
	keeper keeper

	cuts atomic.Int64 // connections that were lost, or could not be had

	mu     sync.Mutex
	queues map[owner]*pgQueue // of changes
	looks  map[owner]*pgQueue
}

// openPostgres opens the state in a database, and makes it unless it must not
// be written, or must exist.
func openPostgres(path string, opts Options) (*DB, error) {
	config, err := pgxpool.ParseConfig(path)
	if err != nil {
		return nil, fmt.Errorf("open state %s: not a valid address of a database", Redacted(path)) // the cause quotes it
	}
	if !strings.Contains(path, "pool_max_conns") {
		config.MaxConns = connections
	}
	if !strings.Contains(path, "connect_timeout") {
		config.ConnConfig.ConnectTimeout = connectTime
	}
	h := &pgHome{read: opts.ReadOnly, lease: opts.Lease, holder: newHolder(rand.Text()[:nonceLength]),
		queues: map[owner]*pgQueue{}, looks: map[owner]*pgQueue{}}
	config.AfterConnect = h.greet
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open state %s: %w", Redacted(path), err)
	}
	h.pool = pool
	h.sealed, err = encode(schemaKey, Schema)
	db := &DB{home: h, readOnly: opts.ReadOnly, sharings: &sharings{}}
	if err == nil {
		db.schema, err = h.prepare(ctx, path, opts)
	}
	if err == nil && !opts.ReadOnly {
		err = db.migrate(opts.migrating)
	}
	if err == nil && !opts.ReadOnly {
		if err = h.keeper.load(opts.Retracted); err == nil {
			err = db.keepRetractions(ctx)
		}
		h.remember(db)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open state %s: %w", Redacted(path), err), h.close())
	}
	return db, nil
}

// greet has records found by their keys also while the server does not know yet
// how many there are, and notices another server.
func (h *pgHome) greet(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off"); err != nil {
		return err
	}
	var started time.Time
	if err := conn.QueryRow(ctx, "select pg_postmaster_start_time()").Scan(&started); err != nil {
		return err
	}
	h.server.Store(started.UnixNano())
	return nil
}

// lifetime tells the server from one that took its place.
func (h *pgHome) lifetime() int64 { return h.server.Load() }

// prepare checks the schema, makes what is missing, and joins the other replicas.
// It returns the schema of the records.
func (h *pgHome) prepare(ctx context.Context, path string, opts Options) (schema int, err error) {
	var there bool
	if err := h.pool.QueryRow(ctx, "select to_regclass('finpages_meta') is not null").Scan(&there); err != nil {
		return 0, err
	}
	if !there && (opts.ReadOnly || opts.MustExist) {
		return 0, fmt.Errorf("the database has none yet: %w", fs.ErrNotExist)
	}
	if there {
		if schema, err = h.schema(ctx, h.pool); err != nil {
			return 0, err
		}
	}
	switch {
	case schema > Schema:
		return 0, &SchemaError{Redacted(path), schema}
	case opts.ReadOnly:
		return schema, nil
	}
	if schema, err = h.layOut(ctx); err != nil {
		return 0, err
	}
	return schema, h.join(ctx, opts.alone, opts.Wait)
}

// schema returns the schema that the database says it has, 0 for a new one.
func (h *pgHome) schema(ctx context.Context, from querier) (int, error) {
	return schemaIn(ctx, from, schemaKey)
}

func schemaIn(ctx context.Context, from querier, key []byte) (schema int, err error) {
	stored, err := getMeta(ctx, from, key)
	if err == nil && stored != nil {
		err = decode(key, stored, &schema)
	}
	return schema, err
}

// migratingKey has the schema that records still may have; it is there until all
// are brought up.
var migratingKey = []byte("migrating")

// layOut makes what is missing, and returns the schema of the records. The database
// has the new schema from now on, so that older programs write no more while their
// records are brought up to it; the records tell their schema by themselves.
func (h *pgHome) layOut(ctx context.Context) (schema int, err error) {
	err = pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", int64(layoutLock)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, layout); err != nil {
			return err
		}
		before, err := h.schema(ctx, tx)
		if err != nil {
			return err
		}
		if schema, err = schemaIn(ctx, tx, migratingKey); err != nil {
			return err
		}
		switch {
		case before > Schema:
			return &SchemaError{"in the database", before}
		case before > 0 && before < Schema && schema == 0:
			schema = before
			stored, err := encode(migratingKey, before)
			if err != nil {
				return err
			}
			if err := putMeta(ctx, tx, migratingKey, stored); err != nil {
				return err
			}
		case schema == 0:
			schema = Schema
		}
		return putMeta(ctx, tx, schemaKey, h.sealed)
	})
	return schema, err
}

// migrated notes that all records have the schema.
func (h *pgHome) migrated() error {
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	_, err := h.pool.Exec(ctx, "delete from finpages_meta where key = $1", migratingKey)
	return err
}

// view reads all as it is at one instant.
func (h *pgHome) view(source string, f func(kv) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), viewTime)
	defer cancel()
	conn, err := h.pool.Acquire(ctx)
	if err != nil {
		h.cuts.Add(1)
		return err
	}
	defer conn.Release()
	k := &pgKV{ctx: ctx, conn: conn.Conn(), source: source,
		begin: func(b *pgx.Batch) { b.Queue("begin isolation level repeatable read read only") }}
	err = f(k)
	h.end(ctx, conn, k.begin == nil) // all is read
	return err
}

func (h *pgHome) sources() (names []string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	rows, err := h.pool.Query(ctx, `select source from (select source from finpages_records
		union select source from finpages_numbers) as all_of_them order by source collate "C"`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func (h *pgHome) forget(o owner) error {
	return h.write(o, func(k *pgKV) error {
		return k.send(func(b *pgx.Batch) {
			drop(b, o.source, string(retractedBucket), string(liftedBucket), string(sharedBucket))
		})
	})
}

// drop deletes the records of a source but those of some kinds.
func drop(b *pgx.Batch, source string, keep ...string) {
	b.Queue("delete from finpages_records where source = $1 and kind <> all($2)", source, append([]string{}, keep...))
	b.Queue("delete from finpages_numbers where source = $1", source)
}

// rename gives records to another source, in place of those that it has under
// the same keys. Nobody may run the source meanwhile, nor go on with a run of it.
func (h *pgHome) rename(source string, to owner) error {
	return h.write(to, func(k *pgKV) error {
		held := ""
		err := k.row(&held, `select holder from (select holder, expires from finpages_leases where source = $1 for update)
			as lease where expires > clock_timestamp()`, source)
		if err != nil {
			return err
		}
		if held != "" {
			return fmt.Errorf("replica %s runs source %s, whose config it still has", HolderName(held), source)
		}
		return k.send(func(b *pgx.Batch) {
			b.Queue("update finpages_leases set epoch = epoch + 1 where source = $1", source)
			b.Queue(`insert into finpages_records select $2, kind, key, value from finpages_records where source = $1
				on conflict (source, kind, key) do update set value = excluded.value`, source, to.source)
			b.Queue(`insert into finpages_numbers as n select $2, kind, number from finpages_numbers where source = $1
				on conflict (source, kind) do update set number = greatest(n.number, excluded.number)`, source, to.source)
			drop(b, source)
		})
	})
}

func (h *pgHome) meta(key []byte) (value []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	return getMeta(ctx, h.pool, key)
}

// querier is a connection, a pool of them, or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

func getMeta(ctx context.Context, from querier, key []byte) (value []byte, err error) {
	err = from.QueryRow(ctx, "select value from finpages_meta where key = $1", key).Scan(&value)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return value, err
}

func (h *pgHome) putMeta(key, value []byte) error {
	if h.read {
		return errReadOnly
	}
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	return putMeta(ctx, h.pool, key, value)
}

func putMeta(ctx context.Context, to querier, key, value []byte) error {
	_, err := to.Exec(ctx, `insert into finpages_meta (key, value) values ($1, $2)
		on conflict (key) do update set value = excluded.value`, key, value)
	return err
}

var errReadOnly = errors.New("the state was opened to be read only")

// checkInPlace returns an error if the state cannot be written now.
func (h *pgHome) checkInPlace() error {
	if h.read {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), h.patience())
	defer cancel()
	var standby bool
	var stored []byte
	err := h.pool.QueryRow(ctx, "select pg_is_in_recovery(), (select value from finpages_meta where key = $1)", schemaKey).
		Scan(&standby, &stored)
	switch {
	case err != nil:
		return fmt.Errorf("the database of the state does not answer: %w", err)
	case standby:
		return errors.New("the database of the state is a standby, which cannot be written")
	case !bytes.Equal(stored, h.sealed):
		return errors.New("the database of the state has another schema: a newer finpages uses it")
	}
	return nil
}

func (h *pgHome) size() (n int64) {
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	if h.pool.QueryRow(ctx, "select pg_total_relation_size('finpages_records')").Scan(&n) != nil {
		return 0
	}
	return n
}

// compact does nothing: the server frees what is deleted.
func (h *pgHome) compact(context.Context) error { return nil }

func (h *pgHome) close() error {
	h.leave()
	h.pool.Close()
	return nil
}
