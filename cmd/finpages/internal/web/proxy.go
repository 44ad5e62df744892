package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"finpages/cmd/finpages/internal/api"
)

// TrustedProxy lets in whom a proxy names in a header: single sign-on.
type TrustedProxy struct {
	Header string
	From   []netip.Prefix // the addresses that the proxy connects from; the header from elsewhere means nothing
	Role   api.Role       // of those who are not among the users; none keeps them out
}

// maxName bounds the name of a user, in bytes.
const maxName = 256

// forwarded returns whom the trusted proxy names, and whether it names anybody.
// An empty name is nobody's: proxies send it for those who are not logged in.
func (s *server) forwarded(r *http.Request) (id identity, said bool, refused *refusal) {
	if s.Proxy == nil || !s.Proxy.sent(r) {
		return identity{}, false, nil
	}
	values := r.Header.Values(s.Proxy.Header)
	name := ""
	if len(values) == 1 {
		name = strings.Trim(values[0], " \t")
	}
	switch {
	case len(values) == 0, len(values) == 1 && name == "":
		return identity{}, false, nil
	case len(values) > 1:
		// A client's own beside the proxy's: it cannot be told which is which.
		return identity{}, true, s.badName(r, "came "+count(len(values), "time", "times")+
			": have the proxy replace what clients send")
	case !isName(name):
		return identity{}, true, s.badName(r, "is not one name of up to 256 letters without a comma")
	}
	u := User{Name: name, Role: s.Proxy.Role}
	if i := slices.IndexFunc(s.Users, func(u User) bool { return u.Name == name }); i >= 0 {
		u = s.Users[i]
	}
	if u.Role == api.None {
		return identity{}, true, &refusal{status: http.StatusForbidden, text: "you are logged in as " + name +
			", who is not one of the users of finpages: ask for an entry in server.users"}
	}
	id = u.identity()
	id.who += " by single sign-on"
	return id, true, nil
}

func (s *server) badName(r *http.Request, fault string) *refusal {
	s.loginLog.warn(s.Log, "", "the header "+s.Proxy.Header+" "+fault, r.RemoteAddr)
	return &refusal{status: http.StatusForbidden, text: "the header " + s.Proxy.Header + " " + fault}
}

// sent reports whether a request comes from where the proxy is: who opened the
// connection tells, and no header. A Unix socket is nowhere.
func (p *TrustedProxy) sent(r *http.Request) bool {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	addr := at.Addr().Unmap().WithZone("")
	return slices.ContainsFunc(p.From, func(from netip.Prefix) bool { return from.Contains(addr) })
}

// untrusted says why a header that should name a user does not count; "" if
// there is none.
func (s *server) untrusted(r *http.Request) string {
	if s.Proxy == nil || r.Header.Get(s.Proxy.Header) == "" {
		return ""
	}
	return "the header " + s.Proxy.Header + " does not count from " + clientAddress(r) +
		": only from the addresses in server.trusted_header.from"
}

// isName reports whether a header holds one name, and nothing that could be
// taken for two or that a log or page shows otherwise.
func isName(name string) bool {
	return len(name) <= maxName && utf8.ValidString(name) &&
		!strings.ContainsFunc(name, func(r rune) bool { return r == ',' || !unicode.IsPrint(r) })
}
