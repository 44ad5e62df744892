package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"
)

// Fault is what goes wrong with one request. Its fields add up: they happen in
// the order in which they stand here.
type Fault struct {
	// Delay is how long nothing happens. A client that goes away meanwhile
	// leaves no effect behind.
	Delay time.Duration
	// Effect lets the request take effect, and count in the rate window,
	// although Cut, Hang or Status keep its answer from the client. Without
	// these it means nothing: the API answers.
	Effect bool
	// Cut closes the connection in place of an answer.
	Cut bool
	// Hang never answers; it lasts until the client goes away.
	Hang bool
	// Status, when not 0, answers with it, Header and Body in place of the API,
	// without any header that is not in Header, but for Date and a Content-Type.
	Status int
	Header http.Header
	Body   string
	// Slow is the pause before every 64 bytes of the answer's body.
	Slow time.Duration
	// Truncate, when not 0, closes the connection behind that many bytes of the
	// answer's body, where it is longer.
	Truncate int
}

// Fail asks hook, from now on, about every request to the API, with its body
// readable; nil from it means no fault. The hook comes before the faults that
// the control surface set, and may be called from many goroutines. A nil hook
// takes the last one away.
func (s *Server) Fail(hook func(*http.Request) *Fault) {
	if hook == nil {
		s.hook.Store(nil)
		return
	}
	s.hook.Store(&hook)
}

func (s *Server) fault(c *call) *Fault {
	if hook := s.hook.Load(); hook != nil {
		if f := (*hook)(c.Request); f != nil {
			return f
		}
	}
	return s.rules.pick(c.Request)
}

// respond answers with the fault, or without one. It panics with
// http.ErrAbortHandler where there is to be no answer.
func (s *Server) respond(c *call, f *Fault) answer {
	if f == nil {
		return s.serve(c)
	}
	if !sleep(c.Context(), f.Delay) {
		panic(http.ErrAbortHandler)
	}
	var a answer
	if f.Effect || !f.Cut && !f.Hang && f.Status == 0 {
		a = s.serve(c)
	}
	if f.Hang && !f.Cut {
		<-c.Context().Done()
	}
	if f.Cut || f.Hang {
		panic(http.ErrAbortHandler)
	}
	if f.Status != 0 {
		return f.answer()
	}
	return a
}

func (f *Fault) answer() answer {
	header := http.Header{}
	for name, values := range f.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	if header.Get("Content-Type") == "" && f.Body != "" {
		header.Set("Content-Type", contentType(f.Body))
	}
	return answer{f.Status, header, func(w io.Writer) error {
		_, err := io.WriteString(w, f.Body)
		return err
	}}
}

func contentType(body string) string {
	if json.Valid([]byte(body)) {
		return "application/json; charset=utf-8"
	}
	return http.DetectContentType([]byte(body))
}

// wrap puts what the fault does to a body before w.
func (f *Fault) wrap(ctx context.Context, w http.ResponseWriter) io.Writer {
	out := io.Writer(w)
	if f == nil {
		return out
	}
	if f.Truncate > 0 {
		out = &truncated{out, f.Truncate}
	}
	if f.Slow > 0 {
		out = &slow{ctx, out, http.NewResponseController(w), f.Slow}
	}
	return out
}

var errTruncated = errors.New("truncated by a fault")

type truncated struct {
	to   io.Writer
	left int
}

func (t *truncated) Write(p []byte) (int, error) {
	n, err := t.to.Write(p[:min(len(p), t.left)])
	t.left -= n
	if err == nil && n < len(p) {
		err = errTruncated
	}
	return n, err
}

const slowChunk = 64

type slow struct {
	ctx   context.Context
	to    io.Writer
	flush *http.ResponseController
	pause time.Duration
}

func (s *slow) Write(p []byte) (written int, err error) {
	for chunk := range slices.Chunk(p, slowChunk) {
		if !sleep(s.ctx, s.pause) {
			return written, context.Cause(s.ctx)
		}
		n, err := s.to.Write(chunk)
		written += n
		if err != nil {
			return written, err
		}
		if err := s.flush.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return written, err
		}
	}
	return written, nil
}
