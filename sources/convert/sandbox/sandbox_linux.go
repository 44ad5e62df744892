package sandbox

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"github.com/landlock-lsm/go-landlock/landlock"
	landlocksys "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

const canEnter = true

// Self is the path of this program, even after its file was replaced.
func Self() string { return "/proc/self/exe" }

// Missing says what this system cannot hold, in words for people; nil if all is held.
func Missing() (missing []string) {
	if v, err := landlocksys.LandlockGetABIVersion(); err != nil || v < 1 {
		missing = append(missing, "files are not held: the kernel has no Landlock (Linux 5.13 or later, with landlock "+
			"among its security modules)")
	}
	if !seccompKnown {
		missing = append(missing, "network and processes are not held: no filter is known for "+runtime.GOARCH)
	}
	return missing
}

// systemDirs are what programs need to run at all.
var systemDirs = []string{"/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc/fonts", "/etc/alternatives"}

var systemFiles = []string{"/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/localtime", "/etc/mime.types", "/dev/null",
	"/dev/zero", "/dev/urandom", "/dev/random"}

func (p policy) enter() error {
	runtime.LockOSThread() // the filter is a thread's own
	if err := p.limit(); err != nil {
		return fmt.Errorf("set limits: %w", err)
	}
	rules := []landlock.Rule{
		landlock.RODirs(append(systemDirs, p.Reads...)...).IgnoreIfMissing(),
		landlock.ROFiles(systemFiles...).IgnoreIfMissing(),
		landlock.RWFiles("/dev/null").IgnoreIfMissing(),
	}
	if p.Writes != "" {
		rules = append(rules, landlock.RWDirs(p.Writes))
	}
	if err := landlock.V9.BestEffort().Restrict(rules...); err != nil {
		return fmt.Errorf("enter Landlock: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up privileges: %w", err)
	}
	if err := filterCalls(p.Forks); err != nil {
		return fmt.Errorf("enter seccomp: %w", err)
	}
	err := syscall.Exec(p.Path, p.Args, syscall.Environ())
	return fmt.Errorf("run %s: %w", p.Path, err)
}

// limit sets what the kernel counts. Of address space a program may reserve
// more than it may fill: the runtimes of some languages do.
func (p policy) limit() error {
	const files, openFiles, reserve = 256 << 20, 256, 16
	var errs []error
	for what, most := range map[int]int64{
		unix.RLIMIT_CPU: p.Seconds, unix.RLIMIT_DATA: p.Memory, unix.RLIMIT_AS: reserve * p.Memory,
		unix.RLIMIT_FSIZE: files, unix.RLIMIT_NOFILE: openFiles, unix.RLIMIT_CORE: 0,
	} {
		errs = append(errs, unix.Setrlimit(what, &unix.Rlimit{Cur: uint64(most), Max: uint64(most)}))
	}
	return errors.Join(errs...)
}

// runInGroup runs the command in a process group of its own, and ends the
// whole group with it, or with this process.
func runInGroup(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	kill := func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.Cancel = kill
	cmd.WaitDelay = 2 * time.Second
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // the signal is sent when the thread ends that started the process
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			err = cmd.Wait()
			_ = kill() // what it left behind
		}
		done <- err
	}()
	return <-done
}
