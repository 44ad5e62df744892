// Package documents finds single documents of the configured sources: what each
// is, why it is in Fin or not, what Fin would get of it, and all of them by what
// they are. It writes nothing.
package documents

import (
	"finpages/ingest/fulltext"
	"finpages/ingest/registry"
	"finpages/state"
)

// Finder answers for the configured sources. Its methods may be called from any
// goroutine. One that gets a name which is not configured returns an
// [*registry.UnknownSourceError].
type Finder struct {
	*registry.Registry
	State *state.DB       // nil reads as an empty one
	Index *fulltext.Index // of the words of pages; nil for none
}
