package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"go.etcd.io/bbolt"
)

// boltHome is a file of bbolt: a bucket for each source, in it one for each
// kind of records.
type boltHome struct {
	bolt   *bbolt.DB
	path   string
	opened fs.FileInfo
}

func (h *boltHome) view(source string, f func(kv) error) error {
	return h.bolt.View(func(tx *bbolt.Tx) error {
		all := tx.Bucket(sourcesBucket)
		if all == nil || all.Bucket([]byte(source)) == nil {
			return f(noRecords{})
		}
		return f(boltKV{all.Bucket([]byte(source))})
	})
}

func (h *boltHome) update(source string, f func(kv) error) error {
	return h.bolt.Batch(func(tx *bbolt.Tx) error {
		root, err := tx.Bucket(sourcesBucket).CreateBucketIfNotExists([]byte(source))
		if err != nil {
			return err
		}
		return f(boltKV{root})
	})
}

func (h *boltHome) sources() (names []string, err error) {
	err = h.bolt.View(func(tx *bbolt.Tx) error {
		all := tx.Bucket(sourcesBucket)
		if all == nil {
			return nil
		}
		return all.ForEachBucket(func(name []byte) error {
			names = append(names, string(name))
			return nil
		})
	})
	return names, err
}

func (h *boltHome) forget(source string) error {
	return h.bolt.Update(func(tx *bbolt.Tx) error {
		root := tx.Bucket(sourcesBucket).Bucket([]byte(source))
		if root == nil {
			return nil
		}
		kinds, err := boltKV{root}.kinds()
		for _, kind := range kinds {
			if kind != string(retractedBucket) {
				err = errors.Join(err, root.DeleteBucket([]byte(kind)))
			}
		}
		return err
	})
}

func (h *boltHome) rename(source, to string) error {
	return h.bolt.Update(func(tx *bbolt.Tx) error {
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

func (h *boltHome) meta(key []byte) (value []byte, err error) {
	err = h.bolt.View(func(tx *bbolt.Tx) error {
		if meta := tx.Bucket(metaBucket); meta != nil {
			value = append(value, meta.Get(key)...)
		}
		return nil
	})
	return value, err
}

func (h *boltHome) putMeta(key, value []byte) error {
	return h.bolt.Update(func(tx *bbolt.Tx) error { return tx.Bucket(metaBucket).Put(key, value) })
}

// checkInPlace returns an error if the path does not name the opened file any
// more: what is written from then on is lost.
func (h *boltHome) checkInPlace() error {
	now, err := os.Stat(h.path)
	if err == nil && !os.SameFile(now, h.opened) {
		err = errors.New("another file has taken its place")
	}
	if err != nil {
		return fmt.Errorf("the state file %s was moved or removed while it was in use: "+
			"put it back, or restart finpages, which then takes its pages over from Intercom: %w", h.path, err)
	}
	return nil
}

func (h *boltHome) size() int64 {
	info, err := os.Stat(h.path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func (h *boltHome) close() error { return h.bolt.Close() }

// boltKV is the bucket of one source.
type boltKV struct{ root *bbolt.Bucket }

func (b boltKV) get(kind, key []byte) ([]byte, error) {
	if records := b.root.Bucket(kind); records != nil {
		return records.Get(key), nil
	}
	return nil, nil
}

func (b boltKV) put(kind, key, value []byte) error {
	records, err := b.root.CreateBucketIfNotExists(kind)
	if err != nil {
		return err
	}
	return records.Put(key, value)
}

func (b boltKV) delete(kind, key []byte) error {
	if records := b.root.Bucket(kind); records != nil {
		return records.Delete(key)
	}
	return nil
}

func (b boltKV) scan(kind, from []byte, f func(key, value []byte) error) error {
	records := b.root.Bucket(kind)
	if records == nil {
		return nil
	}
	c := records.Cursor()
	for k, v := c.Seek(from); k != nil; k, v = c.Next() {
		if err := f(k, v); err != nil {
			return err
		}
	}
	return nil
}

func (b boltKV) scanBack(kind []byte, f func(key, value []byte) error) error {
	records := b.root.Bucket(kind)
	if records == nil {
		return nil
	}
	c := records.Cursor()
	for k, v := c.Last(); k != nil; k, v = c.Prev() {
		if err := f(k, v); err != nil {
			return err
		}
	}
	return nil
}

func (b boltKV) count(kind []byte) (int, error) {
	if records := b.root.Bucket(kind); records != nil {
		return records.Stats().KeyN, nil
	}
	return 0, nil
}

func (b boltKV) kinds() (kinds []string, err error) {
	err = b.root.ForEachBucket(func(name []byte) error {
		kinds = append(kinds, string(name))
		return nil
	})
	return kinds, err
}

func (b boltKV) number(kind []byte) (uint64, error) {
	if records := b.root.Bucket(kind); records != nil {
		return records.Sequence(), nil
	}
	return 0, nil
}

func (b boltKV) next(kind []byte) (uint64, error) {
	records, err := b.root.CreateBucketIfNotExists(kind)
	if err != nil {
		return 0, err
	}
	return records.NextSequence()
}

func (b boltKV) setNumber(kind []byte, n uint64) error {
	records, err := b.root.CreateBucketIfNotExists(kind)
	if err != nil {
		return err
	}
	return records.SetSequence(n)
}
