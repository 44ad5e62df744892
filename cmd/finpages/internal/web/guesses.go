package web

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Who gives wrong tokens may give a few at once, and then one each while.
const (
	guessBurst = 10
	guessEvery = 3 * time.Second
	maxGuesses = 10_000 // addresses that are told apart
)

// LongToken is how many characters a token has, at least, that nobody finds by
// trying, however often.
const LongToken = 20

// guesses slows down who tries tokens, by address.
type guesses struct {
	mu sync.Mutex
	by map[netip.Prefix]*rate.Limiter
}

// try compares the token that a request gives, and counts it if it is wrong. An
// address may be that of a proxy, and many people's: there a right token must
// work while somebody floods the server with wrong ones, so it is compared
// whatever came before, which lets a guesser try on without end. A short token
// could be found that way; for it, the limit comes first.
func (g *guesses) try(r *http.Request, given, want string) (right, tooMany bool) {
	right = sameSecret(given, want)
	if (!right || len(want) < LongToken) && !g.may(r) {
		return false, true
	}
	if !right {
		g.wrong(r)
	}
	return right, false
}

// may tells whether the client of a request may give a wrong token now.
func (g *guesses) may(r *http.Request) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.of(r).Tokens() >= 1
}

// wrong counts a wrong token.
func (g *guesses) wrong(r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.of(r).Allow()
}

// of returns the limit of a request's client. In a flood, all who are new
// share one.
func (g *guesses) of(r *http.Request) *rate.Limiter {
	client := clientOf(r)
	if g.by[client] == nil && len(g.by) >= maxGuesses {
		if g.forget(); len(g.by) >= maxGuesses {
			client = netip.Prefix{}
		}
	}
	if g.by == nil {
		g.by = map[netip.Prefix]*rate.Limiter{}
	}
	if g.by[client] == nil {
		g.by[client] = rate.NewLimiter(rate.Every(guessEvery), guessBurst)
	}
	return g.by[client]
}

// forget drops those who have been quiet for so long that they may begin anew.
func (g *guesses) forget() {
	for client, l := range g.by {
		if l.Tokens() >= guessBurst {
			delete(g.by, client)
		}
	}
}

// clientOf is the address that a request came from: for IPv6 the network, as
// one client has all of it.
func clientOf(r *http.Request) netip.Prefix {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Prefix{}
	}
	addr := at.Addr().Unmap().WithZone("")
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	p, _ := addr.Prefix(bits) // of a valid address and as many bits as it has
	return p
}

const tooManyGuesses = "too many wrong tokens came from your address: wait a little"

// slowDown answers a client that gave too many wrong tokens.
func slowDown(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "10")
	http.Error(w, tooManyGuesses, http.StatusTooManyRequests)
}
