package git_test

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"

	"finpages/sources/sourcestest"
)

// sshServer serves repositories by an unprivileged sshd of the test's own.
func sshServer(t *testing.T) (address, key, knownHosts string) {
	t.Helper()
	sshd, err := exec.LookPath("/usr/sbin/sshd")
	if err != nil {
		t.Skip("sshd is not installed (openssh-server)")
	}
	if os.Getuid() == 0 && os.Mkdir("/run/sshd", 0o755) == nil { // sshd run by root insists on it
		t.Cleanup(func() { os.Remove("/run/sshd") })
	}
	dir := t.TempDir()
	for _, name := range []string{"host", "user"} {
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
			filepath.Join(dir, name)).CombinedOutput(); err != nil {
			t.Skipf("ssh-keygen: %v: %s", err, out)
		}
	}
	port := sourcestest.Port(t)
	pub, err := os.ReadFile(filepath.Join(dir, "user.pub"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "keys"), pub, 0o600))
	host, err := os.ReadFile(filepath.Join(dir, "host.pub"))
	must(t, err)
	knownHosts = filepath.Join(dir, "known hosts")
	must(t, os.WriteFile(knownHosts, []byte("[127.0.0.1]:"+port+" "+string(host)), 0o600))
	serve(t, port, exec.Command(sshd, "-D", "-e", "-f", "/dev/null", "-h", filepath.Join(dir, "host"), "-o",
		"ListenAddress=127.0.0.1:"+port,
		"-o", "AuthorizedKeysFile="+filepath.Join(dir, "keys"), "-o", "StrictModes=no", "-o", "UsePAM=no", "-o", "PidFile=none",
		"-o", "PasswordAuthentication=no", "-o", "AcceptEnv=GIT_PROTOCOL", "-o", "PermitRootLogin=yes",
		"-o", "SetEnv=GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=*"))
	me, err := user.Current()
	must(t, err)
	return me.Username + "@127.0.0.1:" + port, filepath.Join(dir, "user"), knownHosts
}

func TestSSH(t *testing.T) {
	r := newRepository(t)
	address, key, knownHosts := sshServer(t)
	r.opts.URL = "ssh://" + address + r.dir
	r.opts.Auth.SSHKeyFile, r.opts.Auth.KnownHostsFile = key, knownHosts
	r.sync()
	r.Put("a.md", "a")
	if got := r.sync(); got["a.md"] != "a" {
		t.Fatalf("got %q", got)
	}
	config := r.file("ssh config", "")
	t.Setenv("GIT_SSH_COMMAND", "ssh -F '"+config+"'")
	if got := r.sync(); got["a.md"] != "a" {
		t.Fatalf("with a command of the user's own: %q", got)
	}
	t.Run("unknown host", func(t *testing.T) {
		r.opts.Auth.KnownHostsFile = r.file("none", "")
		if why := r.listable(); !strings.Contains(why, "git.auth.known_hosts_file") {
			t.Errorf("error %q", why)
		}
	})
	t.Run("wrong key", func(t *testing.T) {
		r.opts.Auth.KnownHostsFile = knownHosts
		r.opts.Auth.SSHKeyFile = filepath.Join(filepath.Dir(key), "host")
		if why := r.listable(); !strings.Contains(why, "the login was refused") {
			t.Errorf("error %q", why)
		}
	})
	t.Run("no repository", func(t *testing.T) {
		r.opts.Auth.SSHKeyFile = key
		r.opts.URL = "ssh://" + address + "/nowhere.git"
		if why := r.listable(); !strings.Contains(why, "there is no such repository") {
			t.Errorf("error %q", why)
		}
	})
	t.Run("user's own configuration", func(t *testing.T) {
		_, port, _ := strings.Cut(strings.SplitN(address, "@", 2)[1], ":")
		config := r.file("ssh_config",
			fmt.Sprintf("Host docs-alias\n HostName 127.0.0.1\n Port %s\n IdentityFile %q\n UserKnownHostsFile %q\n",
				port, key, knownHosts))
		t.Setenv("GIT_SSH_COMMAND", "")
		runGit(t, "", "", "config", "--global", "core.sshCommand", "ssh -F '"+config+"'")
		r.opts.Auth.SSHKeyFile, r.opts.Auth.KnownHostsFile = "", ""
		r.opts.URL = strings.SplitN(address, "@", 2)[0] + "@docs-alias:" + r.dir
		if got := r.sync(); got["a.md"] != "a" {
			t.Errorf("got %q", got)
		}
	})
}
