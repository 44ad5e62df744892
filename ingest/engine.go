package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"finpages/ingest/destination"
	"finpages/ingest/fulltext"
	"finpages/ingest/listing"
	"finpages/ingest/metrics"
	"finpages/ingest/tally"
	"finpages/intercomapi"
	"finpages/sources"
	"finpages/state"
)

// Engine runs sources of one workspace. Its fields are set once; its methods
// may be called from any goroutine, but runs of one source must not overlap.
type Engine struct {
	Client     *intercomapi.Client
	APIVersion string
	State      *state.DB        // nil reads as an empty one, for plans
	Index      *fulltext.Index  // of the words of pages; nil for none
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
	defer r.Close()
	res := newResults()
	_, err := sources.Guarded(func() (*results, error) { return res, r.run(res) })
	if fault := new(sources.PanicError); errors.As(err, &fault) {
		r.Log.Debug("where it failed", "stack", string(fault.Stack))
	}
	if err != nil && ctx.Err() != nil {
		res.interrupted = errors.Is(ctx.Err(), context.Canceled)
		err = fmt.Errorf("%w; the next run goes on from here", context.Cause(ctx))
	}
	return r.finish(res, err)
}

// run is one run of one source under way: what all its phases need. What they
// find out and do is in the values that they hand to each other.
type run struct {
	*destination.Session
	apiVersion string
	src        *Source
	opts       RunOptions
}

func newRun(ctx context.Context, e *Engine, src *Source, opts RunOptions) *run {
	if opts.Progress == nil {
		opts.Progress = &Progress{}
	}
	return &run{Session: e.Begin(ctx, src, opts.Plan), apiVersion: e.APIVersion, src: src, opts: opts}
}

// Begin begins work on the pages of a source, which must be closed.
func (e *Engine) Begin(ctx context.Context, src *Source, readOnly bool) *destination.Session {
	return destination.Begin(ctx, e.destination(src, readOnly))
}

// Open is Begin, once it is sure that the token and the state belong to the same
// workspace.
func (e *Engine) Open(ctx context.Context, src *Source) (*destination.Session, error) {
	return destination.Open(ctx, e.destination(src, false))
}

// destination says where the pages of a source go.
func (e *Engine) destination(src *Source, readOnly bool) destination.Options {
	return destination.Options{Source: src.Name, Client: e.Client, State: e.State, Index: e.Index,
		Workspace: e.Workspace, InFlight: e.InFlight, Metrics: e.Metrics, Log: src.Leaks.Logger(e.Log),
		ImportSource: src.ImportSource, Journal: src.Journal, SalesAgent: src.Availability.AISalesAgent != nil,
		ReadOnly: readOnly}
}

// results are what the phases of a run found and did, as far as it came.
type results struct {
	prior       listing.Prior
	retracted   *tally.Tally // the removal of what was retracted since
	source      listing.Opened
	listing     *listing.Listing
	pushed      *pushed
	pruned      *pruned
	adopting    bool // the import source has pages that the state does not know
	unchanged   bool // the source as a whole: it was not even listed
	interrupted bool
}

func newResults() *results {
	return &results{retracted: &tally.Tally{}, listing: listing.New(), pushed: newPushed(), pruned: &pruned{}}
}

// run is the way of a run from its start to its end. Each phase returns what
// it came to also when it fails.
func (r *run) run(res *results) (err error) {
	if res.prior, err = listing.ReadPrior(r.Session); err != nil {
		return err
	}
	r.Log = r.Log.With("run", res.prior.Run)
	if err := r.CheckWorkspace(); err != nil {
		return err
	}
	if res.prior.Info, err = r.EnsureImportSource(res.prior.Info); err != nil {
		return err
	}
	res.adopting = res.prior.Info.Adopting
	if res.prior, err = r.adopt(res.prior); err != nil {
		return err
	}
	if res.retracted, err = r.removeRetracted(res.prior); err != nil {
		return err
	}
	if res.source, err = listing.Open(r.Session, r.src.Adapter, &r.src.Options, r.apiVersion, res.prior); err != nil {
		return err
	}
	if res.unchanged = r.unchangedAsAWhole(res.prior, res.source); res.unchanged {
		return nil
	}
	if res.listing, err = r.list(res.prior, res.source); err != nil {
		return err
	}
	if err := r.forgetNames(res); err != nil {
		return err
	}
	if err := r.clearErrors(res.listing.Recovered); err != nil {
		return err
	}
	if res.pushed, err = r.push(res.prior, res.source, res.listing); err != nil {
		return err
	}
	res.pruned, err = r.prune(res.prior, res.source, res.listing, res.pushed)
	return err
}

// list compares what the source has with what the state knows.
func (r *run) list(before listing.Prior, src listing.Opened) (*listing.Listing, error) {
	seen := func(n int) { r.opts.Progress.Listed.Add(int64(n)) }
	l, err := listing.List(r.Session, before, src, listing.Options{Full: r.opts.Full, Listed: seen})
	r.opts.Progress.Total.Store(int64(len(l.Work)))
	return l, err
}

// finish writes the report, and notes in the state how the run went.
func (r *run) finish(res *results, err error) Report {
	report := res.report(r.Source, err)
	for i, e := range report.Errors {
		shown := r.src.Leaks.Shown
		report.Errors[i] = tally.PageError{ExternalID: shown(e.ExternalID), Error: shown(e.Error)}
	}
	for i, l := range report.LeftOut {
		report.LeftOut[i] = tally.LeftOut{ID: r.src.Leaks.Shown(l.ID), Reason: r.src.Leaks.Shown(l.Reason)}
	}
	report.Started, report.Duration = r.Started.UTC(), time.Since(r.Started).Seconds()
	report.Requests, report.Audience = r.Requests(), r.src.Availability.Audience()
	if !r.opts.Plan {
		report.boundChanges()
		info, pages, err := r.remember(res, report)
		if err != nil && report.Error == "" {
			report.Result, report.Error = Failed, err.Error()
		}
		r.countRun(report, info, pages)
		r.countFlagged()
		r.CountDrift()
	}
	r.logReport(report)
	if !r.opts.Plan {
		if err := r.State.Compact(r.Ctx); err != nil {
			r.Log.Warn("give back what is free in the state", "error", err)
		}
	}
	return report
}

// countRun brings the metrics up to this run.
func (r *run) countRun(report Report, info state.Info, pages int) {
	r.Metrics.Finished(r.Source, string(report.Result), report.Duration)
	r.Metrics.Known(r.Source, info, metrics.PageCounts{
		Synced: pages, Held: report.Held - report.HeldUpdates, HeldUpdates: report.HeldUpdates,
		Foreign: report.Foreign, Quarantined: report.Quarantined})
}

// unchangedAsAWhole reports whether source and settings are those of the last
// clean run, and nothing is left to do.
func (r *run) unchangedAsAWhole(before listing.Prior, src listing.Opened) bool {
	return src.Revision != "" && src.Revision == before.Info.CleanRevision &&
		before.Info.CleanSettings == r.src.listingFingerprint(src.Settings) &&
		len(before.Intents) == 0 && !r.opts.Full && before.Hold.ID == ""
}
