package website

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"time"

	"finpages/sources/internal/rootfile"

	"golang.org/x/time/rate"
)

const (
	tries       = 3
	firstPause  = 500 * time.Millisecond
	longestWait = 30 * time.Second // that a server may ask for
	maxRedirect = 5
	requestTime = time.Minute
	agent       = "finpages"
)

// client asks one site, with its login, at its pace.
type client struct {
	site   *Website
	http   *http.Client
	limit  *rate.Limiter
	header http.Header
}

// answer is what the site says at an address.
type answer struct {
	status int
	header http.Header
	url    *url.URL // canonical, of the page in the end
	body   []byte
}

// outsideError means that the site leads to where finpages does not follow.
type outsideError struct{ to string }

func (e *outsideError) Error() string {
	return "redirects to " + e.to + ", which is not the site: a login that has ended often does"
}

func (w *Website) client() (*client, error) {
	header, err := w.login()
	if err != nil {
		return nil, err
	}
	transport, err := w.transport()
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &client{site: w, header: header, limit: rate.NewLimiter(rate.Limit(w.options.MaxRPS), 1)}
	c.http = &http.Client{Transport: transport, Jar: jar, Timeout: requestTime, CheckRedirect: c.redirect}
	return c, nil
}

// redirect follows the site within itself only.
func (c *client) redirect(r *http.Request, via []*http.Request) error {
	if !c.site.inside(r.URL) && !c.site.isAside(r.URL) {
		to := *r.URL
		to.User, to.RawQuery, to.Fragment = nil, "", ""
		return &outsideError{to.String()}
	}
	if len(via) >= maxRedirect {
		return errors.New("redirects in a circle")
	}
	return c.limit.Wait(r.Context()) // it is one more request
}

// validators let the site answer that nothing has changed.
type validators struct {
	ETag     string `json:",omitempty"`
	Modified string `json:",omitempty"` // Last-Modified
}

func validatorsOf(h http.Header) validators {
	return validators{h.Get("ETag"), h.Get("Last-Modified")}
}

// ask asks for an address, and again where a failure may pass. Every status is
// an answer; the error means that there was none.
func (c *client) ask(ctx context.Context, method string, u *url.URL, known validators) (a *answer, err error) {
	pause := c.site.pause
	for n := 1; ; n++ {
		a, err = c.once(ctx, method, u, known)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if n == tries || !passing(a, err) {
			return a, err
		}
		wait := pause
		if a != nil {
			wait = max(wait, retryAfter(a.header))
		}
		if wait > longestWait {
			return a, err
		}
		pause *= 2
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func passing(a *answer, err error) bool {
	if err != nil {
		var outside *outsideError
		var private *privateError
		return !errors.As(err, &outside) && !errors.As(err, &private) && !errors.Is(err, rootfile.ErrTooLarge)
	}
	switch a.status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

func retryAfter(h http.Header) time.Duration {
	if n, err := strconv.Atoi(h.Get("Retry-After")); err == nil && n >= 0 {
		return time.Duration(n) * time.Second
	}
	return 0
}

func (c *client) once(ctx context.Context, method string, u *url.URL, known validators) (*answer, error) {
	if err := c.limit.Wait(ctx); err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
	if err != nil {
		return nil, errors.New("the address cannot be asked for")
	}
	r.Header = c.header.Clone()
	if known.ETag != "" {
		r.Header.Set("If-None-Match", known.ETag)
	}
	if known.Modified != "" {
		r.Header.Set("If-Modified-Since", known.Modified)
	}
	res, err := c.http.Do(r)
	if err != nil {
		return nil, plain(err)
	}
	defer res.Body.Close()
	a := &answer{status: res.StatusCode, header: res.Header, url: c.site.canonical(res.Request.URL)}
	if method == http.MethodGet && res.StatusCode == http.StatusOK {
		a.body, err = rootfile.ReadCapped(res.Body)
	}
	if err != nil {
		return nil, fmt.Errorf("broke off: %w", plain(err))
	}
	return a, nil
}

// plain leaves the address out of an error, which those who report it name.
func plain(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		return ue.Err
	}
	return err
}

// fault says why an answer brings no page; nil if it does.
func (a *answer) fault() error {
	switch {
	case a.status == http.StatusOK:
		return nil
	case a.refused():
		return fmt.Errorf(
			"the site answered %d %s: renew the login, or give it the right to see this",
			a.status,
			http.StatusText(a.status),
		)
	case a.status == http.StatusTooManyRequests:
		return fmt.Errorf("the site answered 429 %s: lower website.max_rps", http.StatusText(a.status))
	}
	return fmt.Errorf("the site answered %d %s", a.status, http.StatusText(a.status))
}

// refused reports whether the login may not see the page.
func (a *answer) refused() bool {
	return a.status == http.StatusUnauthorized || a.status == http.StatusForbidden
}

// missing reports whether the answer says that there is no such page.
func (a *answer) missing() bool {
	return a.status == http.StatusNotFound || a.status == http.StatusGone
}
