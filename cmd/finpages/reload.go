package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"finpages/cmd/finpages/internal/config"

	"github.com/fsnotify/fsnotify"
)

// reloads reads the config again at each SIGHUP and whenever its file changes,
// until ctx ends. One with faults is refused, and what was before goes on.
func (d *daemon) reloads(ctx context.Context) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	written, err := watchFile(ctx, d.cfg.Path)
	if err != nil {
		d.log.Warn("the config file is not watched: send SIGHUP after a change", "error", err)
	}
	exchanged := d.watchToken(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-exchanged:
			d.log.Info("the token file has changed, syncing")
			d.triggerAll()
			continue
		case <-hup:
		case <-written:
		}
		d.systemd.reloading()
		d.reload(ctx)
		d.systemd.ready()
	}
}

// watchToken tells when the token's file changes; never if there is none.
func (d *daemon) watchToken(ctx context.Context) <-chan struct{} {
	if d.cfg.Intercom.TokenFile == "" {
		return nil
	}
	exchanged, err := watchFile(ctx, d.cfg.Intercom.TokenFile)
	if err != nil {
		d.log.Warn("the token file is not watched: a new token takes effect with the next sync", "error", err)
	}
	return exchanged
}

// triggerAll has all sources synced soon.
func (d *daemon) triggerAll() {
	for _, name := range d.service.Names() {
		d.syncs.Trigger(name)
	}
}

func (d *daemon) reload(ctx context.Context) {
	cfg, err := d.globals.load()
	if err == nil {
		err = d.reconfigure(cfg)
	}
	d.reloaded.Set(1)
	if err != nil {
		d.reloaded.Set(0)
		d.log.Error("the config was not reloaded, the old one goes on", "error", err)
		return
	}
	d.current.Store(cfg)
	d.schedule(ctx)
	d.log.Info("config reloaded", "sources", d.service.Names())
}

// reconfigure takes over what can change while the daemon runs.
func (d *daemon) reconfigure(cfg *config.Config) error {
	old := d.cfg
	in, was := cfg.Intercom, old.Intercom
	in.Token, in.TokenFile, was.Token, was.TokenFile = "", "", "", ""
	if cfg.State != old.State || cfg.Server != old.Server || in != was {
		return fmt.Errorf("state, server, and what stands under intercom besides the token cannot change while finpages runs: restart it")
	}
	d.token.Store(&cfg.Intercom)
	return d.configure(cfg)
}

// settled is how long a file must rest before it counts as written.
const settled = 300 * time.Millisecond

// watchFile sends after a file was written or replaced. It watches the file's
// directory, because editors and Kubernetes replace files.
func watchFile(ctx context.Context, path string) (<-chan struct{}, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	if err := w.Add(filepath.Dir(path)); err != nil {
		w.Close()
		return nil, err
	}
	written := make(chan struct{}, 1)
	go func() {
		defer w.Close()
		before := stamp(path)
		rest := time.NewTimer(settled)
		rest.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-w.Events:
				rest.Reset(settled)
			case <-w.Errors:
				rest.Reset(settled)
			case <-rest.C:
				if now := stamp(path); now != before {
					before = now
					written <- struct{}{}
				}
			}
		}
	}()
	return written, nil
}

// stamp changes when the file does.
func stamp(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
}
