package rest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Download reads a file at a path below base_url, of at most so many bytes. It
// tries again what may pass.
//
// A wiki may keep its files elsewhere and redirect there: Cloud does, with an
// address that holds a token of its own. Such a redirect is followed to
// Atlassian, or to another port of the wiki's host, without the login.
func (c *Client) Download(ctx context.Context, path string, query url.Values, most int64) (data []byte, err error) {
	by := *c.HTTP
	by.CheckRedirect = c.checkDownload
	_, err = c.again(ctx, &by, path, query, func(res *http.Response) error {
		data, err = c.readFile(res, most)
		return err
	})
	return data, err
}

func (c *Client) checkDownload(r *http.Request, via []*http.Request) error {
	host := strings.ToLower(r.URL.Hostname())
	same := strings.EqualFold(host, c.Base.Hostname())
	if r.URL.Scheme != c.Base.Scheme || !same && !strings.HasSuffix(host, ".atlassian.com") {
		return &LoginError{fmt.Sprintf("the wiki redirects a download to %s://%s, which is not base_url",
			r.URL.Scheme, r.URL.Host)}
	}
	if len(via) >= maxRedirect {
		return &LoginError{"the wiki redirects in a circle"}
	}
	if strings.EqualFold(r.URL.Host, c.Base.Host) {
		if !strings.Contains(r.URL.Path, "/download") {
			return &LoginError{"the wiki redirects a download to another page, such as a login"}
		}
	} else {
		r.Header.Del("Authorization") // which is the wiki's alone
	}
	return c.pace.wait(r.Context())
}

func (c *Client) readFile(res *http.Response, most int64) ([]byte, error) {
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, c.statusError(res)
	}
	if err := checkLogin(res.Header); err != nil {
		return nil, err
	}
	var data bytes.Buffer
	n, err := io.Copy(&data, io.LimitReader(res.Body, most+1))
	switch {
	case err != nil:
		return nil, c.brokeOff(err)
	case n > most:
		return nil, fmt.Errorf("it is larger than %d bytes", most)
	}
	return data.Bytes(), nil
}
