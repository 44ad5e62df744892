package httpserve

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// ReadBody reads the body of a request before the request is handled, and
// refuses one of more than limit bytes.
func ReadBody(limit int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
		if err != nil {
			RefuseBody(w, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(data))
		next.ServeHTTP(w, r)
	})
}

// RefuseBody answers a request whose body could not be read.
func RefuseBody(w http.ResponseWriter, err error) {
	if errors.As(err, new(*http.MaxBytesError)) {
		http.Error(w, "the request is too large", http.StatusRequestEntityTooLarge)
		return
	}
	http.Error(w, "the request could not be read", http.StatusBadRequest)
}
