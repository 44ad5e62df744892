package web

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"finpages/cmd/finpages/internal/httpserve"

	"golang.org/x/time/rate"
)

// A client may try a few wrong tokens at once, and then one every few seconds.
const (
	loginBurst      = 10
	loginInterval   = 3 * time.Second
	maxLoginClients = 10_000 // that are told apart
)

// LongToken is the least length, in characters, of a token that nobody finds by
// trying.
const LongToken = 20

// loginLimiter slows down clients that try wrong tokens.
type loginLimiter struct {
	mu sync.Mutex
	by map[netip.Prefix]*rate.Limiter
}

// try finds out whose token a request brings, and counts it if it is nobody's.
// Many people may share the address of a proxy: a right token must work there
// while somebody sends wrong ones, so it is compared whatever came before. A
// short token could be found that way; for it, the limit comes first.
func (l *loginLimiter) try(r *http.Request, given string, list []credential) (whose *credential, tooMany bool) {
	for i := range list { // all of them, so that the time tells nothing
		if sameSecret(given, list[i].token) {
			whose = &list[i]
		}
	}
	if (whose == nil || len(whose.token) < LongToken) && !l.allows(r) {
		return nil, true
	}
	if whose == nil {
		l.countWrong(r)
	}
	return whose, false
}

// allows reports whether the client of a request may try a wrong token now.
func (l *loginLimiter) allows(r *http.Request) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.limitOf(r).Tokens() >= 1
}

// countWrong counts a wrong token.
func (l *loginLimiter) countWrong(r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limitOf(r).Allow()
}

// limitOf returns the limit of a request's client. When there are too many
// clients, all new ones share a limit.
func (l *loginLimiter) limitOf(r *http.Request) *rate.Limiter {
	client := httpserve.ClientNetwork(r.RemoteAddr)
	if l.by[client] == nil && len(l.by) >= maxLoginClients {
		if l.dropIdle(); len(l.by) >= maxLoginClients {
			client = netip.Prefix{}
		}
	}
	if l.by == nil {
		l.by = map[netip.Prefix]*rate.Limiter{}
	}
	if l.by[client] == nil {
		l.by[client] = rate.NewLimiter(rate.Every(loginInterval), loginBurst)
	}
	return l.by[client]
}

// dropIdle drops the clients whose limit is full again.
func (l *loginLimiter) dropIdle() {
	for client, limit := range l.by {
		if limit.Tokens() >= loginBurst {
			delete(l.by, client)
		}
	}
}

const tooManyWrongTokens = "too many wrong tokens came from your address: wait 10 seconds and try again"
