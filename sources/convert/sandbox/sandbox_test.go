//go:build linux

package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"finpages/sources/convert/sandbox"
)

// The test's own binary is the shim, and the program that attacks.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == sandbox.Command {
		fmt.Fprintln(os.Stderr, sandbox.Enter(os.Args[2]))
		os.Exit(1)
	}
	if len(os.Args) > 2 && os.Args[1] == "attack" {
		if err := attacks[os.Args[2]](os.Args[3:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var attacks = map[string]func(args []string) error{
	"read":    func(args []string) error { _, err := os.ReadFile(args[0]); return err },
	"list":    func(args []string) error { _, err := os.ReadDir(args[0]); return err },
	"write":   func(args []string) error { return os.WriteFile(args[0], []byte("x"), 0o600) },
	"listen":  func([]string) error { _, err := net.Listen("tcp", "127.0.0.1:0"); return err },
	"connect": func(args []string) error { _, err := net.Dial(args[0], args[1]); return err },
	"udp":     func([]string) error { _, err := net.ListenPacket("udp", "127.0.0.1:0"); return err },
	"bind": func(args []string) error {
		l, err := net.Listen("unix", args[0])
		if err == nil {
			_, err = net.Dial("unix", args[0])
			_ = l.Close()
		}
		return err
	},
	"fork":   func([]string) error { return exec.Command("/bin/true").Run() },
	"kill":   func(args []string) error { n, _ := strconv.Atoi(args[0]); return syscall.Kill(n, 0) },
	"setsid": func([]string) error { _, err := syscall.Setsid(); return err },
	"trace":  func(args []string) error { n, _ := strconv.Atoi(args[0]); return syscall.PtraceAttach(n) },
	"shmem":  func([]string) error { return errnoOf(syscall.Syscall(syscall.SYS_SHMGET, 0, 1<<20, 0o1600)) },
	"env":    func([]string) error { fmt.Print(strings.Join(os.Environ(), "\n")); return nil },
	"echo":   func([]string) error { _, err := io.Copy(os.Stdout, os.Stdin); return err },
	"hang":   func([]string) error { select {} },
	"spin": func([]string) error {
		for {
		}
	},
	"memory": func([]string) error { return fill() },
	"disk":   func([]string) error { return fillDisk() },
	"flood": func([]string) error {
		for {
			fmt.Println(strings.Repeat("x", 1<<16))
		}
	},
	"leave":      leave,
	"shout":      func([]string) error { return errors.New("line 3: no such thing\nmore") },
	"own folder": func([]string) error { return os.WriteFile("mine", []byte("x"), 0o600) },
	"link out":   func(args []string) error { return os.Symlink(args[0], "link") },
	"given":      func(args []string) error { b, err := os.ReadFile(args[0]); fmt.Printf("%s", b); return err },
}

func errnoOf(_, _ uintptr, errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}

func fill() error {
	var all [][]byte
	for range 64 {
		b := make([]byte, 16<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		all = append(all, b)
	}
	return fmt.Errorf("%d", len(all))
}

func fillDisk() error {
	f, err := os.Create("big")
	if err != nil {
		return err
	}
	block := make([]byte, 1<<20)
	for range 400 {
		if _, err := f.Write(block); err != nil {
			return err
		}
	}
	return nil
}

// leave starts a program that outlives this one.
func leave(args []string) error {
	cmd := exec.Command("/bin/sleep", "1000")
	if err := cmd.Start(); err != nil {
		return err
	}
	fmt.Print(cmd.Process.Pid)
	return nil
}

func run(t *testing.T, p sandbox.Program, attack ...string) (sandbox.Result, error) {
	t.Helper()
	if missing := sandbox.Missing(); len(missing) > 0 {
		t.Skip(strings.Join(missing, "; "))
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p.Path, p.Args = self, append([]string{"attack"}, attack...)
	return sandbox.Runner{Mode: sandbox.Required, Temp: t.TempDir()}.Run(t.Context(), p)
}

func TestAttacksFail(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s"), 0o644); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	socket := filepath.Join(t.TempDir(), "s")
	local, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	pid := strconv.Itoa(os.Getpid())
	for _, attack := range [][]string{
		{"read", "/etc/passwd"}, {"read", secret}, {"read", "/proc/" + pid + "/environ"}, {"read", "/proc/self/environ"}, {"list", "/home"}, {"list", "/"},
		{"write", filepath.Join(t.TempDir(), "x")}, {"write", "/usr/x"}, {"write", "/dev/shm/x"},
		{"listen"}, {"udp"}, {"connect", "tcp", listener.Addr().String()}, {"connect", "unix", socket},
		{"fork"}, {"kill", pid}, {"setsid"}, {"trace", pid}, {"shmem"}, {"own folder"},
	} {
		if _, err := run(t, sandbox.Program{}, attack...); err == nil || !strings.Contains(err.Error(), "exit status 3") {
			t.Errorf("%v: %v", attack, err)
		}
	}
	for _, attack := range [][]string{
		{"read", "/etc/passwd"}, {"listen"}, {"udp"}, {"connect", "unix", socket}, {"setsid"}, {"trace", pid}, {"shmem"}, {"bind", "mine"},
	} {
		if _, err := run(t, sandbox.Program{Writes: true, Forks: true}, attack...); err == nil ||
			!strings.Contains(err.Error(), "exit status 3") {
			t.Errorf("%v by a program that forks: %v", attack, err)
		}
	}
}

func TestLimits(t *testing.T) {
	for attack, c := range map[string]struct {
		p    sandbox.Program
		want string
	}{
		"hang":   {sandbox.Program{Limits: sandbox.Limits{Time: 300 * time.Millisecond}}, "longer than 300ms"},
		"spin":   {sandbox.Program{Limits: sandbox.Limits{Time: 300 * time.Millisecond}}, "longer than 300ms"},
		"memory": {sandbox.Program{Limits: sandbox.Limits{Memory: 256 << 20}}, "out of memory"},
		"disk":   {sandbox.Program{Writes: true}, "file too large"},
		"flood":  {sandbox.Program{Limits: sandbox.Limits{Output: 3 << 20}}, "more than 3 MB"},
		"shout":  {sandbox.Program{}, "line 3: no such thing (exit status 3)"},
	} {
		res, err := run(t, c.p, attack)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", attack, err)
		}
		if len(res.Output) > 3<<20 {
			t.Errorf("%s: %d bytes of output", attack, len(res.Output))
		}
	}
}

func TestWhatAProgramHas(t *testing.T) {
	t.Setenv("FINPAGES_TOKEN", "secret")
	given := filepath.Join(t.TempDir(), "part")
	if err := os.WriteFile(given, []byte("included"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		p      sandbox.Program
		attack []string
		want   string
	}{
		"its input":                 {sandbox.Program{Input: []byte("text")}, []string{"echo"}, "text"},
		"its input in a file":       {sandbox.Program{Input: []byte("text"), File: "in.doc"}, []string{"given", "in.doc"}, "text"},
		"a folder that it may read": {sandbox.Program{Reads: []string{filepath.Dir(given)}}, []string{"given", given}, "included"},
		"a folder of its own":       {sandbox.Program{Writes: true}, []string{"own folder"}, ""},
		"files":                     {sandbox.Program{File: "a/in.doc", Files: map[string][]byte{"b/part": []byte("text")}}, []string{"given", "a/../b/part"}, "text"},
		"its output in a file":      {sandbox.Program{Writes: true, Result: "mine"}, []string{"own folder"}, "x"},
		"no output":                 {sandbox.Program{Writes: true, Result: "other"}, []string{"own folder"}, ""},
		"the folder's name":         {sandbox.Program{Writes: true, Input: []byte("text"), File: "in"}, []string{"given", sandbox.WorkDir + "/in"}, "text"},
	} {
		if res, err := run(t, c.p, c.attack...); err != nil || string(res.Output) != c.want {
			t.Errorf("%s: %q, %v", name, res.Output, err)
		}
	}
	for name, p := range map[string]sandbox.Program{
		"a link for output":        {Writes: true, Result: "link"},
		"a file outside":           {File: "../x"},
		"a file outside beside it": {File: "x", Files: map[string][]byte{"a/../../x": nil}},
		"too much output":          {Writes: true, Result: "link", Limits: sandbox.Limits{Output: 1}},
	} {
		if res, err := run(t, p, "link out", given); err == nil || len(res.Output) > 0 {
			t.Errorf("%s: %q, %v", name, res.Output, err)
		}
	}
	res, err := run(t, sandbox.Program{}, "env")
	if err != nil || strings.Contains(string(res.Output), "FINPAGES") || !strings.Contains(string(res.Output), "HOME=/") {
		t.Errorf("environment: %q, %v", res.Output, err)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	res, err := run(t, sandbox.Program{Forks: true}, "leave")
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(string(res.Output))
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s still runs", stat)
		}
	}
}

func TestARunEndsWithItsContext(t *testing.T) {
	self, _ := os.Executable()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("stopped"))
	_, err := sandbox.Runner{Mode: sandbox.Best}.Run(ctx, sandbox.Program{Path: self, Args: []string{"attack", "hang"}})
	if err == nil || !strings.Contains(err.Error(), "stopped") {
		t.Error(err)
	}
}
