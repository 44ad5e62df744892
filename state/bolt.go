package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// boltHome is a file of bbolt: a bucket for each source, in it one for each
// kind of records.
type boltHome struct {
	path string

	mu     sync.RWMutex // write-locked while the file is replaced by a compacted one
	bolt   *bbolt.DB
	opened fs.FileInfo

	updates atomic.Int32 // under way

	compacting sync.Mutex
	step       func() // called before the file is replaced; nil outside of tests
}

// use calls f while the file is not replaced.
func (h *boltHome) use(f func(*bbolt.DB) error) error {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return f(h.bolt)
}

func (h *boltHome) read(f func(*bbolt.Tx) error) error {
	return h.use(func(bolt *bbolt.DB) error { return bolt.View(f) })
}

func (h *boltHome) write(f func(*bbolt.Tx) error) error {
	return h.use(func(bolt *bbolt.DB) error { return bolt.Update(f) })
}

func (h *boltHome) view(source string, f func(kv) error) error {
	return h.read(func(tx *bbolt.Tx) error {
		all := tx.Bucket(sourcesBucket)
		if all == nil || all.Bucket([]byte(source)) == nil {
			return f(noRecords{})
		}
		return f(boltKV{all.Bucket([]byte(source))})
	})
}

func (h *boltHome) look(source string, f func(kv) error) error { return h.view(source, f) }

// update waits for others to share a commit with only if there are others.
func (h *boltHome) update(o owner, f func(kv) error) error {
	commit := (*bbolt.DB).Batch
	if h.updates.Add(1) == 1 {
		commit = (*bbolt.DB).Update
	}
	defer h.updates.Add(-1)
	return h.use(func(bolt *bbolt.DB) error {
		return commit(bolt, func(tx *bbolt.Tx) error {
			root, err := tx.Bucket(sourcesBucket).CreateBucketIfNotExists([]byte(o.source))
			if err != nil {
				return err
			}
			return f(boltKV{root})
		})
	})
}

func (h *boltHome) sources() (names []string, err error) {
	err = h.read(func(tx *bbolt.Tx) error {
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

func (h *boltHome) forget(o owner) error {
	return h.write(func(tx *bbolt.Tx) error {
		root := tx.Bucket(sourcesBucket).Bucket([]byte(o.source))
		if root == nil {
			return nil
		}
		kinds, err := boltKV{root}.kinds()
		for _, kind := range kinds {
			if !outlives(kind) {
				err = errors.Join(err, root.DeleteBucket([]byte(kind)))
			}
		}
		return err
	})
}

func (h *boltHome) rename(source string, to owner) error {
	return h.write(func(tx *bbolt.Tx) error {
		all := tx.Bucket(sourcesBucket)
		from := all.Bucket([]byte(source))
		if from == nil {
			return nil
		}
		dst, err := all.CreateBucketIfNotExists([]byte(to.source))
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
	err = h.read(func(tx *bbolt.Tx) error {
		if meta := tx.Bucket(metaBucket); meta != nil {
			value = append(value, meta.Get(key)...)
		}
		return nil
	})
	return value, err
}

func (h *boltHome) putMeta(key, value []byte) error {
	return h.write(func(tx *bbolt.Tx) error { return tx.Bucket(metaBucket).Put(key, value) })
}

func (h *boltHome) migrated() error {
	stored, err := encode(schemaKey, Schema)
	if err != nil {
		return err
	}
	return h.putMeta(schemaKey, stored)
}

func (h *boltHome) lifetime() int64 { return 0 }

// checkInPlace returns an error if the path does not name the opened file any
// more: what is written from then on is lost.
func (h *boltHome) checkInPlace() error {
	h.mu.RLock()
	defer h.mu.RUnlock()
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

func (h *boltHome) close() error { return h.use((*bbolt.DB).Close) }

// fillPercent is how full a page of the file is made before it is parted: runs
// write in the order of the keys, so that little comes between later.
const fillPercent = 0.95

// boltKV is the bucket of one source.
type boltKV struct{ root *bbolt.Bucket }

func (b boltKV) get(kind, key []byte) ([]byte, error) {
	if records := b.root.Bucket(kind); records != nil {
		return records.Get(key), nil
	}
	return nil, nil
}

// stepsBeforeSeek is how many records are passed over on the way to a key before it
// is looked for from the root.
const stepsBeforeSeek = 4

// getEach costs little where the IDs are in order.
func (b boltKV) getEach(kind []byte, ids []string, f func(i int, key, value []byte) error) error {
	records := b.root.Bucket(kind)
	if records == nil {
		return noRecords{}.getEach(kind, ids, f)
	}
	c := records.Cursor()
	k, v := c.First()
	for i, want := range ids {
		forward := i == 0 || ids[i-1] < want
		for steps := 0; forward && k != nil && string(k) < want; steps++ {
			if forward = steps < stepsBeforeSeek; forward {
				k, v = c.Next()
			}
		}
		if !forward {
			k, v = c.Seek([]byte(want))
		}
		key, value := k, v
		if string(k) != want {
			key, value = nil, nil
		}
		if err := f(i, key, value); err != nil {
			return err
		}
	}
	return nil
}

func (b boltKV) put(kind, key, value []byte) error {
	records, err := b.root.CreateBucketIfNotExists(kind)
	if err != nil {
		return err
	}
	records.FillPercent = fillPercent
	return records.Put(key, value)
}

func (b boltKV) delete(kind, key []byte) error {
	if records := b.root.Bucket(kind); records != nil {
		return records.Delete(key)
	}
	return nil
}

func (b boltKV) clear(kind []byte) error {
	err := b.root.DeleteBucket(kind)
	if errors.Is(err, bolterrors.ErrBucketNotFound) {
		return nil
	}
	return err
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
