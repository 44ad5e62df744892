package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"finpages/intercomapi/emulator"
	"finpages/sources/sourcestest"
)

// TestSoak runs the daemon with a sync every second among edits, webhooks,
// reloads, new and bad configs, and faults, and wants memory, goroutines and
// file handles to stay where they are. SOAK says for how long, such as 10m.
func TestSoak(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	length := 12 * time.Second
	if s := os.Getenv("SOAK"); s != "" {
		length, _ = time.ParseDuration(s)
	}
	d := startSoak(t)
	rnd := rand.New(rand.NewPCG(7, 7))
	n := 0
	// However slow the machine is, it goes on until there was enough to measure.
	goOn := func(length time.Duration) {
		runs := d.runs() + int(length.Seconds()/2)
		for end, last := time.Now().Add(length), n+60; time.Now().Before(end) || n < last || d.runs() < runs; n++ {
			d.disturb(rnd, n)
		}
	}
	goOn(length / 3)
	before := d.measure()
	goOn(length * 2 / 3)
	after := d.measure()
	t.Logf("%d runs, %d webhooks; before %+v, after %+v", d.runs(), d.hooks, before, after)
	if d.hooks == 0 {
		t.Error("no webhook was taken")
	}
	if after.live > before.live+24<<20 || after.files > before.files+16 || after.goroutines > before.goroutines+16 {
		t.Errorf("it grew from %+v to %+v", before, after)
	}
	d.process.Process.Signal(syscall.SIGTERM)
	if err := d.process.Wait(); err != nil {
		t.Errorf("the daemon ended with %v\n%s", err, d.log.String())
	}
	for _, event := range []string{"config reloaded", "the new config was rejected", `"changed":["docs"]`,
		`"removed":["more"]`, "; retrying"} {
		n := strings.Count(d.log.String(), event)
		t.Logf("%d times in the log: %s", n, event)
		if n == 0 {
			t.Errorf("it never came to this: %s", event)
		}
	}
}

// soak is a daemon under test.
type soak struct {
	t       *testing.T
	dir     string
	url     string
	api     string
	process *exec.Cmd
	log     *strings.Builder
	hooks   int // webhooks that were taken
}

func startSoak(t *testing.T) *soak {
	emu, err := emulator.New(emulator.Options{Limit: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(emu)
	t.Cleanup(func() { srv.Close(); emu.Close() })
	var calls atomic.Int64
	emu.Fail(func(*http.Request) *emulator.Fault {
		if calls.Add(1)%13 == 0 {
			return &emulator.Fault{Status: 502, Body: "<html>Bad Gateway</html>"}
		}
		return nil
	})
	s := &soak{t: t, dir: t.TempDir(), url: "http://127.0.0.1:" + sourcestest.Port(t), api: srv.URL, log: &strings.Builder{}}
	s.write("docs/a.md", "# A\n\ntext")
	s.write("more/b.md", "# B\n\ntext")
	s.configure(0)
	link := filepath.Join(s.dir, "finpages")
	if err := os.Symlink(os.Args[0], link); err != nil {
		t.Fatal(err)
	}
	s.process = exec.Command(link, "run", "--config", filepath.Join(s.dir, "finpages.yaml"))
	s.process.Stderr = s.log
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.process.Process.Kill() })
	for end := time.Now().Add(patience); s.runs() == 0; <-time.After(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the daemon did not come up:\n%s", s.log)
		}
	}
	return s
}

func (s *soak) write(name, body string) {
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	os.MkdirAll(filepath.Dir(path), 0o700)
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// configure writes one of four configs, and puts it in place as editors do.
func (s *soak) configure(n int) {
	config := fmt.Sprintf(`
intercom: {token: token-%d, base_url: %q}
state: ./state.db
server: {listen: %q}
defaults: {availability: {ai_agent: true, ai_copilot: true}, schedule: "@every 1s"}
sources:
  - name: docs
    import_source: {url: https://docs.example.com}
    webhook: {secret: s}
    timeout: %dm
    filesystem: {root: ./docs, watch: true}
`, n, s.api, strings.TrimPrefix(s.url, "http://"), n%2+1)
	switch n {
	case 1, 2:
		config += "  - name: more\n    import_source: {url: https://more.example.com}\n    filesystem: {root: ./more, " +
			"watch: true}\n"
	case 3:
		config += "  - name: docs\n"
	}
	s.write("finpages.yaml.new", config)
	if err := os.Rename(filepath.Join(s.dir, "finpages.yaml.new"), filepath.Join(s.dir, "finpages.yaml")); err != nil {
		s.t.Fatal(err)
	}
}

// hook posts a webhook as GitHub does.
func (s *soak) hook() {
	body := `{"ref": "refs/heads/main"}`
	mac := hmac.New(sha256.New, []byte("s"))
	mac.Write([]byte(body))
	req, _ := http.NewRequest("POST", s.url+"/hooks/docs", strings.NewReader(body))
	req.Header.Set("X-GitHub-Event", "push")
	req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return
	}
	resp.Body.Close()
	if resp.StatusCode == http.StatusAccepted {
		s.hooks++
	}
}

// disturb does one of the things that happen to a daemon.
func (s *soak) disturb(rnd *rand.Rand, n int) {
	switch rnd.IntN(7) {
	case 0, 1:
		s.write(fmt.Sprintf("docs/page-%d.md", rnd.IntN(20)), fmt.Sprintf("# Page\n\nversion %d", n))
	case 2:
		os.Remove(filepath.Join(s.dir, "docs", fmt.Sprintf("page-%d.md", rnd.IntN(20))))
	case 3:
		s.hook()
	case 4:
		s.process.Process.Signal(syscall.SIGHUP)
	case 5:
		fetch(s.url + "/sources/docs")
	case 6:
		s.configure(rnd.IntN(4))
	}
	<-time.After(time.Duration(rnd.IntN(100)) * time.Millisecond)
}

type measured struct {
	live       int // bytes that the next collection of garbage begins at: twice of what is in use
	files      int
	goroutines int
}

func (s *soak) measure() (m measured) {
	proc := fmt.Sprintf("/proc/%d", s.process.Process.Pid)
	m.live = s.metric("go_memstats_next_gc_bytes ")
	files, _ := os.ReadDir(proc + "/fd")
	m.files = len(files)
	m.goroutines = s.metric("go_goroutines ")
	return m
}

func (s *soak) runs() int {
	return s.metric(`finpages_runs_total{result="ok",source="docs"} `)
}

// metric returns a metric's value; 0 if it is not there.
func (s *soak) metric(name string) int {
	body, err := fetch(s.url + "/metrics")
	if err != nil {
		return 0
	}
	_, value, _ := strings.Cut(body, "\n"+name)
	value, _, _ = strings.Cut(value, "\n")
	n, _ := strconv.ParseFloat(value, 64)
	return int(n)
}
