package web

import (
	"net"
	"net/http"
)

// clientAddress is where a request comes from, without its port.
func clientAddress(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// syncSoon has a source run, at the wish of who sent the request.
func (s *server) syncSoon(r *http.Request, source string) {
	if s.Service != nil { // webhooks may be served without
		s.Service.Asked(r.Context(), source)
	}
	s.Trigger(source)
}
