//go:build linux && (amd64 || arm64)

package sandbox

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const seccompKnown = true

// Offsets into struct seccomp_data. See https://docs.kernel.org/userspace-api/seccomp_filter.html.
const (
	callNumber = 0
	callArch   = 4
	firstArg   = 16 // its low half, on little-endian machines
)

// refused are calls that no converter needs: they reach other processes, the
// kernel, or memory that no limit counts.
var refused = []uint32{
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_KCMP, unix.SYS_PIDFD_OPEN,
	unix.SYS_PIDFD_GETFD, unix.SYS_PIDFD_SEND_SIGNAL,
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_UNSHARE, unix.SYS_SETNS,
	unix.SYS_MOVE_MOUNT, unix.SYS_FSOPEN, unix.SYS_OPEN_TREE,
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_IO_URING_SETUP, unix.SYS_KEYCTL,
	unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY,
	unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_KEXEC_LOAD, unix.SYS_REBOOT,
	unix.SYS_SWAPON, unix.SYS_SWAPOFF,
	unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_SETSID, unix.SYS_SETPGID,
	unix.SYS_MEMFD_CREATE, unix.SYS_SHMGET, unix.SYS_MSGGET, unix.SYS_SEMGET, unix.SYS_MQ_OPEN,
}

// filterCalls makes the kernel refuse what reaches beyond the process.
func filterCalls(forks bool) error {
	allow := ret(unix.SECCOMP_RET_ALLOW)
	deny := ret(unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM))
	absent := ret(unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS))
	f := []unix.SockFilter{load(callArch), jump(unix.BPF_JEQ, arch, 1, 0), deny, load(callNumber)}
	f = append(f, otherTables...)
	refuse := func(call uint32, with unix.SockFilter) {
		f = append(f, jump(unix.BPF_JEQ, call, 0, 1), with)
	}
	for _, call := range refused {
		refuse(call, deny)
	}
	if forks {
		// Nothing is bound and nobody listens, but it seems so: LibreOffice would
		// wait for ever for a socket in /tmp.
		refuse(unix.SYS_CONNECT, deny)
		refuse(unix.SYS_BIND, ret(unix.SECCOMP_RET_ERRNO))
		refuse(unix.SYS_LISTEN, ret(unix.SECCOMP_RET_ERRNO))
		f = append(f, jump(unix.BPF_JEQ, unix.SYS_SOCKET, 0, 4), load(firstArg), jump(unix.BPF_JEQ, unix.AF_UNIX, 0, 1),
			allow, deny)
	} else {
		refuse(unix.SYS_SOCKET, deny)
		refuse(unix.SYS_KILL, deny)
		refuse(unix.SYS_TKILL, deny)
		refuse(unix.SYS_RT_SIGQUEUEINFO, deny)
		for _, call := range forkCalls {
			refuse(call, deny)
		}
		refuse(unix.SYS_CLONE3, absent) // its flags lie in memory: the C library falls back to clone
		f = append(f, jump(unix.BPF_JEQ, unix.SYS_CLONE, 0, 4), load(firstArg),
			jump(unix.BPF_JSET, unix.CLONE_THREAD, 0, 1), allow, deny)
	}
	f = append(f, allow)
	program := unix.SockFprog{Len: uint16(len(f)), Filter: &f[0]}
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0)
}

func load(offset uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

// jump skips so many instructions where the comparison is true, or not.
func jump(how uint16, k uint32, isTrue, isFalse uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | how | unix.BPF_K, Jt: isTrue, Jf: isFalse, K: k}
}

func ret(what uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: what}
}
