package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// login lets in who brings the server's token: programs as a bearer token,
// browsers as the password of any user.
func (s *server) login(next http.Handler) http.Handler {
	if s.Token == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		want, err := s.Token()
		if err != nil || want == "" {
			s.Log.Error("server token", "error", err)
			http.Error(w, "the server's token cannot be read", http.StatusInternalServerError)
			return
		}
		if !sameSecret(given(r), want) {
			w.Header().Set("WWW-Authenticate", `Basic realm="finpages", charset="UTF-8"`)
			http.Error(w, "log in with the server's token", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func given(r *http.Request) string {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return token
	}
	_, password, _ := r.BasicAuth()
	return password
}

// sameSecret compares in a time that depends on neither.
func sameSecret(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
