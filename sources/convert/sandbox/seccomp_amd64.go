//go:build linux

package sandbox

import "golang.org/x/sys/unix"

const arch = unix.AUDIT_ARCH_X86_64

var forkCalls = []uint32{unix.SYS_FORK, unix.SYS_VFORK}

// otherTables refuses the calls of x32, which have numbers of their own.
var otherTables = []unix.SockFilter{
	jump(unix.BPF_JGE, 0x40000000, 0, 1), ret(unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)),
}
