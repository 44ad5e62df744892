//go:build !windows

package sourcestest

import (
	"runtime"
	"strconv"
	"syscall"
	"testing"
)

// Port returns a port of 127.0.0.1 for a server that the test starts later. On
// Linux it is kept for the test: nobody is given it, whether to listen on or to
// connect from, but a server that asks for it by its number, and with
// SO_REUSEADDR, as most do. Nobody listens on it until then.
func Port(t testing.TB) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	syscall.CloseOnExec(fd)
	if runtime.GOOS == "linux" {
		t.Cleanup(func() { _ = syscall.Close(fd) })
	} else { // where a port that is bound cannot be bound again
		defer func() { _ = syscall.Close(fd) }()
	}
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(name.(*syscall.SockaddrInet4).Port)
}
