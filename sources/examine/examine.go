// Package examine holds a source, as it stands, to the contract of package
// sources. It changes nothing, so that it serves tests of adapters and people
// who write one alike.
package examine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"unicode/utf8"

	"finpages/sources"

	"golang.org/x/text/unicode/norm"
)

// Finding is what came of one part of the contract.
type Finding struct {
	Part string // "lists every document once"
	Note string // what was seen ("12 entries"), or why the part does not apply
	Err  error  // nil if the source keeps to it
}

// loadedAtMost bounds the documents that are loaded.
const loadedAtMost = 50

// Source examines a source part by part, and calls found for each.
func Source(ctx context.Context, src sources.Source, found func(Finding)) {
	first, err := listing(ctx, src)
	found(Finding{"lists every document once", first.note(), err})
	if err != nil {
		return
	}
	for _, part := range []struct {
		name string
		look func(context.Context, sources.Source, seen) (string, error)
	}{
		{"lists the same again", sameAgain},
		{"loads documents, several at once", loads},
		{"an error of the taker ends the listing", takerEnds},
		{"a cancelled listing is not taken for an empty one", cancelled},
		{"does not load once it is closed", closed},
		{"can be checked", checks},
		{"can explain", explains},
	} {
		note, err := part.look(ctx, src, first)
		found(Finding{part.name, note, err})
	}
}

// seen is a listing, without what loads its entries.
type seen struct {
	entries    map[string]sources.Entry
	excluded   int
	incomplete []sources.Incomplete
}

func (s seen) note() string {
	note := fmt.Sprintf("%s, %d excluded", counted(len(s.entries), "entry", "entries"), s.excluded)
	for _, in := range s.incomplete {
		note += fmt.Sprintf("; the scope %q is incomplete: %v", in.Scope, in.Err)
	}
	return note
}

// readable returns the IDs of what can be loaded, in order.
func (s seen) readable() (ids []string) {
	for _, id := range slices.Sorted(maps.Keys(s.entries)) {
		if e := s.entries[id]; e.Err == nil && e.Withheld == "" {
			ids = append(ids, id)
		}
	}
	return ids
}

func listing(ctx context.Context, src sources.Source) (seen, error) {
	snap, err := src.Open(ctx)
	if err != nil {
		return seen{}, fmt.Errorf("open: %w", err)
	}
	s, err := list(ctx, snap)
	return s, errors.Join(err, wrap("close", snap.Close()))
}

func list(ctx context.Context, snap sources.Snapshot) (seen, error) {
	s := seen{entries: map[string]sources.Entry{}}
	var wrong []error
	l, err := snap.List(ctx, func(e sources.Entry) error {
		wrong = append(wrong, Entry(e))
		if e.Excluded != "" {
			s.excluded++
			return nil
		}
		if _, twice := s.entries[e.ID]; twice {
			wrong = append(wrong, fmt.Errorf("entry %q is listed twice", e.ID))
		}
		s.entries[e.ID] = e
		return nil
	})
	s.excluded, s.incomplete = s.excluded+l.Excluded, l.Incomplete
	return s, errors.Join(append(wrong, err)...)
}

// Entry says what is wrong with an entry.
func Entry(e sources.Entry) error {
	switch {
	case e.ID == "":
		return errors.New("an entry has no ID")
	case !utf8.ValidString(e.ID):
		return fmt.Errorf("the ID %q is not UTF-8", e.ID)
	case !norm.NFC.IsNormalString(e.ID):
		return fmt.Errorf("the ID %q is not NFC", e.ID)
	case e.Load == nil && e.Err == nil && e.Withheld == "" && e.Excluded == "":
		return fmt.Errorf("the entry %q can neither be loaded nor says why", e.ID)
	}
	return nil
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

func sameAgain(ctx context.Context, src sources.Source, first seen) (string, error) {
	again, err := listing(ctx, src)
	if err != nil {
		return "", err
	}
	var wrong []error
	for id, e := range first.entries {
		other, ok := again.entries[id]
		switch {
		case !ok:
			wrong = append(wrong, fmt.Errorf("%q is not listed a second time", id))
		case e.Revision != "" && other.Revision != "" && e.Revision != other.Revision:
			wrong = append(
				wrong,
				fmt.Errorf(
					"the revision of %q went from %q to %q: it should change with the document alone",
					id,
					e.Revision,
					other.Revision,
				),
			)
		}
	}
	for id := range again.entries {
		if _, ok := first.entries[id]; !ok {
			wrong = append(wrong, fmt.Errorf("%q was not listed the first time", id))
		}
	}
	return "", few(wrong)
}

// few joins the first of many errors.
func few(errs []error) error {
	const most = 5
	if len(errs) > most {
		errs = append(errs[:most:most], fmt.Errorf("and %d more", len(errs)-most))
	}
	return errors.Join(errs...)
}

func loads(ctx context.Context, src sources.Source, first seen) (string, error) {
	snap, err := src.Open(ctx)
	if err != nil {
		return "", wrap("open", err)
	}
	defer snap.Close()
	s, err := list(ctx, snap)
	if err != nil {
		return "", err
	}
	ids := s.readable()
	ids = ids[:min(len(ids), loadedAtMost)]
	if err := prefetch(ctx, snap, s, ids); err != nil {
		return "", err
	}
	var mu sync.Mutex
	var wrong []error
	var group sync.WaitGroup
	places := make(chan struct{}, 8)
	for _, id := range ids {
		group.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			doc, err := s.entries[id].Load(ctx)
			if err == nil && doc.Format == "" {
				err = errors.New("the document has no format")
			}
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				wrong = append(wrong, fmt.Errorf("load %q: %w", id, err))
			}
		})
	}
	group.Wait()
	return fmt.Sprintf("%d of %s", len(ids), counted(len(s.entries), "document", "documents")), few(wrong)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func prefetch(ctx context.Context, snap sources.Snapshot, s seen, ids []string) error {
	p, ok := snap.(sources.Prefetcher)
	if !ok {
		return nil
	}
	var entries []sources.Entry
	for _, id := range ids {
		entries = append(entries, s.entries[id])
	}
	return wrap("prefetch", p.Prefetch(ctx, entries))
}
