package ingest

import (
	"net"
	"net/url"
	"path"
	"strings"
)

// SameAddress reports whether two web addresses lead to one place. It is how
// import sources are told apart, here and in Intercom.
func SameAddress(a, b string) bool { return NormalAddress(a) == NormalAddress(b) }

// NormalAddress spells a web address so that those which lead to one place are
// alike: without a fragment, the port that goes without saying, needless
// escapes, dots in the path or a slash at its end, whatever the case of scheme
// and host (https://www.rfc-editor.org/rfc/rfc3986#section-6.2). What is no
// address stays as it is.
func NormalAddress(s string) string {
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

// IsAddress reports whether a reference to a document is a web address.
func IsAddress(ref string) bool { return strings.Contains(ref, "://") }

// SamePage returns a function that reports whether an address is that of a
// page. Addresses of pages are compared as people copy them: http or https.
func SamePage(ref string) func(address string) bool {
	want := withoutScheme(ref)
	return func(address string) bool { return address != "" && withoutScheme(address) == want }
}

func withoutScheme(s string) string {
	_, rest, _ := strings.Cut(NormalAddress(s), "://")
	return rest
}
