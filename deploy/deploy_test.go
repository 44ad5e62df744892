// Package deploy_test tries what operators get: units, charts, alerts,
// dashboards and release archives, with the tools that read them where these
// are installed.
package deploy_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// programDir holds the program once it is built.
var programDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "finpages-deploy-")
	if err != nil {
		panic(err)
	}
	programDir = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

var buildProgram = sync.OnceValues(func() (string, error) {
	program := filepath.Join(programDir, "finpages")
	out, err := exec.Command("go", "build", "-o", program, "finpages/cmd/finpages").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build finpages: %w\n%s", err, out)
	}
	return program, nil
})

func program(t *testing.T) string {
	t.Helper()
	p, err := buildProgram()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// need returns the path of a tool, or skips the test.
func need(t *testing.T, tool string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Skipf("%s is not installed", tool)
	}
	return path
}

// output runs a command that must succeed.
func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	return string(out)
}

// background runs a command until the test ends, and shows what it wrote if
// the test failed.
func background(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	var log bytes.Buffer
	cmd.Stderr = &log
	if cmd.Stdout == nil {
		cmd.Stdout = &log
	}
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		kill := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		kill.Stop()
		if t.Failed() {
			t.Logf("%s:\n%s", filepath.Base(cmd.Path), log.String())
		}
	})
}

// eventually waits for a condition; its error says what is missing.
func eventually(t *testing.T, condition func() error) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(5 * time.Minute)
	for {
		err := condition()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("timed out: %v", err)
		}
	}
}

// get returns the body of a successful answer.
func get(url, token string) (string, error) {
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return "", err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", url, resp.Status, body)
	}
	return string(body), err
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func readYAML[T any](t *testing.T, name string) (v T) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, name)), &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// Every YAML file parses, Helm's templates apart.
func TestYAMLParses(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		ext := filepath.Ext(path)
		if err != nil || d.IsDir() || ext != ".yaml" && ext != ".yml" || strings.Contains(path, "/templates/") {
			return err
		}
		readYAML[any](t, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
