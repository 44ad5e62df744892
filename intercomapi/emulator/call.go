package emulator

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

const (
	// maxBody is the largest body that is taken, in bytes. Intercom names no limit.
	maxBody = 8 << 20
	// maxDrain is how much more of a refused body is read, so that its sender
	// gets to read the refusal and not a reset connection.
	maxDrain = 64 << 20
)

// call is one request to the API with its body read.
type call struct {
	*http.Request
	version version
	params  params
}

// receive reads the request, and leaves the body readable for a fault hook.
func receive(r *http.Request) *call {
	c := &call{Request: r}
	if r.Method != http.MethodPost && r.Method != http.MethodPut || r.Body == nil {
		return c
	}
	body, err := readBody(r.Body)
	if err != nil {
		c.params.err = err
		return c
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	c.params = parseParams(body)
	return c
}

func readBody(from io.Reader) ([]byte, *apiError) {
	body, err := io.ReadAll(io.LimitReader(from, maxBody+1))
	if err != nil {
		return nil, errBodyUnread
	}
	if len(body) <= maxBody {
		return body, nil
	}
	if _, err := io.CopyN(io.Discard, from, maxDrain); err != nil && !errors.Is(err, io.EOF) {
		return nil, errBodyUnread
	}
	return nil, errBodyTooLarge
}

// checkHeaders refuses what Intercom would refuse before it looks at the body.
func (c *call) checkHeaders() *apiError {
	var known bool
	if c.version, known = parseVersion(c.Header.Get("Intercom-Version")); !known {
		return errVersion
	}
	if !acceptsJSON(c.Header.Values("Accept")) {
		return errNotAcceptable
	}
	if c.Method != http.MethodPost && c.Method != http.MethodPut {
		return nil
	}
	if media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return errMediaType
	}
	return nil
}

func acceptsJSON(accept []string) bool {
	list := strings.Join(accept, ",")
	if strings.TrimSpace(list) == "" {
		return true
	}
	for media := range strings.SplitSeq(list, ",") {
		media, _, _ = strings.Cut(media, ";")
		switch strings.ToLower(strings.TrimSpace(media)) {
		case "application/json", "application/*", "*/*":
			return true
		}
	}
	return false
}

// bearer returns the request's token, "" without one.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// origin is the scheme and host at which the request reached the emulator.
func (c *call) origin() string {
	scheme := "http"
	if c.TLS != nil || c.URL.Scheme == "https" {
		scheme = "https"
	}
	host := c.Host
	if host == "" {
		host = c.URL.Host
	}
	return scheme + "://" + host
}

// sleep returns false where the client went away meanwhile.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
