package httpserve

import (
	"io"
	"net/http"
	"time"
)

const (
	bodyTime  = 30 * time.Second // for the body of a request
	writeTime = 30 * time.Second // for each piece of a response
)

// withDeadlines keeps clients from holding a connection without using it.
func withDeadlines(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limitBodyTime(w, r)
		// The last request on this connection may have left a deadline.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
		next.ServeHTTP(deadlineWriter{w}, r)
	})
}

// deadlineWriter sets a deadline for each write instead of one for the whole
// response: a response may wait for a long run, but not for a client that no
// longer reads.
type deadlineWriter struct{ http.ResponseWriter }

func (w deadlineWriter) WriteHeader(status int) {
	w.extend()
	w.ResponseWriter.WriteHeader(status)
}

func (w deadlineWriter) Write(p []byte) (int, error) {
	w.extend()
	return w.ResponseWriter.Write(p)
}

func (w deadlineWriter) extend() {
	// A writer that knows no deadlines belongs to no connection.
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(writeTime))
}

// Unwrap is for [http.ResponseController].
func (w deadlineWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// limitBodyTime gives the client a time to send the body in, whether the
// handler reads it or the server discards it.
func limitBodyTime(w http.ResponseWriter, r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	c := http.NewResponseController(w)
	if c.SetReadDeadline(time.Now().Add(bodyTime)) == nil {
		r.Body = &timedBody{r.Body, c}
	}
}

// timedBody lifts the deadline once the body is read: if it passed while the
// handler works, the server would take the client to be gone.
type timedBody struct {
	io.ReadCloser
	c *http.ResponseController
}

func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.c.SetReadDeadline(time.Time{})
	}
	return n, err
}
