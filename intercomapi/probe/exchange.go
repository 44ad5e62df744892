package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	pagesPath   = "/ai/external_pages"
	maxAnswer   = 64 << 20 // bytes read of an answer
	requestTime = time.Minute
	maxWait     = time.Minute // for a rate window to end
)

// answer is what came back, with the fields that the probe looks at.
type answer struct {
	status int
	header http.Header
	body   struct {
		ID         json.RawMessage
		HTML       *string
		URL        *string
		Data       []json.RawMessage
		TotalCount *int `json:"total_count"`
		Pages      *struct {
			PerPage int `json:"per_page"`
		}
		App *struct {
			IDCode string `json:"id_code"`
		}
		Errors []struct{ Code string }
	}
}

// String is the answer in a few words.
func (a answer) String() string {
	if len(a.body.Errors) > 0 && a.body.Errors[0].Code != "" {
		return fmt.Sprintf("%d %s", a.status, a.body.Errors[0].Code)
	}
	return strconv.Itoa(a.status)
}

// send sends a request as the API's client would, but tells what came back as
// it is. It waits, and tries again, where the rate limit is used up.
func (p *prober) send(ctx context.Context, method, path string, query url.Values, body any) (answer, error) {
	return p.sendAs(ctx, p.Version, method, path, query, body)
}

func (p *prober) sendAs(
	ctx context.Context, version, method, path string, query url.Values, body any,
) (a answer, err error) {
	const tries = 4
	for range tries {
		if a, err = p.once(ctx, version, method, path, query, body); err != nil || a.status != http.StatusTooManyRequests {
			return a, err
		}
		if err := sleep(ctx, untilReset(a.header)); err != nil {
			return a, err
		}
	}
	return a, fmt.Errorf("%s %s: the rate limit stays used up: try again at a quieter time", method, path)
}

func (p *prober) once(
	ctx context.Context, version, method, path string, query url.Values, body any,
) (a answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	var content bytes.Buffer
	if body != nil {
		encoder := json.NewEncoder(&content)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(body); err != nil {
			return a, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(p.BaseURL, "/")+path, &content)
	if err != nil {
		return a, err
	}
	req.URL.RawQuery = query.Encode()
	token, err := p.Token()
	if err != nil {
		return a, fmt.Errorf("read the access token: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(token))
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Intercom-Version", version)
	req.Header.Set("User-Agent", "finpages-probe")
	res, err := p.Transport.RoundTrip(req)
	if err != nil {
		return a, fmt.Errorf("%s %s: no answer: %w", method, path, err)
	}
	defer res.Body.Close()
	a.status, a.header = res.StatusCode, res.Header
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return a, fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	_ = json.Unmarshal(data, &a.body) // what is not as expected stays empty, and is found so
	return a, nil
}

// untilReset is how long to wait after a 429.
func untilReset(h http.Header) time.Duration {
	wait := 10 * time.Second
	if s, err := strconv.Atoi(h.Get("Retry-After")); err == nil && s >= 0 {
		wait = time.Duration(s) * time.Second
	} else if reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil {
		wait = time.Until(time.Unix(reset, 0))
	}
	return min(max(wait, time.Second), maxWait)
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
