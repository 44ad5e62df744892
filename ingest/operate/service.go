// Package operate runs the configured sources, and does what people want done
// by hand: approve held deletes, retract a page, bring deleted pages back,
// forget a source.
package operate

import (
	"context"
	"sync"
	"sync/atomic"

	"finpages/ingest"
	"finpages/ingest/documents"
	"finpages/ingest/indexer"
	"finpages/ingest/inspect"
	"finpages/ingest/registry"
	"finpages/ingest/replicas"
	"finpages/ingest/verify"
	"finpages/state"
)

// Service runs the configured sources of a workspace, each one run at a time,
// and answers for them. Its methods may be called from any goroutine.
type Service struct {
	*registry.Registry
	*inspect.Inspector
	*documents.Finder
	*replicas.View
	State *state.DB
	now   atomic.Pointer[ingest.Engine]
	asked sync.Map // who asked for a run that has not begun yet, by source
}

// NewService returns a service without sources.
func NewService(e *ingest.Engine) *Service {
	all := &registry.Registry{}
	s := &Service{Registry: all, State: e.State,
		Inspector: &inspect.Inspector{Registry: all, State: e.State},
		Finder:    &documents.Finder{Registry: all, State: e.State, Index: e.Index}, View: &replicas.View{}}
	s.now.Store(e)
	s.Inspector.Elsewhere = s.View.Elsewhere
	return s
}

func (s *Service) engine() *ingest.Engine { return s.now.Load() }

// SetEngine replaces the engine by another one with the same state. Runs under
// way go on with the engine that they began with.
func (s *Service) SetEngine(e *ingest.Engine) { s.now.Store(e) }

// Configure replaces the sources. Runs under way go on as they began.
func (s *Service) Configure(list []*ingest.Source) {
	for _, name := range s.Replace(list) {
		s.engine().Metrics.Drop(name)
	}
}

// Indexer returns what keeps the index of the words of pages.
func (s *Service) Indexer() *indexer.Indexer { return indexer.New(s.Registry, s.State, s.engine) }

// SetGauges sets the metrics of all sources to what the state knows, before the
// first run.
func (s *Service) SetGauges() { s.Inspector.SetGauges(s.engine().Metrics) }

// Run runs a source, once the run under way is done.
func (s *Service) Run(ctx context.Context, name string, opts ingest.RunOptions) (ingest.Report, error) {
	c, err := s.Lookup(name)
	if err != nil {
		return ingest.Report{}, err
	}
	if opts.Plan {
		return s.plan(ctx, c, opts)
	}
	t, err := s.enter(ctx, c)
	if err != nil {
		return ingest.Report{}, err
	}
	report, ended, err := t.sync(s.runActor(ctx, name), opts)
	t.leave(ended)
	return report, err
}

// plan tells what a run would do. It writes nothing, and needs no lease.
func (s *Service) plan(ctx context.Context, c *registry.Configured, opts ingest.RunOptions) (ingest.Report, error) {
	if err := c.Enter(ctx); err != nil {
		return ingest.Report{}, err
	}
	defer c.Leave()
	report, _, err := s.newTurn(ctx, c, nil).sync("", opts)
	return report, err
}

// RunAll runs the sources one after the other; none named means all.
func (s *Service) RunAll(ctx context.Context, names []string, opts ingest.RunOptions) ([]ingest.Report, error) {
	names, err := s.Select(names)
	if err != nil {
		return nil, err
	}
	reports := []ingest.Report{}
	for _, name := range names {
		report, err := s.Run(ctx, name, opts)
		if err != nil {
			return reports, err
		}
		reports = append(reports, report)
	}
	return reports, nil
}

// Verify compares what Intercom has with what the state says it has.
func (s *Service) Verify(ctx context.Context, name string, opts verify.Options) (verify.Verification, error) {
	c, err := s.Lookup(name)
	if err != nil {
		return s.verifyUnconfigured(ctx, name, err)
	}
	t, err := s.enter(ctx, c)
	if err != nil {
		return verify.Verification{}, err
	}
	defer t.leave(true)
	v := verify.Run(t.ctx, t.engine, c.Source, opts)
	if v.Repair != nil {
		s.Note(ctx, state.Audited{Action: "repair", Source: name, Pages: v.Differing(),
			Detail: changesOf(*v.Repair)}, nil)
	}
	return v, nil
}

// verifyUnconfigured compares the pages of a source that is no longer configured:
// nothing can repair them. It returns err if there is no such source either.
func (s *Service) verifyUnconfigured(ctx context.Context, name string, err error) (verify.Verification, error) {
	st, err2 := s.Status(name)
	if err2 != nil {
		return verify.Verification{}, err
	}
	v := verify.Run(ctx, s.engine(), &ingest.Source{Name: name}, verify.Options{})
	v.Unconfigured = st.Pages
	s.engine().Metrics.Drop(name) // that of drift is of no use here
	s.SetUnconfiguredGauge(s.engine().Metrics)
	return v, nil
}
