package httpserve

import (
	"context"
	"net"
	"os/user"
	"strconv"
)

type peerKey struct{}

// withPeer notes the user at the other end of a Unix socket, if it is one.
func withPeer(ctx context.Context, c net.Conn) context.Context {
	socket, ok := c.(*net.UnixConn)
	if !ok {
		return ctx
	}
	uid, err := peerUID(socket)
	if err != nil {
		return context.WithValue(ctx, peerKey{}, "unknown")
	}
	id := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return context.WithValue(ctx, peerKey{}, u.Username)
	}
	return context.WithValue(ctx, peerKey{}, id)
}

// LocalUser returns the user who sent a request over a Unix socket, by name or
// number; "" for requests that came otherwise.
func LocalUser(ctx context.Context) string {
	name, _ := ctx.Value(peerKey{}).(string)
	return name
}
