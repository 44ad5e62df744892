package main

import (
	"context"
	"log/slog"
	"time"

	sd "github.com/coreos/go-systemd/v22/daemon"
)

// systemd tells the service manager how the daemon is, if it runs under one
// (https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html).
type systemd struct {
	log   *slog.Logger
	every time.Duration // of the watchdog; 0 if there is none
}

func newSystemd(log *slog.Logger) *systemd {
	every, err := sd.SdWatchdogEnabled(false)
	if err != nil {
		log.Warn("systemd's watchdog", "error", err)
	}
	return &systemd{log, every / 2}
}

// run says that the daemon is ready, then that it is alive, until ctx ends.
func (s *systemd) run(ctx context.Context) {
	s.ready()
	defer s.notify(sd.SdNotifyStopping)
	if s.every == 0 {
		<-ctx.Done()
		return
	}
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.notify(sd.SdNotifyWatchdog)
		}
	}
}

func (s *systemd) ready()     { s.notify(sd.SdNotifyReady) }
func (s *systemd) reloading() { s.notify(sd.SdNotifyReloading) }

func (s *systemd) notify(state string) {
	if _, err := sd.SdNotify(false, state); err != nil {
		s.log.Warn("notify systemd", "state", state, "error", err)
	}
}
