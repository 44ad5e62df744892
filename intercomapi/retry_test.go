package intercomapi_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"finpages/intercomapi"
)

var errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}

// script answers one request after the other; the last answer is repeated.
func script(seen *int, answers ...func() (*http.Response, error)) transport {
	return func(r *http.Request) (*http.Response, error) {
		a := answers[min(*seen, len(answers)-1)]
		*seen++
		return a()
	}
}

func answer(status int, body string, header ...string) func() (*http.Response, error) {
	return func() (*http.Response, error) { return reply(status, body, header...), nil }
}

func failure(err error) func() (*http.Response, error) {
	return func() (*http.Response, error) { return nil, err }
}

func TestRetry(t *testing.T) {
	upsert, create := operations["upsert page"], operations["create import source"]
	remove, me := operations["delete page"], operations["get me"]
	gone := answer(404, errorList("not_found", "gone", ""))
	tests := []struct {
		name     string
		op       func(context.Context, *intercomapi.Client) error
		answers  []func() (*http.Response, error)
		requests int
		status   int // of the error; -1 for success
		unclear  bool
	}{
		{"upsert after a broken connection", upsert, []func() (*http.Response, error){failure(io.EOF), answer(200, pageJSON)}, 2, -1, false},
		{"upsert after a gateway's page", upsert, []func() (*http.Response, error){answer(504, "<html>"), answer(200, pageJSON)}, 2, -1, false},
		{"upsert after a success cut short", upsert, []func() (*http.Response, error){answer(200, pageJSON[:90]), answer(200, pageJSON)}, 2, -1, false},
		{"upsert after a timeout at the server", upsert, []func() (*http.Response, error){answer(408, ""), answer(200, pageJSON)}, 2, -1, false},
		{"upsert refused", upsert, []func() (*http.Response, error){answer(422, "{}")}, 1, 422, false},
		{"upsert refused after it may have worked", upsert, []func() (*http.Response, error){failure(io.EOF), answer(401, "{}")}, 2, 401, true},
		{"upsert refused after it was not sent", upsert, []func() (*http.Response, error){failure(errRefused), answer(429, ""), answer(401, "{}")}, 3, 401, false},
		{"create after a refused connection", create, []func() (*http.Response, error){failure(errRefused), answer(200, sourceJSON)}, 2, -1, false},
		{"create after a 429", create, []func() (*http.Response, error){answer(429, ""), answer(200, sourceJSON)}, 2, -1, false},
		{"create that may have worked", create, []func() (*http.Response, error){answer(500, "")}, 1, 500, true},
		{"create with a broken answer", create, []func() (*http.Response, error){answer(200, "{")}, 1, 200, true},
		{"create without an answer", create, []func() (*http.Response, error){failure(io.EOF)}, 1, 0, true},
		{"delete", remove, []func() (*http.Response, error){answer(200, pageJSON)}, 1, -1, false},
		{"delete with a broken answer", remove, []func() (*http.Response, error){answer(200, "{")}, 1, -1, false},
		{"delete of what is gone", remove, []func() (*http.Response, error){gone}, 1, -1, false},
		{"delete that worked at first", remove, []func() (*http.Response, error){failure(io.EOF), gone}, 2, -1, false},
		{"delete at a wrong address", remove, []func() (*http.Response, error){answer(404, "<h1>nginx</h1>")}, 1, 404, false},
		{"me of nobody", me, []func() (*http.Response, error){answer(200, "null")}, 1, -1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var seen int
				err := tt.op(t.Context(), newClient(t, script(&seen, tt.answers...)))
				if seen != tt.requests {
					t.Errorf("%d requests, want %d", seen, tt.requests)
				}
				if err == nil || tt.status < 0 {
					if tt.status >= 0 || err != nil {
						t.Errorf("error %v, want status %d", err, tt.status)
					}
					return
				}
				if e := asError(t, err); e.Status != tt.status || e.Ambiguous() != tt.unclear || e.Attempts != tt.requests {
					t.Errorf("status %d, ambiguous %v, %d attempts, want %d, %v, %d",
						e.Status, e.Ambiguous(), e.Attempts, tt.status, tt.unclear, tt.requests)
				}
			})
		})
	}
}

func TestOutage(t *testing.T) {
	refused := func() (*http.Response, error) { return nil, errRefused }
	html := func() (*http.Response, error) { return reply(503, "<h1>maintenance</h1>"), nil }
	tests := []struct {
		name     string
		down     time.Duration
		answer   func() (*http.Response, error)
		ok       bool
		from, to time.Duration // when the call returns
		most     int           // requests
	}{
		{"a minute", time.Minute, refused, true, time.Minute, 3 * time.Minute, 12},
		{"two minutes of maintenance", 2 * time.Minute, html, true, 2 * time.Minute, 3 * time.Minute, 14},
		{"an hour", time.Hour, refused, false, 3 * time.Minute, 3 * time.Minute, 16},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, seen := time.Now(), 0
				c := newClient(t, transport(func(*http.Request) (*http.Response, error) {
					seen++
					if time.Since(start) < tt.down {
						return tt.answer()
					}
					return reply(200, pageJSON), nil
				}))
				_, err := c.UpsertPage(t.Context(), somePage)
				if d := time.Since(start); (err == nil) != tt.ok || d < tt.from || d > tt.to || seen > tt.most {
					t.Errorf("after %v and %d requests: %v", d, seen, err)
				}
			})
		})
	}
}

