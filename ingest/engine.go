package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"finpages/intercomapi"
	"finpages/sources"
	"finpages/state"

	"golang.org/x/sync/semaphore"
)

// Engine runs sources of one workspace. Its fields are set once; its methods
// may be called from any goroutine, but runs of one source must not overlap.
type Engine struct {
	Client     *intercomapi.Client
	APIVersion string
	State      *state.DB // nil reads as an empty one, for plans
	Workspace  string    // id_code; when set, no other workspace is written to
	InFlight   int       // pages pushed at once
	Metrics    *Metrics  // nil counts nothing
	Log        *slog.Logger
}

// RunOptions vary a run.
type RunOptions struct {
	Plan     bool      // write nothing anywhere; the report has the changes
	Diff     bool      // a plan shows old and new text
	Full     bool      // ignore revisions and hashes
	Progress *Progress // optional
}

// drain is how long pushes under way may go on once a run is cancelled.
const drain = 8 * time.Second

// Run runs one source once. A run that is cancelled stops taking up pages, and
// finishes those under way. What went wrong is in the report.
func (e *Engine) Run(ctx context.Context, src *Source, opts RunOptions) Report {
	if src.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, src.Timeout, fmt.Errorf("the run took longer than its timeout of %v", src.Timeout))
		defer cancel()
	}
	r := newRun(ctx, e, src, opts)
	defer r.close()
	err := r.run()
	if err != nil && ctx.Err() != nil {
		r.tally.add(func(t *Report) { t.Interrupted = errors.Is(ctx.Err(), context.Canceled) })
		err = fmt.Errorf("%w; the next run goes on from here", context.Cause(ctx))
	}
	return r.finish(err)
}

// run is one run of one source under way.
type run struct {
	*Engine
	src     *Source
	opts    RunOptions
	log     *slog.Logger
	started time.Time
	tally   tally

	ctx  context.Context // ends when no further page may be taken up
	hard context.Context // ends when writes under way must end, too
	stop context.CancelCauseFunc
	free []func()

	info     state.Info
	settings state.Hash
	maker    PageMaker
	owned    int // pages in Intercom before the run
	intents  map[string]state.Intent
	retract  map[string]state.Retraction
	hold     state.Hold
	snap     sources.Snapshot
	empty    goneList // pages of entries that have nothing to show any more
	lost     []gone   // pages whose create was never answered, found in Intercom

	rendering *semaphore.Weighted // bytes of documents

	seen      seenSet
	known     int // listed entries that the state knows
	work      []workItem
	recovered []string          // listed entries whose error is over
	excluded  map[string]string // by id, why entries that the state knows are left out
	claims    *claims
	mayMove   bool // entries are gone, so that new ones may be they, renamed
	created   created
	adopted   map[string]state.Page // by external_id; of a plan, which cannot write them down

	heldUnseen []gone // held pages in scopes that were not fully listed

	sweep     atomic.Bool  // pages are left that the next run must look for
	unsettled atomic.Bool  // an upsert failed in a way that may pass: deletes wait
	unsure    atomic.Bool  // the source could not tell whether a document is gone: deletes wait
	failures  atomic.Int64 // upserts that failed so, in a row
	requests  atomic.Int64
}

func (r *run) count(requests int64) { r.requests.Add(requests) }

// workItem is an entry to be loaded.
type workItem struct {
	sources.Entry
	known
	turn int // in the order in which external_ids are settled
}

func newRun(ctx context.Context, e *Engine, src *Source, opts RunOptions) *run {
	if opts.Progress == nil {
		opts.Progress = &Progress{}
	}
	r := &run{Engine: e, src: src, opts: opts, started: time.Now(), rendering: semaphore.NewWeighted(bytesRendered),
		seen: newSeenSet(), claims: newClaims(), created: newCreated(),
		excluded: map[string]string{}}
	r.log = e.Log.With("source", src.Name)
	r.tally.Name, r.tally.Started, r.tally.Errors = src.Name, r.started.UTC(), []PageError{}
	r.ctx, r.stop = context.WithCancelCause(ctx)
	hard, cut := context.WithCancel(context.WithoutCancel(ctx))
	r.hard = hard
	undo := context.AfterFunc(r.ctx, func() { time.AfterFunc(drain, cut) })
	r.free = append(r.free, func() { undo(); r.stop(nil); cut() })
	return r
}

func (r *run) close() {
	for i := len(r.free) - 1; i >= 0; i-- {
		r.free[i]()
	}
}

