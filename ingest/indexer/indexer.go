// Package indexer keeps the index of the words of pages up with the state.
package indexer

import (
	"context"
	"errors"
	"time"

	"finpages/ingest"
	"finpages/ingest/destination"
	"finpages/ingest/fulltext"
	"finpages/ingest/registry"
	"finpages/intercomapi"
	"finpages/state"
)

const (
	fillInterval      = 10 * time.Minute
	retryAfter        = 24 * time.Hour // until pages are fetched again whose text was not what was pushed
	maxSingle         = 100            // that are fetched one by one; of more, all are listed
	maxSingleUnlisted = 1000           // that are fetched one by one if Intercom does not list all
	batchSize         = 1000           // pages that are compared at once
)

// Indexer has pages found by their words that were not pushed through the index: those
// that were there before it, or that another replica pushed. Their text comes from
// Intercom, and counts if it is what was pushed.
type Indexer struct {
	*registry.Registry
	State  *state.DB
	Engine func() *ingest.Engine // as it is now

	index    *fulltext.Index
	sessions map[string]*destination.Session // of sources, while pages are fetched

	since   time.Time        // when nothing was tried
	tried   map[lacking]bool // pages that were fetched
	left    int              // pages that the index lacked after all were listed
	limited bool             // Intercom did not list all
}

// lacking is a page that the index lacks.
type lacking struct {
	source, id, intercomID string
	hash                   state.ShortHash
}

// New returns what keeps the index of an engine, which does nothing if it has none.
func New(sources *registry.Registry, db *state.DB, engine func() *ingest.Engine) *Indexer {
	return &Indexer{Registry: sources, State: db, Engine: engine, index: engine().Index}
}

