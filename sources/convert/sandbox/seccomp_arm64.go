//go:build linux

package sandbox

import "golang.org/x/sys/unix"

const arch = unix.AUDIT_ARCH_AARCH64

var (
	forkCalls   []uint32 // there is clone alone
	otherTables []unix.SockFilter
)
