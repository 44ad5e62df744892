package httpserve

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// Connections that may be open at once. Those of one client do not use up the
// whole, so that it cannot shut out the others.
const (
	maxConnections          = 512
	maxConnectionsPerClient = 128
)

// connectionLimiter closes connections beyond the limits as soon as they come.
type connectionLimiter struct {
	open *counter

	mu      sync.Mutex
	counted map[net.Conn]netip.Prefix // the client of each
}

func newConnectionLimiter() *connectionLimiter {
	return &connectionLimiter{
		open:    newCounter(maxConnections, maxConnectionsPerClient),
		counted: map[net.Conn]netip.Prefix{},
	}
}

// state is the [http.Server.ConnState] of a server.
func (l *connectionLimiter) state(c net.Conn, state http.ConnState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch state {
	case http.StateNew:
		client := ClientNetwork(c.RemoteAddr().String())
		if l.open.add(client) != nil {
			c.Close()
			return
		}
		l.counted[c] = client
	case http.StateClosed, http.StateHijacked:
		if client, counted := l.counted[c]; counted {
			delete(l.counted, c)
			l.open.remove(client)
		}
	}
}

// counter counts what clients hold, within limits.
type counter struct {
	max, maxPerClient int

	mu    sync.Mutex
	total int
	by    map[netip.Prefix]int
}

func newCounter(max, maxPerClient int) *counter {
	return &counter{max: max, maxPerClient: maxPerClient, by: map[netip.Prefix]int{}}
}

// add counts one more for the client, or returns the limit that forbids it.
func (c *counter) add(client netip.Prefix) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.by[client] >= c.maxPerClient:
		return errClientLimit
	case c.total >= c.max:
		return errServerLimit
	}
	c.by[client]++
	c.total++
	return nil
}

func (c *counter) remove(client netip.Prefix) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total--
	if c.by[client]--; c.by[client] == 0 {
		delete(c.by, client)
	}
}
