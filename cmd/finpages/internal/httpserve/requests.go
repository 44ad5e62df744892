package httpserve

import (
	"errors"
	"net/http"
)

var (
	errClientLimit = errors.New("too many requests from your address are in flight: wait for some of them to finish")
	errServerLimit = errors.New("the server has too many requests in flight: try again in a few seconds")
)

// LimitRequests bounds the requests in flight in next, in all and per client.
// Requests beyond that are refused before their body is read.
func LimitRequests(max, maxPerClient int, next http.Handler) http.Handler {
	inFlight := newCounter(max, maxPerClient)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client := ClientNetwork(r.RemoteAddr)
		if err := inFlight.add(client); err != nil {
			status := http.StatusServiceUnavailable
			if errors.Is(err, errClientLimit) {
				status = http.StatusTooManyRequests
			}
			w.Header().Set("Retry-After", "5")
			http.Error(w, err.Error(), status)
			return
		}
		defer inFlight.remove(client)
		next.ServeHTTP(w, r)
	})
}
