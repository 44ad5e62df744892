package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/config"
	"finpages/ingest"
	"finpages/ingest/documents"
	"finpages/ingest/inspect"
	"finpages/ingest/leaks"
	"finpages/ingest/metrics"
	"finpages/ingest/operate"
	"finpages/ingest/transform"
	"finpages/ingest/verify"
	"finpages/intercomapi"
	"finpages/state"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
)

// app is the program put together from its config.
type app struct {
	cfg      *config.Config
	log      *slog.Logger
	state    *state.DB // nil where a plan found no state file
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
		Client: a.client, APIVersion: in.Version, State: a.state, Workspace: in.Workspace, InFlight: in.InFlight,
		Metrics: a.metrics, Log: a.log,
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
			return "", fmt.Errorf("read token file: %w", err)
		}
		if token := strings.TrimSpace(string(data)); token != "" {
			return token, nil
		}
		return "", fmt.Errorf("the token file %s is empty", file)
	}
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

// control is what commands ask for: of the daemon where one runs, else of a
// service of their own.
type control interface {
	RunAll(ctx context.Context, names []string, opts ingest.RunOptions) ([]ingest.Report, error)
	StatusAll(ctx context.Context, names []string) ([]inspect.Status, error)
	LeaksAll(ctx context.Context, names []string) ([]inspect.Leak, error)
	LossAll(ctx context.Context, names []string) ([]inspect.Loss, error)
	Explain(ctx context.Context, name, ref string) (documents.Explanation, error)
	Approve(ctx context.Context, name, hold string) (ingest.Report, error)
	Retract(ctx context.Context, name, page string) (string, error)
	Unretract(ctx context.Context, name, page string) error
	Undo(ctx context.Context, name, ref string) ([]string, error)
	Verify(ctx context.Context, name string, opts verify.Options) (verify.Verification, error)
	Forget(ctx context.Context, name string, deletePages bool) (operate.Forgotten, error)
	Audit(ctx context.Context, n int) ([]state.Audited, error)
}

var (
	_ control = (*operate.Service)(nil)
	_ control = (*api.Client)(nil)
)

// control returns a service with the state open, or the daemon that has it
// open. A state that another command has open is waited for, a little. The
// caller calls the function when done.
func (g *globals) control(ctx context.Context, o appOptions) (control, func(), error) {
	if daemon := g.socketDaemon(ctx); daemon != nil {
		return daemon, daemon.Close, nil
	}
	cfg, err := g.load()
	if errors.As(err, new(*config.Invalid)) {
		g.tellOfDaemon(ctx)
	}
	if err != nil {
		return nil, nil, err
	}
	if len(cfg.Sources) == 0 {
		fmt.Fprintf(g.stderr, "finpages: %s\n", noSources(cfg))
	}
	for end := time.Now().Add(lockPatience); ; {
		// A daemon comes first: its state file may have been moved away from
		// under it, and what is made in its place is not locked.
		answer := holds(ctx, cfg)
		if answer == nil {
			daemon, err := daemonClient(cfg)
			if err != nil {
				return nil, nil, err
			}
			if now, err := daemon.Config(ctx); err == nil { // else what the command asks says so
				g.tellOfConfig(now)
			}
			return daemon, func() {}, nil
		}
		a, err := g.open(cfg, o)
		switch {
		case err == nil:
			return a.service, a.close, nil
		case !errors.Is(err, state.ErrLocked):
			return nil, nil, err
		case errors.Is(answer, api.ErrOtherState):
			return nil, nil, fmt.Errorf("%w: %w", state.ErrLocked, answer)
		case errors.Is(answer, api.ErrCertificate):
			return nil, nil, fmt.Errorf(
				"%w, and %w: restore the certificate that the daemon uses, or restart the daemon", state.ErrLocked,
				answer)
		case time.Now().After(end):
			return nil, nil, fmt.Errorf(
				"%w, and %w: wait for the other finpages process to end, or correct server.listen", state.ErrLocked,
				answer)
		}
	}
}

// tellOfDaemon says, where the config cannot be used, that a daemon does not mind.
func (g *globals) tellOfDaemon(ctx context.Context) {
	outline, _ := config.ReadOutline(g.configPath())
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	if healthy(ctx, outline.Server) == nil {
		fmt.Fprintf(g.stderr,
			"finpages: the daemon at %s still uses the previous config. To use commands, fix the config file:\n",
			outline.Server.Listen)
	}
}

func noSources(cfg *config.Config) string {
	return "no sources are configured: add one under sources in " + cfg.Path
}

// stateID tells the state files of several finpages on one machine apart, also
// while they are not there.
func stateID(cfg *config.Config) string {
	if state.IsPostgres(cfg.State) {
		return fmt.Sprintf("%x", sha256.Sum256([]byte(state.Redacted(cfg.State))))[:16]
	}
	path, err := filepath.Abs(cfg.State)
	if err != nil {
		path = cfg.State
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(realPath(path))))[:16]
}

// realPath follows the symbolic links in as much of the path as is there.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	dir := filepath.Dir(path)
	if dir == path {
		return path
	}
	return filepath.Join(realPath(dir), filepath.Base(path))
}

// ask has a command do its work with what control returns.
func (g *globals) ask(c *cobra.Command, o appOptions, do func(control) error) error {
	ctl, done, err := g.control(c.Context(), o)
	if err != nil {
		return err
	}
	defer done()
	return asUsage(do(ctl))
}

// lockPatience is how long a command waits for another one to end, and
// lockWait how long it waits each time before it looks for a daemon.
const (
	lockPatience = 3 * time.Second
	lockWait     = 100 * time.Millisecond
)

// holds returns nil if a daemon answers and was started with our state file.
// The question needs no login, and who answers may be anybody: no token.
func holds(ctx context.Context, cfg *config.Config) error {
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	daemon := clientOf(cfg, "")
	defer daemon.Close()
	return daemon.Holds(ctx)
}

func daemonClient(cfg *config.Config) (*api.Client, error) {
	token := ""
	if cfg.Server.TokenFile == "" && cfg.Server.HasLogin() {
		return nil, errors.New("the daemon asks for a login: for commands, set server.socket (needs no token) or server.token_file")
	}
	if cfg.Server.TokenFile != "" {
		var err error
		if token, err = secret("", cfg.Server.TokenFile)(); err != nil {
			return nil, err
		}
	}
	return clientOf(cfg, token), nil
}

func clientOf(cfg *config.Config, token string) *api.Client {
	c := api.NewClient(cfg.Server.Listen, token)
	c.State = stateID(cfg)
	if cfg.Server.TLS.CertFile != "" {
		c.TLS(cfg.Server.TLS.CertFile)
	}
	return c
}