// run is the way of a run from its start to its end.
func (r *run) run() error {
	if err := r.recall(); err != nil {
		return err
	}
	if err := r.checkWorkspace(); err != nil {
		return err
	}
	if err := r.ensureImportSource(); err != nil {
		return err
	}
	if err := r.adopt(); err != nil {
		return err
	}
	if err := r.removeRetracted(); err != nil {
		return err
	}
	if err := r.open(); err != nil {
		return err
	}
	if r.unchangedAsAWhole() {
		r.tally.Listed, r.tally.Unchanged, r.tally.Excluded = r.info.Listed, r.info.Listed, r.info.Excluded
		r.tally.Complete, r.tally.Withheld = true, r.info.Withheld
		return nil
	}
	if err := r.list(); err != nil {
		return err
	}
	if err := errors.Join(r.recover(), r.push()); err != nil {
		return err
	}
	if err := r.findLost(); err != nil {
		return err
	}
	return r.prune()
}

// recall reads what the state knows of the source as a whole.
func (r *run) recall() error {
	if err := r.State.CheckInPlace(); err != nil {
		return err
	}
	err := r.State.View(r.src.Name, func(tx *state.Tx) (err error) {
		r.tally.Run, r.owned = tx.NextRun(), tx.CountPages()
		r.info, err = tx.Info()
		if err == nil {
			r.intents, err = tx.Intents()
		}
		if err == nil {
			r.retract, err = tx.Retractions()
		}
		if err == nil {
			r.hold, _, err = tx.Hold()
		}
		return err
	})
	r.log = r.log.With("run", r.tally.Run)
	return err
}

// open fixes the state of the source and the settings of this run.
func (r *run) open() error {
	snap, err := r.src.Adapter.Open(r.ctx)
	if err != nil {
		return fmt.Errorf("open source: %w", err)
	}
	r.snap = snap
	r.free = append(r.free, func() {
		if err := snap.Close(); err != nil {
			r.log.Warn("close source", "error", err)
		}
	})
	r.maker = NewPageMaker(r.src, snap, r.info.ImportSource)
	r.settings = r.src.fingerprint(r.info.ImportSource, r.APIVersion, r.maker.variables)
	return nil
}

// revision is that of the whole source; "" if it is not known.
func (r *run) revision() string {
	if v, ok := r.snap.(sources.Revisioned); ok {
		return v.Revision()
	}
	return ""
}

func (r *run) unchangedAsAWhole() bool {
	rev := r.revision()
	return rev != "" && rev == r.info.CleanRevision && r.info.CleanSettings == r.src.listingFingerprint(r.settings) &&
		len(r.intents) == 0 && !r.opts.Full && r.hold.ID == ""
}

// firstContact is how long a run knocks at Intercom's door. An outage in the
// middle of a run is waited out for longer.
const firstContact = 15 * time.Second

func (r *run) checkWorkspace() error {
	me, err := r.Client.RetryingAtMost(firstContact).Me(r.ctx)
	if err != nil {
		return fmt.Errorf("ask Intercom who the token belongs to: %w", Hinted(err))
	}
	r.count(1)
	if me.App == nil {
		if r.Workspace != "" {
			return fmt.Errorf("Intercom does not say which workspace the token belongs to, and intercom.workspace demands %s", r.Workspace)
		}
		return nil
	}
	return r.matchWorkspace(me.App.IDCode)
}

func (r *run) matchWorkspace(code string) error {
	if r.Workspace != "" && r.Workspace != code {
		return fmt.Errorf("the token belongs to the workspace %s, and intercom.workspace demands %s: use a token of that workspace", code, r.Workspace)
	}
	if r.State == nil {
		return nil
	}
	before, err := r.State.Workspace()
	switch {
	case err != nil:
		return err
	case before != "" && before != code:
		return fmt.Errorf("the state belongs to the workspace %s and the token to %s: use a token of that workspace, or another state file", before, code)
	case before == "" && !r.opts.Plan:
		return r.State.SetWorkspace(code)
	}
	return nil
}

// finish notes how the run went.
func (r *run) finish(err error) Report {
	if err != nil {
		r.tally.Complete = false
	}
	r.tally.Requests = r.requests.Load()
	report := r.tally.finish(err, time.Since(r.started))
	if !r.opts.Plan {
		info, owned, err := r.remember(report)
		if err != nil && report.Error == "" {
			report.Result, report.Error = Failed, err.Error()
		}
		r.Metrics.finished(r.src.Name, report, info, owned)
	}
	r.logReport(report)
	return report
}

// Hinted adds to an API error how to mend it.
func Hinted(err error) error {
	var api *intercomapi.Error
	if errors.As(err, &api) && api.Hint() != "" {
		return fmt.Errorf("%w: %s", err, api.Hint())
	}
	return err
}
