package rclone

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"finpages/sources/internal/process"
	regexp "finpages/sources/lazyregexp"
)

// stopGrace is how long rclone has to end when it is told to.
const stopGrace = 2 * time.Second

// runner runs the rclone program.
type runner struct {
	program string
	env     []string
	secrets []string // of its config, not to be shown
}

func (r *Rclone) runner() (runner, error) {
	program, err := r.find("rclone")
	if err != nil {
		return runner{}, errors.New("the program rclone is not installed: install it, version 1.58 or newer")
	}
	env := process.Environ("RCLONE_", "AWS_", "AZURE_", "GOOGLE_", "SSH_AUTH_SOCK")
	// rclone's S3 client refuses to start with it; --ca-cert (RCLONE_CA_CERT) is its own.
	env = slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, "AWS_CA_BUNDLE=") })
	env = append(env, "RCLONE_ASK_PASSWORD=false")
	if r.options.Config != "" {
		if _, err := os.Stat(r.options.Config); err != nil {
			return runner{}, fmt.Errorf("read rclone.config: %w", err)
		}
		env = append(env, "RCLONE_CONFIG="+r.options.Config)
	}
	if os.Getenv("RCLONE_DRIVE_EXPORT_FORMATS") == "" {
		env = append(env, "RCLONE_DRIVE_EXPORT_FORMATS=html") // what Google Docs become
	}
	return runner{program, env, secretsOf(r.options.Config)}, nil
}

// secretKey finds the keys of rclone's config whose values are secret.
var (
	secretKey = regexp.MustCompile(`(?i)(pass|token|secret|key|credential|account|sas|auth|bearer|cookie|user)`)
	quoted    = regexp.MustCompile(`"([^"]{6,})"`)
)

// secretsOf returns the values of a config that must not be shown, the longest
// first. An encrypted config shows none.
func secretsOf(config string) (secrets []string) {
	text, err := os.ReadFile(config)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		key, value, found := strings.Cut(line, "=")
		value = strings.TrimSpace(value)
		if !found || !secretKey.MatchString(key) || len(value) < 6 {
			continue
		}
		secrets = append(secrets, value)
		for _, part := range quoted.FindAllStringSubmatch(value, -1) {
			secrets = append(secrets, part[1])
		}
	}
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	return secrets
}

func (r runner) shown(text string) string {
	for _, secret := range r.secrets {
		text = strings.ReplaceAll(text, secret, "[secret]")
	}
	return process.Brief(text)
}

// running is an rclone command under way.
type running struct {
	runner
	verb    string
	process *process.Process
	stdout  *os.File
	log     *log
	stop    func() bool
	ctx     context.Context
}

// start starts rclone. It is to be ended by end.
func (r runner) start(ctx context.Context, args ...string) (*running, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	cmd := exec.Command(
		r.program,
		append([]string{"--use-json-log", "--stats", "0", "--retries", "1", "--low-level-retries", "5"}, args...)...)
	c := &running{runner: r, verb: args[0], stdout: out, log: &log{failed: map[string]string{}}, ctx: ctx}
	cmd.Env, cmd.Stdout, cmd.Stderr = r.env, in, c.log
	if c.process, err = process.Start(cmd); err != nil {
		out.Close()
		return nil, fmt.Errorf("start rclone: %w", err)
	}
	c.stop = context.AfterFunc(ctx, func() { c.process.Stop(stopGrace) })
	return c, nil
}

// end waits for rclone, and says what went wrong: by its exit code, or by its
// log, which tells of errors that it goes on after.
func (c *running) end() error {
	_, _ = io.Copy(io.Discard, c.stdout)
	c.stdout.Close()
	err := c.process.Err()
	c.stop()
	c.log.close()
	switch {
	case c.ctx.Err() != nil:
		return c.ctx.Err()
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return fmt.Errorf("rclone %s: %s", c.verb, c.shown(c.log.words(err.Error())))
	case c.log.last != "":
		return fmt.Errorf("rclone %s: %s", c.verb, c.shown(c.log.last))
	}
	return nil
}

// abort ends rclone before its time.
func (c *running) abort() {
	c.process.Stop(0)
	c.stdout.Close()
	c.stop()
}

// output runs a command whose output is short.
func (r runner) output(ctx context.Context, args ...string) ([]byte, error) {
	c, err := r.start(ctx, args...)
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(c.stdout, 1<<20))
	return out, errors.Join(err, c.end())
}

// log takes rclone's log: JSON lines, and the words that it ends with.
type log struct {
	mu     sync.Mutex
	rest   []byte
	last   string            // the last error
	plain  string            // the last line that is no JSON
	failed map[string]string // errors by path
}

const (
	longestLine = 1 << 20
	mostFailed  = 10_000
)

// Write implements [io.Writer].
func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, b...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			break
		}
		l.line(line)
		l.rest = rest
	}
	if len(l.rest) > longestLine {
		l.rest = nil
	}
	return len(b), nil
}

func (l *log) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line(l.rest)
	l.rest = nil
}

func (l *log) line(line []byte) {
	var entry struct{ Level, Msg, Object string }
	switch {
	case len(bytes.TrimSpace(line)) == 0:
	case json.Unmarshal(line, &entry) != nil:
		l.plain = string(line)
	case entry.Level == "error" || entry.Level == "critical" || entry.Level == "fatal":
		l.last = entry.Msg
		if entry.Object != "" && len(l.failed) < mostFailed {
			l.failed[entry.Object] = entry.Msg
		}
	}
}

// stamp is what rclone begins a line with that is no JSON.
var stamp = regexp.MustCompile(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (Failed to [^:]*: )?(last error was: )?`)

// words returns what rclone said last, else the fallback.
func (l *log) words(fallback string) string {
	if plain := stamp.ReplaceAllString(l.plain, ""); plain != "" {
		return plain
	}
	if l.last != "" {
		return l.last
	}
	return fallback
}
