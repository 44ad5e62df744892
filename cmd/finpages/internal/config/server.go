package config

import (
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

func (d *decoder) server(c Server) {
	if (c.TLS.CertFile == "") != (c.TLS.KeyFile == "") {
		d.at("server.tls", "set both cert_file and key_file")
	}
	d.basePath(c.BasePath)
	host, _, err := net.SplitHostPort(c.Listen)
	switch {
	case err != nil:
		d.at("server.listen", "want an address such as 127.0.0.1:9464, not %q", c.Listen)
	case !Loopback(host) && c.TokenFile == "":
		d.at("server.listen", "%s can be reached from other machines: set server.token_file, or listen on 127.0.0.1",
			c.Listen)
	}
}

// ownPaths are where the first segment of a path leads to a page or an answer of
// the server's own, with and without a base path.
var ownPaths = []string{"api", "assets", "audit", "healthz", "help", "hooks", "login", "logout", "metrics", "readyz",
	"sources"}

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
