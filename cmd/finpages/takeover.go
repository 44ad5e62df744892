package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"finpages/ingest"
	"finpages/state"
)

// checkTakeover tells what the first sync of a source would meet in its import
// source. It says nothing of a source that was synced, nor where there is nothing.
func (a *app) checkTakeover(ctx context.Context, src *ingest.Source) []finding {
	if synced, err := a.wasSynced(src.Name); synced || err != nil {
		return nil
	}
	e := &ingest.Engine{Client: a.client, APIVersion: a.cfg.Intercom.Version, Log: a.log}
	t, err := e.Foresee(ctx, src)
	if t.Pages == 0 {
		return nil
	}
	text := fmt.Sprintf("by their IDs, the source has documents for %d of these; foreign, and kept until "+
		"finpages approve: %d; new documents: %d. finpages plan %s tells what would change", t.Known, t.Foreign, t.New,
		src.Name)
	if err != nil {
		text = fmt.Sprintf("which of these the source has documents for is not known: %v", err)
	}
	return []finding{passed("source "+src.Name,
		"before the first sync, the import source has %d pages: %s", t.Pages, text)}
}

// wasSynced reports whether the state knows the source's import source. A state that
// cannot be read, such as that of a running daemon, is an error.
func (a *app) wasSynced(source string) (synced bool, err error) {
	db, err := state.Open(a.cfg.State, state.Options{ReadOnly: true, MustExist: true})
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	err = db.View(source, func(tx *state.Tx) error {
		info, err := tx.Info()
		synced = info.ImportSource != 0 && !info.Adopting
		return err
	})
	return synced, errors.Join(err, db.Close())
}
