//go:build unix

package process

import (
	"os"
	"os/exec"
	"syscall"
)

// OwnGroup has the command start in a session of its own: it has no terminal to
// ask on, and its children can be ended with it.
func OwnGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// SignalGroup tells a command that was started with [OwnGroup], and its children,
// to end, or kills them. Where there are none, it returns [os.ErrProcessDone].
func SignalGroup(cmd *exec.Cmd, kill bool) error {
	sig := syscall.SIGTERM
	if kill {
		sig = syscall.SIGKILL
	}
	if err := syscall.Kill(-cmd.Process.Pid, sig); err != nil {
		return os.ErrProcessDone
	}
	return nil
}
