package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/config"
	"finpages/ingest/metrics"
	"finpages/state"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// jitter spreads the runs of many sources.
const jitter = 10 * time.Second

func newReloadedMetric() prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: "finpages_config_last_reload_successful",
		Help: "Whether the config was good when it was last read: 1 or 0."})
}

func runCommand(g *globals) *cobra.Command {
	var strict, yes bool
	c := &cobra.Command{
		Use:   "run",
		Short: "Run the daemon: sync every source on its schedule and serve HTTP",
		Long: "Run the daemon: sync every source on its schedule and serve HTTP.\n\n" +
			"SIGHUP, or a change to the config file, reloads the config. SIGTERM stops the daemon: it finishes the pages " +
			"in flight and exits.\n\n" +
			"On a terminal, it asks before the first sync whose pages customers can see. As a service, the availability in\n" +
			"the config is the answer, and the log says who will see what.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			defer outliveReaders()()
			cfg, err := g.load()
			if err != nil {
				return err
			}
			if exposed := cfg.Exposed(); strict && len(exposed) > 0 {
				return usageError("--strict: %s", strings.Join(exposed, "\nfinpages: --strict: "))
			}
			a, err := g.openAlone(c.Context(), cfg)
			if err != nil {
				return err
			}
			defer a.close()
			if !yes && g.canAsk(c.InOrStdin()) {
				if err := g.confirmPublic(c.Context(), a.service, nil, c.InOrStdin()); err != nil {
					return err
				}
			}
			return g.daemon(c.Context(), a)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask before the first sync whose pages customers can see")
	c.Flags().BoolVar(&strict, "strict", false, "refuse to start if other users can change the config or read its secrets")
	return c
}

// outliveReaders has the program go on when nobody reads its log any more:
// else the first line after that ends it, and service managers take SIGPIPE for
// an end in good order. To ignore the signal would do so for git and ssh, too.
func outliveReaders() (stop func()) {
	pipe := make(chan os.Signal, 1)
	signal.Notify(pipe, syscall.SIGPIPE)
	return func() { signal.Stop(pipe) }
}

// openAlone puts the app together, unless another finpages has its state.
func (g *globals) openAlone(ctx context.Context, cfg *config.Config) (a *app, err error) {
	err = state.ErrLocked // by a daemon, even if its state file was moved away
	if state.IsPostgres(cfg.State) || holds(ctx, cfg) != nil {
		a, err = g.open(cfg, appOptions{logLevel: "info"})
	}
	if errors.Is(err, state.ErrLocked) {
		return nil, fmt.Errorf("%w: stop it first, or set state: to another path", err)
	}
	return a, err
}

// daemon is the app running on its own.
type daemon struct {
	*app
	globals *globals
	current atomic.Pointer[config.Config]   // app.cfg, for those who answer requests meanwhile
	refused atomic.Pointer[api.ConfigFault] // nil if the config was good when it was last read
	jobs    jobs
	waiting atomic.Pointer[[]api.Waiting] // what of the config is not in use yet
	opened  *config.Config                // that the daemon began with
	asks    chan asked
	group   *errgroup.Group
	tcp     *listener
	socket  *listener // nil for none
	watches *watches
	systemd *systemd

	reloaded prometheus.Gauge
}

// daemon serves and runs the sources until ctx ends.
func (g *globals) daemon(ctx context.Context, a *app) error {
	hup := make(chan os.Signal, 1) // a signal that comes early must not end the daemon
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	a.expose()
	group, ctx := errgroup.WithContext(ctx)
	d := &daemon{app: a, globals: g, systemd: newSystemd(a.log), opened: a.cfg, group: group, asks: make(chan asked)}
	d.current.Store(a.cfg)
	d.waiting.Store(&[]api.Waiting{})
	d.reloaded = newReloadedMetric()
	d.reloaded.Set(1)
	a.registry.MustRegister(d.reloaded)
	d.jobs = newJobs(d)
	d.watches = newWatches(d.jobs.Trigger, a.log)
	if err := d.listen(ctx); err != nil {
		return err
	}
	d.schedule(ctx, nil)
	a.log.Info("finpages is running", "version", version(), "listen", d.tcp.Addr().String(), "sources", a.service.Names(),
		"state", state.Redacted(a.cfg.State))
	a.warn()
	group.Go(func() error { return d.reloads(ctx, hup) })
	group.Go(func() error { d.systemd.run(ctx); return nil })
	group.Go(func() error { a.service.Indexer().Run(ctx); return nil })
	err := group.Wait()
	d.jobs.Wait()
	d.watches.wait()
	a.log.Info("finpages has stopped")
	return err
}

// warn logs what an operator should fix, although the daemon runs.
func (a *app) warn() {
	for _, text := range a.cfg.Exposed() {
		a.log.Warn(text)
	}
	if len(a.cfg.Sources) == 0 {
		a.log.Warn(noSources(a.cfg) + ". Set availability, too, to choose who may answer from its pages: " +
			"ai_agent is Fin, for customers, and ai_copilot is Copilot, for teammates")
	}
	if all, err := a.service.StatusAll(context.Background(), nil); err == nil {
		if public := firstPublic(all); len(public) > 0 {
			a.log.Warn(firstPublicText(public)+": availability in the config chose that", "config", a.cfg.Path)
		}
	}
	a.warnOfLogins()
}

// schedule has the configured sources run at their times, and watches them.
func (d *daemon) schedule(ctx context.Context, changed []string) {
	d.jobs.Set(ctx, d.cfg.Sources)
	d.watches.set(ctx, d.service, changed)
}

// hookSecret returns what webhooks of a source are signed with; "" if it takes
// none.
func (d *daemon) hookSecret(source string) (string, error) {
	for _, s := range d.current.Load().Sources {
		if s.Name == source && s.Webhook != (config.Webhook{}) {
			return secret(string(s.Webhook.Secret), s.Webhook.SecretFile)()
		}
	}
	return "", nil
}

// expose registers what the daemon shows beside its runs.
func (a *app) expose() {
	a.registry.MustRegister(collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	metrics.RegisterBuild(a.registry, version(), commit())
	metrics.RegisterState(a.registry, a.state)
	metrics.RegisterLeases(a.registry, a.service.Leases)
	a.service.SetGauges()
}
