package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/ingest/inspect"
)

const (
	maxStreams = 64
	pulseEvery = time.Second
	heartbeat  = 15 * time.Second // keeps proxies from taking a quiet stream for a dead one
)

// streamEvent is what a client of /api/v1/events hears of a source: "progress" while
// a run goes on, "change" when one has begun or ended, "alive" when nothing was
// to be told for a while.
type streamEvent struct {
	Source  string              `json:"source"` // "" if the config was reloaded
	State   string              `json:"state"`  // ok, new, busy, warn, waiting, bad
	Text    string              `json:"text"`   // the same in a sentence
	Pages   int                 `json:"pages"`  // in Fin; of changes only
	Running *inspect.RunningNow `json:"running,omitempty"`
}

// events streams what happens, as server-sent events, until the client goes
// away or the server ends.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		w.Header().Set("Retry-After", "60")
		http.Error(w, "too many clients are following the events", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx
	if r.Method == http.MethodHead {
		return
	}
	f := subscriber{s: s, w: w, pulses: map[string]inspect.Pulse{}}
	f.names, f.config = s.Service.Names(), api.ConfigState{Fault: s.configFault(), Waiting: s.waiting()}
	for _, name := range f.names {
		f.pulses[name], _ = s.Service.Pulse(name)
	}
	f.send("hello", streamEvent{State: "ok", Text: "finpages " + s.Version})
	tick := time.NewTicker(pulseEvery)
	defer tick.Stop()
	for f.err == nil {
		select {
		case <-r.Context().Done():
			return
		case <-s.replaced: // who follows may not come in any more: let them ask again
			return
		case <-tick.C:
			if _, out := s.admit(r); out != nil {
				return
			}
			f.poll()
		}
	}
}

// subscriber is a client that hears of changes.
type subscriber struct {
	s      *server
	w      http.ResponseWriter
	names  []string
	config api.ConfigState
	pulses map[string]inspect.Pulse
	last   time.Time // when something was last sent
	err    error     // the client is gone
}

// look tells what has changed since the last look.
func (f *subscriber) poll() {
	if names := f.s.Service.Names(); !slices.Equal(names, f.names) {
		f.names = names
		f.send("change", streamEvent{State: "ok", Text: "The config was reloaded."})
	}
	now := api.ConfigState{Fault: f.s.configFault(), Waiting: f.s.waiting()}
	if !reflect.DeepEqual(now, f.config) {
		f.config = now
		f.send("change", faultEvent(now.Fault))
	}
	for _, name := range f.names {
		now, err := f.s.Service.Pulse(name)
		before := f.pulses[name]
		if err != nil || reflect.DeepEqual(now, before) {
			continue
		}
		f.pulses[name] = now
		if now.Runs == before.Runs && now.Running != nil && before.Running != nil {
			f.send(
				"progress",
				streamEvent{
					Source:  name,
					State:   string(levelBusy),
					Text:    progressText(now.Running),
					Running: now.Running,
				},
			)
			continue
		}
		f.change(name)
	}
	if time.Since(f.last) > heartbeat {
		f.write("event: alive\ndata: {}\n\n")
	}
}

func (f *subscriber) change(name string) {
	c, err := f.s.card(name)
	if err != nil {
		return
	}
	f.send("change", streamEvent{name, string(c.Health.Level), cmp.Or(c.Health.Text, c.Progress), c.Pages, c.Running})
}

func faultEvent(fault *api.ConfigFault) streamEvent {
	if fault == nil {
		return streamEvent{State: string(levelOK), Text: "The config was reloaded."}
	}
	return streamEvent{State: string(levelFailed), Text: "The new config was rejected. The old one stays in use."}
}

func (f *subscriber) send(level string, e streamEvent) {
	data, _ := json.Marshal(e) // plain values only
	f.write(fmt.Sprintf("event: %s\ndata: %s\n\n", level, data))
}

func (f *subscriber) write(text string) {
	if f.err != nil {
		return
	}
	if _, f.err = f.w.Write([]byte(text)); f.err == nil {
		f.err = http.NewResponseController(f.w).Flush()
	}
	f.last = time.Now()
}
