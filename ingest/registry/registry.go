// Package registry holds the configured sources, and what is under way of each.
package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"finpages/ingest"
)

// Registry holds the configured sources, and what is under way of each. Its
// methods may be called from any goroutine.
type Registry struct {
	mu     sync.Mutex
	byName map[string]*Configured
	names  []string // in the order of the config
}

// Configured is a configured source. Whatever opens the source, or writes its
// pages, has it to itself from Enter to Leave.
type Configured struct {
	*ingest.Source
	free chan struct{} // holds a token while nobody has the source to himself

	mu       sync.Mutex
	progress *ingest.Progress // of the run under way; nil if there is none
	next     time.Time        // when the schedule runs it again; zero if nothing does
}

// NewConfigured returns a source that nothing is under way of.
func NewConfigured(src *ingest.Source) *Configured {
	c := &Configured{Source: src, free: make(chan struct{}, 1)}
	c.Leave()
	return c
}

// Replace replaces the sources, and returns the names of those that are no
// longer configured. What is under way of the others goes on.
func (r *Registry) Replace(list []*ingest.Source) (dropped []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.byName
	r.byName, r.names = map[string]*Configured{}, nil
	for _, src := range list {
		c := NewConfigured(src)
		if old := before[src.Name]; old != nil {
			c.free = old.free
			c.progress, c.next = old.Running()
		}
		r.byName[src.Name] = c
		r.names = append(r.names, src.Name)
	}
	for name := range before {
		if r.byName[name] == nil {
			dropped = append(dropped, name)
		}
	}
	return dropped
}

// Names returns the sources' names, in the order of the config.
func (r *Registry) Names() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.names)
}

// Select returns the names as they are if all are configured, and all
// configured names if there are none.
func (r *Registry) Select(names []string) ([]string, error) {
	if len(names) == 0 {
		return r.Names(), nil
	}
	for _, name := range names {
		if _, err := r.Lookup(name); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// UnknownSourceError names a source that is not configured.
type UnknownSourceError struct {
	Name  string   `json:"name"`
	Known []string `json:"known"`
}

func (e *UnknownSourceError) Error() string {
	return fmt.Sprintf("there is no source %q: the config has %s", e.Name, strings.Join(e.Known, ", "))
}

// Lookup returns a source by its name. Its error is an [*UnknownSourceError].
func (r *Registry) Lookup(name string) (*Configured, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.byName[name]; c != nil {
		return c, nil
	}
	return nil, &UnknownSourceError{name, slices.Clone(r.names)}
}

// SetNext notes when a source runs next, for its status.
func (r *Registry) SetNext(name string, next time.Time) {
	if c, err := r.Lookup(name); err == nil {
		c.mu.Lock()
		c.next = next
		c.mu.Unlock()
	}
}

// Enter waits until nobody else has the source.
func (c *Configured) Enter(ctx context.Context) error {
	select {
	case <-c.free:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// TryEnter is Enter without waiting; false if somebody else has the source.
func (c *Configured) TryEnter() bool {
	select {
	case <-c.free:
		return true
	default:
		return false
	}
}

// Leave lets others have the source.
func (c *Configured) Leave() { c.free <- struct{}{} }

// SetProgress notes the run under way; nil if it is over.
func (c *Configured) SetProgress(p *ingest.Progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.progress = p
}

// Running returns the run under way, nil if there is none, and when the
// schedule runs the source next, zero if nothing does.
func (c *Configured) Running() (*ingest.Progress, time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.progress, c.next
}
