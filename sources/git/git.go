// Package git reads the documents of a Git repository.
//
// The git program does the transport, so every protocol, proxy, credential
// helper and ssh configuration that works for the user works here. It fetches
// into a bare partial clone (https://git-scm.com/docs/partial-clone) that lies
// in a cache directory and may be lost at any time: only the trees of the
// newest commit are fetched, and of the blobs those that are loaded. Nothing
// is ever checked out, so no hook, filter or submodule of the repository runs.
package git

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"finpages/sources"
)

// Git is a repository of documents.
type Git struct {
	opts   Options
	env    sources.Env
	remote remote
	ready  lazy[string] // git's version
	ssh    lazy[string] // the ssh command line
}

var (
	_ sources.Source    = (*Git)(nil)
	_ sources.Explainer = (*Git)(nil)
	_ sources.Checker   = (*Git)(nil)
)

func newGit(opts Options, env sources.Env, r remote) *Git {
	g := &Git{opts: opts, env: env, remote: r}
	g.ready.make = version
	g.ssh.make = func() (string, error) { return sshCommand(opts.Auth, env) }
	return g
}

// Open implements [sources.Source]. It asks the remote for the ref's commit
// and fetches it if the cache has another.
func (g *Git) Open(ctx context.Context) (sources.Snapshot, error) {
	s, err := g.open(ctx)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (g *Git) open(ctx context.Context) (*snapshot, error) {
	run, err := g.runner()
	if err != nil {
		return nil, err
	}
	c, err := openCache(g.env.CacheDir, g.env.Name)
	if err != nil {
		return nil, err
	}
	s := &snapshot{Git: g, cache: c, run: run, mending: make(chan struct{}, 1)}
	s.objects = newObjects(func() (*running, error) {
		return run.start(context.Background(), c.repo, true, "cat-file", "--batch")
	})
	ctx, cancel := g.deadline(ctx)
	defer cancel()
	if err := s.sync(ctx); err != nil {
		s.Close()
		return nil, g.timedOut(ctx, err)
	}
	return s, nil
}

// deadline limits what may wait for the network.
func (g *Git) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, g.opts.Timeout, errTimeout)
}

var errTimeout = errors.New("git timed out")

// timedOut says of an error that it came from the deadline, if it did.
func (g *Git) timedOut(ctx context.Context, err error) error {
	if !errors.Is(context.Cause(ctx), errTimeout) {
		return err
	}
	return fmt.Errorf("%s did not answer within %s: check the network, or raise git.timeout: %w",
		g.remote.url, g.opts.Timeout, context.DeadlineExceeded)
}

// Explain implements [sources.Explainer].
func (g *Git) Explain(_ context.Context, id string) (string, error) {
	return g.opts.Why(id), nil
}

// Check implements [sources.Checker].
func (g *Git) Check(ctx context.Context) ([]string, error) {
	v, err := g.ready.get()
	if err != nil {
		return nil, err
	}
	found := []string{"git " + v}
	s, err := g.open(ctx)
	if err != nil {
		return found, err
	}
	defer s.Close()
	tally, err := sources.Count(ctx, s)
	if err != nil {
		return found, err
	}
	if tally.Documents == 0 {
		err = fmt.Errorf("%w in %s at %s: see git.path, include and exclude",
			sources.ErrNothingFound, g.remote.url, s.target.name)
	}
	found = append(found,
		fmt.Sprintf("ref %s at %.10s (%s)", s.target.name, s.target.commit, s.committed.UTC().Format(time.DateOnly)),
		fmt.Sprintf("%s: %v", path.Join("/", g.opts.Path), tally))
	return found, err
}
