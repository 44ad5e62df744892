package intercomapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// netError is a failed exchange in words without secrets. It does not unwrap,
// because what it stands for may hold a proxy's password.
type netError struct {
	text  string
	cause error
}

func (e *netError) Error() string { return e.text }

// Is lets the caller tell a canceled context or a timeout.
func (e *netError) Is(target error) bool { return errors.Is(e.cause, target) }

// userinfo is all that stands before an @, which may be a login.
var userinfo = regexp.MustCompile(`[^\s"'<>]*@`)

func scrubNetwork(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err
	}
	return &netError{text: oneLine(userinfo.ReplaceAllString(err.Error(), "***@")), cause: err}
}

// neverConnected reports whether an exchange failed before a byte of the
// request was sent.
func neverConnected(err error) bool {
	var n *netError
	if !errors.As(err, &n) {
		return false
	}
	var (
		op   *net.OpError
		dns  *net.DNSError
		cert *tls.CertificateVerificationError
		rec  tls.RecordHeaderError
		auth x509.UnknownAuthorityError
	)
	switch {
	case errors.As(n.cause, &op) && (op.Op == "dial" || op.Op == "proxyconnect"):
		return true
	case errors.Is(n.cause, errBadProxy):
		return true
	}
	return errors.As(n.cause, &dns) || errors.As(n.cause, &cert) || errors.As(n.cause, &rec) || errors.As(n.cause, &auth)
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// maxText bounds in bytes what an answer may add to an error.
const maxText = 400

// oneLine makes a stranger's text fit for a log line or a terminal.
func oneLine(s string) string {
	if len(s) > 4*maxText {
		s = s[:4*maxText]
	}
	printable := func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}
	s = strings.Join(strings.Fields(strings.Map(printable, strings.ToValidUTF8(s, "?"))), " ")
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "..."
	}
	return s
}
