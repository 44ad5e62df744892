package deploy_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"finpages/sources/sourcestest"

	"github.com/google/go-cmp/cmp"
)

const (
	unit     = "systemd/finpages.service"
	template = "systemd/finpages@.service"
)

func TestUnitIsClean(t *testing.T) {
	analyze := need(t, "systemd-analyze")
	for from, to := range map[string]string{unit: "finpages.service", template: "finpages@test.service"} {
		file := filepath.Join(t.TempDir(), to)
		// The program must be there to be found.
		write(t, file, strings.ReplaceAll(read(t, from), "/usr/bin/finpages", program(t)))
		if out := output(t, exec.Command(analyze, "verify", file)); strings.TrimSpace(out) != "" {
			t.Error(out)
		}
	}
}

// Each of several workspaces runs as the one does, with names of its own.
func TestTemplateIsTheUnit(t *testing.T) {
	lines := func(name string) (kept []string) {
		for line := range strings.Lines(read(t, name)) {
			if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "Description=") {
				kept = append(kept, line)
			}
		}
		return kept
	}
	got, want := lines(template), lines(unit)
	names := strings.NewReplacer("/etc/finpages/finpages.yaml", "/etc/finpages/%i.yaml",
		"/etc/finpages/intercom-token", "/etc/finpages/%i-token",
		"Directory=finpages\n", "Directory=finpages-%i\n", "/var/lib/finpages\n", "/var/lib/finpages-%i\n")
	for i, line := range want {
		want[i] = names.Replace(line)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
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
		unit: {"User=finpages\n", "LoadCredential=intercom-token:",
			"StateDirectory=finpages\n", "--config /etc/finpages/finpages.yaml"},
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

// A Go program ends by the watchdog's SIGABRT, as by a panic, with a code that
// the unit must not take for an answer.
func TestUnitRestartsAfterACrash(t *testing.T) {
	dir, addr := t.TempDir(), "127.0.0.1:"+sourcestest.Port(t)
	config := filepath.Join(dir, "finpages.yaml")
	write(t, config, fmt.Sprintf(`
intercom: {token: t, region: us}
state: state.db
server: {listen: %q}
defaults: {availability: {ai_agent: true, ai_copilot: true}}
sources: []
`, addr))
	cmd := exec.Command(program(t), "--config", config, "run")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	eventually(t, func() error {
		_, err := get("http://"+addr+"/healthz", "")
		return err
	})
	if err := cmd.Process.Signal(syscall.SIGABRT); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // fails, as it should
	code := strconv.Itoa(cmd.ProcessState.ExitCode())
	text := read(t, unit)
	// on-failure would leave it down after a signal such as SIGPIPE.
	if !strings.Contains(text, "\nRestart=always\n") {
		t.Errorf("nothing starts the daemon again after exit %s, or some signals", code)
	}
	for _, m := range regexp.MustCompile(`(?m)^(?:RestartPreventExitStatus|SuccessExitStatus)=(.*)`).FindAllStringSubmatch(text, -1) {
		if slices.Contains(strings.Fields(m[1]), code) {
			t.Errorf("after a crash, which is exit %s, the unit stays down: %s", code, m[0])
		}
	}
}

// The packages' config is good as it is, so that the service starts.
func TestPackagedConfigIsGood(t *testing.T) {
	// This machine may have a daemon of its own.
	dir := t.TempDir()
	config := strings.NewReplacer("127.0.0.1:9464", "127.0.0.1:1", "/var/lib/finpages", dir, "/run/finpages", dir).
		Replace(read(t, "packages/finpages.yaml"))
	file := filepath.Join(dir, "finpages.yaml")
	write(t, file, config)
	cmd := exec.Command(program(t), "--config", file, "status")
	cmd.Env = append(os.Environ(), "CREDENTIALS_DIRECTORY="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out),
		"no sources are configured: add one under sources in "+file) {
		t.Errorf("%v\n%s", err, out)
	}
	// Without the service, one fault says what is missing, and hides no name.
	cmd = exec.Command(program(t), "--config", file, "status")
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "CREDENTIALS_DIRECTORY=") })
	out, err = cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "systemd sets it for the service") ||
		!strings.Contains(string(out), " ${CREDENTIALS_DIRECTORY}/") ||
		strings.Contains(string(out), "missing") {
		t.Errorf("%v\n%s", err, out)
	}
}

// A systemd of its own, in namespaces, starts the unit with everything that it
// shuts: a folder, a repository, and ssh with a key still work, and so do
// readiness, reload, a restart after a crash and a stop in good order.
func TestUnitRuns(t *testing.T) {
	const manager = "/lib/systemd/systemd"
	if _, err := os.Stat(manager); err != nil || os.Getuid() != 0 {
		t.Skip("needs root and systemd")
	}
	for _, tool := range []string{"unshare", "timeout", "ip", "git", "ssh-keygen", "systemd-sysusers"} {
		need(t, tool)
	}
	try := "mount --make-rprivate / && mount -t tmpfs t /run && mkdir /run/u /run/w && mount -t overlay o -o " +
		"lowerdir=/etc,upperdir=/run/u,workdir=/run/w /etc && mount -t cgroup2 c /sys/fs/cgroup"
	if out, err := exec.Command("unshare", "--mount", "--cgroup", "--net", "sh", "-c",
		try).CombinedOutput(); err != nil {
		t.Skipf("no namespaces or overlays here: %v: %s", err, out)
	}
	deploy, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "output")
	console, err := exec.Command("sh", "testdata/unit.sh", program(t), deploy, file).CombinedOutput()
	got := read(t, file)
	for _, want := range []string{"SYNCED\n", "OTHER\n", "ActiveState=active\n", "config reloaded", "RESTARTED 1\n",
		"RESTARTED 2\n", "Result=success\nExecMainStatus=0\n", "END\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q (%v)", want, err)
		}
	}
	if t.Failed() {
		t.Logf("%s\n%s", console, got)
	}
}
