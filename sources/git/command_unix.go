//go:build unix

package git

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup starts the command in a session of its own: it has no terminal to
// ask on, and its children end with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

func signalGroup(cmd *exec.Cmd, kill bool) error {
	sig := syscall.SIGTERM
	if kill {
		sig = syscall.SIGKILL
	}
	if err := syscall.Kill(-cmd.Process.Pid, sig); err != nil {
		return os.ErrProcessDone
	}
	return nil
}

// tryLock locks the file for this process until it is closed or the process
// dies; false if another has it.
func tryLock(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
