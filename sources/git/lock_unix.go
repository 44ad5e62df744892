//go:build unix

package git

import (
	"os"
	"syscall"
)

// tryLock locks the file for this process until it is closed or the process
// dies; false if another has it.
func tryLock(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
