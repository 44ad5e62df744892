package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/httpserve"
	"finpages/ingest/operate"
)

// User is somebody who may come in.
type User struct {
	Name  string // "" is whoever has the server's token
	Role  api.Role
	Token func() (string, error) // to log in with; nil for those whom only the trusted proxy lets in
}

// identity is who sends a request.
type identity struct {
	name string // as the pages show it; "" for nobody in particular
	who  string // the same in the words of the audit trail, without the address
	role api.Role
	out  bool // whether there is a session to log out of
}

type identityKey struct{}

func identityOf(r *http.Request) identity {
	id, _ := r.Context().Value(identityKey{}).(identity)
	return id
}

// as notes who sends a request, for the pages, the API and the audit trail.
func (id identity) as(r *http.Request) *http.Request {
	who := id.who + ", from " + clientAddress(r)
	if local := httpserve.LocalUser(r.Context()); local != "" {
		who = "user " + local + " over the socket"
	}
	ctx := operate.WithActor(context.WithValue(r.Context(), identityKey{}, id), who)
	return r.WithContext(api.WithRole(ctx, id.role))
}

func (u User) identity() identity {
	if u.Name == "" {
		return identity{who: "server token", role: u.Role}
	}
	return identity{name: u.Name, who: "user " + u.Name, role: u.Role}
}

// isOpen tells whether anybody may come in who reaches the server: then it is
// for this machine only.
func (s *server) isOpen() bool { return s.Token == nil && len(s.Users) == 0 && s.Proxy == nil }

// credential is a user with the token of the moment.
type credential struct {
	User
	token string
}

// credentials reads the tokens of all users. A token that two of them have
// would not tell who comes in, so it lets in neither.
func (s *server) credentials() (list []credential, err error) {
	users := s.Users
	if s.Token != nil {
		users = append([]User{{Role: api.Operate, Token: s.Token}}, users...)
	}
	shared := map[string]int{}
	for _, u := range users {
		if u.Token == nil {
			continue
		}
		token, fault := u.Token()
		if fault == nil && token == "" {
			fault = errors.New("it is empty")
		}
		if fault != nil {
			s.Log.Error("a token cannot be read", "of", u.identity().who, "error", fault)
			err = fault
			continue
		}
		shared[token]++
		list = append(list, credential{u, token})
	}
	return slices.DeleteFunc(list, func(c credential) bool { return shared[c.token] > 1 }), err
}

// hasTokens tells whether anybody can log in with a token.
func (s *server) hasTokens() bool {
	return s.Token != nil || slices.ContainsFunc(s.Users, func(u User) bool { return u.Token != nil })
}

// refusal is why a request is not let in.
type refusal struct {
	status int
	text   string // "" where a login would help
	wrong  bool   // whether it brought a wrong token
}

// admit finds out who sends a request: whom the trusted proxy names; else
// whose session or token it brings.
func (s *server) admit(r *http.Request) (identity, *refusal) {
	if s.isOpen() {
		return identity{who: "no login", role: api.Operate}, nil
	}
	if id, said, refused := s.forwarded(r); said {
		return id, refused
	}
	list, err := s.credentials()
	if len(list) == 0 && err != nil {
		return identity{}, &refusal{status: http.StatusInternalServerError, text: "the server token cannot be read"}
	}
	if c := s.sessionOf(r, list); c != nil {
		id := c.identity()
		id.out = true
		return id, nil
	}
	token, tries := given(r)
	if !tries {
		return identity{}, &refusal{status: http.StatusUnauthorized, text: s.untrusted(r)}
	}
	switch c, tooMany := s.logins.try(r, token, list); {
	case tooMany:
		return identity{}, &refusal{status: http.StatusTooManyRequests, text: tooManyWrongTokens}
	case c == nil:
		return identity{}, &refusal{status: http.StatusUnauthorized, wrong: true}
	default:
		return c.identity(), nil
	}
}

// operators keeps those who may only read from what changes something. The API
// says by itself what does.
func (s *server) operators(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		if err := api.MayOperate(r.Context()); err != nil && !reads && !strings.HasPrefix(r.URL.Path, "/api/") {
			s.problem(w, http.StatusForbidden, err.Error(), s.site.home())
			return
		}
		next.ServeHTTP(w, r)
	})
}
