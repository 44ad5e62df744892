// Package replicas shares the jobs of sources among the replicas that have one
// database: each job is done once, by whichever replica is free.
package replicas

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"finpages/ingest/registry"
	"finpages/ingest/schedule"
	"finpages/state"
)

// The kinds of jobs that replicas share.
const (
	syncJob   = "sync"
	verifyJob = "verify"
)

// Times say when the jobs of a source are due, and with which config.
type Times struct {
	Sync   schedule.Schedule
	Verify schedule.Schedule // nil for never
	Config string            // tells it from those of other replicas
}

// Jobs are done by the service of a replica.
type Jobs interface {
	// Sync and Verify do a job of a source that nobody else has. They give back the
	// source and its lease.
	Sync(ctx context.Context, c *registry.Configured, lease *state.Lease, who string)
	Verify(ctx context.Context, c *registry.Configured, lease *state.Lease)
	RanElsewhere(source string)                      // a sync by another replica has ended
	AskedBy(source string) (who string, told func()) // who wants a source synced, until the others are told
	Log() *slog.Logger
}

// Replicas runs the jobs of sources that several replicas have, each job once,
// by whichever replica is free. The database says when a job was last begun, who
// has its source, and who wants it sooner; all replicas look there, again and
// again. Of replicas with different configs of a source, the one that took up its
// config last runs it, so that two do not undo each other's work.
type Replicas struct {
	Options

	configured atomic.Bool // whether the others know the configs

	mu      sync.Mutex
	times   map[string]Times // by source
	wanted  map[string]bool  // sources to be synced soon, of which the database does not know yet
	running map[string]*running
	wake    chan struct{}

	// Of the goroutine that looks.
	away      bool                 // the database, when it was last looked at
	published map[string]time.Time // when the last run of a source began whose result the metrics have
}

// running is a job of a source under way in this replica.
type running struct {
	cancel context.CancelFunc
	ended  chan struct{}
}

// Options say what the replicas share.
type Options struct {
	Jobs     Jobs
	Registry *registry.Registry
	State    *state.DB
	View     *View // brought up to date at each look
	Parallel int   // how many sources may run in this replica at once
}

// New returns what runs jobs once they are set.
func New(o Options) *Replicas {
	return &Replicas{Options: o, times: map[string]Times{}, wanted: map[string]bool{}, running: map[string]*running{},
		published: map[string]time.Time{}, wake: make(chan struct{}, 1)}
}

// Set replaces the sources. Runs of those that are gone are ended.
func (r *Replicas) Set(ctx context.Context, times map[string]Times) {
	r.mu.Lock()
	r.times = maps.Clone(times)
	var gone []*running
	for name, job := range r.running {
		if _, kept := times[name]; !kept {
			job.cancel()
			gone = append(gone, job)
		}
	}
	r.mu.Unlock()
	for _, job := range gone {
		<-job.ended
	}
	r.configured.Store(false) // the others are told at the next look
	r.wakeUp()
}

// shareConfigs tells the other replicas which config this one has of each source.
func (r *Replicas) shareConfigs(ctx context.Context) error {
	if r.configured.Swap(true) {
		return nil
	}
	r.mu.Lock()
	sums := map[string]string{}
	for name, t := range r.times {
		sums[name] = t.Config
	}
	r.mu.Unlock()
	err := r.State.SetConfigs(ctx, sums)
	if err != nil {
		r.configured.Store(false)
	}
	return err
}

// Trigger has a source synced soon, by whichever replica.
func (r *Replicas) Trigger(source string) {
	r.mu.Lock()
	r.wanted[source] = true
	r.mu.Unlock()
	r.wakeUp()
}

func (r *Replicas) wakeUp() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// pollInterval is the time between looks at what is due.
const pollInterval = time.Second

// Run begins what is due until ctx ends, and then waits for what is under way.
func (r *Replicas) Run(ctx context.Context) {
	defer r.wait()
	for ctx.Err() == nil {
		r.beginDue(ctx)
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-time.After(pollInterval):
		}
	}
}

func (r *Replicas) wait() {
	r.mu.Lock()
	jobs := slices.Collect(maps.Values(r.running))
	r.mu.Unlock()
	for _, job := range jobs {
		<-job.ended
	}
}

