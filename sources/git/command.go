package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"finpages/sources/internal/process"
)

const (
	// killDelay is how long git and its children have to clean up when they
	// are told to end, and how long an ssh master that stays behind may hold
	// on to git's error output.
	killDelay = 500 * time.Millisecond
	// maxOutput bounds the output that is kept of a command.
	maxOutput = 64 << 10
)

// runner runs the git program in one repository after another.
type runner struct {
	env         []string
	login       *credentials
	scrub       func(string) string
	connections *atomic.Int32 // to the server, so far
}

// maxConnections bounds how often one run may call the server: a few times for
// what all documents need, and for those that come one by one.
const maxConnections = 32

var errConnections = fmt.Errorf(
	"this run has called the server %d times: see whether the cache directory is damaged or full", maxConnections)

func (g *Git) runner() (runner, error) {
	login, err := g.credentials()
	if err != nil {
		return runner{}, err
	}
	env := append(parentEnv(os.Environ()),
		"GIT_ALLOW_PROTOCOL="+allowedProtocols(os.Getenv("GIT_ALLOW_PROTOCOL")),
		"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=", "SSH_ASKPASS_REQUIRE=never", "GCM_INTERACTIVE=never",
		// Else each command fetches what a clone lacks, by commands that do so in their turn.
		"GIT_NO_LAZY_FETCH=1",
		"GIT_LITERAL_PATHSPECS=1", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C", "LANGUAGE=")
	env = append(env, g.authorities(env)...)
	if g.remote.scheme == "ssh" {
		ssh, err := g.ssh.get()
		if err != nil {
			return runner{}, err
		}
		if ssh != "" {
			env = append(env, "GIT_SSH_COMMAND="+ssh)
		}
	}
	return runner{env: env, login: login, scrub: scrubber(login), connections: new(atomic.Int32)}, nil
}

// keptVariables are git's own environment variables that say how to reach a
// server or where the user's configuration lies. The others would lead git to
// another repository, make it write what it sends, or ask.
var keptVariables = []string{
	"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
	"GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_",
	"GIT_EXEC_PATH", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_SSL_", "GIT_PROXY_", "GIT_HTTP_",
}

// parentEnv returns the environment without git variables that are not kept.
func parentEnv(environ []string) (kept []string) {
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		if !strings.HasPrefix(name, "GIT_") || keeps(name) {
			kept = append(kept, v)
		}
	}
	return kept
}

func keeps(name string) bool {
	for _, k := range keptVariables {
		if name == k || strings.HasSuffix(k, "_") && strings.HasPrefix(name, k) {
			return true
		}
	}
	return false
}

// allowedProtocols are those that run no command of the URL's choice, as far
// as the user allows them (https://git-scm.com/docs/git#Documentation/git.txt-GITALLOWPROTOCOL).
func allowedProtocols(users string) string {
	var allowed []string
	for _, p := range []string{"https", "http", "ssh", "git", "file"} {
		if users == "" || strings.Contains(":"+users+":", ":"+p+":") {
			allowed = append(allowed, p)
		}
	}
	return strings.Join(allowed, ":")
}

// running is a git command under way.
type running struct {
	cmd     *exec.Cmd
	stdin   io.WriteCloser // nil if not asked for
	stdout  *bufio.Reader
	stderr  *capped
	kill    *time.Timer // ends what does not end by itself
	release func()
	verb    string
	scrub   func(string) string
	ctx     context.Context
}

// start starts git in the repository. Its standard input is empty, or a pipe.
// The process must be waited for.
func (r runner) start(ctx context.Context, repo string, piped bool, args ...string) (*running, error) {
	verb := verbOf(args)
	cmd := exec.CommandContext(ctx, "git", append(r.login.args(), args...)...)
	p := &running{cmd: cmd, stderr: &capped{}, verb: verb, scrub: r.scrub, ctx: ctx}
	cmd.Dir, cmd.Env = repo, slices.Concat(r.env, []string{"GIT_DIR=" + repo})
	switch verb {
	case "fetch", "ls-remote":
		if r.connections.Add(1) > maxConnections {
			return nil, errConnections
		}
	case "lfs": // one connection for each document that is kept there
	default:
		cmd.Env = append(cmd.Env, "GIT_ALLOW_PROTOCOL=none") // older than GIT_NO_LAZY_FETCH
	}
	cmd.Stderr, cmd.WaitDelay = p.stderr, killDelay
	process.OwnGroup(cmd)
	p.kill = time.AfterFunc(time.Hour, func() { _ = process.SignalGroup(cmd, true) })
	p.kill.Stop()
	cmd.Cancel = func() error {
		p.kill.Reset(killDelay)
		return process.SignalGroup(cmd, false)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.stdout = bufio.NewReaderSize(stdout, maxOutput)
	if piped {
		if p.stdin, err = cmd.StdinPipe(); err != nil {
			return nil, err
		}
	}
	started, release, err := r.login.attach(cmd)
	if err != nil {
		return nil, err
	}
	p.release = release
	if err := cmd.Start(); err != nil {
		release()
		if errors.Is(err, exec.ErrNotFound) {
			return nil, errNoGit
		}
		return nil, fmt.Errorf("start git: %w", err)
	}
	started()
	return p, nil
}

// verbOf returns the git command among the arguments.
func verbOf(args []string) string {
	for len(args) > 2 && args[0] == "-c" {
		args = args[2:]
	}
	return args[0]
}

// wait ends a process whose output has been read.
func (p *running) wait() error {
	err := p.cmd.Wait()
	p.kill.Stop()
	if p.ctx.Err() != nil {
		_ = process.SignalGroup(p.cmd, true) // a child that outlived git
	}
	p.release()
	switch {
	case p.ctx.Err() != nil:
		return context.Cause(p.ctx)
	case err == nil || errors.Is(err, exec.ErrWaitDelay):
		return nil
	}
	return newCommandError(p.verb, p.scrub(p.stderr.String()), err)
}

// drain reads what is left of the output, so that the process can end.
func (p *running) drain() { _, _ = io.Copy(io.Discard, p.stdout) }

// output runs a command whose output is short, writing input to it.
func (r runner) output(ctx context.Context, repo string, input *strings.Reader, args ...string) (
	stdout, stderr string, err error) {
	p, err := r.start(ctx, repo, input != nil, args...)
	if err != nil {
		return "", "", err
	}
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		if input != nil {
			_, _ = input.WriteTo(p.stdin) // a command that ends early says why itself
			p.stdin.Close()
		}
	}()
	out := &capped{}
	_, _ = io.Copy(out, p.stdout) // ends when the process does
	err = p.wait()
	<-fed
	return out.String(), p.stderr.String(), err
}

// capped keeps the beginning and the end of what is written to it.
type capped struct {
	head, tail []byte
	cut        bool
}

// Write implements [io.Writer]; it takes everything.
func (c *capped) Write(b []byte) (int, error) {
	n := len(b)
	room := min(maxOutput-len(c.head), n)
	c.head = append(c.head, b[:room]...)
	c.tail = append(c.tail, b[room:]...)
	if over := len(c.tail) - maxOutput; over > 0 {
		c.tail, c.cut = append(c.tail[:0], c.tail[over:]...), true
	}
	return n, nil
}

func (c *capped) String() string {
	if !c.cut {
		return string(c.head) + string(c.tail)
	}
	end := c.tail
	if i := bytes.IndexByte(end, '\n'); i >= 0 {
		end = end[i:]
	}
	return string(c.head) + "\n…" + string(end)
}
