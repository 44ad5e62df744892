package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finpages/intercomapi/emulator"
	"finpages/sources/sourcestest"
)

// What reads the log may end before the daemon does: a log collector that is
// restarted, a pager that is closed.
func TestTheDaemonOutlivesTheReaderOfItsLog(t *testing.T) {
	t.Parallel()
	emu, err := emulator.New(emulator.Options{Limit: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(emu)
	defer func() { api.Close(); emu.Close() }()
	dir, port := t.TempDir(), sourcestest.Port(t)
	file := filepath.Join(dir, "finpages.yaml")
	config := fmt.Sprintf(`
intercom: {token: t, base_url: %q}
state: state.db
server: {listen: "127.0.0.1:%s"}
defaults: {availability: {ai_agent: true, ai_copilot: true}}
sources:
  - {name: docs, import_source: {url: "https://docs.example.com"}, filesystem: {root: .}}
`, api.URL, port)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	cmd := exec.Command("finpages", "--config", file, "--log-level", "debug", "run")
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for metrics := ""; !strings.Contains(metrics, `finpages_runs_total{result="ok",source="docs"} 1`); {
		select {
		case err := <-ended:
			t.Fatalf("the daemon ended: %v", err)
		case <-tick.C:
			metrics, _ = fetch("http://127.0.0.1:" + port + "/metrics")
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the daemon ended: %v", err)
	}
}
