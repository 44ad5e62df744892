package state

import (
	"errors"
	"slices"
)

// Kinds of records of one source, and buckets of a file. Keys are entry IDs, external_ids, or run numbers.
var (
	entriesBucket   = []byte("entries")
	pagesBucket     = []byte("pages")
	intentsBucket   = []byte("intents")
	holdsBucket     = []byte("holds")
	retractedBucket = []byte("retracted")
	journalBucket   = []byte("journal")
	versionsBucket  = []byte("versions")
	undoneBucket    = []byte("undone")
	sentBucket      = []byte("sent") // of schema 2
	runsBucket      = []byte("runs")
	infoBucket      = []byte("info")

	infoKey = []byte("info")
	holdKey = []byte("hold")
)

// Sources returns the names of the sources that have records. Retractions that
// outlived those of a source are none.
func (db *DB) Sources() (names []string, err error) {
	all, err := db.allSources()
	for _, name := range all {
		err = errors.Join(err, db.View(name, func(tx *Tx) error {
			if tx.hasRecords() {
				names = append(names, name)
			}
			return nil
		}))
	}
	return names, err
}

func (db *DB) allSources() ([]string, error) {
	names, err := db.home.sources()
	return names, readError(err)
}

// hasRecords reports whether the source has more than retractions, and is one.
func (t *Tx) hasRecords() bool {
	kinds, err := t.kv.kinds()
	t.failed = errors.Join(t.failed, err)
	return slices.ContainsFunc(kinds, func(kind string) bool { return !outlives(kind) && kind != string(auditBucket) })
}

// outlives tells the kinds of records that stay when a source is forgotten.
func outlives(kind string) bool {
	return kind == string(retractedBucket) || kind == string(liftedBucket) || kind == string(sharedBucket)
}

// Forget drops all records of a source but its retractions.
func (db *DB) Forget(source string) error { return writeError(db.home.forget(owner{source, db.lease})) }

// Rename gives the records of a source to another, beside what that one has. On
// a state that may not be written to, they are only read under the new name.
func (db *DB) Rename(source, to string) error {
	if db.readOnly {
		if db.renamed == nil {
			db.renamed = map[string]string{}
		}
		db.renamed[to] = source
		return nil
	}
	err := db.home.rename(source, owner{to, db.lease})
	db.dropSharings()
	if err != nil {
		return writeError(err)
	}
	return db.SaveRetractions()
}

// View reads the records of a source as they are at one instant. It must be
// short: while it lasts, a file cannot grow. A nil DB reads as an empty one.
func (db *DB) View(source string, f func(*Tx) error) error {
	return db.read(source, f, func() func(string, func(kv) error) error { return db.home.view })
}

// Look is View for a few records that are found by their keys, each of which is as
// it is at some instant. Concurrent looks are answered together, so f may be called
// more than once.
func (db *DB) Look(source string, f func(*Tx) error) error {
	return db.read(source, f, func() func(string, func(kv) error) error { return db.home.look })
}

func (db *DB) read(source string, f func(*Tx) error, by func() func(string, func(kv) error) error) error {
	if db == nil {
		return f(&Tx{kv: noRecords{}})
	}
	beside := db.beside[source]
	if old, ok := db.renamed[source]; ok {
		source, beside = old, db.beside[old]
	}
	var own error // of f
	err := by()(source, func(records kv) error {
		t := &Tx{kv: records, sharing: db.sharingOf(source), reads: true, noIndex: db.noIndex, beside: beside}
		if _, dry := records.(foresight); dry {
			return f(t)
		}
		if own = f(t); own != nil {
			return own
		}
		return t.failed
	})
	if own != nil {
		return own
	}
	return readError(err)
}

// Update changes the records of a source, and returns once the change is
// durable. Concurrent updates share a commit, so f may be called more than once
// and must depend on nothing that it changed itself outside.
func (db *DB) Update(source string, f func(*Tx) error) error {
	var shared *sharing
	var own error            // of f
	var added map[ref]string // by its last call
	err := db.home.update(owner{source, db.lease}, func(records kv) error {
		shared = db.sharingOf(source)
		t := &Tx{kv: records, sharing: shared, replicated: db.IsShared()}
		if _, dry := records.(foresight); dry {
			return f(t)
		}
		own = f(t)
		added = t.shares
		if own != nil {
			return own
		}
		return t.failed
	})
	if own != nil {
		return own
	}
	if err == nil {
		shared.add(added)
	}
	return writeError(err)
}

// Tx is a look at one source's records, or a change of them.
type Tx struct {
	kv         kv
	sharing    *sharing
	shares     map[ref]string        // found or added by this transaction
	reads      bool                  // only
	replicated bool                  // a retraction that is lifted leaves a record
	noIndex    bool                  // of flagged entries
	beside     map[string]Retraction // that the file does not have, and may not be given
	failed     error                 // of a method that returns none
}

func (t *Tx) put(kind, key []byte, value any) error {
	stored, err := encode(key, value)
	if err != nil {
		return err
	}
	return t.kv.put(kind, key, stored)
}

func read[T any](t *Tx, kind, key []byte) (value T, found bool, err error) {
	stored, err := t.kv.get(kind, key)
	if err != nil || stored == nil {
		return value, false, readError(err)
	}
	err = decodeRecord(key, stored, &value)
	return value, true, err
}

// readAll reads the records with the keys at once, and calls f for each in their order.
func readAll[T any, P interface {
	*T
	unpackable
}](t *Tx, kind []byte, ids []string, f func(i int, value T, found bool) error) error {
	return t.kv.getEach(kind, ids, func(i int, key, stored []byte) error {
		var value T
		if stored != nil {
			if err := t.decodePacked(key, ids[i], stored, P(&value)); err != nil {
				return err
			}
		}
		return f(i, value, stored != nil)
	})
}

// each calls f for each record of a kind in the order of the keys, from a key
// on, until f returns an error.
func each[T any](t *Tx, kind []byte, from string, f func(string, T) error) error {
	return t.kv.scan(kind, []byte(from), func(k, v []byte) error {
		var value T
		if err := decodeRecord(k, v, &value); err != nil {
			return err
		}
		return f(string(k), value)
	})
}

// count returns how many records of a kind there are.
func (t *Tx) count(kind []byte) int {
	n, err := t.kv.count(kind)
	t.failed = errors.Join(t.failed, err)
	return n
}
