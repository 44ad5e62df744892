package intercomapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"finpages/intercomapi"
)

func asError(t *testing.T, err error) *intercomapi.Error {
	t.Helper()
	var e *intercomapi.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T), want an *intercomapi.Error", err, err)
	}
	return e
}

func checkIs(t *testing.T, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("error %v, want one that is %v", err, target)
	}
}

func errorList(code, message, field string) string {
	return fmt.Sprintf(`{"type":"error.list","request_id":"r-1","errors":[{"code":%q,"message":%q,"field":%q}]}`, code,
		message, field)
}

// verdict is what an error says of itself.
type verdict struct{ Stop, Refused, NotFound, Retryable, Ambiguous bool }

func judge(e *intercomapi.Error) verdict {
	return verdict{e.Stop(), e.Refused(), e.NotFound(), e.Retryable(), e.Ambiguous()}
}

func TestErrors(t *testing.T) {
	const gateway = "<html><head><title>502 Bad " +
		"Gateway</title><style>p{color:red}</style></head>\n<body>nginx</body></html>"
	tests := []struct {
		name string
		res  *http.Response
		want verdict
		text string // the error's
		hint string // part of it
	}{
		{"bad token", reply(401, errorList("unauthorized", "Access Token Invalid", "")), verdict{Stop: true},
			"upsert page: the API answered 401 unauthorized: Access Token Invalid (request r-1)", "region"},
		{"nulls", reply(401, `{"type":"error.list","request_id":null,"errors":[{"code":"unauthorized","message":null,"field":null}]}`), verdict{Stop: true},
			"upsert page: the API answered 401 unauthorized", "token"},
		{"plan", reply(402, errorList("api_plan_restricted", "Upgrade", "")), verdict{Stop: true}, "", "plan"},
		{"plan with 403", reply(403, errorList("api_plan_restricted", "Upgrade", "")), verdict{Stop: true}, "", "plan"},
		{"no scope", reply(403, errorList("forbidden", "", "")), verdict{Stop: true}, "", "read and write AI content"},
		{"version", reply(400, errorList("intercom_version_invalid", "no", "")), verdict{Stop: true}, "", "2.16"},
		{"not acceptable", reply(406, ""), verdict{Stop: true}, "upsert page: the API answered 406", "proxy"},
		{"bad parameter", reply(400, errorList("parameter_invalid", "title is blank", "title")), verdict{Refused: true},
			"upsert page: the API answered 400 parameter_invalid: title is blank (field title, request r-1)", "change what it names"},
		{"too large", reply(413, "Request Entity Too Large"), verdict{Refused: true},
			"upsert page: the API answered 413: Request Entity Too Large", "split"},
		{"invalid data", reply(422, `{"type":"error.list","errors":[{"code":"data_invalid","message":"a"},{"code":"x","message":"b"}]}`), verdict{Refused: true},
			"upsert page: the API answered 422 data_invalid: a; b", "change"},
		{"no such source", reply(404, errorList("not_found", "Source not found", "")), verdict{NotFound: true}, "", "deleted"},
		{"a 404 of something else", reply(404, "<h1>Not Found</h1>"), verdict{Stop: true},
			"upsert page: the API answered 404: Not Found", "address"},
		{"conflict", reply(409, errorList("conflict", "", "")), verdict{}, "", ""},
		{"request timeout", reply(408, ""), verdict{Retryable: true, Ambiguous: true}, "", ""},
		{"rate limit", reply(429, errorList("rate_limit_exceeded", "", "")), verdict{Retryable: true}, "", "rate limit"},
		{"server error", reply(500, errorList("server_error", "oops", "")), verdict{Retryable: true, Ambiguous: true}, "", "intercomstatus"},
		{"gateway", reply(502, gateway), verdict{Retryable: true, Ambiguous: true},
			"upsert page: the API answered 502: 502 Bad Gateway nginx", ""},
		{"redirect", reply(301, "", "Location", "https://u:hunter2@elsewhere.example.com/x?token=hunter2"), verdict{Stop: true, Ambiguous: true},
			"upsert page: the API answered 301: a redirect to https://elsewhere.example.com, which is not followed", "address"},
		{"redirect to nowhere", reply(302, "", "Location", "::bad::"), verdict{Stop: true, Ambiguous: true}, "", ""},
		{"odd error body", reply(422, `{"errors":[{"code":7,"message":["x"]},null]}`), verdict{Refused: true}, "upsert page: the API answered 422", ""},
		{"hostile error body", reply(422, `{"errors":[{"code":"a\u001b[31m\nb","message":"\u202e`+strings.Repeat("x", 5000)+`"}]}`), verdict{Refused: true}, "", ""},
		{"the token quoted", reply(403, errorList("forbidden", "no access for Bearer "+testToken, testToken)), verdict{Stop: true}, "", ""},
		{"success without body", reply(200, ""), verdict{Retryable: true, Ambiguous: true},
			"upsert page: the API answered 200: read the answer: it is empty", "address"},
		{"success in HTML", reply(200, "<p>Log in to the network</p>"), verdict{Retryable: true, Ambiguous: true}, "", "address"},
		{"success cut short", reply(200, pageJSON[:80]), verdict{Retryable: true, Ambiguous: true},
			"upsert page: the API answered 200: read the answer: unexpected end of JSON input", ""},
		{"success of another kind", reply(200, `{"type":"list","data":[]}`), verdict{Retryable: true, Ambiguous: true},
			"upsert page: the API answered 200: read the answer: a page without id", ""},
		{"null", reply(200, "null"), verdict{Retryable: true, Ambiguous: true}, "", ""},
		{"array", reply(200, "[]"), verdict{Retryable: true, Ambiguous: true}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, transport(func(*http.Request) (*http.Response, error) { return tt.res, nil }), noRetry)
			_, err := c.UpsertPage(t.Context(), somePage)
			e := asError(t, err)
			if got := judge(e); got != tt.want {
				t.Errorf("verdict %+v, want %+v", got, tt.want)
			}
			if e.Status != tt.res.StatusCode {
				t.Errorf("status %d, want %d", e.Status, tt.res.StatusCode)
			}
			if tt.text != "" && err.Error() != tt.text {
				t.Errorf("text %q\nwant %q", err, tt.text)
			}
			if !strings.Contains(e.Hint(), tt.hint) {
				t.Errorf("hint %q, want something of %q", e.Hint(), tt.hint)
			}
			checkText(t, err)
		})
	}
}

