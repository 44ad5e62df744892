package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"finpages/intercomapi/emulator"
	"finpages/sources/sourcestest"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	os.Setenv("GORACE", strings.TrimSpace(os.Getenv("GORACE")+" "+raceOptions))
	testscript.Main(m, map[string]func(){"finpages": recordedMain})
}

// raceOptions end programs at once that the tests start: the race detector has each
// sleep for a second before it ends.
const raceOptions = "atexit_sleep_ms=0"

// recordEnv names a file that gets a copy of everything the program prints.
const recordEnv = "FINPAGES_TEST_RECORD"

func recordedMain() {
	path := os.Getenv(recordEnv)
	if path == "" {
		main()
		return
	}
	record, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	os.Exit(run(os.Args[1:], io.MultiWriter(os.Stdout, record), io.MultiWriter(os.Stderr, record)))
}

// noSecrets fails if a secret of the scripts was printed, or is in the state.
func noSecrets(t *testing.T, files ...string) {
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for _, secret := range []string{"good-token", "bad-token", "hook-secret", "server-token"} {
			if strings.Contains(string(data), secret) {
				t.Errorf("%s holds the secret %q", filepath.Base(file), secret)
			}
		}
	}
}

// Each script in testdata/script runs the program against an emulator of its
// own, whose address is $API.
func TestScripts(t *testing.T) {
	t.Parallel()
	emulators := &sync.Map{}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			emu, err := emulator.New(emulator.Options{Token: "good-token", Limit: 100_000})
			if err != nil {
				return err
			}
			srv := httptest.NewServer(emu)
			record := filepath.Join(t.TempDir(), "printed")
			env.Setenv(recordEnv, record)
			env.Setenv("GORACE", os.Getenv("GORACE"))
			env.Defer(func() {
				srv.Close()
				emu.Close()
				noSecrets(t, record, filepath.Join(env.WorkDir, "state.db"), filepath.Join(env.WorkDir, "state.db.retracted.json"))
			})
			emulators.Store(env.WorkDir, emu)
			env.Setenv("API", srv.URL)
			env.Setenv("TOKEN", "good-token")
			env.Setenv("PORT", sourcestest.Port(t))
			env.Setenv("PORT2", sourcestest.Port(t))
			env.Setenv("TAKEN", strings.TrimPrefix(srv.URL, "http://"))
			return datedBack(filepath.Join(env.WorkDir, "docs"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"writes":    func(ts *testscript.TestScript, neg bool, args []string) { scriptWrites(ts, emulators, args) },
			"fail":      func(ts *testscript.TestScript, neg bool, args []string) { scriptFail(ts, emulators, args) },
			"inFin":     func(ts *testscript.TestScript, neg bool, args []string) { scriptInFin(ts, emulators, args) },
			"old":       func(ts *testscript.TestScript, neg bool, args []string) { scriptOld(ts, args) },
			"exit":      scriptExit,
			"waitFor":   func(ts *testscript.TestScript, _ bool, args []string) { scriptWaitFor(ts, true, args) },
			"waitForNo": func(ts *testscript.TestScript, _ bool, args []string) { scriptWaitFor(ts, false, args) },
			"waitHealthy": func(ts *testscript.TestScript, _ bool, _ []string) {
				scriptUntil(ts, func() error { return ts.Exec("finpages", "health") })
			},
			"get":   scriptGet,
			"getAs": scriptGetAs,
			"waitGone": func(ts *testscript.TestScript, _ bool, args []string) {
				scriptUntil(ts, func() error {
					body, err := fetch(args[0])
					if err != nil || !strings.Contains(body, "alive") {
						return nil
					}
					return fmt.Errorf("%s still answers", args[0])
				})
			},
			"damage": scriptDamage,
			"same":   scriptSame,
			"reload": scriptReload,
			"post":   scriptPost,
		},
	})
}

// datedBack makes files older than the clock's granularity, so that they have
// a revision.
func datedBack(dir string) error {
	past := time.Now().Add(-time.Hour)
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		return os.Chtimes(path, past, past)
	})
}

func emulatorOf(ts *testscript.TestScript, emulators *sync.Map) *emulator.Server {
	emu, _ := emulators.Load(ts.Getenv("WORK"))
	return emu.(*emulator.Server)
}

// writes WRITE...: the writes since the last such line, in order, such as
// POST:a.md.
func scriptWrites(ts *testscript.TestScript, emulators *sync.Map, want []string) {
	emu := emulatorOf(ts, emulators)
	got := []string{}
	for _, r := range emu.Requests() {
		if r.Method != http.MethodGet {
			name := r.ExternalID
			if strings.Contains(r.Path, "import_sources") {
				name = "import-source"
			}
			got = append(got, r.Method+":"+name)
		}
	}
	emu.ClearRequests()
	sortRuns(got)
	if !slices.Equal(got, append([]string{}, want...)) {
		ts.Fatalf("writes: %q\n  want: %q", got, want)
	}
}

