// Package httpserve serves HTTP well: with deadlines, limits, TLS that follows
// its files, and an orderly end.
package httpserve

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// grace is how long requests in flight may go on when the server ends: as long
// as a cancelled run may finish what it has begun, and a little more.
const grace = 10 * time.Second

// What one connection may cost, in bytes and in requests at once (HTTP/2).
const (
	maxHeader     = 64 << 10
	receiveBuffer = 64 << 10
	maxStreams    = 128
)

// Serve serves until ctx ends. The contexts of requests in flight then end,
// too: streams end, runs start no more pages, and all may finish for a few
// seconds. When the listener is closed before that, requests in flight go on to
// their end. The connections that may be open at once are bounded, in all and per
// client.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	srv := &http.Server{
		Handler: withDeadlines(h), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: maxHeader,
		HTTP2: &http.HTTP2Config{MaxConcurrentStreams: maxStreams, MaxReceiveBufferPerConnection: receiveBuffer,
			MaxReceiveBufferPerStream: receiveBuffer},
		ConnState:   newConnectionLimiter().state,
		ConnContext: withPeer,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	go func() { stopped <- srv.Serve(l) }()
	select {
	case err := <-stopped:
		if !errors.Is(err, net.ErrClosed) {
			return err
		}
		if srv.Shutdown(ctx) == nil {
			return nil
		}
		stopped <- nil // ctx has ended meanwhile
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := srv.Shutdown(end); errors.Is(err, context.DeadlineExceeded) {
		srv.Close()
	}
	<-stopped
	return nil
}
