// Package state remembers, in one bbolt file or in a PostgreSQL database, what
// finpages has pushed: a record for each source entry and each page, the
// intents of writes whose outcome is not known yet, held deletes, retracted
// pages, the journal of deleted ones, and the history of runs.
//
// Records are the same in both: every value carries a checksum over its key and
// itself. A whole file is walked once when it is opened, so that a damaged file
// is recognized before anything is decided by it.
package state

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// Schema is the version of the file's layout that this package reads and writes.
//
//	1  the first
//	2  an index of the entries that have flags
//	3  entries and pages are packed; what was sent is kept only where undo brought it back
const Schema = 3

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
		"install the newer finpages that wrote it, or move the file away to start over", e.Path, e.Schema, Schema)
}

// DB is an open state. Its methods may be called from any goroutine.
type DB struct {
	home      home
	schema    int // that the state had when it was opened
	readOnly  bool
	noIndex   bool              // of flagged entries: an older file, not to be written to
	renamed   map[string]string // sources by their new names, of a state that may not be written to
	lease     *Lease            // under which changes are made; nil for those by hand
	beside    retractions       // of the file beside a state that may not be written to
	retracted string            // path of the file that keeps the retractions, too; "" in a database

	sharings *sharings
}

var (
	metaBucket    = []byte("meta")
	sourcesBucket = []byte("sources")
	schemaKey     = []byte("schema")
	workspaceKey  = []byte("workspace")
	copyingKey    = []byte("copying")
)

// Options tells how to open a state.
type Options struct {
	ReadOnly  bool          // writes nothing, and other readers may have it open
	MustExist bool          // a state that is not there is an error, not a new one
	Wait      time.Duration // for another process to let go of it; 0 means a second
	Retracted string        // with a database: path of a file that keeps the retractions, too; "" for none
	Lease     time.Duration // how long a process that is gone keeps a source, in a database; 0 means 15 seconds

	copying   bool         // an unfinished copy is opened, too
	migrating func() error // called after each step of a migration; nil outside of tests
	alone     bool         // no other process may have it open
}

// DefaultLease is how long a process that is gone keeps a source.
const DefaultLease = 15 * time.Second

// Open opens the state at a path, or in the PostgreSQL database that a URL
// names, creating it unless ReadOnly. The error wraps [ErrLocked],
// [fs.ErrNotExist], a [*CorruptError] or a [*SchemaError] where one of these
// is the cause.
func Open(path string, opts Options) (*DB, error) {
	opts.Wait, opts.Lease = cmp.Or(opts.Wait, time.Second), cmp.Or(opts.Lease, DefaultLease)
	open := openBolt
	if IsPostgres(path) {
		open = openPostgres
	}
	db, err := open(path, opts)
	if err != nil {
		return nil, err
	}
	if copying, err := db.meta(copyingKey); err != nil || copying != "" && !opts.copying {
		err = cmp.Or(err, errUnfinished)
		return nil, errors.Join(fmt.Errorf("open state %s: %w", Redacted(path), err), db.Close())
	}
	return db, nil
}

// CheckInPlace returns an error if what is written from now on would be lost.
func (db *DB) CheckInPlace() error {
	if db == nil {
		return nil
	}
	return db.home.checkInPlace()
}

// Close waits for transactions under way and closes the state.
func (db *DB) Close() error {
	if err := db.home.close(); err != nil {
		return fmt.Errorf("close state: %w", err)
	}
	return nil
}

// Size returns the size of the state in bytes.
func (db *DB) Size() int64 { return db.home.size() }

// Workspace returns the id_code of the Intercom workspace that the records
// belong to; "" if none is noted yet.
func (db *DB) Workspace() (string, error) {
	code, err := db.meta(workspaceKey)
	return code, readError(err)
}

// SetWorkspace notes the workspace that the records belong to.
func (db *DB) SetWorkspace(code string) error { return writeError(db.putMeta(workspaceKey, code)) }

func (db *DB) meta(key []byte) (value string, err error) {
	stored, err := db.home.meta(key)
	if err != nil || stored == nil {
		return "", err
	}
	err = decode(key, stored, &value)
	return value, err
}

func (db *DB) putMeta(key []byte, value string) error {
	stored, err := encode(key, value)
	if err != nil {
		return err
	}
	return db.home.putMeta(key, stored)
}
