// Package intercomapi is a client of Intercom's AI Content API: the content
// import sources and external pages that Fin answers from.
//
// One [Client] is shared by everything that talks to a workspace. It paces
// itself by the rate windows that the API reports, tries again what failed in
// passing, and tells what failed for good by an [*Error]. It has no way to
// delete an import source, because that deletes all pages of the source.
package intercomapi

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	defaultInFlight = 64
	defaultRetryFor = 3 * time.Minute
	attemptTimeout  = time.Minute // for one request, until its answer is read
)

// Options say how to reach the API. BaseURL, Token and Version are needed.
type Options struct {
	// BaseURL is where the API is served: one of [RegionURL], an emulator, a
	// proxy. A path in it is kept.
	BaseURL string

	// Token returns the access token. It is asked before each request, so that
	// a token that was exchanged takes effect.
	Token func() (string, error)

	// Version is the Intercom-Version to speak: 2.14 to 2.17, or Preview.
	Version string

	// Reserve is the share of every rate window, 0 to 1, that is left to the
	// workspace's other apps. One request a window is always used.
	Reserve float64

	// MaxInFlight bounds the requests under way at once; 0 means 64.
	MaxInFlight int

	// UserAgent names the program; empty means finpages.
	UserAgent string

	// RetryFor is how long a call that fails in passing is tried again, from
	// its first failure; 0 means 3 minutes, less than 0 not at all.
	RetryFor time.Duration

	// OneAtATime has each connection carry one request at a time, by HTTP/1.1, so
	// that one of [Client.Through] can be cut off right before its bytes are sent.
	OneAtATime bool

	// Transport carries the requests; nil means one of the client's own, with
	// the proxies of the environment.
	Transport http.RoundTripper

	// Observe, if set, is called after each HTTP request, from any goroutine.
	Observe func(Event)
}

// Event is one HTTP request that ended, for metrics.
type Event struct {
	Operation string        // snake case, such as upsert_page
	Code      string        // HTTP status, or "error" if no answer came
	Duration  time.Duration // until the answer was read

	// Retry is why the request was sent again: rate_limit, server_error,
	// network or bad_answer. Empty for a first try.
	Retry string

	Limit     int // requests in the rate window, as the answer says; -1 if it does not
	Remaining int // of these, left; -1 if the answer does not say
}

// Client speaks with one workspace. Its methods may be called from any goroutine.
type Client struct {
	base     *url.URL
	token    func() (string, error)
	version  version
	agent    string
	retryFor time.Duration
	observe  func(Event)
	pacer    *pacer
	gate     Gate // of the requests; nil lets all through

	oneAtATime bool // as of the options

	// transport is used without an http.Client, which would follow redirects
	// to other hosts, that must not see the token.
	transport http.RoundTripper
	own       *http.Transport // the same; nil if the caller brought one
}

// RegionURL returns the API's address for a workspace's region: us, eu or au.
// https://developers.intercom.com/building-apps/docs/rest-apis
func RegionURL(region string) (string, error) {
	switch strings.ToLower(region) {
	case "us":
		return "https://api.intercom.io", nil
	case "eu":
		return "https://api.eu.intercom.io", nil
	case "au":
		return "https://api.au.intercom.io", nil
	}
	return "", fmt.Errorf("unknown region %q: use us, eu or au", region)
}

// New returns a client. It sends nothing.
func New(o Options) (*Client, error) {
	base, err := parseBase(o.BaseURL)
	if err != nil {
		return nil, err
	}
	v, err := parseVersion(o.Version)
	if err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	c := &Client{
		base: base, token: o.Token, version: v, agent: o.UserAgent,
		retryFor: o.RetryFor, observe: o.Observe,
		pacer: newPacer(o.Reserve, o.MaxInFlight),
	}
	if o.Transport == nil {
		c.own = newTransport(o.MaxInFlight)
		if c.oneAtATime = o.OneAtATime; c.oneAtATime {
			gateConns(c.own)
		}
		o.Transport = c.own
	}
	c.transport = o.Transport
	return c, nil
}

// Close closes idle connections. The client can still be used.
func (c *Client) Close() {
	if c.own != nil {
		c.own.CloseIdleConnections()
	}
}

func (o Options) check() error {
	switch {
	case o.Token == nil:
		return errors.New("no token: set Options.Token")
	case math.IsNaN(o.Reserve) || o.Reserve < 0 || o.Reserve > 1:
		return fmt.Errorf("reserve %v: use a share of 0 to 1", o.Reserve)
	case o.MaxInFlight < 0:
		return fmt.Errorf("max in flight %d: use 1 or more", o.MaxInFlight)
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.MaxInFlight == 0 {
		o.MaxInFlight = defaultInFlight
	}
	if o.RetryFor == 0 {
		o.RetryFor = defaultRetryFor
	}
	if o.UserAgent == "" {
		o.UserAgent = "finpages"
	}
	if o.Observe == nil {
		o.Observe = func(Event) {}
	}
	return o
}

// parseBase keeps the address out of its errors: it may hold a password.
func parseBase(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(s, "/"))
	switch {
	case err != nil:
		return nil, errors.New("base url: not a URL: use one like https://api.intercom.io")
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return nil, errors.New("base url: use a full address like https://api.intercom.io")
	case u.User != nil:
		return nil, errors.New("base url: has a user name or password: take them out, the token is the login")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("base url: has a query or fragment: take them out")
	}
	return u, nil
}

// newTransport keeps a connection for each request that may be under way.
func newTransport(inFlight int) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns = inFlight
	t.MaxIdleConnsPerHost = inFlight
	t.Proxy = func(r *http.Request) (*url.URL, error) {
		u, err := http.ProxyFromEnvironment(r)
		if err != nil { // its text holds the proxy's password
			return nil, errBadProxy
		}
		return u, nil
	}
	return t
}

var errBadProxy = errors.New("the proxy in HTTP_PROXY or HTTPS_PROXY is not a valid URL")

// SetReplicas tells among how many clients of the same kind a rate window is
// shared: each takes an equal part, and no more. At first there is one.
func (c *Client) SetReplicas(n int) { c.pacer.setReplicas(n) }

// RetryingAtMost returns a client that shares everything with c, but tries
// calls again for no longer than d.
func (c *Client) RetryingAtMost(d time.Duration) *Client {
	shorter := *c
	shorter.retryFor = min(c.retryFor, d)
	return &shorter
}
