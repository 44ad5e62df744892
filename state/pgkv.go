package state

import (
	"bytes"
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// pgKV is the records of one source in a transaction. What begins the
// transaction is sent with whatever is asked first, and what is written with
// its end, so that most transactions are one round trip or two.
type pgKV struct {
	ctx    context.Context
	conn   *pgx.Conn
	source string
	begin  func(*pgx.Batch) // nil once the transaction has begun

	known   map[string]map[string][]byte // what was foreseen, by kind and key; nil: there is none
	written map[string]map[string][]byte // what waits to be sent, by kind and key; nil: deleted
	size    int                          // of it, in bytes
}

const (
	scanRows  = 1000    // records read at once
	largeRows = 20      // of the kinds whose records hold whole pages or reports
	waitBytes = 8 << 20 // of what is written, until it is sent
)

func rowsOf(kind []byte) int {
	if bytes.Equal(kind, journalBucket) || bytes.Equal(kind, runsBucket) || bytes.Equal(kind, versionsBucket) {
		return largeRows
	}
	return scanRows
}

// send sends statements in one round trip.
func (k *pgKV) send(fill func(*pgx.Batch)) error {
	b := &pgx.Batch{}
	if k.begin != nil {
		k.begin(b)
		k.begin = nil
	}
	fill(b)
	ctx, cancel := context.WithTimeout(k.ctx, answerTime)
	defer cancel()
	return k.conn.SendBatch(ctx, b).Close()
}

// row asks for one row, which need not be there.
func (k *pgKV) row(into any, sql string, args ...any) error {
	return k.send(func(b *pgx.Batch) {
		b.Queue(sql, args...).QueryRow(func(row pgx.Row) error {
			if err := row.Scan(into); !errors.Is(err, pgx.ErrNoRows) {
				return err
			}
			return nil
		})
	})
}

// find returns a record that is known without asking.
func (k *pgKV) find(kind, key []byte) (value []byte, known bool) {
	if value, known = k.written[string(kind)][string(key)]; !known {
		value, known = k.known[string(kind)][string(key)]
	}
	return value, known
}

func (k *pgKV) get(kind, key []byte) (value []byte, err error) {
	if value, known := k.find(kind, key); known {
		return value, nil
	}
	err = k.row(&value, "select value from finpages_records where source = $1 and kind = $2 and key = $3",
		k.source, string(kind), key)
	return value, err
}

func (k *pgKV) getEach(kind []byte, ids []string, f func(i int, key, value []byte) error) error {
	keys := keysOf(ids)
	values, err := k.getAll(kind, keys)
	if err != nil {
		return readError(err)
	}
	for i, value := range values {
		if err := f(i, keys[i], value); err != nil {
			return err
		}
	}
	return nil
}

func (k *pgKV) getAll(kind []byte, keys [][]byte) ([][]byte, error) {
	values, at, asked := make([][]byte, len(keys)), make(map[string]int, len(keys)), make([][]byte, 0, len(keys))
	for i, key := range keys {
		if value, known := k.find(kind, key); known {
			values[i] = value
		} else if _, twice := at[string(key)]; !twice {
			asked, at[string(key)] = append(asked, key), i
		}
	}
	if len(asked) == 0 {
		return values, nil
	}
	err := k.send(func(b *pgx.Batch) {
		k.ask(b, kind, asked, func(r pgRecord) { values[at[string(r.Key)]] = r.Value })
	})
	for i, key := range keys { // of keys that were named twice
		if first, ok := at[string(key)]; ok {
			values[i] = values[first]
		}
	}
	return values, err
}

// withKeys are the records of a kind that have one of the keys, and where they are.
// It has each key looked up by itself: to a server that takes the table for a small
// one, as it does while a first run fills it, reading all records of the kind, or
// joining them with the keys, seems no worse.
const withKeys = `unnest($3::bytea[]) as wanted (wanted) cross join lateral (select ctid, key, value
	from finpages_records where source = $1 and kind = $2 and key = wanted offset 0) as found`

// ask queues a question for the records with the keys.
func (k *pgKV) ask(b *pgx.Batch, kind []byte, keys [][]byte, f func(pgRecord)) {
	b.Queue("select key, value from "+withKeys, k.source, string(kind), keys).Query(func(rows pgx.Rows) error {
		records, err := pgx.CollectRows(rows, pgx.RowToStructByPos[pgRecord])
		for _, r := range records {
			f(r)
		}
		return err
	})
}

func (k *pgKV) put(kind, key, value []byte) error { return k.write(kind, key, value) }

func (k *pgKV) clear(kind []byte) error {
	delete(k.known, string(kind))
	return k.flushed(func(b *pgx.Batch) {
		b.Queue("delete from finpages_records where source = $1 and kind = $2", k.source, string(kind))
	})
}

func (k *pgKV) delete(kind, key []byte) error { return k.write(kind, key, nil) }

// write notes what is to be written; of one record, the last counts.
func (k *pgKV) write(kind, key, value []byte) error {
	if k.size > waitBytes {
		if err := k.send(k.flush); err != nil {
			return err
		}
	}
	if k.written == nil {
		k.written = map[string]map[string][]byte{}
	}
	of := k.written[string(kind)]
	if of == nil {
		of = map[string][]byte{}
		k.written[string(kind)] = of
	}
	of[string(key)] = value
	k.size += len(key) + len(value)
	return nil
}

// flush queues what waits: all that is put in one statement, all that is deleted of
// a kind in another. As the source has no other writer meanwhile, records stay where
// they are found.
func (k *pgKV) flush(b *pgx.Batch) {
	var putKinds []string
	var put, values [][]byte
	deleted := map[string][][]byte{}
	for kind, of := range k.written {
		for key, value := range of {
			if value == nil {
				deleted[kind] = append(deleted[kind], []byte(key))
			} else {
				putKinds, put, values = append(putKinds, kind), append(put, []byte(key)), append(values, value)
			}
		}
	}
	k.written, k.known, k.size = nil, nil, 0
	if len(put) > 0 {
		b.Queue(`insert into finpages_records (source, kind, key, value)
			select $1, * from unnest($2::text[], $3::bytea[], $4::bytea[])
			on conflict (source, kind, key) do update set value = excluded.value`, k.source, putKinds, put, values)
	}
	for kind, keys := range deleted {
		b.Queue("delete from finpages_records where ctid = any(array(select ctid from "+withKeys+"))", k.source, kind, keys)
	}
}

// flushed is what waits, and then something else.
func (k *pgKV) flushed(fill func(*pgx.Batch)) error {
	return k.send(func(b *pgx.Batch) { k.flush(b); fill(b) })
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
	for {
		var part []pgRecord
		err := k.flushed(func(b *pgx.Batch) {
			b.Queue(query, k.source, string(kind), key, limit).Query(func(rows pgx.Rows) (err error) {
				part, err = pgx.CollectRows(rows, pgx.RowToStructByPos[pgRecord])
				return err
			})
		})
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
	err = k.flushed(func(b *pgx.Batch) {
		b.Queue("select count(*) from finpages_records where source = $1 and kind = $2", k.source, string(kind)).
			QueryRow(func(row pgx.Row) error { return row.Scan(&n) })
	})
	return n, err
}

func (k *pgKV) kinds() (kinds []string, err error) {
	err = k.flushed(func(b *pgx.Batch) {
		b.Queue(`select distinct kind from finpages_records where source = $1
			union select kind from finpages_numbers where source = $1`, k.source).Query(func(rows pgx.Rows) (err error) {
			kinds, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		})
	})
	return kinds, err
}

func (k *pgKV) number(kind []byte) (uint64, error) {
	var n int64
	err := k.row(&n, "select number from finpages_numbers where source = $1 and kind = $2", k.source, string(kind))
	return uint64(n), err
}

func (k *pgKV) next(kind []byte) (uint64, error) {
	var n int64
	err := k.row(&n, `insert into finpages_numbers as n (source, kind, number) values ($1, $2, 1)
		on conflict (source, kind) do update set number = n.number + 1 returning number`, k.source, string(kind))
	return uint64(n), err
}

func (k *pgKV) setNumber(kind []byte, n uint64) error {
	return k.send(func(b *pgx.Batch) {
		b.Queue(`insert into finpages_numbers (source, kind, number) values ($1, $2, $3)
			on conflict (source, kind) do update set number = excluded.number`, k.source, string(kind), int64(n))
	})
}
