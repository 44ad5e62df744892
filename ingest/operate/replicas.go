package operate

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"finpages/ingest"
	"finpages/ingest/verify"
	"finpages/state"
)

// Timetable says when a job is due next; robfig/cron's schedules do.
type Timetable interface {
	Next(time.Time) time.Time
}

// The kinds of jobs that replicas share.
const (
	syncJob   = "sync"
	verifyJob = "verify"
)

// Times say when the jobs of a source are due, and with which config.
type Times struct {
	Sync   Timetable
	Verify Timetable // nil for never
	Config string    // tells it from those of other replicas
}

// Replicas runs the jobs of sources that several replicas have, each job once,
// by whichever replica is free. The database says when a job was last begun, who
// has its source, and who wants it sooner; all replicas look there, again and
// again. Of replicas with different configs of a source, the one that took up its
// config last runs it, so that two do not undo each other's work.
type Replicas struct {
	service  *Service
	parallel int
	verified func(source string, v verify.Verification, err error)

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

// NewReplicas returns what runs up to so many sources at once, and tells what
// was verified.
func (s *Service) NewReplicas(parallel int, verified func(string, verify.Verification, error)) *Replicas {
	return &Replicas{service: s, parallel: parallel, verified: verified, times: map[string]Times{},
		wanted: map[string]bool{}, running: map[string]*running{},
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
	r.look()
}

// tellConfigs tells the other replicas which config this one has of each source.
func (r *Replicas) tellConfigs(ctx context.Context) error {
	if r.configured.Swap(true) {
		return nil
	}
	r.mu.Lock()
	sums := map[string]string{}
	for name, t := range r.times {
		sums[name] = t.Config
	}
	r.mu.Unlock()
	err := r.service.State.SetConfigs(ctx, sums)
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
	r.look()
}

func (r *Replicas) look() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// lookEvery is the time between looks at what is due.
const lookEvery = time.Second

// Run begins what is due until ctx ends, and then waits for what is under way.
func (r *Replicas) Run(ctx context.Context) {
	defer r.wait()
	for ctx.Err() == nil {
		r.beginDue(ctx)
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-time.After(lookEvery):
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
	err := r.tellConfigs(ctx)
	if err == nil {
		err = r.tellWanted(ctx)
	}
	if err == nil {
		shared, err = r.service.State.Shared(ctx)
	}
	if r.note(ctx, err) {
		r.service.shared.Store(nil)
		return
	}
	r.service.shared.Store(&shared)
	r.publish(shared)
	if r.note(ctx, r.expectChecks(ctx, shared)) {
		return
	}
	for _, j := range r.due(shared) {
		if !r.begin(ctx, j) {
			return
		}
	}
}

// expectChecks has the time of verifications that nobody knows of yet begin.
func (r *Replicas) expectChecks(ctx context.Context, shared state.Shared) error {
	r.mu.Lock()
	times := maps.Clone(r.times)
	r.mu.Unlock()
	for source, t := range times {
		known := slices.ContainsFunc(shared.Jobs, func(j state.Job) bool { return j.Kind == verifyJob && j.Source == source })
		if t.Verify == nil || known {
			continue
		}
		if err := r.service.State.Expect(ctx, verifyJob, source); err != nil {
			return err
		}
	}
	return nil
}

// publish brings the metrics up to the runs of other replicas.
func (r *Replicas) publish(shared state.Shared) {
	for _, j := range shared.Jobs {
		if j.Kind != syncJob || !j.Ended || r.published[j.Source].Equal(j.Began) {
			continue
		}
		if _, err := r.service.Lookup(j.Source); err != nil {
			continue
		}
		r.published[j.Source] = j.Began
		r.service.publishKnown(j.Source)
		if last, err := r.service.Runs(j.Source, 1); err == nil && len(last) > 0 {
			r.service.engine().Metrics.RanElsewhere(j.Source, string(last[0].Result), last[0].Started.Add(
				time.Duration(last[0].Duration*float64(time.Second))))
		}
	}
}

// note tells once that the database does not answer, and once that it does again.
func (r *Replicas) note(ctx context.Context, err error) (away bool) {
	if ctx.Err() != nil {
		return true
	}
	switch log := r.service.engine().Log; {
	case err != nil && !r.away:
		log.Error("the database of the state does not answer: nothing is synced until it does", "error", err)
	case err == nil && r.away:
		log.Info("the database of the state answers again")
	}
	r.away = err != nil
	return r.away
}

// tellWanted tells the other replicas which sources are to be synced soon.
func (r *Replicas) tellWanted(ctx context.Context) error {
	r.mu.Lock()
	wanted := slices.Collect(maps.Keys(r.wanted))
	r.mu.Unlock()
	for _, source := range wanted {
		who, _ := r.service.asked.Load(source)
		asked, _ := who.(string)
		r.mu.Lock()
		delete(r.wanted, source)
		r.mu.Unlock()
		if err := r.service.State.Want(ctx, syncJob, source, asked); err != nil {
			r.mu.Lock()
			r.wanted[source] = true
			r.mu.Unlock()
			return err
		}
		r.service.asked.CompareAndDelete(source, who)
	}
	return nil
}

// dueJob is a job whose time has come.
type dueJob struct {
	state.Job
	since time.Time
}

// due returns the jobs whose time has come, the oldest first, and notes when the
// others come.
func (r *Replicas) due(shared state.Shared) (list []dueJob) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := map[[2]string]state.Job{}
	for _, j := range shared.Jobs {
		known[[2]string{j.Kind, j.Source}] = j
	}
	held := map[string]bool{}
	for _, l := range shared.Leases {
		held[l.Source] = true
	}
	for source, times := range r.times {
		for kind, schedule := range map[string]Timetable{syncJob: times.Sync, verifyJob: times.Verify} {
			j := known[[2]string{kind, source}]
			j.Kind, j.Source = kind, source
			if schedule == nil {
				continue
			}
			at := dueAt(j, schedule, times.Config, shared.Now)
			if kind == syncJob {
				r.service.SetNext(source, at)
			}
			if r.running[source] == nil && !held[source] && !at.After(shared.Now) && isNewest(shared.Replicas, source, times.Config) {
				list = append(list, dueJob{j, at})
			}
		}
	}
	slices.SortFunc(list, func(a, b dueJob) int {
		return cmp.Or(a.since.Compare(b.since), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Kind, b.Kind))
	})
	return list
}

// quiet is how long those who want a job must rest before it begins, and putOff
// how long restless ones can put that off: a push of many branches is one change.
const (
	quiet  = 500 * time.Millisecond
	putOff = 5 * time.Second
)

// dueAt says when a job is due. The first row that fits counts.
//
//	job                                            due
//	was cut off                                    at once
//	of a sync that was never begun                 at once
//	of a sync that was begun with another config   at once
//	wanted                                         when those who want it rest, or when it is due anyway
//	any other                                      at its time
func dueAt(j state.Job, schedule Timetable, config string, now time.Time) time.Time {
	began := j.Began
	switch {
	case j.CutOff, j.Kind == syncJob && (began.IsZero() || j.Config != config):
		return began
	case began.IsZero(): // it is known from the next look on
		began = now
	}
	at := schedule.Next(began.Local())
	if j.Wanted.IsZero() {
		return at
	}
	soon := j.Touched.Add(quiet)
	if latest := j.Wanted.Add(putOff); latest.Before(soon) {
		soon = latest
	}
	if soon.Before(at) {
		return soon
	}
	return at
}

// isNewest reports whether no other replica took up another config of the source
// later.
func isNewest(replicas []state.Replica, source, config string) bool {
	newest, sum := time.Time{}, config
	for _, r := range replicas {
		if c, has := r.Configs[source]; has && c.Since.After(newest) {
			newest, sum = c.Since, c.Sum
		}
	}
	return sum == config
}

// begin begins a job, unless somebody else has its source. It reports whether more
// may be begun.
func (r *Replicas) begin(ctx context.Context, j dueJob) bool {
	c, err := r.service.Lookup(j.Source)
	if err != nil || !c.TryEnter() {
		return true
	}
	r.mu.Lock()
	times, configured := r.times[j.Source]
	full := len(r.running) >= r.parallel || r.running[j.Source] != nil
	r.mu.Unlock()
	if full || !configured {
		c.Leave()
		return !full
	}
	lease, who, err := r.service.State.Begin(ctx, j.Job, times.Config)
	if lease == nil {
		c.Leave()
		return !r.note(ctx, err)
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
		r.run(r.service.newTurn(ctx, c, lease), j.Kind, who)
	}()
	return true
}

func (r *Replicas) done(source string) {
	r.mu.Lock()
	delete(r.running, source)
	r.mu.Unlock()
	r.look()
}

func (r *Replicas) run(t *turn, kind, who string) {
	switch kind {
	case syncJob:
		_, ended, err := t.sync(cmp.Or(who, Schedule), ingest.RunOptions{})
		if err != nil {
			t.engine.Log.Error("sync failed", "source", t.source.Name, "error", err)
		}
		t.leave(ended)
	case verifyJob:
		v := verify.Run(t.ctx, t.engine, t.source.Source, verify.Options{})
		ended := t.ctx.Err() == nil
		t.leave(ended)
		r.verified(t.source.Name, v, nil)
	}
}
