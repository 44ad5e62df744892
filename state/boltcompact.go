package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"go.etcd.io/bbolt"
)

const (
	// minCompacted is the size in bytes up to which a file is left as it is.
	minCompacted = 1 << 20
	// compactTx bounds what is copied in one transaction, in bytes.
	compactTx = 4 << 20
	// allocSize is by how much a file grows at once, in bytes.
	allocSize = 256 << 10
)

// Compact writes the state anew, without what is free in it, where that is half of
// it or more. It gives up if the state is written to meanwhile, which need not
// wait. A database does this by itself.
func (db *DB) Compact(ctx context.Context) error {
	if db == nil || db.readOnly {
		return nil
	}
	if err := db.home.compact(ctx); err != nil {
		return fmt.Errorf("compact state: %w", err)
	}
	return nil
}

// compactPath is the file that takes the place of the state's.
func compactPath(path string) string { return path + ".compact" }

func (h *boltHome) compact(ctx context.Context) error {
	h.compacting.Lock()
	defer h.compacting.Unlock()
	before, err := h.txid()
	if err != nil || !h.halfFree() || runtime.GOOS == "windows" { // where an open file cannot be replaced
		return err
	}
	path, err := filepath.EvalSymlinks(h.path)
	if err != nil {
		return err
	}
	compacted, err := h.copyTo(ctx, compactPath(path))
	if err != nil {
		return errors.Join(err, removed(compactPath(path)))
	}
	if h.step != nil {
		h.step()
	}
	done, err := h.replace(path, compacted, before)
	if !done {
		err = errors.Join(err, compacted.Close(), removed(compactPath(path)))
	}
	return err
}

func removed(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// txid returns the number of the last transaction that was committed.
func (h *boltHome) txid() (id int, err error) {
	err = h.use(func(bolt *bbolt.DB) error {
		return bolt.View(func(tx *bbolt.Tx) error {
			id = tx.ID()
			return nil
		})
	})
	return id, err
}

func (h *boltHome) halfFree() bool {
	free, size := 0, int64(0)
	err := h.use(func(bolt *bbolt.DB) error {
		free = bolt.Stats().FreePageN * bolt.Info().PageSize
		return bolt.View(func(tx *bbolt.Tx) error {
			size = tx.Size()
			return nil
		})
	})
	return err == nil && size > minCompacted && int64(free) >= size/2
}

// copyTo makes the file at a path, locked like the state's own.
func (h *boltHome) copyTo(ctx context.Context, path string) (compacted *bbolt.DB, err error) {
	info, err := os.Stat(h.path)
	if err != nil {
		return nil, err
	}
	if err := removed(path); err != nil { // left behind by a process that was killed
		return nil, err
	}
	compacted, err = bbolt.Open(path, info.Mode().Perm(), &bbolt.Options{
		FreelistType: bbolt.FreelistMapType, NoSync: true, NoGrowSync: true,
	})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, compacted.Close())
		}
	}()
	compacted.AllocSize = allocSize
	if err := keepOwner(path, info); err != nil {
		return nil, err
	}
	err = h.use(func(bolt *bbolt.DB) error { return bbolt.Compact(compacted, bolt, compactTx) })
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = compacted.Sync()
	}
	compacted.NoSync, compacted.NoGrowSync = false, false
	return compacted, err
}

// replace puts the compacted file in the state's place, unless that is in use or
// was written to since a transaction.
func (h *boltHome) replace(path string, compacted *bbolt.DB, before int) (done bool, err error) {
	if !h.mu.TryLock() { // whoever waits for it would keep others from reading
		return false, nil
	}
	defer h.mu.Unlock()
	now := 0
	err = h.bolt.View(func(tx *bbolt.Tx) error {
		now = tx.ID()
		return nil
	})
	if err != nil || now != before {
		return false, err
	}
	if err := os.Rename(compactPath(path), path); err != nil {
		return false, err
	}
	old := h.bolt
	h.bolt = compacted
	h.opened, err = os.Stat(path)
	return true, errors.Join(err, syncFolder(filepath.Dir(path)), old.Close())
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
