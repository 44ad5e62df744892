package sourcestest_test

import (
	"net"
	"runtime"
	"testing"

	"finpages/sources/sourcestest"
)

// A port is for the server alone that the test starts.
func TestPort(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a port is kept on Linux alone")
	}
	address := "127.0.0.1:" + sourcestest.Port(t)
	if conn, err := net.Dial("tcp", address); err == nil {
		conn.Close()
		t.Error("somebody listens already")
	}
	from, _ := net.ResolveTCPAddr("tcp", address)
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if conn, err := net.DialTCP("tcp", from, other.Addr().(*net.TCPAddr)); err == nil {
		conn.Close()
		t.Error("a connection has the port")
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}
