package web

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	cookieName = "finpages"
	session    = 7 * 24 * time.Hour
	maxEnded   = 10_000 // sessions that are known to have ended early
)

// signSession returns a session: its end, in Unix seconds, and an ID, signed
// with the token. It outlasts a restart, and ends when the token changes.
func signSession(token, id string, end time.Time) string {
	mac := hmac.New(sha256.New, []byte(token))
	fmt.Fprintf(mac, "finpages session %s until %d", id, end.Unix())
	return fmt.Sprintf("%d.%s.%s", end.Unix(), id, hex.EncodeToString(mac.Sum(nil)))
}

// hasSession tells whether a request brings a session that has not expired.
func hasSession(r *http.Request, token string) bool {
	value, id, end := sessionOf(r)
	return time.Now().Before(end) && sameSecret(value, signSession(token, id, end))
}

// sessionOf returns what a request's session says, whoever signed it.
func sessionOf(r *http.Request) (value, id string, end time.Time) {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return "", "", end
	}
	until, rest, _ := strings.Cut(c.Value, ".")
	id, _, _ = strings.Cut(rest, ".")
	sec, err := strconv.ParseInt(until, 10, 64)
	if err != nil {
		return "", "", end
	}
	return c.Value, id, time.Unix(sec, 0)
}

func (s *server) setSession(w http.ResponseWriter, r *http.Request, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: value, Path: cmp.Or(string(s.site), "/"), MaxAge: maxAge, HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"})
}

// endedSessions are the sessions that somebody logged out of, until they would have
// expired. A restart forgets them.
type endedSessions struct {
	mu   sync.Mutex
	ends map[string]time.Time // by the session's ID
}

// end ends a request's session, if it is one: others would only fill the list.
func (e *endedSessions) end(r *http.Request, token string) {
	if !hasSession(r, token) {
		return
	}
	_, id, end := sessionOf(r)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ends == nil {
		e.ends = map[string]time.Time{}
	}
	e.ends[id] = end
	if len(e.ends) > maxEnded {
		e.forget()
	}
}

// forget drops those that have expired; if there are none, the one that does
// next.
func (e *endedSessions) forget() {
	now, next := time.Now(), ""
	for id, end := range e.ends {
		if end.Before(now) {
			delete(e.ends, id)
		} else if next == "" || end.Before(e.ends[next]) {
			next = id
		}
	}
	if len(e.ends) > maxEnded {
		delete(e.ends, next)
	}
}

// has tells whether a request's session was ended.
func (e *endedSessions) has(r *http.Request) bool {
	_, id, _ := sessionOf(r)
	e.mu.Lock()
	defer e.mu.Unlock()
	_, has := e.ends[id]
	return has
}
