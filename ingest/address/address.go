// Package address compares and cleans web addresses.
package address

import (
	"fmt"
	"net"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/idna"
)

// Same reports whether two web addresses lead to one place. It is how
// import sources are told apart, here and in Intercom.
func Same(a, b string) bool { return Normal(a) == Normal(b) }

// Normal spells a web address so that those which lead to one place are
// alike: without a fragment, the port that goes without saying, needless
// escapes, dots in the path or a slash at its end, whatever the case of scheme
// and host (https://www.rfc-editor.org/rfc/rfc3986#section-6.2). What is no
// address stays as it is.
func Normal(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return s
	}
	scheme := strings.ToLower(u.Scheme)
	normal := scheme + "://" + normalHost(u, scheme) + normalPath(u.EscapedPath())
	if u.RawQuery != "" {
		normal += "?" + u.RawQuery
	}
	return normal
}

func normalHost(u *url.URL, scheme string) string {
	host, port := strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), u.Port()
	switch {
	case port != "" && (scheme != "http" || port != "80") && (scheme != "https" || port != "443"):
		return net.JoinHostPort(host, port)
	case strings.Contains(host, ":"): // IPv6
		return "[" + host + "]"
	}
	return host
}

// normalPath escapes each part of a path anew, so that an escaped slash stays
// one.
func normalPath(escaped string) string {
	if strings.Contains(escaped, "%") {
		parts := strings.Split(escaped, "/")
		for i, part := range parts {
			if plain, err := url.PathUnescape(part); err == nil {
				parts[i] = url.PathEscape(plain)
			}
		}
		escaped = strings.Join(parts, "/")
	}
	return strings.TrimRight(path.Clean("/"+escaped), "/")
}

// Host returns an address's host with its port, spelled alike; "" if it has none.
func Host(address string) string {
	u, err := url.Parse(Clean(address))
	if err != nil || u.Host == "" {
		return ""
	}
	return normalHost(u, strings.ToLower(u.Scheme))
}

// Clean encodes anew what a source or a document gives as a web address, so
// that nothing in it ends the place where it is shown; "" if it is none.
func Clean(s string) string {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(s), "://")
	host := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host = rest[:end]
	}
	u, err := url.Parse(scheme + "://" + host + encodeBytes(rest[len(host):]))
	if err != nil || u.Host == "" || strings.ContainsAny(u.Host, "<>\"'`\\{}|^") {
		return ""
	}
	if u.Scheme = strings.ToLower(u.Scheme); u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	if name, err := idna.Lookup.ToASCII(u.Hostname()); err == nil && name != u.Hostname() {
		u.Host = strings.Replace(u.Host, u.Hostname(), name, 1)
	}
	u.User = nil
	return u.String()
}

// encodeBytes escapes what may not stand in the path, query or fragment of an
// address (https://www.rfc-editor.org/rfc/rfc3986#section-2). Control characters
// stay, for the parser to refuse.
func encodeBytes(s string) string {
	var out strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])), c >= 0x80,
			strings.IndexByte(" \"<>`{}|\\^", c) >= 0:
			fmt.Fprintf(&out, "%%%02X", c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// Is reports whether a reference to a document is a web address.
func Is(ref string) bool { return strings.Contains(ref, "://") }

// SamePlace is [SamePage] for the place on the page that an address leads to, if it
// leads to one.
func SamePlace(ref string) func(address string) bool {
	_, place, _ := strings.Cut(ref, "#")
	isPage := SamePage(ref)
	return func(address string) bool {
		_, there, _ := strings.Cut(address, "#")
		return there == place && isPage(address)
	}
}

// SamePage returns a function that reports whether an address is that of a
// page. Addresses of pages are compared as people copy them: http or https.
func SamePage(ref string) func(address string) bool {
	want := withoutScheme(ref)
	return func(address string) bool { return address != "" && withoutScheme(address) == want }
}

func withoutScheme(s string) string {
	_, rest, _ := strings.Cut(Normal(s), "://")
	return rest
}
