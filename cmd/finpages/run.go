package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"finpages/cmd/finpages/internal/config"
	"finpages/cmd/finpages/internal/web"
	"finpages/ingest"

	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// jitter spreads the runs of many sources.
const jitter = 10 * time.Second

func runCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Run the daemon: every source on its schedule, and the HTTP server",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := g.load()
			if err != nil {
				return err
			}
			a, err := g.open(cfg, appOptions{logLevel: "info"})
			if err != nil {
				return err
			}
			defer a.close()
			return g.daemon(c.Context(), a)
		},
	}
}

// daemon serves and runs the sources until ctx ends.
func (g *globals) daemon(ctx context.Context, a *app) error {
	a.expose()
	l, err := net.Listen("tcp", a.cfg.Server.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w: is another finpages running? else set server.listen", err)
	}
	a.log.Info("finpages is running", "version", version(), "listen", l.Addr().String(), "sources", a.service.Names(), "state", a.cfg.State)
	group, ctx := errgroup.WithContext(ctx)
	scheduler := ingest.NewScheduler(a.service, jitter)
	scheduler.Set(ctx, schedules(a.cfg))
	handler := web.Handler(web.Options{Service: a.service, Trigger: scheduler.Trigger, Gatherer: a.registry,
		Token: serverToken(a.cfg), Version: version(), Log: a.log})
	group.Go(func() error { return web.Serve(ctx, l, handler, a.log) })
	group.Go(func() error { return g.reloads(ctx, a, scheduler) })
	err = group.Wait()
	scheduler.Wait()
	a.log.Info("finpages has stopped")
	return err
}

// expose registers what the daemon shows beside its runs.
func (a *app) expose() {
	a.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	ingest.RegisterBuild(a.registry, version(), commit())
	ingest.RegisterState(a.registry, a.state)
	a.service.PublishKnown()
}

func schedules(cfg *config.Config) map[string]ingest.Schedule {
	m := map[string]ingest.Schedule{}
	for _, s := range cfg.Sources {
		m[s.Name] = s.Cron
	}
	return m
}

func serverToken(cfg *config.Config) func() (string, error) {
	if cfg.Server.TokenFile == "" {
		return nil
	}
	return secret("", cfg.Server.TokenFile)
}

// reloads reads the config again at each SIGHUP. One with faults is refused,
// and what was before goes on.
func (g *globals) reloads(ctx context.Context, a *app, scheduler *ingest.Scheduler) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hup:
		}
		cfg, err := g.load()
		if err == nil {
			err = a.reconfigure(cfg)
		}
		if err != nil {
			a.log.Error("the config was not reloaded, the old one goes on", "error", err)
			continue
		}
		scheduler.Set(ctx, schedules(cfg))
		a.log.Info("config reloaded", "sources", a.service.Names())
	}
}

// reconfigure takes over what can change while the daemon runs.
func (a *app) reconfigure(cfg *config.Config) error {
	old := a.cfg
	if cfg.State != old.State || cfg.Server != old.Server || cfg.Intercom.BaseURL != old.Intercom.BaseURL ||
		cfg.Intercom.Version != old.Intercom.Version || cfg.Intercom.Workspace != old.Intercom.Workspace {
		return fmt.Errorf("state, server, and intercom's address, version and workspace cannot change while finpages runs: restart it")
	}
	return a.configure(cfg)
}
