package state

import (
	"bytes"
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// pgKV is the records of one source in a transaction. Writes are sent together
// at its end, or before records are read in order.
type pgKV struct {
	ctx     context.Context
	tx      pgx.Tx
	source  string
	written map[string][]byte // what waits to be sent, by kind and key; nil: deleted
	waiting pgx.Batch
}

const (
	scanRows  = 1000 // records read at once
	largeRows = 20   // of the kinds whose records hold whole pages or reports
)

func rowsOf(kind []byte) int {
	if bytes.Equal(kind, journalBucket) || bytes.Equal(kind, runsBucket) {
		return largeRows
	}
	return scanRows
}

func writtenKey(kind, key []byte) string { return string(kind) + "\x00" + string(key) }

func (k *pgKV) get(kind, key []byte) (value []byte, err error) {
	if value, ok := k.written[writtenKey(kind, key)]; ok {
		return value, nil
	}
	err = k.tx.QueryRow(k.ctx, "select value from finpages_records where source = $1 and kind = $2 and key = $3",
		k.source, string(kind), key).Scan(&value)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return value, err
}

func (k *pgKV) put(kind, key, value []byte) error {
	k.note(kind, key, value)
	k.waiting.Queue(`insert into finpages_records (source, kind, key, value) values ($1, $2, $3, $4)
		on conflict (source, kind, key) do update set value = excluded.value`, k.source, string(kind), key, value)
	return nil
}

func (k *pgKV) delete(kind, key []byte) error {
	k.note(kind, key, nil)
	k.waiting.Queue("delete from finpages_records where source = $1 and kind = $2 and key = $3",
		k.source, string(kind), key)
	return nil
}

func (k *pgKV) clear(kind []byte) error {
	if err := k.flush(); err != nil {
		return err
	}
	_, err := k.tx.Exec(k.ctx, "delete from finpages_records where source = $1 and kind = $2", k.source, string(kind))
	return err
}

func (k *pgKV) note(kind, key, value []byte) {
	if k.written == nil {
		k.written = map[string][]byte{}
	}
	k.written[writtenKey(kind, key)] = value
}

// flush sends what waits.
func (k *pgKV) flush() error {
	if k.waiting.Len() == 0 {
		return nil
	}
	err := k.tx.SendBatch(k.ctx, &k.waiting).Close()
	k.waiting, k.written = pgx.Batch{}, nil
	return err
}

type pgRecord struct{ Key, Value []byte }

// scan reads a part of the records at a time, as f may ask for others.
func (k *pgKV) scan(kind, from []byte, f func(key, value []byte) error) error {
	const first = `select key, value from finpages_records where source = $1 and kind = $2 and key >= $3
		order by key limit $4`
	const further = `select key, value from finpages_records where source = $1 and kind = $2 and key > $3
		order by key limit $4`
	if from == nil {
		from = []byte{}
	}
	return k.each(first, further, kind, from, f)
}

func (k *pgKV) scanBack(kind []byte, f func(key, value []byte) error) error {
	const first = `select key, value from finpages_records where source = $1 and kind = $2 and $3::bytea is not null
		order by key desc limit $4`
	const further = `select key, value from finpages_records where source = $1 and kind = $2 and key < $3
		order by key desc limit $4`
	return k.each(first, further, kind, []byte{}, f)
}

func (k *pgKV) each(query, further string, kind, key []byte, f func(key, value []byte) error) error {
	limit := rowsOf(kind)
	if err := k.flush(); err != nil {
		return err
	}
	for {
		rows, err := k.tx.Query(k.ctx, query, k.source, string(kind), key, limit)
		if err != nil {
			return err
		}
		part, err := pgx.CollectRows(rows, pgx.RowToStructByPos[pgRecord])
		if err != nil {
			return err
		}
		for _, r := range part {
			if err := f(r.Key, r.Value); err != nil {
				return err
			}
		}
		if len(part) < limit {
			return nil
		}
		query, key = further, part[len(part)-1].Key
	}
}

func (k *pgKV) count(kind []byte) (n int, err error) {
	if err := k.flush(); err != nil {
		return 0, err
	}
	err = k.tx.QueryRow(k.ctx, "select count(*) from finpages_records where source = $1 and kind = $2",
		k.source, string(kind)).Scan(&n)
	return n, err
}

func (k *pgKV) kinds() ([]string, error) {
	if err := k.flush(); err != nil {
		return nil, err
	}
	rows, err := k.tx.Query(k.ctx, `select distinct kind from finpages_records where source = $1
		union select kind from finpages_numbers where source = $1`, k.source)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func (k *pgKV) number(kind []byte) (uint64, error) {
	var n int64
	err := k.tx.QueryRow(k.ctx, "select number from finpages_numbers where source = $1 and kind = $2",
		k.source, string(kind)).Scan(&n)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return uint64(n), err
}

func (k *pgKV) next(kind []byte) (uint64, error) {
	var n int64
	err := k.tx.QueryRow(k.ctx, `insert into finpages_numbers as n (source, kind, number) values ($1, $2, 1)
		on conflict (source, kind) do update set number = n.number + 1 returning number`,
		k.source, string(kind)).Scan(&n)
	return uint64(n), err
}

func (k *pgKV) setNumber(kind []byte, n uint64) error {
	_, err := k.tx.Exec(k.ctx, `insert into finpages_numbers (source, kind, number) values ($1, $2, $3)
		on conflict (source, kind) do update set number = excluded.number`, k.source, string(kind), int64(n))
	return err
}
