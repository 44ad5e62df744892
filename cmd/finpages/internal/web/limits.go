package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	maxBody   = 1 << 20 // of a request by a person or a command
	bodyTime  = 30 * time.Second
	writeTime = 30 * time.Second // for each piece of an answer
)

// paced is a response whose every write has a deadline of its own, so that a
// run that takes long may be waited for, and a client that no longer reads is
// not.
type paced struct{ http.ResponseWriter }

// unhurried takes away what deadline the connection's last request left.
func unhurried(w http.ResponseWriter) http.ResponseWriter {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
	return paced{w}
}

func (w paced) WriteHeader(status int) {
	w.extend()
	w.ResponseWriter.WriteHeader(status)
}

func (w paced) Write(p []byte) (int, error) {
	w.extend()
	return w.ResponseWriter.Write(p)
}

func (w paced) extend() {
	// A writer that knows no deadlines belongs to no connection.
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(writeTime))
}

// Unwrap is for [http.ResponseController].
func (w paced) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// hurried gives the client a time to send its body in. Where nothing reads it
// the server does, before it answers.
func hurried(w http.ResponseWriter, r *http.Request) {
	if r.Body != nil && r.Body != http.NoBody {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime))
	}
}

// bodyRead takes that time away again once the body is there: when it passes,
// the server takes the client to be gone.
func bodyRead(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
}

// readBody has the body read, within a size, before the request is dealt with.
func readBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			refuseBody(w, err)
			return
		}
		bodyRead(w)
		r.Body = io.NopCloser(bytes.NewReader(data))
		next.ServeHTTP(w, r)
	})
}

func refuseBody(w http.ResponseWriter, err error) {
	if errors.As(err, new(*http.MaxBytesError)) {
		http.Error(w, "the request is too large", http.StatusRequestEntityTooLarge)
		return
	}
	http.Error(w, "the request could not be read", http.StatusBadRequest)
}
