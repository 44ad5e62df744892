package emulator

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// windowSeconds is the length of a rate window; windows begin at full tens of
// Unix seconds. See https://developers.intercom.com/docs/references/rest-api/errors/rate-limiting
const windowSeconds = 10

// rateWindow counts the requests of the window that is open.
type rateWindow struct {
	limit int

	mu   sync.Mutex
	end  int64 // Unix seconds
	used int
}

// usage is what the headers of an answer say.
type usage struct {
	limit, remaining int
	reset            int64 // Unix seconds
	exceeded         bool
}

// count counts one request. A refused one takes nothing: there is nothing left.
func (w *rateWindow) count(now time.Time) usage {
	w.mu.Lock()
	defer w.mu.Unlock()
	if end := now.Unix() - now.Unix()%windowSeconds + windowSeconds; end != w.end {
		w.end, w.used = end, 0
	}
	exceeded := w.used >= w.limit
	if !exceeded {
		w.used++
	}
	return usage{limit: w.limit, remaining: w.limit - w.used, reset: w.end, exceeded: exceeded}
}

func (u usage) header() http.Header {
	h := http.Header{}
	h.Set("X-RateLimit-Limit", strconv.Itoa(u.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(u.remaining))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(u.reset, 10))
	return h
}
