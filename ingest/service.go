package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"finpages/sources"
	"finpages/state"
)

// Service runs the configured sources of a workspace, each one run at a time,
// and answers for them. Its methods may be called from any goroutine.
type Service struct {
	engine *Engine

	mu      sync.Mutex
	sources map[string]*managed
	names   []string // in the order of the config
}

// managed is a source and the run of it that is under way.
type managed struct {
	src  *Source
	busy chan struct{} // holds a token while nothing runs

	mu       sync.Mutex
	progress *Progress // of the run under way; nil if there is none
	next     time.Time // when the schedule runs it again; zero if nothing does
}

// NewService returns a service without sources.
func NewService(e *Engine) *Service { return &Service{engine: e, sources: map[string]*managed{}} }

// Engine returns what the service runs sources with.
func (s *Service) Engine() *Engine { return s.engine }

// Adapter returns what a source's documents come from; nil if there is no such
// source.
func (s *Service) Adapter(name string) sources.Source {
	m, err := s.source(name)
	if err != nil {
		return nil
	}
	return m.src.Adapter
}

// Configure replaces the sources. Runs under way go on as they began.
func (s *Service) Configure(list []*Source) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.sources
	s.sources, s.names = map[string]*managed{}, nil
	for _, src := range list {
		m := &managed{src: src, busy: make(chan struct{}, 1)}
		m.busy <- struct{}{}
		if old := before[src.Name]; old != nil {
			m.busy = old.busy
			m.progress, m.next = old.running()
		}
		s.sources[src.Name] = m
		s.names = append(s.names, src.Name)
	}
	for name := range before {
		if s.sources[name] == nil {
			s.engine.Metrics.Drop(name)
		}
	}
}

// Names returns the configured sources' names, in the order of the config.
func (s *Service) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.names)
}

// Select returns the names as they are if all are configured, and all
// configured names if there are none.
func (s *Service) Select(names []string) ([]string, error) {
	if len(names) == 0 {
		return s.Names(), nil
	}
	for _, name := range names {
		if _, err := s.source(name); err != nil {
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

func (s *Service) source(name string) (*managed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.sources[name]; m != nil {
		return m, nil
	}
	return nil, &UnknownSourceError{name, slices.Clone(s.names)}
}

// Run runs a source, once the run under way is done.
func (s *Service) Run(ctx context.Context, name string, opts RunOptions) (Report, error) {
	m, err := s.source(name)
	if err != nil {
		return Report{}, err
	}
	if err := m.enter(ctx); err != nil {
		return Report{}, err
	}
	defer m.leave()
	if opts.Progress == nil {
		opts.Progress = &Progress{}
	}
	opts.Progress.began = time.Now()
	m.setProgress(opts.Progress)
	defer m.setProgress(nil)
	if err := s.inherit(m.src); err != nil {
		return Report{}, err
	}
	return s.engine.Run(ctx, m.src, opts), nil
}

// RunAll runs the sources one after the other; none named means all.
func (s *Service) RunAll(ctx context.Context, names []string, opts RunOptions) ([]Report, error) {
	names, err := s.Select(names)
	if err != nil {
		return nil, err
	}
	reports := []Report{}
	for _, name := range names {
		report, err := s.Run(ctx, name, opts)
		if err != nil {
			return reports, err
		}
		reports = append(reports, report)
	}
	return reports, nil
}

// enter waits until nothing of the source runs.
func (m *managed) enter(ctx context.Context) error {
	select {
	case <-m.busy:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (m *managed) leave() { m.busy <- struct{}{} }

func (m *managed) setProgress(p *Progress) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.progress = p
}

func (m *managed) running() (*Progress, time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.progress, m.next
}

// view reads a source's records.
func (s *Service) view(m *managed, f func(*state.Tx) error) error {
	return wrap(s.engine.State.View(m.src.Name, f), "read state")
}

// SetNext notes when a source runs next, for its status.
func (s *Service) SetNext(name string, next time.Time) {
	if m, err := s.source(name); err == nil {
		m.mu.Lock()
		m.next = next
		m.mu.Unlock()
	}
}
