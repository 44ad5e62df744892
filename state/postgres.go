package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
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
create table if not exists finpages_numbers (
	source text not null, kind text not null, number bigint not null,
	primary key (source, kind)
)`

const (
	// writerLock is PostgreSQL's advisory lock of whoever writes: "finpages" in ASCII.
	writerLock = 0x66696e7061676573
	lockPause  = 100 * time.Millisecond // between tries to get it

	// So that a database that hangs is an error:
	statementTime = time.Minute     // for a change, or a look at one thing
	viewTime      = 5 * time.Minute // for a look at all records
)

// pgHome is a PostgreSQL database. It is written to through one connection,
// which holds a lock for as long as it lives: who loses the connection can
// write no more until it has the lock again.
type pgHome struct {
	pool *pgxpool.Pool

	writing sync.Mutex // for the connection
	writer  *pgx.Conn  // nil if the state is read only, or the connection was lost
	read    bool       // only

	mu      sync.Mutex
	queue   []*pgUpdate
	leading bool // whether a goroutine commits the queue
}

// openPostgres opens the state in a database, and makes it unless it must not
// be written, or must exist.
func openPostgres(path string, opts Options) (*DB, error) {
	config, err := pgxpool.ParseConfig(path)
	if err != nil {
		return nil, fmt.Errorf("open state %s: not a valid address of a database", Redacted(path)) // the cause quotes it
	}
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open state %s: %w", Redacted(path), err)
	}
	h := &pgHome{pool: pool, read: opts.ReadOnly}
	db := &DB{home: h, readOnly: opts.ReadOnly}
	db.schema, err = h.prepare(ctx, path, opts)
	if err == nil && !opts.ReadOnly {
		err = db.migrate(opts.migrating)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open state %s: %w", Redacted(path), err), h.close())
	}
	return db, nil
}

// prepare gets the lock, checks the schema and makes what is missing. It returns
// the schema of the records.
func (h *pgHome) prepare(ctx context.Context, path string, opts Options) (schema int, err error) {
	if !opts.ReadOnly {
		if err := h.lock(ctx, opts.Wait); err != nil {
			return 0, err
		}
	}
	var there bool
	if err := h.pool.QueryRow(ctx, "select to_regclass('finpages_meta') is not null").Scan(&there); err != nil {
		return 0, err
	}
	if !there && (opts.ReadOnly || opts.MustExist) {
		return 0, fmt.Errorf("the database has none yet: %w", fs.ErrNotExist)
	}
	if there {
		stored, err := h.meta(schemaKey)
		if err != nil {
			return 0, err
		}
		if stored != nil {
			if err := decode(schemaKey, stored, &schema); err != nil {
				return 0, err
			}
		}
	}
	switch {
	case schema > Schema:
		return schema, &SchemaError{Redacted(path), schema}
	case schema > 0 || opts.ReadOnly:
		return schema, nil
	}
	return Schema, h.layOut(ctx)
}

func (h *pgHome) layOut(ctx context.Context) error {
	stored, err := encode(schemaKey, Schema)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, h.writer, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, layout); err != nil {
			return err
		}
		return putMeta(ctx, tx, schemaKey, stored)
	})
}

// lock connects and gets the writer's lock, or fails with ErrLocked.
func (h *pgHome) lock(ctx context.Context, wait time.Duration) error {
	conn, err := pgx.ConnectConfig(ctx, h.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	for start := time.Now(); ; time.Sleep(lockPause) {
		var got bool
		err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", int64(writerLock)).Scan(&got)
		switch {
		case err == nil && got:
			h.writer = conn
			return nil
		case err == nil && time.Since(start) < wait:
			continue
		case err == nil:
			err = ErrLocked
		}
		_ = conn.Close(ctx)
		return err
	}
}

// write runs f in a transaction of the connection that holds the lock.
func (h *pgHome) write(f func(context.Context, pgx.Tx) error) error {
	h.writing.Lock()
	defer h.writing.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	switch {
	case h.read:
		return errors.New("the state was opened to be read only")
	case h.writer != nil && h.writer.IsClosed():
		h.writer = nil
		fallthrough
	case h.writer == nil:
		if err := h.lock(ctx, 0); err != nil {
			return err
		}
	}
	return pgx.BeginFunc(ctx, h.writer, func(tx pgx.Tx) error { return f(ctx, tx) })
}

// view reads all as it is at one instant.
func (h *pgHome) view(source string, f func(kv) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), viewTime)
	defer cancel()
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, h.pool, opts, func(tx pgx.Tx) error {
		return f(&pgKV{ctx: ctx, tx: tx, source: source})
	})
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

func (h *pgHome) forget(source string) error {
	return h.write(func(ctx context.Context, tx pgx.Tx) error {
		return drop(ctx, tx, source, string(retractedBucket), string(sharedBucket))
	})
}

// drop deletes the records of a source but those of some kinds.
func drop(ctx context.Context, tx pgx.Tx, source string, keep ...string) error {
	if _, err := tx.Exec(ctx, "delete from finpages_records where source = $1 and kind <> all($2)", source, append([]string{}, keep...)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "delete from finpages_numbers where source = $1", source)
	return err
}

// rename gives records to another source, in place of those that it has under
// the same keys.
func (h *pgHome) rename(source, to string) error {
	return h.write(func(ctx context.Context, tx pgx.Tx) error {
		for _, statement := range []string{
			`insert into finpages_records select $2, kind, key, value from finpages_records where source = $1
				on conflict (source, kind, key) do update set value = excluded.value`,
			`insert into finpages_numbers as n select $2, kind, number from finpages_numbers where source = $1
				on conflict (source, kind) do update set number = greatest(n.number, excluded.number)`,
		} {
			if _, err := tx.Exec(ctx, statement, source, to); err != nil {
				return err
			}
		}
		return drop(ctx, tx, source)
	})
}

func (h *pgHome) meta(key []byte) (value []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	err = h.pool.QueryRow(ctx, "select value from finpages_meta where key = $1", key).Scan(&value)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return value, err
}

func (h *pgHome) putMeta(key, value []byte) error {
	return h.write(func(ctx context.Context, tx pgx.Tx) error { return putMeta(ctx, tx, key, value) })
}

func putMeta(ctx context.Context, tx pgx.Tx, key, value []byte) error {
	_, err := tx.Exec(ctx, `insert into finpages_meta (key, value) values ($1, $2)
		on conflict (key) do update set value = excluded.value`, key, value)
	return err
}

// checkInPlace returns an error if the state cannot be written now.
func (h *pgHome) checkInPlace() error {
	if h.read {
		return nil
	}
	return writeError(h.write(func(context.Context, pgx.Tx) error { return nil }))
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
	h.writing.Lock()
	defer h.writing.Unlock()
	h.pool.Close()
	if h.writer == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	// The server lets go of a lock some time after the connection is closed;
	// this one is free when close returns. A connection that was lost has none.
	_, _ = h.writer.Exec(ctx, "select pg_advisory_unlock($1)", int64(writerLock))
	return h.writer.Close(ctx)
}
