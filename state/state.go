// Package state remembers, in one bbolt file, what finpages has pushed: a
// record for each source entry and each page, the intents of writes whose
// outcome is not known yet, held deletes, retracted pages, the journal of
// deleted ones, and the history of runs.
//
// Every value carries a checksum over its key and itself, and the whole file
// is walked once when it is opened, so that a damaged file is recognised
// before anything is decided by it.
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

// Schema is the version of the file's layout that this package reads and writes.
//
//	1  the first
//	2  an index of the entries that have flags
const Schema = 2

// ErrLocked means that another process has the state file open.
var ErrLocked = errors.New("the state file is held by another finpages process")

// CorruptError means that the state file is damaged or is not a state file.
type CorruptError struct {
	Path string
	Err  error
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("state file %s is damaged: %v", e.Path, e.Err)
}
func (e *CorruptError) Unwrap() error { return e.Err }

// SchemaError means that the state file was written by a newer finpages.
type SchemaError struct {
	Path   string
	Schema int
}

func (e *SchemaError) Error() string {
	return fmt.Sprintf("state file %s has schema %d, and this finpages knows schemas up to %d: "+
		"install the newer finpages that wrote it, or move the file away to start over",
		e.Path, e.Schema, Schema)
}

// DB is an open state file. Its methods may be called from any goroutine.
type DB struct {
	bolt    *bbolt.DB
	path    string
	opened  fs.FileInfo
	noIndex bool              // of flagged entries: an older file, not to be written to
	beside  retractions       // of the file beside a state that may not be written to
	renamed map[string]string // sources by their new names, of a file that may not be written to
}

var (
	metaBucket    = []byte("meta")
	sourcesBucket = []byte("sources")
	schemaKey     = []byte("schema")
	workspaceKey  = []byte("workspace")
)

// Options tells how to open the file.
type Options struct {
	ReadOnly bool          // writes nothing, and other readers may have it open
	Wait     time.Duration // for another process to let go of the file; 0 means a second
}

// Open opens the state file, creating it unless ReadOnly. The error wraps
// [ErrLocked], [fs.ErrNotExist], a [*CorruptError] or a [*SchemaError] where
// one of these is the cause.
func Open(path string, opts Options) (*DB, error) {
	if opts.Wait == 0 {
		opts.Wait = time.Second
	}
	if opts.ReadOnly {
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			return nil, fmt.Errorf("open state: %w", cmp.Or(err, fs.ErrNotExist))
		}
	} else if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the state file's directory: %w", err)
	}
	db := &DB{path: path}
	if err := db.open(opts); err != nil {
		return nil, err
	}
	err := db.prepare(opts.ReadOnly)
	if err == nil {
		err = db.joinRetractions(opts.ReadOnly)
	}
	if err != nil {
		db.bolt.Close()
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		db.bolt.Close()
		return nil, fmt.Errorf("open state: %w", err)
	}
	db.opened = info
	return db, nil
}

// CheckInPlace returns an error if the path does not name the opened file any more:
// what is written from then on is lost.
func (db *DB) CheckInPlace() error {
	if db == nil {
		return nil
	}
	now, err := os.Stat(db.path)
	if err == nil && !os.SameFile(now, db.opened) {
		err = errors.New("another file has taken its place")
	}
	if err != nil {
		return fmt.Errorf("the state file %s was moved or removed while it was in use: put it back, or restart "+
			"finpages, which then takes its pages over from Intercom: %w", db.path, err)
	}
	return nil
}

// open looks over an existing file under the shared lock of a read-only open,
// for which bbolt reads the meta pages only, and opens it for good after that.
func (db *DB) open(opts Options) (err error) {
	if info, err := os.Stat(db.path); err == nil && info.Size() > 0 {
		if db.bolt, err = db.openBolt(true, opts.Wait); err != nil {
			return err
		}
		if err := probeFile(db.path); err != nil {
			db.bolt.Close()
			return &CorruptError{db.path, err}
		}
		if opts.ReadOnly {
			return nil
		}
		db.bolt.Close()
	}
	db.bolt, err = db.openBolt(opts.ReadOnly, opts.Wait)
	return err
}

func (db *DB) openBolt(readOnly bool, wait time.Duration) (*bbolt.DB, error) {
	bolt, err := bbolt.Open(db.path, 0o600, &bbolt.Options{
		ReadOnly: readOnly, Timeout: wait,
		FreelistType: bbolt.FreelistMapType, NoFreelistSync: true,
	})
	switch {
	case err == nil:
		return bolt, nil
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("open state %s: %w", db.path, ErrLocked)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return nil, fmt.Errorf("open state: %w: the file and its directory must be writable by "+
			"this user; else set state: to another path", err)
	case errors.As(err, new(*fs.PathError)), errors.As(err, new(*os.SyscallError)), errors.As(err, new(syscall.Errno)):
		return nil, fmt.Errorf("open state: %w", err)
	}
	return nil, &CorruptError{db.path, err}
}

// prepare checks the schema and, where it may be written, lays out a new file
// or brings an older one up to the schema, all in one transaction.
func (db *DB) prepare(readOnly bool) error {
	schema, err := db.schema()
	switch {
	case err != nil:
		return &CorruptError{db.path, err}
	case schema > Schema:
		return &SchemaError{db.path, schema}
	case schema == Schema || readOnly:
		db.noIndex = schema < Schema
		return nil
	}
	return db.bolt.Update(func(tx *bbolt.Tx) error {
		meta, err := tx.CreateBucketIfNotExists(metaBucket)
		if err != nil {
			return err
		}
		all, err := tx.CreateBucketIfNotExists(sourcesBucket)
		if err != nil {
			return err
		}
		if schema > 0 {
			err = indexFlags(all)
		}
		if err != nil {
			return err
		}
		return put(meta, schemaKey, Schema)
	})
}

// schema returns the schema that the file says it has, 0 for a new file.
func (db *DB) schema() (schema int, err error) {
	err = db.bolt.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(metaBucket)
		if meta == nil && tx.Bucket(sourcesBucket) == nil {
			return nil
		}
		found, err := get(meta, schemaKey, &schema)
		if err == nil && (!found || tx.Bucket(sourcesBucket) == nil) {
			err = errors.New("parts are missing")
		}
		return err
	})
	return schema, err
}

// Close waits for transactions under way and closes the file.
func (db *DB) Close() error {
	if err := db.bolt.Close(); err != nil {
		return fmt.Errorf("close state: %w", err)
	}
	return nil
}

// Size returns the size of the state file in bytes.
func (db *DB) Size() int64 {
	info, err := os.Stat(db.path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// Workspace returns the id_code of the Intercom workspace that the records
// belong to; "" if none is noted yet.
func (db *DB) Workspace() (code string, err error) {
	err = db.bolt.View(func(tx *bbolt.Tx) error {
		_, err := get(tx.Bucket(metaBucket), workspaceKey, &code)
		return err
	})
	return code, readError(err)
}

// SetWorkspace notes the workspace that the records belong to.
func (db *DB) SetWorkspace(code string) error {
	err := db.bolt.Update(func(tx *bbolt.Tx) error { return put(tx.Bucket(metaBucket), workspaceKey, code) })
	return writeError(err)
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
		return fmt.Errorf("%s is of the type %s, and not a state file: name the state file in the config's state",
			path, kind)
	}
	return nil
}
