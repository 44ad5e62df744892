// Package rest asks a Confluence wiki over HTTP: with its login, politely, again
// where a failure may pass, and page by page through listings, whose every
// contradiction is a fault. It knows nothing of what the answers mean.
package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// Client asks one wiki. It may be used concurrently.
type Client struct {
	Base  *url.URL      // with the context path
	HTTP  *http.Client  // which keeps to the base's origin
	Pause time.Duration // before the first retry

	address string // of Base
	login   *Login
	pace    *pace
	slots   chan struct{} // bounds the requests under way
}

// InFlight is how many requests may be under way.
const InFlight = 4

const (
	tries       = 5
	maxRedirect = 5
	maxAnswer   = 64 << 20 // bytes of one answer: room for a document in two forms
)

// New returns a client that sends at most rps requests a second, each of which
// may take as long as timeout.
func New(base *url.URL, l *Login, rps float64, timeout time.Duration) *Client {
	c := &Client{Base: base, Pause: 500 * time.Millisecond, address: base.String(), login: l, pace: newPace(rps),
		slots: make(chan struct{}, InFlight)}
	transport := http.DefaultTransport.(*http.Transport).Clone() // its own, since snapshots close its idle connections
	transport.MaxIdleConnsPerHost = InFlight
	c.HTTP = &http.Client{Timeout: timeout, CheckRedirect: c.checkRedirect, Transport: transport}
	return c
}

// checkRedirect keeps requests, and with them the token, at base_url's origin.
func (c *Client) checkRedirect(r *http.Request, via []*http.Request) error {
	if r.URL.Scheme != c.Base.Scheme || !strings.EqualFold(r.URL.Host, c.Base.Host) {
		return &LoginError{fmt.Sprintf("the wiki redirects to %s://%s, which is not base_url",
			r.URL.Scheme, r.URL.Host)}
	}
	if len(via) >= maxRedirect {
		return &LoginError{"the wiki redirects in a circle"}
	}
	return c.pace.wait(r.Context()) // it is one more request
}

// Get asks for a path below base_url and decodes the JSON answer. It tries
// again what may pass.
func (c *Client) Get(ctx context.Context, path string, query url.Values, into any) (http.Header, error) {
	read := func(res *http.Response) error { return c.read(res, into) }
	return c.again(ctx, c.HTTP, path, query, read)
}

// again asks until there is an answer, or no hope for one.
func (c *Client) again(ctx context.Context, by *http.Client, path string, query url.Values,
	read func(*http.Response) error) (http.Header, error) {
	for n := 1; ; n++ {
		header, err := c.try(ctx, by, path, query, read)
		if err == nil {
			return header, nil
		}
		wait := max(retryAfter(header), backoff(c.Pause, n))
		if ctx.Err() != nil {
			return header, ctx.Err()
		}
		if wait > maxWait {
			return header, waitTooLong(err, wait)
		}
		if !Temporary(err) || n >= triesFor(err) {
			return header, err
		}
		if HasStatus(err, http.StatusTooManyRequests) {
			c.pace.pause(wait)
		}
		if err := sleep(ctx, wait); err != nil {
			return header, err
		}
	}
}

// waitTooLong adds to an error how long the wiki asks to wait.
func waitTooLong(err error, wait time.Duration) error {
	var e *StatusError
	if errors.As(err, &e) && Temporary(err) {
		return &StatusError{Status: e.Status, Message: e.Message, Wait: wait}
	}
	return err
}

// triesFor returns how often to ask in all: a plain 500 is more often a page
// that the wiki cannot render than an outage.
func triesFor(err error) int {
	if HasStatus(err, http.StatusInternalServerError) {
		return 2
	}
	return tries
}

func (c *Client) try(ctx context.Context, by *http.Client, path string, query url.Values,
	read func(*http.Response) error) (http.Header, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := c.pace.wait(ctx); err != nil {
		return nil, err
	}
	r, err := c.request(ctx, path, query)
	if err != nil {
		return nil, err
	}
	res, err := by.Do(r)
	if err != nil {
		return nil, c.sendError(err)
	}
	defer res.Body.Close()
	c.pace.observe(res.Header)
	return res.Header, read(res)
}

func (c *Client) request(ctx context.Context, path string, query url.Values) (*http.Request, error) {
	address := c.address + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("make request: the address cannot be used")
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "finpages")
	return r, c.login.sign(r)
}

// sendError leaves the address out of an error: a redirect's may hold secrets.
func (c *Client) sendError(err error) error {
	var le *LoginError
	if errors.As(err, &le) {
		return le
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	return c.noAnswer(err)
}

func (c *Client) read(res *http.Response, into any) error {
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return c.statusError(res)
	}
	if err := checkLogin(res.Header); err != nil {
		return err
	}
	body := &io.LimitedReader{R: res.Body, N: maxAnswer}
	head := make([]byte, 512)
	n, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return c.brokeOff(err)
	}
	head = head[:n]
	isMarkup := bytes.HasPrefix(bytes.TrimLeft(head, "\ufeff \r\n\t"), []byte("<"))
	if isMarkup || strings.Contains(res.Header.Get("Content-Type"), "html") {
		return &LoginError{"the wiki answered with a web page, such as a login, instead of data"}
	}
	return c.decode(io.MultiReader(bytes.NewReader(head), body), body, into)
}

func (c *Client) decode(r io.Reader, limit *io.LimitedReader, into any) error {
	d := json.NewDecoder(r)
	err := d.Decode(into)
	switch {
	case err == nil:
		return nil
	case limit.N <= 0:
		return fmt.Errorf("the answer is larger than %d MB", maxAnswer>>20)
	case errors.As(err, new(*json.SyntaxError)) || errors.As(err, new(*json.UnmarshalTypeError)):
		return errors.New("the answer is not what Confluence sends: " + c.login.scrub(err.Error()))
	}
	return c.brokeOff(err)
}

// checkLogin recognises answers that Data Center gives to a login it does not
// accept: a success, with what nobody in particular may see.
func checkLogin(h http.Header) error {
	reason := h.Get("X-Seraph-LoginReason")
	switch {
	case strings.EqualFold(h.Get("X-AUSERNAME"), "anonymous"):
		return &LoginError{"the wiki does not accept the login and answers as to an anonymous visitor"}
	case strings.Contains(reason, "FAILED") || strings.Contains(reason, "DENIED"):
		return &LoginError{"the wiki does not accept the login (" + Short(reason) + ")"}
	}
	return nil
}

func (c *Client) statusError(res *http.Response) error {
	b, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	var v struct {
		Message string `json:"message"`
		Errors  []struct {
			Title string `json:"title"`
		} `json:"errors"`
	}
	_ = json.Unmarshal(b, &v) // what is no JSON has no message
	if v.Message == "" && len(v.Errors) > 0 {
		v.Message = v.Errors[0].Title
	}
	return &StatusError{Status: res.StatusCode, Message: Short(c.login.scrub(v.Message))}
}

// Short makes a foreign text fit for one line of a log or a terminal: without what
// such a place would obey instead of showing it.
func Short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	s = strings.Map(func(r rune) rune {
		if r != ' ' && !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}