func TestRetryAfterOfOneCall(t *testing.T) {
	for _, status := range []int{408, 503} {
		synctest.Test(t, func(t *testing.T) {
			start, seen := time.Now(), 0
			c := newClient(t, script(&seen, answer(status, "", "Retry-After", "20"), answer(200, pageJSON)))
			if _, err := c.UpsertPage(t.Context(), somePage); err != nil || time.Since(start) != 20*time.Second {
				t.Errorf("%d: after %v: %v", status, time.Since(start), err)
			}
		})
	}
}

// What a broken answer said is not mixed into the next one's.
func TestRetryStartsAfresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen int
		broken := answer(200, `{"name":"old","app":{"id_code":"old"},"id":{}}`)
		c := newClient(t, script(&seen, broken, answer(200, `{"id":"2"}`)))
		me, err := c.Me(t.Context())
		checkEqual(t, err, nil)
		checkEqual(t, me, intercomapi.Me{ID: "2"})
	})
}

func TestNoAnswerTimesOut(t *testing.T) {
	for name, hang := range map[string]transport{
		"no header": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
		"endless body, drop by drop": func(r *http.Request) (*http.Response, error) {
			res := reply(200, "")
			res.Body = io.NopCloser(drip{r.Context()})
			return res, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				_, err := newClient(t, hang, noRetry).Page(t.Context(), "21")
				if d := time.Since(start); d < 30*time.Second || d > 2*time.Minute {
					t.Errorf("gave up after %v", d)
				}
				if got := judge(asError(t, err)); got != (verdict{Retryable: true, Ambiguous: true}) {
					t.Errorf("verdict %+v", got)
				}
				if !strings.Contains(err.Error(), "no complete answer within 1m0s") {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}

type drip struct{ ctx context.Context }

func (d drip) Read(p []byte) (int, error) {
	if !wait(d.ctx, time.Second) {
		return 0, d.ctx.Err()
	}
	p[0] = ' '
	return 1, nil
}

type spaces struct{ read int64 }

func (z *spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	z.read += int64(len(p))
	return len(p), nil
}

func TestGiganticAnswersAreCapped(t *testing.T) {
	tests := []struct {
		name   string
		op     string
		status int
		limit  int64
	}{
		{"page", "upsert page", 200, 33 << 20},
		{"list", "list import sources", 200, 65 << 20},
		{"error", "upsert page", 422, 1 << 20},
		{"deleted page", "delete page", 200, 1 << 20},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			endless := &spaces{}
			c := newClient(t, transport(func(*http.Request) (*http.Response, error) {
				res := reply(tt.status, "")
				res.Body = io.NopCloser(endless)
				return res, nil
			}), noRetry)
			err := operations[tt.op](t.Context(), c)
			if (err == nil) != (tt.op == "delete page") {
				t.Errorf("error %v", err)
			}
			if endless.read > 2*tt.limit {
				t.Errorf("read %d bytes", endless.read)
			}
		})
	}
}

func TestObserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen int
		var events []intercomapi.Event
		c := newClient(t, script(&seen,
			failure(errRefused),
			answer(503, ""),
			answer(200, "<html>"),
			answer(429, "", "Retry-After", "1"),
			answer(200, pageJSON, "X-RateLimit-Limit", "83", "X-RateLimit-Remaining", "70", "X-RateLimit-Reset", "946684899"),
		), func(o *intercomapi.Options) { o.Observe = func(e intercomapi.Event) { events = append(events, e) } })
		if _, err := c.UpsertPage(t.Context(), somePage); err != nil {
			t.Fatal(err)
		}
		want := []intercomapi.Event{
			{Operation: "upsert_page", Code: "error", Limit: -1, Remaining: -1},
			{Operation: "upsert_page", Code: "503", Retry: "network", Limit: -1, Remaining: -1},
			{Operation: "upsert_page", Code: "200", Retry: "server_error", Limit: -1, Remaining: -1},
			{Operation: "upsert_page", Code: "429", Retry: "bad_answer", Limit: -1, Remaining: -1},
			{Operation: "upsert_page", Code: "200", Retry: "rate_limit", Limit: 83, Remaining: 70},
		}
		checkEqual(t, events, want)
	})
}
