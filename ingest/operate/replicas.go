package operate

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"finpages/ingest"
	"finpages/ingest/registry"
	"finpages/ingest/replicas"
	"finpages/ingest/verify"
	"finpages/state"
)

// NewReplicas returns what shares the service's jobs with other replicas. It runs
// up to so many sources at once, and tells what was verified.
func (s *Service) NewReplicas(parallel int, verified func(string, verify.Verification, error)) *replicas.Replicas {
	return replicas.New(replicas.Options{
		Jobs: &jobs{s, verified}, Registry: s.Registry, State: s.State, View: s.View, Parallel: parallel})
}

// jobs are those that replicas share.
type jobs struct {
	service  *Service
	verified func(source string, v verify.Verification, err error)
}

func (j *jobs) Log() *slog.Logger { return j.service.engine().Log }

func (j *jobs) Sync(ctx context.Context, c *registry.Configured, lease *state.Lease, who string) {
	t := j.service.newTurn(ctx, c, lease)
	_, ended, err := t.sync(cmp.Or(who, Schedule), ingest.RunOptions{})
	if err != nil {
		t.engine.Log.Error("sync failed", "source", c.Name, "error", err)
	}
	t.leave(ended)
}

func (j *jobs) Verify(ctx context.Context, c *registry.Configured, lease *state.Lease) {
	t := j.service.newTurn(ctx, c, lease)
	v := verify.Run(t.ctx, t.engine, c.Source, verify.Options{})
	t.leave(t.ctx.Err() == nil)
	j.verified(c.Name, v, nil)
}

// RanElsewhere brings the metrics up to a run of another replica.
func (j *jobs) RanElsewhere(source string) {
	j.service.SetSourceGauges(j.service.engine().Metrics, source)
	if last, err := j.service.Runs(source, 1); err == nil && len(last) > 0 {
		j.service.engine().Metrics.RanElsewhere(source, string(last[0].Result), last[0].Started.Add(
			time.Duration(last[0].Duration*float64(time.Second))))
	}
}

func (j *jobs) AskedBy(source string) (who string, told func()) {
	asked, _ := j.service.asked.Load(source)
	who, _ = asked.(string)
	return who, func() { j.service.asked.CompareAndDelete(source, asked) }
}
