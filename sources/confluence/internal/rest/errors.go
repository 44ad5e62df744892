package rest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"
)

// StatusError is an answer that is not a success.
type StatusError struct {
	Status  int
	Message string        // from the answer, without the token
	Wait    time.Duration // that the answer asks for, where it is too long
}

func (e *StatusError) Error() string {
	text := fmt.Sprintf("the wiki answered %d %s", e.Status, http.StatusText(e.Status))
	if e.Message != "" {
		text += " (" + e.Message + ")"
	}
	if e.Wait > 0 {
		text += fmt.Sprintf(", and asks for a pause of %s, more than the %s that a run waits",
			e.Wait.Round(time.Second), maxWait)
	}
	if LacksScope(e) {
		return text + ": give the token a scope that lets it read this"
	}
	switch e.Status {
	case http.StatusUnauthorized:
		text += ": the login is not accepted, renew the token"
	case http.StatusForbidden:
		text += ": the login may not see this, grant it view rights"
	case http.StatusTooManyRequests:
		text += ": lower max_rps"
	case http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		text += ": the next run tries again, the wiki's log may say more"
	}
	return text
}

// LoginError is an answer that comes from a login page or to nobody, although
// it looks like a success.
type LoginError struct{ What string }

func (e *LoginError) Error() string {
	return e.What + ": check base_url, and renew the token"
}

// Refused tells whether the wiki has answered that the thing asked for is not
// to be had by this login. Anything else may be gone the next time.
func Refused(err error) bool {
	return HasStatus(err, http.StatusForbidden, http.StatusNotFound, http.StatusGone) || LacksScope(err)
}

// LacksScope tells whether the token is good, but not for this.
// https://developer.atlassian.com/cloud/confluence/scopes-for-oauth-2-3LO-and-forge-apps/
func LacksScope(err error) bool {
	var e *StatusError
	return errors.As(err, &e) && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) &&
		strings.Contains(e.Message, "scope")
}

// HasStatus tells whether the error is an answer with one of these statuses.
func HasStatus(err error, status ...int) bool {
	var e *StatusError
	if !errors.As(err, &e) {
		return false
	}
	for _, s := range status {
		if e.Status == s {
			return true
		}
	}
	return false
}

// Temporary tells whether the same request may succeed later.
func Temporary(err error) bool {
	var se *StatusError
	if errors.As(err, &se) {
		return se.Status == http.StatusTooManyRequests || se.Status == http.StatusRequestTimeout ||
			se.Status >= 500 && se.Status != http.StatusNotImplemented
	}
	var net *networkError
	return errors.As(err, &net)
}

// networkError is a request without an answer, or with half of one.
type networkError struct{ text string }

func (e *networkError) Error() string { return e.text }

// noAnswer tells of a request that did not reach the wiki, or that it did not
// answer.
func (c *Client) noAnswer(err error) error {
	if isTimeout(err) {
		return c.tookTooLong("no answer from the wiki")
	}
	mend := "the next run tries again"
	switch {
	case strings.HasPrefix(err.Error(), "proxyconnect"):
		mend = "check the proxy (HTTPS_PROXY, HTTP_PROXY, NO_PROXY)"
	case errors.Is(err, syscall.ECONNREFUSED):
		mend = "check base_url, and that the wiki is running"
	case errors.As(err, new(*net.DNSError)):
		mend = "check base_url and the name service, or set HTTPS_PROXY where only a proxy reaches the wiki"
	case errors.As(err, new(*tls.CertificateVerificationError)):
		mend = "check base_url, and that this machine trusts who signed the certificate: install the authority, or set SSL_CERT_FILE (finpages help proxy)"
	case errors.As(err, new(*net.OpError)):
		mend = "check base_url and the network"
	}
	return &networkError{"no answer from the wiki: " + c.login.scrub(err.Error()) + ": " + mend}
}

// brokeOff tells of an answer that came in part.
func (c *Client) brokeOff(err error) error {
	if isTimeout(err) {
		return c.tookTooLong("the answer did not end")
	}
	return &networkError{"the answer broke off (" + c.login.scrub(err.Error()) +
		"): the next run tries again, the log of the wiki or of a proxy before it may say more"}
}

func (c *Client) tookTooLong(what string) error {
	return &networkError{fmt.Sprintf("%s within %s: raise timeout where the wiki is slow, or check base_url and "+
		"the network", what, c.HTTP.Timeout)}
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}

// repeatError is a listing that gives an item twice. Some versions repeat the
// last ones for ever (https://jira.atlassian.com/browse/CONFSERVER-95396).
type repeatError struct{ text string }

func (e *repeatError) Error() string { return e.text }

// OnlyRepeats tells whether nothing else is wrong with a listing.
func OnlyRepeats(err error) bool {
	if all, ok := err.(several); ok { //nolint:errorlint // what is wrapped has another fault around it
		return !slices.ContainsFunc(all, func(err error) bool { return !OnlyRepeats(err) })
	}
	_, ok := err.(*repeatError) //nolint:errorlint // as above
	return ok
}

// several are errors that are told in one line.
type several []error

func (s several) Unwrap() []error { return s }

func (s several) Error() string {
	var texts []string
	for i, err := range s {
		if i == maxTold {
			texts = append(texts, fmt.Sprintf("and %d more", len(s)-i))
			break
		}
		texts = append(texts, err.Error())
	}
	return strings.Join(texts, "; ")
}

const maxTold = 3

// Join returns nil if no error is left, and a single one as it is.
func Join(errs ...error) error {
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	return several(errs)
}
