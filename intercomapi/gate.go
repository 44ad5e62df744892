package intercomapi

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// Gate says whether requests may be sent, such as for as long as a lease is held.
type Gate interface {
	// Begin returns an error if a request must not begin now.
	Begin(ctx context.Context, deletes bool) error
	// Context returns a context that ends when requests under way must.
	Context(context.Context) (context.Context, context.CancelFunc)
	// Valid reports whether bytes of a request may be sent. It is asked right before.
	Valid() bool
}

// Through returns a client that shares everything with c, but sends requests only
// as the gate says. Requests through a gate need [Options.OneAtATime] to be cut off
// on their way.
func (c *Client) Through(g Gate) *Client {
	gated := *c
	gated.gate = g
	return &gated
}

// pass has a request begin, and be cut off, as the gate says.
func (c *Client) pass(ctx context.Context, call call) (context.Context, context.CancelFunc, error) {
	if c.gate == nil {
		return c.bind(ctx), func() {}, nil
	}
	if err := c.gate.Begin(ctx, call.method == http.MethodDelete); err != nil {
		return ctx, func() {}, err
	}
	ctx, cancel := c.gate.Context(ctx)
	return c.bind(ctx), cancel, nil
}

// bind has the connection that a request is sent on ask the request's gate.
func (c *Client) bind(ctx context.Context) context.Context {
	if !c.oneAtATime {
		return ctx
	}
	gate := c.gate
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		conn := info.Conn
		if secure, ok := conn.(*tls.Conn); ok {
			conn = secure.NetConn()
		}
		if gated, ok := conn.(*gatedConn); ok {
			gated.gate.Store(&gate)
		}
	}})
}

// gatedConn sends bytes only while the gate of the request under way is open: a
// process that was paused after it had asked the gate may wake up much later.
type gatedConn struct {
	net.Conn
	gate atomic.Pointer[Gate]
}

func (c *gatedConn) Write(b []byte) (int, error) {
	if g := c.gate.Load(); g != nil && *g != nil && !(*g).Valid() {
		return 0, errGateClosed
	}
	return c.Conn.Write(b)
}

var errGateClosed = errors.New("it may not be sent any more")

// gateConns has each connection carry one request at a time, and ask its gate.
func gateConns(t *http.Transport) {
	dial := t.DialContext
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &gatedConn{Conn: conn}, nil
	}
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	t.ForceAttemptHTTP2 = false
}
