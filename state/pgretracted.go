package state

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// A standby that takes over may lack the last changes of the server before it. For
// most that is as if an older state had been put back, which runs can deal with; but
// a retraction must not get lost. So each replica remembers all retractions, in
// memory and in a file of its own, and puts back what a database lacks. A retraction
// that was lifted leaves a record of that behind, so that it is not taken for lost.

// RetractionsFile returns the name of the file that keeps the retractions of a
// database: one for each host, port, name and search path, whatever the user, the
// password and the options. "" if the path names no database.
func RetractionsFile(path string) string {
	config, err := pgx.ParseConfig(path)
	if err != nil || !IsPostgres(path) {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%s\x00%s", config.Host, config.Port, config.Database,
		config.RuntimeParams["search_path"]))
	return "retracted-" + hex.EncodeToString(sum[:6]) + ".json"
}

// liftedBucket has when the retraction of a page was lifted.
var liftedBucket = []byte("lifted")

// keeper remembers retractions.
type keeper struct {
	mu     sync.Mutex
	known  retractions
	path   string // of its file; "" for none
	server int64  // with which the retractions were last compared
}

// load reads what the replica remembered when it ended.
func (k *keeper) load(path string) error {
	k.path, k.known = path, retractions{}
	if path == "" {
		return nil
	}
	known, err := (&DB{retracted: path}).readBeside()
	if known != nil {
		k.known = known
	}
	return err
}

// keepRetractions puts back the retractions that the database lacks, and remembers
// those that it has.
func (db *DB) keepRetractions(ctx context.Context) error {
	h := db.home.(*pgHome)
	k := &h.keeper
	k.mu.Lock()
	defer k.mu.Unlock()
	server := h.lifetime()
	stored, lifted, err := h.retractions(ctx)
	if err != nil {
		return fmt.Errorf("read retractions: %w", err)
	}
	changed := false
	for source, pages := range k.known {
		missing := map[string]Retraction{}
		for page, r := range pages {
			at, isLifted := lifted[source][page]
			if _, has := stored[source][page]; has {
				continue
			}
			if isLifted && !at.Before(r.Since) {
				delete(pages, page)
				changed = true
				continue
			}
			missing[page] = r
		}
		if len(missing) == 0 {
			continue
		}
		if err := db.Update(source, func(tx *Tx) error { return tx.addRetractions(missing) }); err != nil {
			return err
		}
	}
	for source, pages := range stored {
		if k.known[source] == nil {
			k.known[source] = map[string]Retraction{}
		}
		for page, r := range pages {
			if k.known[source][page] != r {
				k.known[source][page], changed = r, true
			}
		}
	}
	if k.server = server; !changed || k.path == "" {
		return nil
	}
	return k.save()
}

func (k *keeper) save() error {
	enc, err := json.MarshalIndent(k.known, "", "  ")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(k.path), 0o700)
	}
	if err != nil {
		return fmt.Errorf("write retractions: %w", err)
	}
	return replaceFile(k.path, enc)
}

// retractions returns all that are in the database, and when others were lifted.
func (h *pgHome) retractions(ctx context.Context) (stored retractions, lifted map[string]map[string]time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, h.patience())
	defer cancel()
	rows, err := h.pool.Query(ctx, `select source, kind, key, value from finpages_records
		where kind in ('retracted', 'lifted')`)
	if err != nil {
		return nil, nil, err
	}
	stored, lifted = retractions{}, map[string]map[string]time.Time{}
	var source, kind string
	var key, value []byte
	_, err = pgx.ForEachRow(rows, []any{&source, &kind, &key, &value}, func() error {
		if kind == string(retractedBucket) {
			return readInto(stored, source, key, value)
		}
		return readInto(lifted, source, key, value)
	})
	return stored, lifted, err
}

func readInto[T any, M ~map[string]map[string]T](all M, source string, key, stored []byte) error {
	var value T
	if err := decodeRecord(key, stored, &value); err != nil {
		return err
	}
	if all[source] == nil {
		all[source] = map[string]T{}
	}
	all[source][string(key)] = value
	return nil
}

// meetServer compares retractions with a server that was not met before.
func (db *DB) meetServer(ctx context.Context) error {
	h := db.home.(*pgHome)
	h.keeper.mu.Lock()
	met := h.keeper.server == h.lifetime()
	h.keeper.mu.Unlock()
	if met {
		return nil
	}
	return db.keepRetractions(ctx)
}

var errAnotherServer = errors.New("another server has taken over the database, or it was restarted")
