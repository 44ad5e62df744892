package filesystem_test

import (
	"runtime"
	"syscall"
)

func setfsuid(uid int) error {
	runtime.LockOSThread() // never unlocked: the thread ends with the test
	return syscall.Setfsuid(uid)
}
