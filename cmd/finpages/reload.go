package main

import (
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"time"

	"finpages/ingest/operate"

	"github.com/fsnotify/fsnotify"
)

// asked is somebody's wish to have the config read again.
type asked struct {
	ctx  context.Context // says who
	done chan struct{}   // closed once the config was read
}

// ask has the config read again, and waits for it.
func (d *daemon) ask(ctx context.Context) error {
	a := asked{ctx, make(chan struct{})}
	select {
	case d.asks <- a:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case <-a.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// reloads reads the config again at each signal, whenever its file changes and
// when somebody asks for it, until ctx ends. One with faults is refused, and what was before goes on.
func (d *daemon) reloads(ctx context.Context, hup <-chan os.Signal) error {
	written := watchFile(ctx, d.cfg.Path, d.cfg.Sum)
	exchanged, stop := d.watchToken(ctx)
	defer func() { stop() }()
	for {
		who, done := operate.WithActor(ctx, "the config file or SIGHUP"), func() {}
		select {
		case <-ctx.Done():
			return nil
		case <-exchanged:
			d.log.Info("the token file has changed: syncing")
			d.triggerAll()
			continue
		case <-hup:
		case <-written:
		case a := <-d.asks:
			who, done = context.WithoutCancel(a.ctx), func() { close(a.done) }
		}
		d.systemd.reloading()
		file := d.cfg.Intercom.TokenFile
		d.reload(ctx, who)
		done()
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
