package state

import (
	"fmt"

	"go.etcd.io/bbolt"
)

// Notable says what is out of the ordinary with an entry. Entries of which
// anything is are kept in an index, so that the few that people ask about are
// found among many without reading all.
type Notable uint8

// What may be notable of an entry.
const (
	NotableRefused  Notable = 1 << iota // it is in quarantine
	NotableFailed                       // the last attempt failed
	NotablePageless                     // it has no pages
)

var notableBucket = []byte("notable")

// Notable says what is out of the ordinary with the entry; 0 if nothing is.
func (e Entry) Notable() (n Notable) {
	if e.Refused != "" {
		n |= NotableRefused
	}
	if e.Error != "" {
		n |= NotableFailed
	}
	if len(e.Pages) == 0 {
		n |= NotablePageless
	}
	return n
}

// EachNotable calls f for the notable entries in the order of their IDs, from
// one on.
func (t *Tx) EachNotable(from string, f func(id string, n Notable) error) error {
	if t.noIndex {
		return t.scanNotable(from, f)
	}
	b := t.bucket(notableBucket)
	if b == nil {
		return nil
	}
	c := b.Cursor()
	for k, v := c.Seek([]byte(from)); k != nil; k, v = c.Next() {
		enc, err := unseal(k, v)
		if err == nil && len(enc) != 1 {
			err = fmt.Errorf("the index of %q is damaged", k)
		}
		if err == nil {
			err = f(string(k), Notable(enc[0]))
		}
		if err != nil {
			return stopped(err)
		}
	}
	return nil
}

// scanNotable is for a file of schema 1 that was opened to be read only.
func (t *Tx) scanNotable(from string, f func(id string, n Notable) error) error {
	return t.EachEntry(from, func(id string, e Entry) error {
		if n := e.Notable(); n != 0 {
			return f(id, n)
		}
		return nil
	})
}

// index keeps the index in step with an entry.
func (t *Tx) index(id string, n Notable) error {
	if n == 0 {
		return t.delete(notableBucket, []byte(id))
	}
	b, err := t.root.CreateBucketIfNotExists(notableBucket)
	if err != nil {
		return err
	}
	return b.Put([]byte(id), seal([]byte(id), []byte{byte(n)}))
}

// indexAll makes the index of a file of schema 1, which had none.
func indexAll(all *bbolt.Bucket) error {
	return all.ForEachBucket(func(name []byte) error {
		t := &Tx{root: all.Bucket(name)}
		return t.EachEntry("", func(id string, e Entry) error { return t.index(id, e.Notable()) })
	})
}
