package web

import (
	"cmp"
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

// login lets in whom the trusted proxy names, or who brings a token: programs as
// a bearer token or as the password of any user, browsers as the cookie that the
// form gave them.
func (s *server) login(next http.Handler) http.Handler {
	if s.isOpen() {
		next = localOnly(next)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, refused := s.admit(r)
		switch {
		case refused == nil:
			next.ServeHTTP(w, id.as(r))
		case refused.status != http.StatusUnauthorized || refused.wrong || !isNavigation(r) || !s.hasTokens():
			s.refuse(w, refused)
		default:
			http.Redirect(w, r, s.site.at("/login?")+url.Values{"next": {s.site.at(r.URL.RequestURI())}}.Encode(),
				http.StatusSeeOther)
		}
	})
}

// refuse answers who is not let in.
func (s *server) refuse(w http.ResponseWriter, why *refusal) {
	text := why.text
	switch {
	case why.status == http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "10")
	case why.status != http.StatusUnauthorized:
	case s.hasTokens():
		w.Header().Set("WWW-Authenticate", `Bearer realm="finpages"`)
		text = cmp.Or(text, "log in with "+s.tokenWords())
	default:
		text = cmp.Or(text, "log in through the reverse proxy: this request names no user")
	}
	http.Error(w, text, why.status)
}

// tokenWords names what people log in with.
func (s *server) tokenWords() string {
	if len(s.Users) > 0 {
		return "your token"
	}
	return "the server token"
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
				"without a login, finpages answers only requests for localhost or an IP address: set server.token_file to "+
					"use another name",
				http.StatusForbidden,
			)
			return
		}
		next.ServeHTTP(w, r)
	})
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

func (s *server) loginView(next, wrong string) loginView {
	return loginView{frame: s.loginFrame(), Next: next, Wrong: wrong, Users: len(s.Users) > 0}
}

func (s *server) showLogin(w http.ResponseWriter, r *http.Request) {
	next := s.site.local(r.URL.Query().Get("next"))
	if s.isOpen() {
		next = s.site.home()
	}
	r.Header.Del("Authorization") // a form is for people: no token is tried here
	switch _, refused := s.admit(r); {
	case refused == nil:
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	case !s.hasTokens():
		s.refuse(w, refused)
		return
	}
	s.render(w, http.StatusOK, "login", s.loginView(next, ""))
}

func (s *server) takeLogin(w http.ResponseWriter, r *http.Request) {
	if s.isOpen() {
		http.Redirect(w, r, s.site.home(), http.StatusSeeOther)
		return
	}
	list, err := s.credentials()
	if len(list) == 0 {
		s.Log.Error("nobody can log in: there is no token that can be used", "error", err)
		http.Error(w, "the server token cannot be read", http.StatusInternalServerError)
		return
	}
	next := s.site.local(r.PostFormValue("next"))
	c, tooMany := s.logins.try(r, strings.TrimSpace(r.PostFormValue("token")), list)
	switch {
	case tooMany:
		w.Header().Set("Retry-After", "10")
		s.render(w, http.StatusTooManyRequests, "login", s.loginView(next, tooManyWrongTokens))
		return
	case c == nil:
		s.Log.Warn("a login with a wrong token was refused", "from", r.RemoteAddr)
		s.render(w, http.StatusForbidden, "login", s.loginView(next, "this is not "+s.tokenWords()))
		return
	}
	s.Log.Info("logged in", "who", c.identity().who, "role", c.Role, "from", clientAddress(r))
	s.setSession(w, r, signSession(*c, rand.Text(), time.Now().Add(session)), int(session.Seconds()))
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func (s *server) logout(w http.ResponseWriter, r *http.Request) {
	if list, err := s.credentials(); err == nil || len(list) > 0 {
		if s.sessionOf(r, list) != nil { // others would only fill the list
			_, id, _, end := sessionIn(r)
			s.ended.end(id, end)
		}
	}
	s.setSession(w, r, "", -1)
	http.Redirect(w, r, s.site.at("/login"), http.StatusSeeOther)
}
