package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const unit = "systemd/finpages.service"

func TestUnitIsClean(t *testing.T) {
	analyze := need(t, "systemd-analyze")
	file := filepath.Join(t.TempDir(), "finpages.service")
	// The program must be there to be found.
	write(t, file, strings.ReplaceAll(read(t, unit), "/usr/bin/finpages", program(t)))
	if out := output(t, exec.Command(analyze, "verify", file)); strings.TrimSpace(out) != "" {
		t.Error(out)
	}
}

func TestUnitIsHardened(t *testing.T) {
	analyze := need(t, "systemd-analyze")
	out := output(t, exec.Command(analyze, "security", "--offline=true", "--no-pager", unit))
	m := regexp.MustCompile(`Overall exposure level for finpages.service: ([0-9.]+)`).FindStringSubmatch(out)
	if m == nil {
		t.Fatal(out)
	}
	if exposure, err := strconv.ParseFloat(m[1], 64); err != nil || exposure > 2 {
		t.Errorf("exposure %s, want 2.0 at most:\n%s", m[1], out)
	}
}

// The unit, the packages' config and the user belong together.
func TestUnitFitsItsPackage(t *testing.T) {
	text := read(t, unit)
	for file, parts := range map[string][]string{
		"systemd/finpages.sysusers": {"u finpages ", "/var/lib/finpages"},
		"packages/finpages.yaml":    {"${CREDENTIALS_DIRECTORY}/intercom-token", "state: /var/lib/finpages/"},
		"nfpm.yaml":                 {"/etc/finpages/finpages.yaml", "/usr/lib/systemd/system/finpages.service", "/usr/bin/finpages"},
		unit:                        {"User=finpages\n", "LoadCredential=intercom-token:", "StateDirectory=finpages\n", "--config /etc/finpages/finpages.yaml"},
	} {
		for _, part := range parts {
			if !strings.Contains(read(t, file), part) {
				t.Errorf("%s lacks %s", file, part)
			}
		}
	}
	if !strings.Contains(text, "Type=notify\n") || !strings.Contains(text, "WatchdogSec=") {
		t.Error("nothing watches the daemon")
	}
}

// The packages' config is good as it is, so that the service starts.
func TestPackagedConfigIsGood(t *testing.T) {
	cmd := exec.Command(program(t), "--config", "packages/finpages.yaml", "status")
	cmd.Env = append(os.Environ(), "CREDENTIALS_DIRECTORY="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "no sources are configured: name some under sources in packages/finpages.yaml") {
		t.Errorf("%v\n%s", err, out)
	}
}

// A systemd of its own, in namespaces, starts the unit with everything that it
// shuts: a folder, a repository, and ssh with a key still work, and so do
// readiness, reload and a stop in good order.
func TestUnitRuns(t *testing.T) {
	const manager = "/lib/systemd/systemd"
	if _, err := os.Stat(manager); err != nil || os.Getuid() != 0 {
		t.Skip("needs root and systemd")
	}
	for _, tool := range []string{"unshare", "timeout", "ip", "git", "ssh-keygen", "systemd-sysusers"} {
		need(t, tool)
	}
	try := "mount --make-rprivate / && mount -t tmpfs t /run && mkdir /run/u /run/w && mount -t overlay o -o lowerdir=/etc,upperdir=/run/u,workdir=/run/w /etc && mount -t cgroup2 c /sys/fs/cgroup"
	if out, err := exec.Command("unshare", "--mount", "--cgroup", "--net", "sh", "-c", try).CombinedOutput(); err != nil {
		t.Skipf("no namespaces or overlays here: %v: %s", err, out)
	}
	deploy, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "output")
	console, err := exec.Command("sh", "testdata/unit.sh", program(t), deploy, file).CombinedOutput()
	got := read(t, file)
	for _, want := range []string{"SYNCED\n", "ActiveState=active\n", "config reloaded", "Result=success\nExecMainStatus=0\n", "END\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q (%v)", want, err)
		}
	}
	if t.Failed() {
		t.Logf("%s\n%s", console, got)
	}
}
