package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"finpages/cmd/finpages/internal/config"
	"finpages/ingest"
	"finpages/ingest/fulltext"
	"finpages/ingest/leaks"
	"finpages/ingest/metrics"
	"finpages/ingest/operate"
	"finpages/ingest/transform"
	"finpages/intercomapi"
	"finpages/state"

	"github.com/prometheus/client_golang/prometheus"
)

// app is the program put together from its config.
type app struct {
	cfg      *config.Config
	log      *slog.Logger
	state    *state.DB       // nil where a plan found no state file
	index    *fulltext.Index // nil if there is none, or another process has it
	client   *intercomapi.Client
	service  *operate.Service
	token    *atomic.Pointer[config.Intercom] // that the client uses
	registry *prometheus.Registry
	metrics  *metrics.Metrics
	leaks    *leaks.Detector // nil until a source needs it
	renders  *transform.Pool
}

// appOptions vary how the app is put together.
type appOptions struct {
	logLevel string // where no flag sets one
	readOnly bool   // the state is not written, and need not exist
	noState  bool   // the state is not needed at all
	searches bool   // the words of pages are searched
	notice   func(string)
	retryFor time.Duration // 0 is the client's default
}

// load reads the config.
func (g *globals) load() (*config.Config, error) {
	cfg, err := config.Load(g.configPath(), adapters())
	if err != nil && !errors.As(err, new(*config.Invalid)) {
		return nil, usageError("%v", err)
	}
	return cfg, err
}

// open puts the app together. The caller closes it.
func (g *globals) open(cfg *config.Config, o appOptions) (*app, error) {
	log, err := g.logger(o.logLevel)
	if err != nil {
		return nil, err
	}
	a := &app{cfg: cfg, log: log, registry: prometheus.NewRegistry()}
	a.metrics, a.renders = metrics.New(a.registry), renderPool(int64(cfg.Memory))
	if !o.noState {
		if a.state, err = openState(cfg, o.readOnly, log, o.notice); err != nil {
			return nil, err
		}
		a.openIndex(o)
	}
	if err := a.connect(o); err != nil {
		a.close()
		return nil, err
	}
	return a, a.configure(cfg)
}

// openWithoutState is open of the config, for commands that ask the sources or
// Intercom alone.
func (g *globals) openWithoutState() (*app, error) {
	cfg, err := g.load()
	if err != nil {
		return nil, err
	}
	return g.open(cfg, appOptions{noState: true})
}

// indexFile is the index of words, in the cache's folder.
const indexFile = ".words.db"

// openIndex opens the index of words. Without it everything goes on, but pages are
// not found by their words.
func (a *app) openIndex(o appOptions) {
	if !a.cfg.Index || o.readOnly && !o.searches {
		return
	}
	var err error
	a.index, err = fulltext.Open(filepath.Join(a.cfg.Cache, indexFile), fulltext.Options{ReadOnly: o.readOnly})
	if err != nil && !(o.readOnly && errors.Is(err, fs.ErrNotExist)) {
		a.log.Warn("pages are not found by their words: open the index", "error", err)
	}
}

func (a *app) connect(o appOptions) (err error) {
	engine, err := a.engine(a.cfg.Intercom, o)
	if err == nil {
		a.service = operate.NewService(engine)
	}
	return err
}

// engine makes the app's client anew, and what runs with it.
func (a *app) engine(in config.Intercom, o appOptions) (*ingest.Engine, error) {
	token := &atomic.Pointer[config.Intercom]{}
	token.Store(&in)
	client, err := intercomapi.New(intercomapi.Options{
		BaseURL: in.BaseURL, Version: in.Version, Reserve: float64(in.Reserve) / 100, MaxInFlight: in.InFlight,
		Token: tokenOf(token), UserAgent: "finpages/" + version(), RetryFor: o.retryFor,
		Observe: a.observe(o.notice), OneAtATime: a.state.IsShared(),
	})
	if err != nil {
		return nil, err
	}
	if a.client != nil {
		a.client.Close() // of runs under way, which go on with it, it closes nothing
	}
	a.client, a.token = client, token
	a.state.OnReplicas(a.client.SetReplicas)
	return &ingest.Engine{
		Client: a.client, APIVersion: in.Version, State: a.state, Index: a.index, Workspace: in.Workspace,
		InFlight: in.InFlight, Metrics: a.metrics, Log: a.log,
	}, nil
}