// beginDue looks at what is due, and begins as much of it as may run at once.
func (r *Replicas) beginDue(ctx context.Context) {
	var shared state.Shared
	err := r.shareConfigs(ctx)
	if err == nil {
		err = r.shareWanted(ctx)
	}
	if err == nil {
		shared, err = r.State.Shared(ctx)
	}
	if r.noteOutage(ctx, err) {
		r.View.shared.Store(nil)
		return
	}
	r.View.shared.Store(&shared)
	r.publishRuns(shared)
	if r.noteOutage(ctx, r.expectVerifications(ctx, shared)) {
		return
	}
	for _, j := range r.due(shared) {
		if !r.begin(ctx, j) {
			return
		}
	}
}

// expectVerifications has the time of verifications that nobody knows of yet begin.
func (r *Replicas) expectVerifications(ctx context.Context, shared state.Shared) error {
	r.mu.Lock()
	times := maps.Clone(r.times)
	r.mu.Unlock()
	for source, t := range times {
		known := slices.ContainsFunc(shared.Jobs, func(j state.Job) bool {
			return j.Kind == verifyJob && j.Source == source
		})
		if t.Verify == nil || known {
			continue
		}
		if err := r.State.Expect(ctx, verifyJob, source); err != nil {
			return err
		}
	}
	return nil
}

// publishRuns brings the metrics up to the runs of other replicas.
func (r *Replicas) publishRuns(shared state.Shared) {
	for _, j := range shared.Jobs {
		if j.Kind != syncJob || !j.Ended || r.published[j.Source].Equal(j.Began) {
			continue
		}
		if _, err := r.Registry.Lookup(j.Source); err != nil {
			continue
		}
		r.published[j.Source] = j.Began
		r.Jobs.RanElsewhere(j.Source)
	}
}

// noteOutage logs once that the database does not answer, and once that it does again.
func (r *Replicas) noteOutage(ctx context.Context, err error) (away bool) {
	if ctx.Err() != nil {
		return true
	}
	switch log := r.Jobs.Log(); {
	case err != nil && !r.away:
		log.Error("the database of the state does not answer: nothing is synced until it does", "error", err)
	case err == nil && r.away:
		log.Info("the database of the state answers again")
	}
	r.away = err != nil
	return r.away
}

// shareWanted tells the other replicas which sources are to be synced soon.
func (r *Replicas) shareWanted(ctx context.Context) error {
	r.mu.Lock()
	wanted := slices.Collect(maps.Keys(r.wanted))
	r.mu.Unlock()
	for _, source := range wanted {
		asked, told := r.Jobs.AskedBy(source)
		r.mu.Lock()
		delete(r.wanted, source)
		r.mu.Unlock()
		if err := r.State.Want(ctx, syncJob, source, asked); err != nil {
			r.mu.Lock()
			r.wanted[source] = true
			r.mu.Unlock()
			return err
		}
		told()
	}
	return nil
}

// begin begins a job, unless somebody else has its source. It reports whether more
// may be begun.
func (r *Replicas) begin(ctx context.Context, j dueJob) bool {
	c, err := r.Registry.Lookup(j.Source)
	if err != nil || !c.TryEnter() {
		return true
	}
	r.mu.Lock()
	times, configured := r.times[j.Source]
	full := len(r.running) >= r.Parallel || r.running[j.Source] != nil
	r.mu.Unlock()
	if full || !configured {
		c.Leave()
		return !full
	}
	lease, who, err := r.State.Begin(ctx, j.Job, times.Config)
	if lease == nil {
		c.Leave()
		return !r.noteOutage(ctx, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	job := &running{cancel, make(chan struct{})}
	r.mu.Lock()
	r.running[j.Source] = job
	r.mu.Unlock()
	go func() {
		defer close(job.ended)
		defer r.done(j.Source)
		defer cancel()
		if j.Kind == verifyJob {
			r.Jobs.Verify(ctx, c, lease)
		} else {
			r.Jobs.Sync(ctx, c, lease, who)
		}
	}()
	return true
}

func (r *Replicas) done(source string) {
	r.mu.Lock()
	delete(r.running, source)
	r.mu.Unlock()
	r.wakeUp()
}
