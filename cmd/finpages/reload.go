package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/config"
	"finpages/state"

	"github.com/fsnotify/fsnotify"
)

// reloads reads the config again at each signal and whenever its file changes,
// until ctx ends. One with faults is refused, and what was before goes on.
func (d *daemon) reloads(ctx context.Context, hup <-chan os.Signal) error {
	written := watchFile(ctx, d.cfg.Path, d.cfg.Sum)
	exchanged, stop := d.watchToken(ctx)
	defer func() { stop() }()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-exchanged:
			d.log.Info("the token file has changed: syncing")
			d.triggerAll()
			continue
		case <-hup:
		case <-written:
		}
		d.systemd.reloading()
		file := d.cfg.Intercom.TokenFile
		d.reload(ctx)
		if d.cfg.Intercom.TokenFile != file {
			stop()
			exchanged, stop = d.watchToken(ctx)
		}
		d.systemd.ready()
	}
}

// watchToken tells when the token's file changes, until stop is called; never
// if there is none.
func (d *daemon) watchToken(ctx context.Context) (exchanged <-chan struct{}, stop func()) {
	file := d.cfg.Intercom.TokenFile
	if file == "" {
		return nil, func() {}
	}
	ctx, stop = context.WithCancel(ctx)
	return watchFile(ctx, file, sum(file)), stop
}

// triggerAll has all sources synced soon.
func (d *daemon) triggerAll() {
	for _, name := range d.service.Names() {
		d.jobs.Trigger(name)
	}
}

func (d *daemon) refuse(err error) {
	since := time.Now()
	if before := d.refused.Load(); before != nil {
		since = before.Since
	}
	d.refused.Store(&api.ConfigFault{Error: err.Error(), Since: since})
}

func (d *daemon) reload(ctx context.Context) {
	old := d.cfg
	cfg, err := d.globals.load()
	defer func() {
		d.service.Note(ctx, state.Audited{Who: "the config file or SIGHUP", Action: "reload"}, err)
	}()
	if err == nil {
		err = d.reconfigure(cfg)
	}
	d.reloaded.Set(1)
	if err != nil {
		d.reloaded.Set(0)
		d.refuse(err)
		d.log.Error("the new config was rejected; the old one stays in use", "error", err)
		return
	}
	d.refused.Store(nil)
	d.current.Store(cfg)
	changed, gone := differences(old.Sources, cfg.Sources)
	d.schedule(ctx, changed)
	for _, name := range gone { // a run that has just been cancelled may have left some
		d.metrics.Drop(name)
	}
	d.service.PublishKnown()
	for _, name := range changed {
		d.jobs.Trigger(name)
	}
	if cfg.Intercom != old.Intercom { // another token
		d.triggerAll()
	}
	d.log.Info("config reloaded", "sources", d.service.Names(), "changed", changed, "removed", gone)
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

// reconfigure takes over what can change while the daemon runs.
func (d *daemon) reconfigure(cfg *config.Config) error {
	old := d.cfg
	in, was := cfg.Intercom, old.Intercom
	in.Token, in.TokenFile, was.Token, was.TokenFile = "", "", "", ""
	if cfg.State != old.State || cfg.Lease != old.Lease || cfg.Parallel != old.Parallel ||
		!reflect.DeepEqual(cfg.Server, old.Server) || in != was {
		return fmt.Errorf(
			"state, lease, parallel, server and intercom (except the token) cannot change while finpages runs: restart it")
	}
	d.token.Store(&cfg.Intercom)
	return d.configure(cfg)
}

// settled is how long a file must rest before it counts as written, and
// lookAgain how often it is looked at where nobody tells of its changes: on a
// network's drive, or behind a symbolic link.
const (
	settled   = 300 * time.Millisecond
	lookAgain = 10 * time.Second
)

// watchFile sends after a file was written or replaced, and once at the beginning
// if its content is not what was read before. It watches the file's directory,
// because editors and Kubernetes replace files. What cannot be read twice, such
// as a pipe, is not watched.
func watchFile(ctx context.Context, path string, before [sha256.Size]byte) <-chan struct{} {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil
	}
	written := make(chan struct{}, 1)
	events, closeEvents := eventsIn(filepath.Dir(path))
	go func() {
		defer closeEvents()
		look := time.NewTicker(lookAgain)
		defer look.Stop()
		rest := time.NewTimer(settled)
		defer rest.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-events:
				rest.Reset(settled)
			case <-look.C:
				if sum(path) != before {
					rest.Reset(settled)
				}
			case <-rest.C:
				if now := sum(path); now != before {
					before = now
					select {
					case written <- struct{}{}:
					default: // one waits already
					}
				}
			}
		}
	}()
	return written
}

// eventsIn tells what happens in a directory; nothing where it cannot be
// watched.
func eventsIn(dir string) (<-chan fsnotify.Event, func()) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, func() {}
	}
	if err := w.Add(dir); err != nil {
		w.Close()
		return nil, func() {}
	}
	go func() {
		for range w.Errors { // who does not read them gets no more events
		}
	}()
	return w.Events, func() { w.Close() }
}

// sum tells a file's content from another: what takes its place may have the
// same size and time, as with Nix, OSTree and rsync. It is zero for a file that
// cannot be read.
func sum(path string) (sum [sha256.Size]byte) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return sum
	}
	f, err := os.Open(path)
	if err != nil {
		return sum
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return sum
	}
	return [sha256.Size]byte(h.Sum(nil))
}