// configure hands the sources of the config to the service.
func (a *app) configure(cfg *config.Config) error {
	list, err := a.sources(cfg)
	if err == nil {
		a.cfg = cfg
		a.service.Configure(list)
	}
	return err
}

// sources builds the sources of a config.
func (a *app) sources(cfg *config.Config) (list []*ingest.Source, err error) {
	for i := range cfg.Sources {
		src, err := cfg.Sources[i].Ingest(cfg)
		if err != nil {
			return nil, err
		}
		src.Leaks.Detector = a.leakDetector(src.Leaks.Mode)
		src.RenderPool = a.renders
		list = append(list, src)
	}
	return list, nil
}

// leakDetector returns the detector that all sources share.
func (a *app) leakDetector(mode transform.LeakMode) *leaks.Detector {
	if mode == transform.LeaksOff {
		return nil
	}
	if a.leaks == nil {
		a.leaks = leaks.New()
	}
	return a.leaks
}

func (a *app) close() {
	if a.client != nil {
		a.client.Close()
	}
	if err := a.index.Close(); err != nil {
		a.log.Warn("close the index of words", "error", err)
	}
	if a.state != nil {
		if err := a.state.Close(); err != nil {
			a.log.Error("close state", "error", err)
		}
	}
}

// observe counts requests, and says now and then that Intercom does not answer.
func (a *app) observe(notice func(string)) func(intercomapi.Event) {
	quiet := newThrottle(15 * time.Second)
	return func(e intercomapi.Event) {
		a.metrics.Request(e)
		if (e.Code == "error" || strings.HasPrefix(e.Code, "5")) && quiet.pass() {
			what := "does not respond"
			if e.Code != "error" {
				what = "responds with " + e.Code
			}
			a.log.Warn("Intercom "+what+"; retrying", "operation", e.Operation)
			if notice != nil {
				notice("Intercom " + what + "; retrying")
			}
		}
	}
}

func tokenOf(in *atomic.Pointer[config.Intercom]) func() (string, error) {
	return func() (string, error) { return secret(string(in.Load().Token), in.Load().TokenFile)() }
}

// secret returns a token, or reads it from a file each time, so that a file
// that was exchanged takes effect.
func secret(token, file string) func() (string, error) {
	return func() (string, error) {
		if file == "" {
			return token, nil
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return "", unreadable(file, err)
		}
		if token := strings.TrimSpace(string(data)); token != "" {
			return token, nil
		}
		return "", fmt.Errorf("the token file %s is empty", file)
	}
}

// unreadable says why a token file cannot be read, and names it in full.
func unreadable(file string, err error) error {
	if path, absErr := filepath.Abs(file); absErr == nil {
		file = path
	}
	switch info, statErr := os.Stat(file); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no token file %s: create it with the token, or correct its path in the config", file)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("user %s must not read the token file %s: chown or chmod it", localUser(), file)
	case statErr == nil && info.IsDir():
		return fmt.Errorf("the token file %s is a folder: name the file in it", file)
	}
	return fmt.Errorf("read token file: %w", err)
}

// openState opens the state. A damaged file is put aside and begun anew: the
// next run takes over what Intercom has.
func openState(cfg *config.Config, readOnly bool, log *slog.Logger, notice func(string)) (*state.DB, error) {
	path := cfg.State
	opts := state.Options{ReadOnly: readOnly, Wait: lockWait, Lease: time.Duration(cfg.Lease)}
	if name := state.RetractionsFile(path); name != "" {
		opts.Retracted = filepath.Join(cfg.Cache, name)
	}
	db, err := state.Open(path, opts)
	var corrupt *state.CorruptError
	var made *fs.PathError
	switch {
	case readOnly && errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.As(err, &made) && made.Op == "mkdir":
		return nil, fmt.Errorf(
			"%w: create it, writable for the user that runs finpages, or set state: to another path", err)
	case readOnly || !errors.As(err, &corrupt):
		return db, err
	}
	aside, err := state.PutAside(path, time.Now())
	if err != nil {
		return nil, errors.Join(corrupt, err)
	}
	log.Error("the state file is damaged. It was moved aside; the next run adopts the pages in Intercom", "error",
		corrupt, "aside", aside)
	if notice != nil {
		notice(
			fmt.Sprintf(
				"%v. It was moved to %s, and the pages in Intercom are adopted. Retractions are kept; held deletes, the "+
					"journal and the history are lost",
				corrupt,
				aside,
			),
		)
	}
	return state.Open(path, state.Options{})
}
