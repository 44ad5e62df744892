package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"finpages/ingest/metrics"
	"finpages/intercomapi"
	"finpages/state"
)

// Engine runs sources of one workspace. Its fields are set once; its methods
// may be called from any goroutine, but runs of one source must not overlap.
type Engine struct {
	Client     *intercomapi.Client
	APIVersion string
	State      *state.DB        // nil reads as an empty one, for plans
	Workspace  string           // id_code; when set, no other workspace is written to
	InFlight   int              // pages pushed at once
	Metrics    *metrics.Metrics // nil counts nothing
	Log        *slog.Logger
}

// RunOptions vary a run.
type RunOptions struct {
	Plan     bool      // write nothing anywhere; the report has the changes
	Diff     bool      // a plan shows old and new text
	Full     bool      // ignore revisions and hashes
	Progress *Progress // optional
}

// drainTime is how long pushes under way may go on once a run is cancelled.
const drainTime = 8 * time.Second

// Run runs one source once. A run that is cancelled stops taking up pages, and
// finishes those under way. What went wrong is in the report.
func (e *Engine) Run(ctx context.Context, src *Source, opts RunOptions) Report {
	if src.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, src.Timeout,
			fmt.Errorf("the run took longer than its timeout of %v", src.Timeout))
		defer cancel()
	}
	r := newRun(ctx, e, src, opts)
	defer r.close()
	res := newResults()
	err := r.run(res)
	if err != nil && ctx.Err() != nil {
		res.interrupted = errors.Is(ctx.Err(), context.Canceled)
		err = fmt.Errorf("%w; the next run goes on from here", context.Cause(ctx))
	}
	return r.finish(res, err)
}

// run is one run of one source under way: what all its phases need. What they
// find out and do is in the values that they hand to each other.
type run struct {
	*Engine
	src     *Source
	opts    RunOptions
	log     *slog.Logger
	started time.Time

	ctx  context.Context // ends when no further page may be taken up
	hard context.Context // ends when writes under way must end, too
	stop context.CancelCauseFunc
	free []func()

	requests atomic.Int64
}

func (r *run) count(requests int64) { r.requests.Add(requests) }

func newRun(ctx context.Context, e *Engine, src *Source, opts RunOptions) *run {
	if opts.Progress == nil {
		opts.Progress = &Progress{}
	}
	r := &run{Engine: e, src: src, opts: opts, started: time.Now(), log: e.Log.With("source", src.Name)}
	r.ctx, r.stop = context.WithCancelCause(ctx)
	hard, cut := context.WithCancel(context.WithoutCancel(ctx))
	r.hard = hard
	undo := context.AfterFunc(r.ctx, func() { time.AfterFunc(drainTime, cut) })
	r.free = append(r.free, func() { undo(); r.stop(nil); cut() })
	return r
}

func (r *run) close() {
	for i := len(r.free) - 1; i >= 0; i-- {
		r.free[i]()
	}
}

// results are what the phases of a run found and did, as far as it came.
type results struct {
	prior       prior
	retracted   *tally // the removal of what was retracted since
	source      opened
	listing     *listing
	pushed      *pushed
	pruned      *pruned
	adopting    bool // the import source has pages that the state does not know
	unchanged   bool // the source as a whole: it was not even listed
	interrupted bool
}

func newResults() *results {
	return &results{retracted: &tally{}, listing: newListing(), pushed: newPushed(), pruned: &pruned{}}
}

// run is the way of a run from its start to its end. Each phase returns what
// it came to also when it fails.
func (r *run) run(res *results) (err error) {
	if res.prior, err = r.readPrior(); err != nil {
		return err
	}
	r.log = r.log.With("run", res.prior.run)
	if err := r.checkWorkspace(); err != nil {
		return err
	}
	if res.prior.info, err = r.ensureImportSource(res.prior.info); err != nil {
		return err
	}
	res.adopting = res.prior.info.Adopting
	if res.prior, err = r.adopt(res.prior); err != nil {
		return err
	}
	if res.retracted, err = r.removeRetracted(res.prior); err != nil {
		return err
	}
	if res.source, err = r.open(res.prior); err != nil {
		return err
	}
	if res.unchanged = r.unchangedAsAWhole(res.prior, res.source); res.unchanged {
		return nil
	}
	if res.listing, err = r.list(res.prior, res.source); err != nil {
		return err
	}
	if err := r.clearErrors(res.listing.recovered); err != nil {
		return err
	}
	if res.pushed, err = r.push(res.prior, res.source, res.listing); err != nil {
		return err
	}
	res.pruned, err = r.prune(res.prior, res.source, res.listing, res.pushed)
	return err
}

// finish writes the report, and notes in the state how the run went.
func (r *run) finish(res *results, err error) Report {
	report := res.report(r.src.Name, err)
	report.Started, report.Duration = r.started.UTC(), time.Since(r.started).Seconds()
	report.Requests, report.Audience = r.requests.Load(), r.src.Availability.Audience()
	if !r.opts.Plan {
		info, pages, err := r.remember(res, report)
		if err != nil && report.Error == "" {
			report.Result, report.Error = Failed, err.Error()
		}
		r.countRun(report, info, pages)
		r.countLeaks()
		r.countDrift()
	}
	r.logReport(report)
	return report
}

// countRun brings the metrics up to this run.
func (r *run) countRun(report Report, info state.Info, pages int) {
	r.Metrics.Finished(r.src.Name, string(report.Result), report.Duration)
	r.Metrics.Known(r.src.Name, info, metrics.PageCounts{
		Synced: pages, Held: report.Held - report.HeldUpdates, HeldUpdates: report.HeldUpdates,
		Foreign: report.Foreign, Quarantined: report.Quarantined})
}

// update changes the state, unless this is a plan.
func (r *run) update(f func(*state.Tx) error) error {
	if r.opts.Plan {
		return nil
	}
	return r.State.Update(r.src.Name, f)
}

// page returns what the state knows of a page.
func (r *run) page(id string) (p state.Page, found bool, err error) {
	err = r.State.View(r.src.Name, func(tx *state.Tx) (err error) {
		p, found, err = tx.Page(id)
		return err
	})
	return p, found, err
}

// Hinted adds to an API error how to mend it.
func Hinted(err error) error {
	var api *intercomapi.Error
	if errors.As(err, &api) && api.Hint() != "" {
		return fmt.Errorf("%w: %s", err, api.Hint())
	}
	return err
}
