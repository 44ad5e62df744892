package emulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"finpages/intercomapi/emulator"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newServer(t testing.TB, opts emulator.Options) *emulator.Server {
	t.Helper()
	srv, err := emulator.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return srv
}

// api asks a listening emulator.
type api struct {
	t       testing.TB
	srv     *emulator.Server
	url     string
	http    *http.Client
	version string
}

func listen(t testing.TB, opts emulator.Options) *api {
	t.Helper()
	srv := newServer(t, opts)
	web := httptest.NewServer(srv)
	t.Cleanup(web.Close)
	return &api{t: t, srv: srv, url: web.URL, http: web.Client(), version: "2.16"}
}

// as returns the same emulator asked in another version.
func (a *api) as(version string) *api {
	other := *a
	other.version = version
	return &other
}

type reply struct {
	status int
	header http.Header
	body   string
	fields map[string]any // of a body that is a JSON object
}

func (a *api) request(method, path, body string, header ...string) *http.Request {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer token")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Intercom-Version", a.version)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return req
}

// try returns an error where there is no answer, or not all of it.
func (a *api) try(method, path, body string, header ...string) (reply, error) {
	resp, err := a.http.Do(a.request(method, path, body, header...))
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	r := reply{status: resp.StatusCode, header: resp.Header, body: string(raw)}
	if bytes.HasPrefix(raw, []byte("{")) {
		_ = json.Unmarshal(raw, &r.fields)
	}
	return r, err
}

func (a *api) do(method, path, body string, header ...string) reply {
	a.t.Helper()
	r, err := a.try(method, path, body, header...)
	if err != nil {
		a.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// ok is do where anything but a success is the end of the test.
func (a *api) ok(method, path, body string) reply {
	a.t.Helper()
	r := a.do(method, path, body)
	if r.status/100 != 2 {
		a.t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
	return r
}

func (a *api) source() int64 {
	a.t.Helper()
	r := a.ok("POST", "/ai/content_import_sources", `{"sync_behavior":"api","url":"https://docs.example.com"}`)
	return int64(r.fields["id"].(float64))
}

// post upserts a page; more are JSON members behind the required ones.
func (a *api) post(source int64, externalID string, more ...string) reply {
	a.t.Helper()
	return a.ok("POST", "/ai/external_pages", pageJSON(source, externalID, more...))
}

func pageJSON(source int64, externalID string, more ...string) string {
	members := append([]string{fmt.Sprintf(
		`"title":"Title","html":"<p>Text</p>","locale":"en","source_id":%d,"external_id":%q`, source, externalID)}, more...)
	return "{" + strings.Join(members, ",") + "}"
}

func (r reply) id() string { s, _ := r.fields["id"].(string); return s }

// want compares some members of the answer.
func (r reply) want(t testing.TB, fields map[string]any) {
	t.Helper()
	for name, want := range fields {
		if got := r.fields[name]; got != want {
			t.Errorf("%s is %v, want %v, in %s", name, got, want, r.body)
		}
	}
}

// wantError checks the shape of a refusal as well as what it says.
func (r reply) wantError(t testing.TB, status int, code, field string) {
	t.Helper()
	var list struct {
		Type      string
		RequestID string `json:"request_id"`
		Errors    []struct{ Code, Message, Field string }
	}
	if err := json.Unmarshal([]byte(r.body), &list); err != nil || len(list.Errors) != 1 {
		t.Fatalf("not an error list: %d %q", r.status, r.body)
	}
	got := list.Errors[0]
	if r.status != status || got.Code != code || got.Field != field || got.Message == "" {
		t.Errorf("got %d %+v, want %d %s on field %q", r.status, got, status, code, field)
	}
	if list.Type != "error.list" || !isUUID(list.RequestID) {
		t.Errorf("type %q, request_id %q", list.Type, list.RequestID)
	}
}

var isUUID = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString
