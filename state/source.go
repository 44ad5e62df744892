package state

import (
	"errors"

	"go.etcd.io/bbolt"
)

// Buckets of one source. Keys are entry IDs, external_ids, or run numbers.
var (
	entriesBucket   = []byte("entries")
	pagesBucket     = []byte("pages")
	intentsBucket   = []byte("intents")
	holdsBucket     = []byte("holds")
	retractedBucket = []byte("retracted")
	journalBucket   = []byte("journal")
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

// hasRecords reports whether the source has more than retractions.
func (t *Tx) hasRecords() bool {
	has := false
	_ = t.root.ForEachBucket(func(name []byte) error {
		has = has || string(name) != string(retractedBucket)
		return nil
	})
	return has
}

func (db *DB) allSources() (names []string, err error) {
	err = db.bolt.View(func(tx *bbolt.Tx) error {
		all := tx.Bucket(sourcesBucket)
		if all == nil {
			return nil
		}
		return all.ForEachBucket(func(name []byte) error {
			names = append(names, string(name))
			return nil
		})
	})
	return names, readError(err)
}

// Forget drops all records of a source but its retractions.
func (db *DB) Forget(source string) error {
	return writeError(db.bolt.Update(func(tx *bbolt.Tx) error {
		root := tx.Bucket(sourcesBucket).Bucket([]byte(source))
		if root == nil {
			return nil
		}
		var drop [][]byte
		err := root.ForEachBucket(func(name []byte) error {
			if string(name) != string(retractedBucket) {
				drop = append(drop, name)
			}
			return nil
		})
		for _, name := range drop {
			err = errors.Join(err, root.DeleteBucket(name))
		}
		return err
	}))
}

// Rename gives the records of a source to another, beside what that one has. On
// a file that may not be written to, they are only read under the new name.
func (db *DB) Rename(source, to string) error {
	if db.bolt.IsReadOnly() {
		if db.renamed == nil {
			db.renamed = map[string]string{}
		}
		db.renamed[to] = source
		return nil
	}
	err := db.bolt.Update(func(tx *bbolt.Tx) error {
		all := tx.Bucket(sourcesBucket)
		from := all.Bucket([]byte(source))
		if from == nil {
			return nil
		}
		dst, err := all.CreateBucketIfNotExists([]byte(to))
		if err != nil {
			return err
		}
		return errors.Join(copyBucket(dst, from), all.DeleteBucket([]byte(source)))
	})
	if err != nil {
		return writeError(err)
	}
	return db.SaveRetractions()
}

func copyBucket(dst, src *bbolt.Bucket) error {
	if err := dst.SetSequence(max(dst.Sequence(), src.Sequence())); err != nil {
		return err
	}
	return src.ForEach(func(k, v []byte) error {
		if v != nil {
			return dst.Put(k, v)
		}
		below, err := dst.CreateBucketIfNotExists(k)
		if err != nil {
			return err
		}
		return copyBucket(below, src.Bucket(k))
	})
}

// View reads the records of a source as they are at one instant. It must be
// short: while it lasts, the file cannot grow. A nil DB reads as an empty one.
func (db *DB) View(source string, f func(*Tx) error) error {
	if db == nil {
		return f(&Tx{})
	}
	var own error // of f
	err := db.bolt.View(func(tx *bbolt.Tx) error {
		t := &Tx{noIndex: db.noIndex, beside: db.beside[source]}
		if old, ok := db.renamed[source]; ok {
			source = old
			t.beside = db.beside[source]
		}
		if all := tx.Bucket(sourcesBucket); all != nil {
			t.root = all.Bucket([]byte(source))
		}
		own = f(t)
		return own
	})
	if own != nil {
		return own
	}
	return readError(err)
}

// Update changes the records of a source, and returns once the change is on
// disk. Concurrent updates share a commit, so f may be called more than once
// and must depend on nothing that it changed itself outside.
func (db *DB) Update(source string, f func(*Tx) error) error {
	var own error // of f
	err := db.bolt.Batch(func(tx *bbolt.Tx) error {
		root, err := tx.Bucket(sourcesBucket).CreateBucketIfNotExists([]byte(source))
		if err != nil {
			return err
		}
		own = f(&Tx{root: root})
		return own
	})
	if own != nil {
		return own
	}
	return writeError(err)
}

// Tx is a look at one source's records, or a change of them.
type Tx struct {
	root    *bbolt.Bucket         // nil if the source has none yet
	noIndex bool                  // of flagged entries
	beside  map[string]Retraction // that the file does not have, and may not be given
}

func (t *Tx) bucket(name []byte) *bbolt.Bucket {
	if t.root == nil {
		return nil
	}
	return t.root.Bucket(name)
}

func (t *Tx) put(bucket, key []byte, value any) error {
	b, err := t.root.CreateBucketIfNotExists(bucket)
	if err != nil {
		return err
	}
	return put(b, key, value)
}

func (t *Tx) delete(bucket, key []byte) error {
	if b := t.bucket(bucket); b != nil {
		return b.Delete(key)
	}
	return nil
}

func read[T any](t *Tx, bucket, key []byte) (value T, found bool, err error) {
	found, err = get(t.bucket(bucket), key, &value)
	return value, found, readError(err)
}

// each calls f for each record of a bucket in the order of the keys, from a
// key on, until f returns an error.
func each[T any](t *Tx, bucket []byte, from string, f func(string, T) error) error {
	b := t.bucket(bucket)
	if b == nil {
		return nil
	}
	c := b.Cursor()
	for k, v := c.Seek([]byte(from)); k != nil; k, v = c.Next() {
		var value T
		if err := decodeRecord(k, v, &value); err != nil {
			return err
		}
		if err := f(string(k), value); err != nil {
			return err
		}
	}
	return nil
}

func count(b *bbolt.Bucket) int {
	if b == nil {
		return 0
	}
	return b.Stats().KeyN
}
