package state

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// openBolt opens a file of bbolt.
func openBolt(path string, opts Options) (*DB, error) {
	if opts.ReadOnly || opts.MustExist {
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			return nil, fmt.Errorf("open state: %w", cmp.Or(err, fs.ErrNotExist))
		}
	}
	if !opts.ReadOnly {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, fmt.Errorf("make the state file's directory: %w", err)
		}
	}
	h := &boltHome{path: path}
	if err := h.open(opts); err != nil {
		return nil, err
	}
	db := &DB{home: h, sharings: &sharings{}, readOnly: opts.ReadOnly, retracted: retractionsPath(path)}
	err := h.prepare(db)
	if err == nil && !opts.ReadOnly {
		err = db.migrate(opts.migrating)
	}
	if err == nil {
		err = db.joinRetractions(opts.ReadOnly)
	}
	if err == nil {
		if h.opened, err = os.Stat(path); err != nil {
			err = fmt.Errorf("open state: %w", err)
		}
	}
	if err != nil {
		h.bolt.Close()
		return nil, err
	}
	return db, nil
}

// open looks over an existing file under the shared lock of a read-only open,
// for which bbolt reads the meta pages only, and opens it for good after that.
func (h *boltHome) open(opts Options) (err error) {
	if info, err := os.Stat(h.path); err == nil && info.Size() > 0 {
		if h.bolt, err = h.openFile(true, opts.Wait); err != nil {
			return err
		}
		if err := probeFile(h.path); err != nil {
			h.bolt.Close()
			return &CorruptError{h.path, err}
		}
		if opts.ReadOnly {
			return nil
		}
		h.bolt.Close()
	}
	if h.bolt, err = h.openFile(opts.ReadOnly, opts.Wait); err == nil && !opts.ReadOnly {
		_ = removed(compactPath(h.path)) // of a process that was killed; the next that compacts will see
	}
	return err
}

// openTries is how often a file is opened again that was replaced before its lock
// was free.
const openTries = 3

func (h *boltHome) openFile(readOnly bool, wait time.Duration) (bolt *bbolt.DB, err error) {
	for range openTries {
		var file *os.File
		bolt, err = bbolt.Open(h.path, 0o600, &bbolt.Options{
			ReadOnly: readOnly, Timeout: wait,
			FreelistType: bbolt.FreelistMapType,
			OpenFile: func(name string, flag int, perm os.FileMode) (_ *os.File, err error) {
				file, err = os.OpenFile(name, flag, perm)
				return file, err
			},
		})
		if err != nil || isAt(file, h.path) {
			break
		}
		if err = bolt.Close(); err == nil {
			err = fs.ErrExist
		}
	}
	if err == nil {
		bolt.AllocSize = allocSize
	}
	switch {
	case err == nil:
		return bolt, nil
	case errors.Is(err, bolterrors.ErrTimeout), errors.Is(err, fs.ErrExist):
		return nil, fmt.Errorf("open state %s: %w", h.path, ErrLocked)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return nil, fmt.Errorf("open state: %w: "+
			"the file and its directory must be writable by this user; else set state: to another path", err)
	case errors.As(err, new(*fs.PathError)), errors.As(err, new(*os.SyscallError)), errors.As(err, new(syscall.Errno)):
		return nil, fmt.Errorf("open state: %w", err)
	}
	return nil, &CorruptError{h.path, err}
}

// isAt reports whether a file is the one at the path.
func isAt(file *os.File, path string) bool {
	opened, err1 := file.Stat()
	now, err2 := os.Stat(path)
	return err1 == nil && err2 == nil && os.SameFile(opened, now)
}

// prepare checks the schema, and lays out a new file.
func (h *boltHome) prepare(db *DB) (err error) {
	db.schema, err = h.schema()
	switch {
	case err != nil:
		return &CorruptError{h.path, err}
	case db.schema > Schema:
		return &SchemaError{h.path, db.schema}
	case db.schema > 0 || db.readOnly:
		db.noIndex = db.readOnly && db.schema < 2
		return nil
	}
	db.schema = Schema
	return h.write(func(tx *bbolt.Tx) error {
		meta, err := tx.CreateBucketIfNotExists(metaBucket)
		if err != nil {
			return err
		}
		if _, err := tx.CreateBucketIfNotExists(sourcesBucket); err != nil {
			return err
		}
		stored, err := encode(schemaKey, Schema)
		if err != nil {
			return err
		}
		return meta.Put(schemaKey, stored)
	})
}

// schema returns the schema that the file says it has, 0 for a new file.
func (h *boltHome) schema() (schema int, err error) {
	err = h.read(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(metaBucket)
		if meta == nil && tx.Bucket(sourcesBucket) == nil {
			return nil
		}
		if meta == nil || meta.Get(schemaKey) == nil || tx.Bucket(sourcesBucket) == nil {
			return errors.New("parts are missing")
		}
		return decode(schemaKey, meta.Get(schemaKey), &schema)
	})
	return schema, err
}

// PutAside renames a damaged state file so that a new one can be made, and
// returns its new path.
func PutAside(path string, now time.Time) (string, error) {
	if err := maybeState(path); err != nil {
		return "", err
	}
	aside := path + ".damaged-" + now.UTC().Format("20060102T150405.000")
	if err := os.Rename(path, aside); err != nil {
		return "", fmt.Errorf("put the damaged state file aside: %w", err)
	}
	return aside, nil
}

// maybeState refuses what surely never was a state file, such as a folder, a
// text or a picture: the path may be wrong.
func maybeState(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file: name the state file in the config's state", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	head := make([]byte, 512)
	n, _ := io.ReadFull(file, head)
	kind, _, _ := strings.Cut(http.DetectContentType(head[:n]), ";")
	if bytes.HasPrefix(head, []byte("SQLite format 3")) {
		kind = "application/vnd.sqlite3"
	}
	if n > 0 && kind != "application/octet-stream" {
		return fmt.Errorf("%s is of the type %s, and not a state file: name the state file in the config's state", path, kind)
	}
	return nil
}