// checkText looks for what must never stand in an error.
func checkText(t *testing.T, err error) {
	t.Helper()
	text := fmt.Sprintf("%v %+v", err, err)
	for e := err; e != nil; e = errors.Unwrap(e) {
		text += fmt.Sprintf("%v %+v", e, e)
	}
	for _, bad := range []string{testToken, "hunter2", "\n", "\x1b", "\u202e"} {
		if strings.Contains(text, bad) {
			t.Errorf("error holds %q: %q", bad, text)
		}
	}
	if len(err.Error()) > 1500 {
		t.Errorf("error of %d bytes", len(err.Error()))
	}
}

func TestNetworkErrors(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want verdict
	}{
		{"refused", &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}, verdict{Retryable: true}},
		{"no such host", &net.DNSError{Err: "no such host", Name: "api.example.com"}, verdict{Retryable: true}},
		{"proxy refused", &net.OpError{Op: "proxyconnect", Net: "tcp", Err: errors.New("refused")}, verdict{Retryable: true}},
		{"reset", &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}, verdict{Retryable: true, Ambiguous: true}},
		{"closed", io.ErrUnexpectedEOF, verdict{Retryable: true, Ambiguous: true}},
		{"a proxy's password", fmt.Errorf("proxy http://bob:hunter2@proxy:3128: %w", io.EOF), verdict{Retryable: true, Ambiguous: true}},
		{"a password with odd letters", errors.New("dial bob:/hunter2/@x@proxy:3128"), verdict{Retryable: true, Ambiguous: true}},
		{"a password in a wrapped URL", &url.Error{Op: "Get", URL: "http://bob:hunter2@h/", Err: io.EOF}, verdict{Retryable: true, Ambiguous: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, transport(func(*http.Request) (*http.Response, error) { return nil, tt.err }), noRetry)
			_, err := c.UpsertPage(t.Context(), somePage)
			e := asError(t, err)
			if got := judge(e); got != tt.want || e.Status != 0 {
				t.Errorf("verdict %+v, status %d, want %+v, 0: %v", got, e.Status, tt.want, err)
			}
			if e.Hint() == "" {
				t.Error("no hint")
			}
			checkText(t, err)
		})
	}
}

func TestBadToken(t *testing.T) {
	broken := errors.New("open token: no such file")
	for name, token := range map[string]func() (string, error){
		"unreadable": func() (string, error) { return "", broken },
		"empty":      func() (string, error) { return " \n", nil },
		"two lines":  func() (string, error) { return "hunter2\nhunter2", nil },
		"non-ASCII":  func() (string, error) { return "hunter2é", nil },
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, transport(func(*http.Request) (*http.Response, error) {
				t.Error("a request was sent")
				return nil, io.EOF
			}), func(o *intercomapi.Options) { o.Token = token })
			_, err := c.UpsertPage(t.Context(), somePage)
			if got, want := judge(asError(t, err)), (verdict{Stop: true}); got != want {
				t.Errorf("verdict %+v, want %+v", got, want)
			}
			if name == "unreadable" {
				checkIs(t, err, broken)
			}
			checkText(t, err)
		})
	}
}

func TestNewTokenTakesEffect(t *testing.T) {
	token := "old\n"
	var seen []string
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		seen = append(seen, r.Header.Get("Authorization"))
		return reply(200, pageJSON), nil
	}), func(o *intercomapi.Options) { o.Token = func() (string, error) { return token, nil } })
	for _, token = range []string{"old\n", "new"} {
		if _, err := c.Page(t.Context(), "21"); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(seen, ","); got != "Bearer old,Bearer new" {
		t.Errorf("authorization %s", got)
	}
}

func TestCanceled(t *testing.T) {
	t.Run("before it was sent", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		c := newClient(t, transport(func(*http.Request) (*http.Response, error) { return reply(200, pageJSON), nil }))
		for name, op := range operations {
			err := op(ctx, c)
			checkIs(t, err, context.Canceled)
			if got := judge(asError(t, err)); got != (verdict{}) {
				t.Errorf("%s: verdict %+v, want none", name, got)
			}
		}
	})
	t.Run("under way", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				cancel()
				<-r.Context().Done()
				return nil, r.Context().Err()
			}))
			_, err := c.UpsertPage(ctx, somePage)
			checkIs(t, err, context.Canceled)
			if got := judge(asError(t, err)); got != (verdict{Ambiguous: true}) {
				t.Errorf("verdict %+v, want ambiguous", got)
			}
		})
	})
}
