package intercomapi

import (
	"net/http"
	"strconv"
	"time"
)

const (
	windowLength = 10 * time.Second // Intercom's; assumed where an answer's Reset makes no sense
	maxWait      = time.Minute      // longest that any header makes the client wait
)

// answer is what the pacer has to know of an answer.
type answer struct {
	status     int       // 0 if none came
	at         time.Time // when its header was read
	retryAfter time.Duration
	rate       rate
}

var noAnswer = answer{rate: rate{limit: -1, remaining: -1}}

func newAnswer(res *http.Response, now time.Time) answer {
	return answer{
		status: res.StatusCode, at: now,
		retryAfter: retryAfter(res.Header, now), rate: parseRate(res.Header, now),
	}
}

func (a answer) code() string {
	if a.status == 0 {
		return "error"
	}
	return strconv.Itoa(a.status)
}

// rate is what an answer says of the rate window that it was counted in.
// https://developers.intercom.com/docs/references/rest-api/errors/rate-limiting
type rate struct {
	limit     int           // requests in the window; -1 if unknown
	remaining int           // of these, left; -1 if unknown
	reset     int64         // end of the window by the server's clock; tells windows apart
	left      time.Duration // until then, at most; 0 or less if the window is over
}

// known reports whether the answer says enough to pace by.
func (r rate) known() bool { return r.limit > 0 && r.remaining >= 0 && r.reset > 0 }

// parseRate reads the headers of an answer that came at now.
func parseRate(h http.Header, now time.Time) rate {
	r := rate{limit: number(h, "X-RateLimit-Limit"), remaining: number(h, "X-RateLimit-Remaining")}
	if r.limit == 0 {
		r.limit = -1
	}
	reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	if err != nil || reset <= 0 {
		return r
	}
	r.reset = reset
	r.left = untilReset(reset, h, now)
	return r
}

// untilReset measures by the clock of the answer's Date, which the reset was
// set by; the local clock may be wrong. Date is cut to the second, so the
// result is up to a second too long, never too short.
func untilReset(reset int64, h http.Header, now time.Time) time.Duration {
	server, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		server = now
	}
	seconds := reset - server.Unix()
	switch {
	case seconds > int64(maxWait/time.Second), err != nil && seconds <= 0:
		return windowLength
	case seconds <= 0:
		return 0
	case err != nil:
		return time.Unix(reset, 0).Sub(now)
	}
	return time.Duration(seconds) * time.Second
}

func number(h http.Header, name string) int {
	n, err := strconv.ParseInt(h.Get(name), 10, 32)
	if err != nil || n < 0 {
		return -1
	}
	return int(n)
}

// retryAfter reads Retry-After, in seconds or as a date; 0 if there is none.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if s, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Duration(min(max(s, 0), int64(maxWait/time.Second))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if server, err := http.ParseTime(h.Get("Date")); err == nil {
		now = server
	}
	return min(max(at.Sub(now), 0), maxWait)
}
