package operate

import (
	"context"
	"time"

	"finpages/ingest"
	"finpages/ingest/registry"
	"finpages/state"
)

// turn is a source that nobody else runs meanwhile, here or in another replica.
type turn struct {
	service *Service
	source  *registry.Configured
	lease   *state.Lease // nil where there are no replicas
	engine  *ingest.Engine
	ctx     context.Context // ends when the lease is lost
	cancel  context.CancelFunc
}

// enter waits until nobody else has the source. The turn must be left.
func (s *Service) enter(ctx context.Context, c *registry.Configured) (*turn, error) {
	if err := c.Enter(ctx); err != nil {
		return nil, err
	}
	lease, err := s.State.Acquire(ctx, c.Name)
	if err != nil {
		c.Leave()
		return nil, err
	}
	return s.newTurn(ctx, c, lease), nil
}

// newTurn returns the turn of whoever has entered the source, and its lease.
func (s *Service) newTurn(ctx context.Context, c *registry.Configured, lease *state.Lease) *turn {
	engine := s.engine()
	t := &turn{service: s, source: c, lease: lease, engine: engine}
	t.ctx, t.cancel = lease.Context(ctx)
	if lease != nil {
		under := *engine
		under.State, under.Client = s.State.Under(lease), engine.Client.Through(lease)
		t.engine = &under
	}
	return t
}

// leave lets others have the source, who go on with the job unless it has ended.
func (t *turn) leave(ended bool) {
	t.cancel()
	if err := t.lease.Release(ended); err != nil {
		t.engine.Log.Warn("give back the lease", "source", t.source.Name, "error", err)
	}
	t.source.Leave()
}

// sync runs the source. It reports whether the run came to its end, well or not.
func (t *turn) sync(who string, opts ingest.RunOptions) (report ingest.Report, ended bool, err error) {
	if opts.Progress == nil {
		opts.Progress = &ingest.Progress{}
	}
	opts.Progress.Began = time.Now()
	t.source.SetProgress(opts.Progress)
	defer t.source.SetProgress(nil)
	if err := t.service.inherit(t.engine.State, t.source.Source); err != nil {
		return report, false, err
	}
	report = t.engine.Run(t.ctx, t.source.Source, opts)
	if !opts.Plan {
		t.service.noteRun(t.ctx, who, report)
	}
	return report, !report.Interrupted && (report.Result != ingest.Failed || !t.lease.WasCutOff()), nil
}
