package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"finpages/cmd/finpages/internal/config"
	"finpages/ingest"
	"finpages/ingest/replicas"
	"finpages/ingest/schedule"
	"finpages/ingest/verify"
)

// jobs run and verify the sources of a daemon at their times.
type jobs interface {
	Set(ctx context.Context, sources []config.Source)
	Trigger(source string) // has it synced soon
	Wait()                 // until all has ended, once the context given to Set has
}

func newJobs(d *daemon) jobs {
	if d.state.IsShared() {
		return newSharedJobs(d)
	}
	return &ownJobs{
		Scheduler: schedule.New(schedule.Options{Jitter: jitter, AtStart: true, Next: d.service.SetNext,
			Run: func(ctx context.Context, name string) {
				_, _ = d.service.Run(ctx, name, ingest.RunOptions{}) // fails where the source is gone, or ctx has ended
			}}),
		checks: schedule.New(schedule.Options{Jitter: jitter, Run: func(ctx context.Context, name string) {
			v, err := d.service.Verify(ctx, name, verify.Options{})
			d.tellVerified(name, v, err)
		}}),
	}
}

// ownJobs are those of a daemon that has its state to itself.
type ownJobs struct {
	*schedule.Scheduler
	checks *schedule.Scheduler
}

func (j *ownJobs) Set(ctx context.Context, sources []config.Source) {
	syncs, checks := map[string]schedule.Schedule{}, map[string]schedule.Schedule{}
	for _, s := range sources {
		syncs[s.Name] = s.Cron
		if s.Checks != nil {
			checks[s.Name] = s.Checks
		}
	}
	j.Scheduler.Set(ctx, syncs)
	j.checks.Set(ctx, checks)
}

func (j *ownJobs) Wait() {
	j.Scheduler.Wait()
	j.checks.Wait()
}

// sharedJobs are those of a replica.
type sharedJobs struct {
	*replicas.Replicas
	daemon *daemon
	ended  chan struct{} // nil until the jobs are set
}

func newSharedJobs(d *daemon) *sharedJobs {
	return &sharedJobs{Replicas: d.service.NewReplicas(d.cfg.Parallel, d.tellVerified), daemon: d}
}

func (j *sharedJobs) Set(ctx context.Context, sources []config.Source) {
	times := map[string]replicas.Times{}
	for _, s := range sources {
		t := replicas.Times{Sync: s.Cron, Config: sourceSum(s)}
		if s.Checks != nil {
			t.Verify = s.Checks
		}
		times[s.Name] = t
	}
	j.Replicas.Set(ctx, times)
	if j.ended == nil {
		j.ended = make(chan struct{})
		go func() {
			defer close(j.ended)
			j.Run(ctx)
		}()
	}
}

func (j *sharedJobs) Wait() {
	if j.ended != nil {
		<-j.ended
	}
}

// sourceSum tells a source's config, and the version of the program, from others.
func sourceSum(s config.Source) string {
	s.Cron, s.Checks = nil, nil // their texts are there
	enc, err := json.Marshal(s)
	if err != nil {
		enc = []byte(err.Error()) // the same for all
	}
	return fmt.Sprintf("%x", sha256.Sum256(append(enc, version()...)))[:16]
}

// tellVerified says what a verification found.
func (d *daemon) tellVerified(name string, v verify.Verification, err error) {
	switch {
	case err != nil:
		d.log.Error("verify failed", "source", name, "error", err)
	case v.Error != "":
		d.log.Error("verify failed", "source", name, "error", v.Error)
	case !v.Clean():
		d.log.Warn("Intercom differs from the state", "source", name, "missing", len(v.Missing), "orphaned",
			len(v.Orphaned), "duplicated", len(v.Duplicated), "changed", len(v.Changed), "repair",
			"finpages verify --repair "+name)
	default:
		d.log.Info("verified", "source", name, "pages", v.Checked)
	}
}
