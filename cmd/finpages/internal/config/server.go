package config

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// Server is the daemon's HTTP server.
type Server struct {
	Listen    string `yaml:"listen"`
	Socket    string `yaml:"socket"`    // Unix socket for the commands of the daemon's group; "" for none
	BasePath  string `yaml:"base_path"` // that browsers see everything below, such as /finpages
	TokenFile string `yaml:"token_file"`
	Users     []User `yaml:"users"`
	TLS       TLS    `yaml:"tls"`

	TrustedHeader *TrustedHeader `yaml:"trusted_header"` // nil for none
}

// TLS is the certificate that the server shows; read again when it changes.
type TLS struct {
	CertFile string `yaml:"cert_file"`
	KeyFile  string `yaml:"key_file"`
}

// User is somebody who may use the page and the API.
type User struct {
	Name      string `yaml:"name"`
	TokenFile string `yaml:"token_file"` // "" for who comes by the trusted header only
	Role      string `yaml:"role"`       // read or operate
}

// TrustedHeader is how a proxy tells who is logged in.
type TrustedHeader struct {
	Header string   `yaml:"header"`
	From   []string `yaml:"from"` // addresses and networks of the proxy
	Role   string   `yaml:"role"` // of those who are not among the users: read, operate or none

	Networks []netip.Prefix // From, parsed
}

func (d *decoder) server(c *Server) {
	if (c.TLS.CertFile == "") != (c.TLS.KeyFile == "") {
		d.at("server.tls", "set both cert_file and key_file")
	}
	d.basePath(c.BasePath)
	d.users(c)
	if c.TrustedHeader != nil {
		d.trustedHeader(c.TrustedHeader)
	}
	host, port, err := net.SplitHostPort(c.Listen)
	number, notNumber := strconv.Atoi(port)
	switch {
	case portAlone.MatchString(c.Listen):
		d.at("server.listen", "want an address and a port, not %q: write 127.0.0.1:%[1]s", c.Listen)
	case err == nil && notNumber == nil && (number < 0 || number > 65535):
		d.at("server.listen", "want a port from 1 to 65535, not %s", port)
	case err != nil:
		d.at("server.listen", "want an address such as 127.0.0.1:9464, not %q", c.Listen)
	case !Loopback(host) && !c.HasLogin():
		d.at("server.listen", "%s can be reached from other machines: set server.token_file or server.users, "+
			"or listen on 127.0.0.1", c.Listen)
	}
}

var portAlone = regexp.MustCompile(`^\d+$`)

// HasLogin reports whether people must show who they are.
func (c *Server) HasLogin() bool {
	return c.TokenFile != "" || len(c.Users) > 0 || c.TrustedHeader != nil
}

// users checks the users, and gives those without a role the one that can
// change nothing.
func (d *decoder) users(c *Server) {
	names, files := map[string]int{}, map[string]int{}
	if c.TokenFile != "" {
		files[c.TokenFile] = d.line("server.token_file")
	}
	for i := range c.Users {
		u, at := &c.Users[i], fmt.Sprintf("server.users[%d]", i)
		switch {
		case u.Name == "":
			d.at(at+".name", "missing: give the user a name, for the audit trail")
		case !userPattern.MatchString(u.Name):
			d.at(at+".name", "want 1 to 100 letters, digits, spaces or ._@+-\\, not %q", u.Name)
		case names[u.Name] != 0:
			d.at(at+".name", "%q is already the user on line %d: use a different name", u.Name, names[u.Name])
		}
		names[u.Name] = d.line(at + ".name")
		switch {
		case u.TokenFile == "" && c.TrustedHeader == nil:
			d.at(at+".token_file", "missing: set the file with the token of the user")
		case u.TokenFile != "" && files[u.TokenFile] != 0:
			d.at(at+".token_file", "line %d has the same file: give each user a token of their own", files[u.TokenFile])
		case u.TokenFile != "":
			files[u.TokenFile] = d.line(at + ".token_file")
		}
		d.role(at+".role", &u.Role, "read", "operate")
	}
}

// role checks a role; the first one is the default.
func (d *decoder) role(at string, role *string, roles ...string) {
	*role = cmp.Or(*role, roles[0])
	if !slices.Contains(roles, *role) {
		d.at(at, "%s is not one of %s", shown(*role), strings.Join(roles, ", "))
	}
}

var (
	userPattern   = regexp.MustCompile(`^[\pL\pN]([\pL\pN ._@+\\-]{0,98}[\pL\pN])?$`)
	headerPattern = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
)

// otherHeaders say something else, or are set by browsers for anybody.
var otherHeaders = []string{"Host", "Cookie", "Authorization", "Origin", "Referer", "User-Agent", "X-Forwarded-For",
	"X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip"}

func (d *decoder) trustedHeader(h *TrustedHeader) {
	const at = "server.trusted_header"
	switch {
	case h.Header == "":
		d.at(at+".header", "missing: set the header in which the proxy names the user, such as X-Forwarded-User")
	case !headerPattern.MatchString(h.Header):
		d.at(at+".header", "want a header such as X-Forwarded-User, not %q", h.Header)
	case slices.Contains(otherHeaders, http.CanonicalHeaderKey(h.Header)):
		d.at(at+".header", "%s does not name a user whom the proxy has let in: use one such as X-Forwarded-User", h.Header)
	}
	if len(h.From) == 0 {
		d.at(at+".from", "missing: list the addresses that the proxy connects from, such as 127.0.0.1; "+
			"everybody who connects from there can take any name")
	}
	for i, text := range h.From {
		network, err := network(text)
		switch item := fmt.Sprintf("%s.from[%d]", at, i); {
		case err != nil:
			d.at(item, "want an address or a network such as 10.0.0.7 or 10.0.0.0/24, not %q", text)
		case network.Bits() == 0:
			d.at(item, "%s is everybody, who could then take any name: list the addresses of the proxy", text)
		default:
			h.Networks = append(h.Networks, network)
		}
	}
	d.role(at+".role", &h.Role, "read", "operate", "none")
}

// network reads an address or a network.
func network(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		addr = addr.Unmap().WithZone("")
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err
}

// ownPaths are where the first segment of a path leads to a page or an answer of
// the server's own, with and without a base path.
var ownPaths = []string{"api", "assets", "attention", "audit", "healthz", "help", "hooks", "login", "logout", "metrics",
	"readyz", "search", "sources"}

var basePathPattern = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$`)

func (d *decoder) basePath(path string) {
	if path == "" {
		return
	}
	if !basePathPattern.MatchString(path) {
		d.at("server.base_path", "want a path such as /finpages, of letters, digits, dots, dashes, underscores and tildes, "+
			"not %q", path)
		return
	}
	first, _, _ := strings.Cut(path[1:], "/")
	if slices.Contains(ownPaths, first) {
		d.at("server.base_path", "/%s is a path of finpages itself: use a different one, such as /finpages", first)
	}
}

// Loopback reports whether only this machine reaches the host.
func Loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
