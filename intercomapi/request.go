package intercomapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// call is one operation on the API.
type call struct {
	operation     string // snake case, for metrics and errors
	method        string
	path          string // from the API's root, escaped
	query         string
	body          []byte
	limit         int64                 // longest answer in bytes
	read          func(io.Reader) error // reads a success; nil if there is nothing to read
	divisible     bool                  // could ask for less: an answer that takes too long is too large
	createsAlways bool                  // not idempotent: not sent again if it may have taken effect
}

// attempt sends a call once, when the pacer lets it.
func (c *Client) attempt(ctx context.Context, call call, retry string) *Error {
	t, err := c.pacer.acquire(ctx)
	if err != nil {
		return &Error{kind: notSent, Err: err}
	}
	var got answer
	defer func() { c.pacer.release(t, got) }()
	ctx, done, err := c.pass(ctx, call)
	if err != nil {
		return &Error{kind: notSent, Err: err}
	}
	defer done()
	ctx, cancel := context.WithTimeoutCause(ctx, attemptTimeout, errNoAnswer)
	defer cancel()
	token, req, err := c.request(ctx, call)
	if err != nil {
		return &Error{kind: notSent, Err: err}
	}
	start := time.Now()
	got, e := c.exchange(req, call)
	c.observe(Event{
		Operation: call.operation, Code: got.code(), Duration: time.Since(start), Retry: retry,
		Limit: got.rate.limit, Remaining: got.rate.remaining,
	})
	return e.redact(token)
}

var errNoAnswer = fmt.Errorf("no complete answer within %s", attemptTimeout)

// exchange sends the request and reads its answer.
func (c *Client) exchange(req *http.Request, call call) (answer, *Error) {
	res, err := c.transport.RoundTrip(req)
	if err != nil {
		return noAnswer, contextError(req.Context(), &Error{kind: network, Err: scrubNetwork(err)})
	}
	defer res.Body.Close()
	got := newAnswer(res, time.Now())
	e := readAnswer(call, res)
	if e == nil {
		return got, nil
	}
	e.retryAfter = got.retryAfter
	e = contextError(req.Context(), e)
	if call.divisible && e.kind == badAnswer && errors.Is(e.Err, errNoAnswer) {
		e.kind = tooLarge
	}
	return got, e
}

// contextError puts the timeout, or the caller's reason to give up, in place of what
// the transport says when its context is done.
func contextError(ctx context.Context, e *Error) *Error {
	if ctx.Err() == nil || e.kind == refused {
		return e
	}
	e.Err = context.Cause(ctx)
	if !errors.Is(e.Err, errNoAnswer) {
		e.kind = abandoned
	}
	return e
}

func (c *Client) request(ctx context.Context, call call) (token string, req *http.Request, err error) {
	if token, err = c.readToken(); err != nil {
		return "", nil, err
	}
	u := c.base.String() + call.path
	if call.query != "" {
		u += "?" + call.query
	}
	var body *bytes.Reader
	if call.body != nil {
		body = bytes.NewReader(call.body)
	}
	req, err = newRequest(ctx, call.method, u, body)
	if err != nil {
		return "", nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Intercom-Version", c.version.name)
	req.Header.Set("User-Agent", c.agent)
	return token, req, nil
}

func newRequest(ctx context.Context, method, u string, body *bytes.Reader) (*http.Request, error) {
	if body == nil { // not a nil *Reader, which net/http would read from
		return http.NewRequestWithContext(ctx, method, u, nil)
	}
	return http.NewRequestWithContext(ctx, method, u, body)
}

// readToken returns a token that can stand in a header.
func (c *Client) readToken() (string, error) {
	token, err := c.token()
	if err != nil {
		return "", fmt.Errorf("read the access token: %w", err)
	}
	token = strings.TrimSpace(token)
	if token == "" {
		return "", errors.New("the access token is empty")
	}
	for _, r := range token {
		if r <= ' ' || r > '~' {
			return "", errors.New("the access token holds a space, a line break or a letter that no token has: copy it again")
		}
	}
	return token, nil
}