// Run keeps the index up with the state until ctx ends.
func (f *Indexer) Run(ctx context.Context) {
	if f.index == nil {
		return
	}
	tick := time.NewTicker(fillInterval)
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := f.Fill(ctx); err != nil && ctx.Err() == nil {
			f.Engine().Log.Warn("index the words of pages that Fin has", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// Fill brings the index up with the state, once.
func (f *Indexer) Fill(ctx context.Context) error {
	if f.index == nil {
		return nil
	}
	if time.Since(f.since) > retryAfter {
		f.since, f.tried, f.left, f.limited = time.Now(), map[lacking]bool{}, 0, false
	}
	few, n, err := f.compareAll()
	if err != nil || n == 0 {
		return err
	}
	f.sessions = map[string]*destination.Session{}
	defer func() {
		for _, s := range f.sessions {
			s.Close()
		}
	}()
	switch {
	case n <= maxSingle || f.limited:
		return f.fetchEach(ctx, few)
	case n <= f.left+maxSingle:
		return nil
	}
	if err := f.fetchAll(ctx); err != nil {
		return err
	}
	_, f.left, err = f.compareAll()
	return err
}

// compareAll compares the index with the state. It drops what is not in Fin, and
// returns pages that the index lacks, some few and how many in all.
func (f *Indexer) compareAll() (few []lacking, n int, err error) {
	if err := f.dropUnknown(); err != nil {
		return nil, 0, err
	}
	for _, name := range f.Names() {
		c, err := f.Lookup(name)
		if err != nil {
			continue // it has just left the config
		}
		if running, _ := c.Running(); running != nil {
			continue // it fills the index itself
		}
		err = errors.Join(f.dropGone(name), f.index.Tidy(name), f.lacking(name, func(l lacking) {
			if f.tried[l] {
				return
			}
			if n++; len(few) < maxSingleUnlisted {
				few = append(few, l)
			}
		}))
		if err != nil {
			return nil, 0, err
		}
	}
	return few, n, nil
}

// dropUnknown drops sources that the state does not know.
func (f *Indexer) dropUnknown() error {
	indexed, err := f.index.Sources()
	if err != nil {
		return err
	}
	for _, name := range indexed {
		pages := 0
		err := f.State.View(name, func(tx *state.Tx) error { pages = tx.CountPages(); return nil })
		if err == nil && pages == 0 {
			err = f.index.Forget(name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dropGone drops pages of a source that are not in Fin.
func (f *Indexer) dropGone(name string) error {
	for after := ""; ; {
		have, err := f.index.Has(name, after, batchSize)
		if err != nil || len(have) == 0 {
			return err
		}
		after = have[len(have)-1].ID
		err = f.State.View(name, func(tx *state.Tx) error {
			for _, p := range have {
				_, found, err := tx.PageSummary(p.ID)
				if err != nil {
					return err
				}
				if !found {
					f.index.Drop(name, p.ID)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// lacking calls each with the pages of a source that the index lacks.
func (f *Indexer) lacking(name string, each func(lacking)) error {
	for after, more := "", true; more; {
		var ids map[string]string
		var pages []fulltext.Hit
		err := f.State.View(name, func(tx *state.Tx) error {
			ids, pages = map[string]string{}, nil
			return tx.EachPage(after, func(id string, p state.Page) error {
				if len(pages) == batchSize {
					return state.Stop
				}
				ids[id], pages = p.IntercomID, append(pages, fulltext.Hit{ID: id, Hash: p.Hash})
				return nil
			})
		})
		if err != nil {
			return err
		}
		if more = len(pages) == batchSize; more {
			after = pages[batchSize-1].ID + "\x00"
		}
		if pages, err = f.index.Lacks(name, pages); err != nil {
			return err
		}
		for _, p := range pages {
			each(lacking{name, p.ID, ids[p.ID], p.Hash})
		}
	}
	return nil
}

// fetchEach gets pages from Intercom one by one, until one fails for a reason that is
// not its own: that one is tried the next time.
func (f *Indexer) fetchEach(ctx context.Context, pages []lacking) error {
	var failed error
	for _, l := range pages {
		p, err := f.Engine().Client.Page(ctx, l.intercomID)
		if err == nil {
			if err = f.indexPage(ctx, l.source, p); err != nil {
				return errors.Join(failed, err)
			}
		}
		var api *intercomapi.Error
		isAnswer := errors.As(err, &api)
		switch {
		case err == nil, isAnswer && api.NotFound():
		case ctx.Err() != nil, isAnswer && concernsAll(api):
			return errors.Join(failed, err)
		default:
			failed = errors.Join(failed, err)
		}
		f.tried[l] = true
	}
	return failed
}

// concernsAll tells whether other pages would fail alike. An answer that cannot be
// read is that page's.
func concernsAll(err *intercomapi.Error) bool {
	return err.Stop() || err.Retryable() && err.Status/100 != 2
}

// fetchAll gets all pages from Intercom.
func (f *Indexer) fetchAll(ctx context.Context) error {
	bySource := map[int64][]string{}
	for _, name := range f.Names() {
		var info state.Info
		err := f.State.View(name, func(tx *state.Tx) (err error) { info, err = tx.Info(); return err })
		if err != nil {
			return err
		}
		bySource[info.ImportSource] = append(bySource[info.ImportSource], name)
	}
	var failed error
	for _, err := range f.Engine().Client.ListPages(ctx, func(p intercomapi.ExternalPage) (none [32]byte) {
		for _, name := range bySource[p.SourceID] {
			failed = errors.Join(failed, f.indexPage(ctx, name, p))
		}
		return none
	}) {
		if f.limited = errors.As(err, new(*intercomapi.ListLimitError)); f.limited {
			break
		}
		if err = errors.Join(err, failed); err != nil {
			return err
		}
	}
	return nil
}

// indexPage indexes a page as Intercom has it, if that is what was pushed.
func (f *Indexer) indexPage(ctx context.Context, source string, p intercomapi.ExternalPage) error {
	s := f.sessions[source]
	if s == nil {
		c, err := f.Lookup(source)
		if err != nil {
			return err
		}
		s = f.Engine().Begin(ctx, c.Source, true)
		f.sessions[source] = s
	}
	hash, is, err := isPushed(s, p)
	if err != nil || !is {
		return err
	}
	lacks, err := f.index.Lacks(source, []fulltext.Hit{{ID: p.ExternalID, Hash: hash}})
	if err != nil || len(lacks) == 0 {
		return err
	}
	err = f.index.Put(source, fulltext.Page{ID: p.ExternalID, Hash: hash, Title: p.Title, HTML: p.HTML})
	if err != nil {
		return err
	}
	if _, is, err = isPushed(s, p); !is { // it has left meanwhile
		f.index.Drop(source, p.ExternalID)
	}
	return err
}

// isPushed tells whether a page is in Intercom as it was pushed, and by which request.
func isPushed(s *destination.Session, p intercomapi.ExternalPage) (request state.ShortHash, is bool, err error) {
	page, found, err := s.Page(p.ExternalID)
	if err != nil || !found || page.IntercomID != p.ID {
		return request, false, err
	}
	sameHTML := p.HTMLHash != [32]byte{} && page.HTMLHash == state.Hash(p.HTMLHash).Short()
	is = sameHTML && p.Title == page.Title || page.Hash == state.Hash(s.RequestHash(p)).Short()
	return page.Hash, is, nil
}
