package state

import (
	"bytes"
	"errors"
	"fmt"
)

// migrateBatch is how many records are written anew in one transaction.
const migrateBatch = 2000

// migrate brings the records of an older state up to the schema, some at a time:
// one that was cut off goes on where it ended, as records tell by themselves
// whether they are packed. It calls step after each transaction, if given.
func (db *DB) migrate(step func() error) error {
	if db.schema == Schema {
		return nil
	}
	if step == nil {
		step = func() error { return nil }
	}
	names, err := db.allSources()
	for _, name := range names {
		err = errors.Join(err, db.migrateSource(name, step))
	}
	if err != nil {
		return fmt.Errorf("bring the state up to schema %d: %w", Schema, err)
	}
	if err := db.home.migrated(); err != nil {
		return writeError(err)
	}
	db.schema = Schema
	return nil
}

func (db *DB) migrateSource(name string, step func() error) error {
	for _, kind := range [][]byte{entriesBucket, pagesBucket} {
		for from, more := []byte{}, true; more; {
			next := from
			err := db.Update(name, func(tx *Tx) (err error) {
				next, more, err = tx.repack(kind, from)
				return err
			})
			if err == nil {
				err = step()
			}
			if err != nil {
				return err
			}
			from = next
		}
	}
	err := db.Update(name, func(tx *Tx) error { return tx.kv.clear(sentBucket) })
	return errors.Join(err, step())
}

// repack packs some records from a key on. It returns the key to go on with, and
// whether there is one.
func (t *Tx) repack(kind, from []byte) (next []byte, more bool, err error) {
	var old []record
	err = stopped(t.kv.scan(kind, from, func(key, stored []byte) error {
		if len(old) == migrateBatch {
			next, more = bytes.Clone(key), true
			return Stop
		}
		enc, err := unseal(key, stored)
		if err == nil && !isPacked(enc) {
			old = append(old, record{bytes.Clone(key), bytes.Clone(stored)})
		}
		return err
	}))
	for _, r := range old {
		if err == nil {
			err = t.repackOne(kind, string(r.key), r.value)
		}
	}
	return next, more, err
}

func (t *Tx) repackOne(kind []byte, id string, stored []byte) error {
	if bytes.Equal(kind, entriesBucket) {
		var e Entry
		if err := t.decodePacked([]byte(id), id, stored, &e); err != nil {
			return err
		}
		return t.PutEntry(id, e)
	}
	var p Page
	if err := t.decodePacked([]byte(id), id, stored, &p); err != nil {
		return err
	}
	if p.Restored || p.Undone != (ShortHash{}) { // what was sent is how undo brought it back
		sent, err := t.kv.get(sentBucket, []byte(id))
		if err == nil && sent != nil {
			err = t.kv.put(undoneBucket, []byte(id), bytes.Clone(sent))
		}
		if err != nil {
			return err
		}
	}
	return t.PutPage(id, p)
}
