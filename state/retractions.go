package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Retractions are what Intercom cannot give back when a state file is lost, or
// an older one is put in its place. So they are kept beside it, too, and what
// either has counts: only lifting a retraction ends it.

// retractions are those of all sources, by their names and external_ids.
type retractions map[string]map[string]Retraction

func retractionsPath(path string) string { return path + ".retracted.json" }

// SaveRetractions writes the retractions of all sources beside the state file.
func (db *DB) SaveRetractions() error {
	if db.retracted == "" {
		return nil
	}
	all := retractions{}
	names, err := db.allSources()
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
	return replaceFile(db.retracted, enc)
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

// readBeside reads the retractions that are kept beside the state file.
func (db *DB) readBeside() (all retractions, err error) {
	data, err := os.ReadFile(db.retracted)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s, which says what must stay out of Fin: %w: "+
			"mend the file, or move it away if nothing is retracted", db.retracted, err)
	}
	return all, nil
}

// joinRetractions brings state file and the file beside it together. A state
// that may not be written to is read as if they were.
func (db *DB) joinRetractions(readOnly bool) error {
	beside, err := db.readBeside()
	if err != nil || readOnly {
		db.beside = beside
		return err
	}
	missing := false
	for name, retracted := range beside {
		err := db.View(name, func(tx *Tx) error {
			known, err := tx.Retractions()
			for page := range known {
				delete(retracted, page)
			}
			return err
		})
		if err != nil {
			return err
		}
		if len(retracted) == 0 {
			continue
		}
		missing = true
		if err := db.Update(name, func(tx *Tx) error { return tx.addRetractions(retracted) }); err != nil {
			return err
		}
	}
	if !missing {
		return nil
	}
	return db.SaveRetractions()
}

// addRetractions keeps pages out, and has the next run look whether they are.
func (t *Tx) addRetractions(retracted map[string]Retraction) error {
	for page, r := range retracted {
		if err := t.PutRetraction(page, r); err != nil {
			return err
		}
		if !t.hasRecords() {
			continue
		}
		if err := t.Invalidate(r.Entry); err != nil {
			return err
		}
	}
	return nil
}
