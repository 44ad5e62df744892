package web

import (
	"net"
	"net/http"

	"finpages/cmd/finpages/internal/httpserve"
	"finpages/ingest/operate"
)

// named notes who sends the requests, for the audit trail: the user at the Unix
// socket's other end, who brought the token, or whoever is on this machine.
func (s *server) named(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := httpserve.LocalUser(r.Context())
		switch {
		case who != "":
			who = "user " + who + " over the socket"
		case s.Token != nil:
			who = "server token, from " + clientAddress(r)
		default:
			who = "no login, from " + clientAddress(r)
		}
		next.ServeHTTP(w, r.WithContext(operate.WithActor(r.Context(), who)))
	})
}

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
