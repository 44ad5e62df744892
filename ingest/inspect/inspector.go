// Package inspect says how the configured sources stand, and what was done to
// them. It writes nothing.
package inspect

import (
	"finpages/ingest/registry"
	"finpages/sources"
	"finpages/state"
)

// Inspector answers for the configured sources. Its methods may be called from
// any goroutine. One that gets a name which is not configured returns an
// [*registry.UnknownSourceError].
type Inspector struct {
	*registry.Registry
	State *state.DB // nil reads as an empty one

	// Elsewhere returns the other replica that runs a source now; "" for none. Nil
	// means that there are no replicas.
	Elsewhere func(source string) string
}

// Adapter returns what a source's documents come from; nil if there is no such
// source.
func (i *Inspector) Adapter(name string) sources.Source {
	c, err := i.Lookup(name)
	if err != nil {
		return nil
	}
	return c.Adapter
}
