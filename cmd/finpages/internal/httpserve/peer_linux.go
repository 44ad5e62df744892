package httpserve

import (
	"net"
	"syscall"
)

// peerUID asks the kernel who opened the other end
// (https://man7.org/linux/man-pages/man7/unix.7.html, SO_PEERCRED).
func peerUID(c *net.UnixConn) (uid uint32, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		cred, err := syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
		if failed = err; err == nil {
			uid = cred.Uid
		}
	})
	if err == nil {
		err = failed
	}
	return uid, err
}
