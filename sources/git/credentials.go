package git

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"finpages/sources"
)

// credentials are the login for one http server. They reach git through a
// pipe that only its process group holds: neither the command line nor the
// environment nor a file shows them.
type credentials struct {
	origin       string // scheme://host[:port]
	user, secret string
}

// maxToken bounds what is read from a token file.
const maxToken = 64 << 10

// credentials returns the login that the options give, nil if none.
func (g *Git) credentials() (*credentials, error) {
	c := &credentials{origin: g.remote.origin(), user: g.opts.Auth.User, secret: g.opts.Auth.Token}
	if f := g.opts.Auth.TokenFile; f != "" {
		token, err := readToken(g.env.Path(f))
		if err != nil {
			return nil, err
		}
		c.secret = token
	}
	if c.secret == "" {
		c.secret = g.remote.password
	}
	if c.user == "" {
		c.user = g.remote.user
	}
	if !g.remote.isHTTP() || c.secret == "" {
		return g.userOnly(c), nil
	}
	if c.user == "" {
		c.user = tokenUser(g.remote)
	}
	return c, nil
}

// userOnly keeps the user of https://user@host/, whose password the user's own
// credential helper knows.
func (g *Git) userOnly(c *credentials) *credentials {
	if !g.remote.isHTTP() || c.user == "" {
		return nil
	}
	return &credentials{origin: c.origin, user: c.user}
}

func readToken(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("read git.auth.token_file: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxToken))
	if err != nil {
		return "", fmt.Errorf("read git.auth.token_file: %w", err)
	}
	token := strings.TrimSpace(string(b))
	if token == "" || hasControl(token) {
		return "", fmt.Errorf("git.auth.token_file %s holds no token: it must hold it in one line", name)
	}
	return token, nil
}

// tokenUser is the user name that goes with an access token: see
// https://docs.gitlab.com/ee/topics/git/clone.html and
// https://support.atlassian.com/bitbucket-cloud/docs/using-access-tokens/.
func tokenUser(r remote) string {
	switch {
	case strings.Contains(r.host, "bitbucket"):
		return "x-token-auth"
	case strings.Contains(r.host, "gitlab"):
		return "oauth2"
	}
	return "x-access-token"
}

// helper answers git's question for a login from file descriptor 3. The
// shell's own read takes one byte at a time, so the next question finds the
// next pair of lines.
const helper = `!f() { test "$1" = get || exit 0; IFS= read -r u <&3 && IFS= read -r p <&3 && printf '%s\n%s\n' "$u" "$p"; }; f`

// args are the git options that ask the helper, and it alone: the user's
// helpers are not to store this login.
func (c *credentials) args() []string {
	if c == nil {
		return nil
	}
	key := "credential." + c.origin
	if c.secret == "" {
		return []string{"-c", key + ".username=" + c.user}
	}
	return []string{"-c", key + ".helper=", "-c", key + ".helper=" + helper}
}

// attach gives the command the pipe. The release must be called when the
// command has ended.
func (c *credentials) attach(cmd *exec.Cmd) (started, release func(), err error) {
	if c == nil || c.secret == "" {
		return func() {}, func() {}, nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("make a pipe for the login: %w", err)
	}
	cmd.ExtraFiles = []*os.File{r}
	done := make(chan struct{})
	go func() {
		defer close(done)
		lines := "username=" + c.user + "\npassword=" + c.secret + "\n"
		for _, err := io.WriteString(w, lines); err == nil; {
			_, err = io.WriteString(w, lines)
		}
	}()
	started = func() { r.Close() }
	release = func() { r.Close(); w.Close(); <-done }
	return started, release, nil
}

// sshCommand returns the value of GIT_SSH_COMMAND: the user's own command,
// never asking, with the key and the host keys of the options. Empty leaves it
// to git.
func sshCommand(a Auth, env sources.Env) (string, error) {
	command := userSSHCommand()
	program, _, _ := strings.Cut(strings.TrimSpace(command), " ")
	isSSH := strings.TrimSuffix(program[strings.LastIndexAny(program, `/\`)+1:], ".exe") == "ssh"
	if command == "" || (!isSSH && a.SSHKeyFile == "" && a.KnownHostsFile == "") {
		return command, nil
	}
	command += " -o BatchMode=yes"
	if a.SSHKeyFile != "" {
		key := env.Path(a.SSHKeyFile)
		if _, err := os.Stat(key); err != nil {
			return "", fmt.Errorf("read git.auth.ssh_key_file: %w", err)
		}
		command += " -o IdentitiesOnly=yes -i " + shellQuote(strings.ReplaceAll(key, "%", "%%"))
	}
	if a.KnownHostsFile != "" {
		hosts := env.Path(a.KnownHostsFile)
		if _, err := os.Stat(hosts); err != nil {
			return "", fmt.Errorf("read git.auth.known_hosts_file: %w", err)
		}
		quoted := `"` + strings.ReplaceAll(hosts, "%", "%%") + `"`
		command += " -o StrictHostKeyChecking=yes -o UserKnownHostsFile=" + shellQuote(quoted)
	}
	return command, nil
}

// userSSHCommand returns the ssh command that git would use, "" if it is a
// program that takes no options of ours (GIT_SSH).
func userSSHCommand() string {
	if c := os.Getenv("GIT_SSH_COMMAND"); c != "" {
		return c
	}
	cmd := exec.Command("git", "config", "--get", "core.sshCommand")
	cmd.Dir = os.TempDir()
	cmd.Env = append(parentEnv(os.Environ()), "GIT_DIR="+os.DevNull)
	if out, err := cmd.Output(); err == nil && len(strings.TrimSpace(string(out))) > 0 {
		return strings.TrimSpace(string(out))
	}
	if os.Getenv("GIT_SSH") != "" {
		return ""
	}
	return "ssh"
}

func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
