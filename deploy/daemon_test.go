package deploy_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"finpages/sources/sourcestest"
)

const serverToken = "let-me-see"

// daemon is finpages with a small folder, beside its emulator, on loopback.
type daemon struct {
	addr      string
	tokenFile string
}

func startDaemon(t *testing.T) daemon {
	t.Helper()
	dir := t.TempDir()
	d := daemon{addr: "127.0.0.1:" + sourcestest.Port(t), tokenFile: filepath.Join(dir, "server-token")}
	docs := filepath.Join(dir, "docs")
	if err := os.Mkdir(docs, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(docs, "one.md"), "# One\n\nThe first page.\n")
	write(t, filepath.Join(docs, "two.md"), "# Two\n\nThe second page.\n")
	write(t, d.tokenFile, serverToken)
	config := filepath.Join(dir, "finpages.yaml")
	write(t, config, fmt.Sprintf(`
intercom: {token: t, base_url: %q}
state: state.db
server: {listen: %q, token_file: %q}
defaults: {schedule: "@every 1s", availability: {ai_agent: true, ai_copilot: true}}
sources:
  - name: docs
    import_source: {url: https://docs.example.com}
    filesystem: {root: docs}
`, startEmulator(t), d.addr, d.tokenFile))
	background(t, exec.Command(program(t), "--config", config, "run"))
	eventually(t, func() error {
		metrics, err := d.metrics()
		if err == nil && !strings.Contains(metrics, `finpages_runs_total{result="ok",source="docs"}`) {
			err = errors.New("no run has finished")
		}
		return err
	})
	return d
}

// startEmulator returns the emulator's address, which it prints.
func startEmulator(t *testing.T) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	cmd := exec.Command(program(t), "emulator", "--listen", "127.0.0.1:0")
	cmd.Stdout = w
	background(t, cmd)
	w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("read the emulator's address: %v", err)
	}
	return "http://" + strings.TrimSpace(line[strings.LastIndex(line, "/")+1:])
}

func (d daemon) metrics() (string, error) { return get("http://"+d.addr+"/metrics", serverToken) }
