package main

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"finpages/ingest/operate"
	"finpages/sources"
)

// watchAgain is how long a source that could not be watched is left alone.
const watchAgain = time.Minute

// watches has the sources that can watch themselves synced when they change.
type watches struct {
	trigger func(source string)
	log     *slog.Logger
	stops   map[string]func() // by the name of the source; each returns once its watch has ended
}

func newWatches(trigger func(string), log *slog.Logger) *watches {
	return &watches{trigger: trigger, log: log, stops: map[string]func(){}}
}

// set watches the configured sources, and no others, until ctx ends. Only the
// watches of changed ones begin anew, since what happens meanwhile is missed.
func (w *watches) set(ctx context.Context, s *operate.Service, changed []string) {
	names := s.Names()
	for name, stop := range w.stops {
		if slices.Contains(changed, name) || !slices.Contains(names, name) {
			stop()
			delete(w.stops, name)
		}
	}
	for _, name := range names {
		if watcher, ok := s.Adapter(name).(sources.Watcher); ok && w.stops[name] == nil {
			w.stops[name] = w.start(ctx, name, watcher)
		}
	}
}

func (w *watches) start(ctx context.Context, name string, watcher sources.Watcher) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.watch(ctx, name, watcher)
	}()
	return func() { cancel(); <-ended }
}

// watch watches a source, and one that cannot be watched, such as a folder
// that is not mounted yet, again after a while.
func (w *watches) watch(ctx context.Context, name string, watcher sources.Watcher) {
	said := ""
	for {
		_, err := sources.Guarded(func() (any, error) {
			return nil, watcher.Watch(ctx, func() { w.trigger(name) })
		})
		if err == nil || ctx.Err() != nil {
			return
		}
		if err.Error() != said {
			said = err.Error()
			w.log.Warn("the source cannot be watched; it still runs on its schedule", "source", name, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(watchAgain):
			w.trigger(name) // nobody knows what happened meanwhile
		}
	}
}

func (w *watches) wait() {
	for _, stop := range w.stops {
		stop()
	}
}
