package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Retractions are what Intercom cannot give back when a state file is lost. So
// they are kept beside it, too, and a new state file starts with them.

func (db *DB) retractionsPath() string { return db.path + ".retracted.json" }

// SaveRetractions writes the retractions of all sources beside the state file.
func (db *DB) SaveRetractions() error {
	all := map[string]map[string]Retraction{}
	names, err := db.Sources()
	for _, name := range names {
		err = errors.Join(err, db.View(name, func(tx *Tx) error {
			retracted, err := tx.Retractions()
			if len(retracted) > 0 {
				all[name] = retracted
			}
			return err
		}))
	}
	if err != nil {
		return fmt.Errorf("read retractions: %w", err)
	}
	enc, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("encode retractions: %w", err)
	}
	return replaceFile(db.retractionsPath(), enc)
}

// replaceFile writes a file so that a crash leaves the old one or the new one.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".finpages-*")
	if err != nil {
		return fmt.Errorf("write retractions: %w", err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("write retractions: %w", err)
	}
	return nil
}

// restoreRetractions fills a new state file.
func (db *DB) restoreRetractions(tx *bbolt.Tx) error {
	data, err := os.ReadFile(db.retractionsPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var all map[string]map[string]Retraction
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	if err != nil {
		return fmt.Errorf("read %s, which says what must stay out of Fin: %w: mend the file, or move it away if nothing is retracted", db.retractionsPath(), err)
	}
	for name, retracted := range all {
		root, err := tx.Bucket(sourcesBucket).CreateBucketIfNotExists([]byte(name))
		if err != nil {
			return err
		}
		for page, r := range retracted {
			if err := (&Tx{root: root}).PutRetraction(page, r); err != nil {
				return err
			}
		}
	}
	return nil
}
