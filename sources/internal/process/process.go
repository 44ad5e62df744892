// Package process runs a program together with all that it starts: in a session
// of its own, without a terminal, and ended as one.
package process

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// pipeDelay is how long what a program leaves behind may hold on to its pipes.
const pipeDelay = 500 * time.Millisecond

// Process is a program under way.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// Start starts the command. Its Stderr may be any writer.
func Start(cmd *exec.Cmd) (*Process, error) {
	OwnGroup(cmd)
	cmd.WaitDelay = pipeDelay
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Process{cmd: cmd, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		_ = SignalGroup(cmd, true) // children that it left behind
		close(p.done)
	}()
	return p, nil
}

// Done is closed once the program has ended, and its children with it.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err returns how the program ended, as [exec.Cmd.Wait] does, once it has.
func (p *Process) Err() error {
	<-p.done
	return p.err
}

// Stop tells the program and its children to end, and kills after grace what
// has not. It returns once the program has ended.
func (p *Process) Stop(grace time.Duration) {
	_ = SignalGroup(p.cmd, false)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.done:
	case <-timer.C:
		_ = SignalGroup(p.cmd, true)
		<-p.done
	}
}

// passedOn are the variables that say where a program finds its files, people's
// language, and the way to the network.
var passedOn = []string{
	"PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "SystemRoot",
}

// Environ returns this process's environment without what is none of another
// program's business, such as the token for Intercom: what every program needs,
// and what begins with one of the prefixes.
func Environ(prefixes ...string) (kept []string) {
	prefixes = append(prefixes, "LC_")
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		begins := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
		if slices.Contains(passedOn, name) || slices.ContainsFunc(prefixes, begins) {
			kept = append(kept, v)
		}
	}
	return kept
}
