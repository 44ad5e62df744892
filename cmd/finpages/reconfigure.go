package main

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/config"
	"finpages/state"
)

func (d *daemon) refuse(err error) {
	since := time.Now()
	if before := d.refused.Load(); before != nil {
		since = before.Since
	}
	d.refused.Store(&api.ConfigFault{Error: err.Error(), Since: since})
}

// reload reads the config again, and takes over what it can; who is the context
// of whoever wants it, for the audit trail.
func (d *daemon) reload(ctx, who context.Context) {
	old := d.cfg
	cfg, err := d.globals.load()
	defer func() { d.service.Note(who, state.Audited{Action: "reload"}, err) }()
	if err == nil {
		err = d.reconfigure(ctx, cfg)
	}
	d.reloaded.Set(1)
	if err != nil {
		d.reloaded.Set(0)
		d.refuse(err)
		d.log.Error("the new config was rejected; the old one stays in use", "error", err)
		return
	}
	d.refused.Store(nil)
	changed, gone := differences(old.Sources, d.cfg.Sources)
	d.schedule(ctx, changed)
	for _, name := range gone { // a run that has just been cancelled may have left some
		d.metrics.Drop(name)
	}
	d.service.SetGauges()
	for _, name := range changed {
		d.jobs.Trigger(name)
	}
	if d.cfg.Intercom != old.Intercom { // another token
		d.triggerAll()
	}
	d.log.Info("config reloaded", "sources", d.service.Names(), "changed", changed, "removed", gone)
	for _, w := range d.waits() {
		d.log.Warn("a part of the new config is not in use yet", "part", w.Part, "why", w.Why)
	}
	if !reflect.DeepEqual(d.cfg.Server, old.Server) {
		d.warnOfLogins()
	}
}

// waits are the parts of the config that are not in use yet.
func (d *daemon) waits() []api.Waiting { return *d.waiting.Load() }

// reconfigure takes over what can change while the daemon runs, or nothing. What
// cannot stays as it was, and waits.
func (d *daemon) reconfigure(ctx context.Context, cfg *config.Config) error {
	waiting := keepWhatIsOpen(cfg, d.opened)
	list, err := d.sources(cfg)
	if err != nil {
		return err
	}
	if err := d.reconnect(cfg.Intercom); err != nil {
		return err
	}
	d.cfg = cfg
	d.service.Configure(list)
	waiting = append(waiting, d.serve(ctx, cfg)...)
	d.waiting.Store(&waiting)
	d.current.Store(cfg)
	return nil
}

// keepWhatIsOpen puts back what only a restart can change, and names it.
func keepWhatIsOpen(cfg, opened *config.Config) []api.Waiting {
	waiting := []api.Waiting{}
	if cfg.State != opened.State {
		waiting = append(waiting, api.Waiting{Part: "state", Why: fmt.Sprintf(
			"the daemon has %s open: restart it to use %s", state.Redacted(opened.State), state.Redacted(cfg.State))})
		cfg.State, cfg.Cache = opened.State, opened.Cache
	}
	for _, part := range []struct {
		name    string
		differs bool
	}{
		{"lease", cfg.Lease != opened.Lease}, {"parallel", cfg.Parallel != opened.Parallel},
		{"memory", cfg.Memory != opened.Memory}, {"text_index", cfg.Index != opened.Index},
	} {
		if part.differs {
			waiting = append(waiting, api.Waiting{Part: part.name, Why: "restart the daemon to use the new value"})
		}
	}
	cfg.Lease, cfg.Parallel, cfg.Memory, cfg.Index = opened.Lease, opened.Parallel, opened.Memory, opened.Index
	return waiting
}

// reconnect has runs from now on reach Intercom as configured. Runs under way go
// on with what they began with, but for a new token, which they take over.
func (d *daemon) reconnect(in config.Intercom) error {
	was := d.cfg.Intercom
	was.Token, was.TokenFile = in.Token, in.TokenFile
	if in == was {
		d.token.Store(&in)
		return nil
	}
	engine, err := d.engine(in, appOptions{})
	if err == nil {
		d.service.SetEngine(engine)
	}
	return err
}

// differences names the sources that are configured otherwise than before, and
// those that are no more.
func differences(before, after []config.Source) (changed, gone []string) {
	changed, gone = []string{}, []string{}
	now := map[string]config.Source{}
	for _, s := range after {
		now[s.Name] = s
	}
	for _, was := range before {
		s, kept := now[was.Name]
		// Parsed schedules hold what time zones cache; their text tells.
		s.Cron, s.Checks, was.Cron, was.Checks = nil, nil, nil, nil
		switch {
		case !kept:
			gone = append(gone, was.Name)
		case !reflect.DeepEqual(s, was):
			changed = append(changed, was.Name)
		}
	}
	return changed, gone
}
