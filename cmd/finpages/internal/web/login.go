package web

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// sameOrigin refuses writes that other sites' pages make a browser send.
func sameOrigin(next http.Handler) http.Handler {
	return http.NewCrossOriginProtection().Handler(next)
}

// login lets in who brings the server's token: programs as a bearer token or
// as the password of any user, browsers as the cookie that the form gave them.
func (s *server) login(next http.Handler) http.Handler {
	if s.Token == nil {
		return localOnly(next)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		want, ok := s.token(w)
		token, tries := given(r)
		switch {
		case !ok:
		case hasSession(r, want) && !s.ended.has(r):
			next.ServeHTTP(w, r)
		case tries:
			switch right, tooMany := s.logins.try(r, token, want); {
			case right:
				next.ServeHTTP(w, r)
			case tooMany:
				refuseTooMany(w)
			default:
				refuse(w)
			}
		case isNavigation(r):
			http.Redirect(w, r, s.site.at("/login?")+url.Values{"next": {s.site.at(r.URL.RequestURI())}}.Encode(), http.StatusSeeOther)
		default:
			refuse(w)
		}
	})
}

func refuse(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="finpages"`)
	http.Error(w, "log in with the server token", http.StatusUnauthorized)
}

// localOnly answers only to names that no other site can take: without a login,
// a site whose name is made to lead to this machine could else do everything.
func localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		_, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if err != nil && host != "localhost" && !strings.HasSuffix(host, ".localhost") {
			http.Error(
				w,
				"without a login, finpages answers only requests for localhost or an IP address: set server.token_file to use another name",
				http.StatusForbidden,
			)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// token returns the server's token, or answers that there is none.
func (s *server) token(w http.ResponseWriter) (string, bool) {
	token, err := s.Token()
	if err != nil || token == "" {
		s.Log.Error("server token", "error", err)
		http.Error(w, "the server token cannot be read", http.StatusInternalServerError)
		return "", false
	}
	return token, true
}

// given returns the token that a program's request brings, if any.
func given(r *http.Request) (token string, ok bool) {
	if token, ok := bearer(r); ok {
		return token, true
	}
	_, password, ok := r.BasicAuth()
	return password, ok
}

func bearer(r *http.Request) (string, bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return token, ok && strings.EqualFold(scheme, "Bearer")
}

// sameSecret compares in a time that depends on neither.
func sameSecret(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// isNavigation tells whether a browser asks for a page to show.
func isNavigation(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// loginFrame is a frame without anything to log out of.
func (s *server) loginFrame() frame { return frame{Title: "Log in", Version: s.Version} }

func (s *server) showLogin(w http.ResponseWriter, r *http.Request) {
	if s.Token == nil {
		http.Redirect(w, r, s.site.home(), http.StatusSeeOther)
		return
	}
	next := s.site.local(r.URL.Query().Get("next"))
	if want, err := s.Token(); err == nil && want != "" && hasSession(r, want) && !s.ended.has(r) {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	s.render(w, http.StatusOK, "login", loginView{frame: s.loginFrame(), Next: next})
}

func (s *server) takeLogin(w http.ResponseWriter, r *http.Request) {
	if s.Token == nil {
		http.Redirect(w, r, s.site.home(), http.StatusSeeOther)
		return
	}
	token, ok := s.token(w)
	if !ok {
		return
	}
	next := s.site.local(r.PostFormValue("next"))
	switch right, tooMany := s.logins.try(r, strings.TrimSpace(r.PostFormValue("token")), token); {
	case tooMany:
		w.Header().Set("Retry-After", "10")
		s.render(w, http.StatusTooManyRequests, "login",
			loginView{frame: s.loginFrame(), Next: next, Wrong: tooManyWrongTokens})
		return
	case !right:
		s.Log.Warn("a login with a wrong token was refused", "from", r.RemoteAddr)
		s.render(w, http.StatusForbidden, "login",
			loginView{frame: s.loginFrame(), Next: next, Wrong: "this is not the server token"})
		return
	}
	s.setSession(w, r, signSession(token, rand.Text(), time.Now().Add(session)), int(session.Seconds()))
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func (s *server) logout(w http.ResponseWriter, r *http.Request) {
	if s.Token != nil {
		want, ok := s.token(w)
		if !ok {
			return
		}
		s.ended.end(r, want)
	}
	s.setSession(w, r, "", -1)
	http.Redirect(w, r, s.site.at("/login"), http.StatusSeeOther)
}
