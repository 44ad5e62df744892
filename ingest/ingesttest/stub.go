package ingesttest

import (
	"context"
	"errors"
	"fmt"

	"finpages/sources"
)

// Stub is a source whose listing a test decides.
type Stub struct {
	Entries    []sources.Entry
	Incomplete []sources.Incomplete
	Err        error // of the listing
	OpenErr    error
}

func (s *Stub) Open(ctx context.Context) (sources.Snapshot, error) {
	if s.OpenErr != nil {
		return nil, s.OpenErr
	}
	return s, nil
}

func (s *Stub) List(_ context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	for _, e := range s.Entries {
		if err := yield(e); err != nil {
			return sources.Listing{}, err
		}
	}
	return sources.Listing{Incomplete: s.Incomplete}, s.Err
}

func (*Stub) Close() error { return nil }

// Doc is an entry of a [Stub]: a Markdown document in a scope.
func Doc(id, scope, body string) sources.Entry {
	return sources.Entry{ID: id, Scope: scope, Revision: fmt.Sprint(len(body), body),
		Load: func(context.Context) (sources.Document, error) {
			if body == "" {
				return sources.Document{}, errors.New("no body")
			}
			return sources.Document{Format: sources.Markdown, Body: []byte(body), Path: id}, nil
		}}
}

// Stubbed makes the world's source a stub.
func (w *World) Stubbed(entries ...sources.Entry) *Stub {
	s := &Stub{Entries: entries}
	w.Src.Kind, w.Src.Adapter = "stub", s
	return s
}
