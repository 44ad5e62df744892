package ingest

import (
	"strings"
	"time"

	"finpages/ingest/address"
	"finpages/ingest/decide"
	"finpages/ingest/destination"
	"finpages/ingest/transform"
	"finpages/sources"
	"finpages/state"
)

// Source is a configured source: where its documents come from, and how they
// reach Fin.
type Source struct {
	Name         string
	Kind         string // of the adapter, such as "filesystem"
	Adapter      sources.Source
	Settings     string // the adapter's configuration; a change of it makes the next run list anew
	ImportSource destination.ImportSource
	Deletes      decide.Deletes
	Updates      decide.Updates
	Journal      time.Duration // how long deleted pages can be brought back; 0 keeps none
	Timeout      time.Duration // of one run; 0 means none

	transform.Options // how its documents become pages
}

// listingFingerprint covers everything besides the source's own revision that
// decides what a whole run does.
func (s *Source) listingFingerprint(settings state.Hash) state.Hash {
	return state.HashOf(settings[:], s.Kind, s.Settings, s.Deletes, s.Updates)
}

// rules covers all that decides which of its documents a source yields.
func (s *Source) rules() state.Hash { return state.HashOf(s.Kind, s.Settings, transform.PartOfOthers) }

// Locate returns the ID of the document that people call by a reference: a
// path, or an ID already. An address stays as it is.
func (s *Source) Locate(ref string) string {
	if l, ok := s.Adapter.(sources.Locator); ok && !address.Is(ref) {
		if id, ok := l.Locate(ref); ok {
			return id
		}
	}
	return strings.TrimPrefix(ref, "./")
}
