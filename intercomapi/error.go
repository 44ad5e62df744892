package intercomapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Error is a request that failed, after all tries. A Client's error that wraps
// none means that nothing was sent, because the arguments are not valid.
// https://developers.intercom.com/docs/references/rest-api/errors/error-codes
type Error struct {
	Operation string // snake case, such as upsert_page
	Status    int    // HTTP status; 0 if there was no answer
	Code      string // Intercom's code, such as parameter_invalid; empty if the answer holds none
	Message   string // what the answer says, on one line
	Field     string // the field that Intercom found wrong
	RequestID string // Intercom's id of the request, for its support
	Attempts  int    // requests sent
	Err       error  // why no usable answer came; nil if the API refused

	kind       kind
	retryAfter time.Duration // as the answer says; 0 if it does not
	uncertain  bool          // this or an earlier try may have taken effect
}

// kind is how a request failed.
type kind int

const (
	refused     kind = iota // the API answered with an error
	notSent                 // nothing was sent: no token, or ctx was done
	network                 // no answer came
	badAnswer               // the answer was a success, but could not be read
	tooLarge                // the answer was longer than the client reads
	unsupported             // the API does not know what was asked for
	abandoned               // the caller's ctx was done before an answer came
)

// Error says what failed and, where an answer came, what it said.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(e.Operation, "_", " "))
	if e.Status != 0 {
		fmt.Fprintf(&b, ": the API answered %d", e.Status)
	}
	if e.Code != "" {
		b.WriteString(" " + e.Code)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	b.WriteString(e.details())
	return b.String()
}

func (e *Error) details() string {
	var d []string
	if e.Field != "" {
		d = append(d, "field "+e.Field)
	}
	if e.RequestID != "" {
		d = append(d, "request "+e.RequestID)
	}
	if e.Attempts > 1 {
		d = append(d, fmt.Sprintf("%d tries", e.Attempts))
	}
	if len(d) == 0 {
		return ""
	}
	return " (" + strings.Join(d, ", ") + ")"
}

// Unwrap returns why no usable answer came.
func (e *Error) Unwrap() error { return e.Err }

// Stop reports whether every other write would fail alike: the token, plan,
// permission, version or address is wrong. Stop writing to the workspace.
func (e *Error) Stop() bool {
	switch {
	case e.kind == notSent:
		return e.Err != nil && !isContext(e.Err)
	case e.kind != refused:
		return false
	case e.Code == codeVersion, e.redirect(), e.Status == http.StatusNotFound && e.Code == "":
		return true
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden,
		http.StatusNotAcceptable, http.StatusUnsupportedMediaType:
		return true
	}
	return false
}

// Refused reports whether the API will not take this request however often it
// is sent: quarantine the page until its content or its settings change.
func (e *Error) Refused() bool {
	if e.kind != refused || e.Stop() {
		return false
	}
	switch e.Status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// NotFound reports whether Intercom itself says that there is no such thing.
// A 404 that is not in its format comes from something else, and does not count.
func (e *Error) NotFound() bool {
	return e.kind == refused && e.Status == http.StatusNotFound && e.Code != ""
}

// Retryable reports whether the same request may succeed later. The client
// has tried for as long as it was told to.
func (e *Error) Retryable() bool {
	switch e.kind {
	case network, badAnswer:
		return true
	case refused:
		return e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooManyRequests || e.Status >= 500
	}
	return false
}

// Ambiguous reports whether the request may have taken effect all the same:
// whether any try had less than a definite refusal for an answer.
func (e *Error) Ambiguous() bool { return e.uncertain }

// hadNoEffect reports whether this try surely changed nothing.
func (e *Error) hadNoEffect() bool {
	switch e.kind {
	case notSent:
		return true
	case network:
		return neverConnected(e.Err)
	case refused:
		return e.Status >= 400 && e.Status < 500 && e.Status != http.StatusRequestTimeout
	}
	return false
}

func (e *Error) redirect() bool { return e.Status >= 300 && e.Status < 400 }

// redact takes the token out of what the API quoted.
func (e *Error) redact(token string) *Error {
	if e != nil {
		for _, s := range []*string{&e.Code, &e.Message, &e.Field, &e.RequestID} {
			*s = strings.ReplaceAll(*s, token, "***")
		}
	}
	return e
}

// reason is why a try after this error is made, as Event.Retry tells it.
func (e *Error) reason() string {
	switch {
	case e == nil:
		return ""
	case e.kind == network:
		return "network"
	case e.kind == badAnswer:
		return "bad_answer"
	case e.Status == http.StatusTooManyRequests:
		return "rate_limit"
	}
	return "server_error"
}

// Hinted adds to an API error how to mend it.
func Hinted(err error) error {
	var api *Error
	if errors.As(err, &api) && api.Hint() != "" {
		return fmt.Errorf("%w: %s", err, api.Hint())
	}
	return err
}
