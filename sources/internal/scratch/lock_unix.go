//go:build unix

package scratch

import (
	"os"
	"syscall"
)

// tryLock locks the file until it is closed or this process ends; false if
// another has it.
func tryLock(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
