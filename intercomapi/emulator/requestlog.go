package emulator

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Request is one request to the API, as the log has it.
type Request struct {
	Number int64     `json:"number"` // from 1, in the order of arrival
	Time   time.Time `json:"time"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Query  string    `json:"query,omitempty"`
	// Status is 0 while there is no answer, and stays 0 where a fault cut the
	// connection or the client went away.
	Status int `json:"status"`
	// ExternalID names the page that the request wrote, or was to write.
	ExternalID string `json:"external_id,omitempty"`
}

const (
	maxRequests = 100_000
	// maxLogged is how many bytes of a client's text the log keeps.
	maxLogged = 512
)

// requestLog is a ring: the request n is at n modulo maxRequests.
type requestLog struct {
	mu      sync.Mutex
	ring    []Request
	count   int64 // requests so far
	cleared int64 // of them forgotten by clear
}

func (l *requestLog) begin(r *http.Request, externalID string) int64 {
	entry := Request{
		Time:       time.Now(),
		Method:     clip(r.Method),
		Path:       clip(r.URL.Path),
		Query:      clip(r.URL.RawQuery),
		ExternalID: clip(externalID),
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	entry.Number = l.count
	if len(l.ring) < maxRequests {
		l.ring = append(l.ring, entry)
	} else {
		l.ring[l.slot(entry.Number)] = entry
	}
	return entry.Number
}

func (l *requestLog) slot(number int64) int { return int((number - 1) % maxRequests) }

func (l *requestLog) finish(number int64, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if entry := &l.ring[l.slot(number)]; entry.Number == number {
		entry.Status = status
	}
}

func (l *requestLog) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := max(l.cleared, l.count-maxRequests)
	out := make([]Request, 0, l.count-first)
	for n := first + 1; n <= l.count; n++ {
		out = append(out, l.ring[l.slot(n)])
	}
	return out
}

func (l *requestLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cleared = l.count
}

// clip copies, so that the log does not hold on to a request's body.
func clip(text string) string {
	return strings.ToValidUTF8(strings.Clone(text[:min(len(text), maxLogged)]), "")
}
