//go:build !unix

package process

import "os/exec"

// OwnGroup does nothing here.
func OwnGroup(*exec.Cmd) {}

// SignalGroup kills the command, without its children.
func SignalGroup(cmd *exec.Cmd, _ bool) error { return cmd.Process.Kill() }
