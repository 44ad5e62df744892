package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"finpages/ingest"
	"finpages/sources"
)

// quiet is how long a watched source must rest before it is synced, and
// patience how long a restless one can put that off.
const (
	quiet    = 500 * time.Millisecond
	patience = 5 * time.Second
)

// watches has the sources that can watch themselves synced when they change.
type watches struct {
	trigger func(source string)
	log     *slog.Logger
	cancel  context.CancelFunc
	running sync.WaitGroup
}

func newWatches(trigger func(string), log *slog.Logger) *watches {
	return &watches{trigger: trigger, log: log, cancel: func() {}}
}

// set watches the configured sources, and no others, until ctx ends.
func (w *watches) set(ctx context.Context, s *ingest.Service) {
	w.cancel()
	w.running.Wait()
	ctx, w.cancel = context.WithCancel(ctx)
	for _, name := range s.Names() {
		watcher, ok := s.Adapter(name).(sources.Watcher)
		if !ok {
			continue
		}
		w.running.Go(func() {
			changes := make(chan struct{}, 1)
			w.running.Go(func() { fold(ctx, changes, func() { w.trigger(name) }) })
			err := watcher.Watch(ctx, func() {
				select {
				case changes <- struct{}{}:
				default:
				}
			})
			if err != nil {
				w.log.Warn("the source is not watched; its schedule goes on", "source", name, "error", err)
			}
		})
	}
}

func (w *watches) wait() {
	w.cancel()
	w.running.Wait()
}

// fold calls do once for changes that follow one another closely.
func fold(ctx context.Context, changes <-chan struct{}, do func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-changes:
		}
		rest, end := time.NewTimer(quiet), time.NewTimer(patience)
		for resting := true; resting; {
			select {
			case <-ctx.Done():
				return
			case <-changes:
				rest.Reset(quiet)
			case <-rest.C:
				resting = false
			case <-end.C:
				resting = false
			}
		}
		do()
	}
}
