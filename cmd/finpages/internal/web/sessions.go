package web

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
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

// signSession returns a session of a user: its end, in Unix seconds, an ID, and
// the user's name, signed with the user's token. It outlasts a restart, and ends
// when the token changes.
func signSession(c credential, id string, end time.Time) string {
	mac := hmac.New(sha256.New, []byte(c.token))
	fmt.Fprintf(mac, "finpages session %s until %d of %s", id, end.Unix(), c.Name)
	return fmt.Sprintf("%d.%s.%s.%s", end.Unix(), id, hex.EncodeToString(mac.Sum(nil)),
		base64.RawURLEncoding.EncodeToString([]byte(c.Name)))
}

// sessionOf returns who of the list has the session that a request brings; nil
// if it brings none, or one that has ended.
func (s *server) sessionOf(r *http.Request, list []credential) *credential {
	value, id, user, end := sessionIn(r)
	if !time.Now().Before(end) || s.ended.has(id) {
		return nil
	}
	for _, c := range list {
		if c.Name == user && sameSecret(value, signSession(c, id, end)) {
			return &c
		}
	}
	return nil
}

// sessionIn returns what a request's session says, whoever signed it.
func sessionIn(r *http.Request) (value, id, user string, end time.Time) {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return "", "", "", end
	}
	parts := strings.Split(c.Value, ".")
	if len(parts) != 4 {
		return "", "", "", end
	}
	sec, err := strconv.ParseInt(parts[0], 10, 64)
	name, err2 := base64.RawURLEncoding.DecodeString(parts[3])
	if err != nil || err2 != nil {
		return "", "", "", end
	}
	return c.Value, parts[1], string(name), time.Unix(sec, 0)
}

func (s *server) setSession(w http.ResponseWriter, r *http.Request, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: value, Path: cmp.Or(string(s.site), "/"), MaxAge: maxAge,
		HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"})
}

// endedSessions are the sessions that somebody logged out of, until they would have
// expired. A restart forgets them.
type endedSessions struct {
	mu   sync.Mutex
	ends map[string]time.Time // by the session's ID
}

// end ends the session with the ID.
func (e *endedSessions) end(id string, end time.Time) {
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

// has tells whether the session with the ID was ended.
func (e *endedSessions) has(id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, has := e.ends[id]
	return has
}
