package replicas

import (
	"cmp"
	"slices"
	"time"

	"finpages/ingest/schedule"
	"finpages/state"
)

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
		for kind, of := range map[string]schedule.Schedule{syncJob: times.Sync, verifyJob: times.Verify} {
			j := known[[2]string{kind, source}]
			j.Kind, j.Source = kind, source
			if of == nil {
				continue
			}
			at := dueAt(j, of, times.Config, shared.Now)
			if kind == syncJob {
				r.Registry.SetNext(source, at)
			}
			if r.running[source] == nil && !held[source] && !at.After(shared.Now) &&
				isNewest(shared.Replicas, source, times.Config) {
				list = append(list, dueJob{j, at})
			}
		}
	}
	slices.SortFunc(list, func(a, b dueJob) int {
		return cmp.Or(a.since.Compare(b.since), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Kind, b.Kind))
	})
	return list
}

// debounce is how long those who want a job must rest before it begins, and maxDebounce
// how long restless ones can put that off: a push of many branches is one change.
const (
	debounce    = 500 * time.Millisecond
	maxDebounce = 5 * time.Second
)

// dueAt says when a job is due. The first row that fits counts.
//
//	job                                            due
//	was cut off                                    at once
//	of a sync that was never begun                 at once
//	of a sync that was begun with another config   at once
//	wanted                                         when those who want it rest, or when it is due anyway
//	any other                                      at its time
func dueAt(j state.Job, times schedule.Schedule, config string, now time.Time) time.Time {
	began := j.Began
	switch {
	case j.CutOff, j.Kind == syncJob && (began.IsZero() || j.Config != config):
		return began
	case began.IsZero(): // it is known from the next look on
		began = now
	}
	at := times.Next(began.Local())
	if j.Wanted.IsZero() {
		return at
	}
	soon := j.Touched.Add(debounce)
	if latest := j.Wanted.Add(maxDebounce); latest.Before(soon) {
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
