package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/config"
	"finpages/ingest"
	"finpages/ingest/documents"
	"finpages/ingest/inspect"
	"finpages/ingest/operate"
	"finpages/ingest/verify"
	"finpages/state"

	"github.com/spf13/cobra"
)

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
	Search(ctx context.Context, names []string, text string, limit int) ([]documents.Matches, error)
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