// sortRuns sorts writes of one kind that follow one another: they go out
// together, in no order.
func sortRuns(writes []string) {
	for len(writes) > 0 {
		method, _, _ := strings.Cut(writes[0], ":")
		n := slices.IndexFunc(writes, func(w string) bool { return !strings.HasPrefix(w, method+":") })
		if n < 0 {
			n = len(writes)
		}
		if strings.HasSuffix(writes[0], "import-source") {
			n = 1
		}
		slices.Sort(writes[:n])
		writes = writes[n:]
	}
}

// inFin ID...: all external_ids in Intercom.
func scriptInFin(ts *testscript.TestScript, emulators *sync.Map, want []string) {
	var got []string
	for _, p := range emulatorOf(ts, emulators).Pages() {
		got = append(got, p.ExternalID)
		if !p.AIAgentAvailability || !p.AICopilotAvailability {
			ts.Fatalf("%s is not available to Fin", p.ExternalID)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		ts.Fatalf("in Fin: %q\n  want: %q", got, want)
	}
}

// fail METHOD STATUS BODY: what Intercom answers from now on; fail none ends it.
func scriptFail(ts *testscript.TestScript, emulators *sync.Map, args []string) {
	emu := emulatorOf(ts, emulators)
	if args[0] == "none" {
		emu.Fail(nil)
		return
	}
	status, err := strconv.Atoi(args[1])
	ts.Check(err)
	emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method != args[0] {
			return nil
		}
		return &emulator.Fault{Status: status, Body: args[2]}
	})
}

func scriptOld(ts *testscript.TestScript, args []string) {
	for _, a := range args {
		ts.Check(datedBack(ts.MkAbs(a)))
	}
}

// exit CODE ARG...: runs finpages and wants the exit code.
func scriptExit(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec("finpages", args[1:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

// waitFor URL TEXT: until the answer holds the text; waitForNo: until it does
// not.
func scriptWaitFor(ts *testscript.TestScript, wanted bool, args []string) {
	scriptUntil(ts, func() error {
		body, err := fetch(args[0])
		if err == nil && (strings.Contains(body, args[1]) || matches(args[1], body)) == wanted {
			return nil
		}
		return fmt.Errorf("%s never answered %q (%v), last: %s (%w)", args[0], args[1], wanted, body, err)
	})
}

func matches(pattern, text string) bool {
	re, err := regexp.Compile(pattern)
	return err == nil && re.MatchString(text)
}

// patience is how long something may be missing that must come, on however slow
// a machine.
const patience = 5 * time.Minute

func scriptUntil(ts *testscript.TestScript, condition func() error) {
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); <-time.After(20 * time.Millisecond) {
		if err = condition(); err == nil {
			return
		}
	}
	ts.Check(err)
}

func fetch(url string) (string, error) {
	resp, err := http.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.Status + "\n" + string(body), err
}

func scriptGet(ts *testscript.TestScript, _ bool, args []string) {
	body, err := fetch(args[0])
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), body)
}

// getAs URL HEADER: VALUE: the answer to a request with the header.
func scriptGetAs(ts *testscript.TestScript, _ bool, args []string) {
	req, err := http.NewRequest("GET", args[0], nil)
	ts.Check(err)
	req.Header.Set(strings.TrimSuffix(args[1], ":"), args[2])
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), resp.Status+"\n"+string(body))
}

// damage FILE: overwrites the middle of a file.
func scriptDamage(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	for i := len(data) / 4; i < len(data); i++ {
		data[i] ^= 0x55
	}
	ts.Check(os.WriteFile(path, data, 0o600))
}

// same FILE FILE: byte for byte.
func scriptSame(ts *testscript.TestScript, neg bool, args []string) {
	if (ts.ReadFile(args[0]) == ts.ReadFile(args[1])) == neg {
		ts.Fatalf("%s and %s: same is %v", args[0], args[1], neg)
	}
}

// reload: sends SIGHUP to what runs in the background.
func scriptReload(ts *testscript.TestScript, _ bool, _ []string) {
	for _, c := range ts.BackgroundCmds() {
		ts.Check(c.Process.Signal(syscall.SIGHUP))
	}
}

// post URL SECRET: an empty POST with the secret as a bearer token.
func scriptPost(ts *testscript.TestScript, _ bool, args []string) {
	req, err := http.NewRequest("POST", args[0], strings.NewReader("{}"))
	ts.Check(err)
	req.Header.Set("Authorization", "Bearer "+args[1])
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	fmt.Fprintln(ts.Stdout(), resp.Status)
}
