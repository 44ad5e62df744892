package intercomapi_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"finpages/intercomapi"

	"github.com/google/go-cmp/cmp"
)

func checkEqual[T any](t *testing.T, got, want T) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*intercomapi.Options)
		want   string // part of the error
	}{
		{"no address", func(o *intercomapi.Options) { o.BaseURL = "" }, "base url"},
		{"no scheme", func(o *intercomapi.Options) { o.BaseURL = "api.intercom.io" }, "full address"},
		{"no host", func(o *intercomapi.Options) { o.BaseURL = "http://:8089" }, "full address"},
		{"other scheme", func(o *intercomapi.Options) { o.BaseURL = "ftp://h" }, "full address"},
		{"login", func(o *intercomapi.Options) { o.BaseURL = "https://bob:hunter2@h" }, "password"},
		{"broken address", func(o *intercomapi.Options) { o.BaseURL = "https://bob:hunter2@h:x" }, "not a URL"},
		{"query", func(o *intercomapi.Options) { o.BaseURL = "https://h?token=hunter2" }, "query"},
		{"no token", func(o *intercomapi.Options) { o.Token = nil }, "token"},
		{"old version", func(o *intercomapi.Options) { o.Version = "2.13" }, "use 2.14"},
		{"no version", func(o *intercomapi.Options) { o.Version = "" }, "use 2.14"},
		{"percent", func(o *intercomapi.Options) { o.Reserve = 20 }, "0 to 1"},
		{"no number", func(o *intercomapi.Options) { o.Reserve = math.NaN() }, "0 to 1"},
		{"negative", func(o *intercomapi.Options) { o.MaxInFlight = -1 }, "1 or more"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := intercomapi.Options{BaseURL: "https://h", Version: "2.16", Token: func() (string, error) { return "x", nil }}
			tt.change(&o)
			_, err := intercomapi.New(o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want one of %q", err, tt.want)
			}
			checkText(t, err)
		})
	}
}

func TestRegionURL(t *testing.T) {
	for region, want := range map[string]string{
		"us": "https://api.intercom.io", "EU": "https://api.eu.intercom.io", "au": "https://api.au.intercom.io", "mars": "", "": "",
	} {
		got, err := intercomapi.RegionURL(region)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v, want %q", region, got, err, want)
		}
	}
}

// Every operation goes to the right place under a base path, with the headers
// that the API asks for, and none deletes an import source.
func TestRequests(t *testing.T) {
	want := map[string]string{
		"get me":               "GET /base/me",
		"get page":             "GET /base/ai/external_pages/21",
		"list pages":           "GET /base/ai/external_pages?per_page=100",
		"find page":            "GET /base/ai/external_pages?external_id=abc&per_page=1&source_id=44",
		"upsert page":          "POST /base/ai/external_pages",
		"delete page":          "DELETE /base/ai/external_pages/21",
		"list import sources":  "GET /base/ai/content_import_sources",
		"get import source":    "GET /base/ai/content_import_sources/33",
		"create import source": "POST /base/ai/content_import_sources",
		"update import source": "PUT /base/ai/content_import_sources/33",
	}
	var got string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Method + " " + r.RequestURI
		for name, want := range map[string]string{
			"Authorization": "Bearer " + testToken, "Accept": "application/json", "Content-Type": "application/json",
			"Intercom-Version": "2.16", "User-Agent": "finpages",
		} {
			if h := r.Header.Get(name); h != want {
				t.Errorf("%s: header %s %q, want %q", got, name, h, want)
			}
		}
		_, _ = w.Write([]byte(anyAnswer(r)))
	}))
	defer srv.Close()
	for _, base := range []string{srv.URL + "/base", srv.URL + "/base/"} {
		c := newClient(t, nil, func(o *intercomapi.Options) { o.BaseURL = base })
		for name, op := range operations {
			if err := op(t.Context(), c); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if got != want[name] {
				t.Errorf("%s sent %s, want %s", name, got, want[name])
			}
		}
	}
}

// anyAnswer is what the API would say to a request.
func anyAnswer(r *http.Request) string {
	switch {
	case strings.HasSuffix(r.URL.Path, "/me"):
		return `{"type":"admin","id":"1","name":"Ann","app":{"type":"app","id_code":"abc123","name":"Acme","region":"EU"}}`
	case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "s"):
		item := pageJSON
		if strings.HasSuffix(r.URL.Path, "sources") {
			item = sourceJSON
		}
		return `{"type":"list","data":[` + item + `],"total_count":1,
"pages":{"type":"pages","page":1,"per_page":50,"total_pages":1}}`
	case strings.Contains(r.URL.Path, "sources"):
		return sourceJSON
	}
	return pageJSON
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("followed: %s %s, authorization %q", r.Method, r.URL, r.Header.Get("Authorization"))
	}))
	defer other.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer srv.Close()
	c := newClient(t, nil, func(o *intercomapi.Options) { o.BaseURL = srv.URL })
	for name, op := range operations {
		if e := asError(t, op(t.Context(), c)); e.Status != http.StatusTemporaryRedirect || !e.Stop() {
			t.Errorf("%s: %v", name, e)
		}
	}
}

func TestIDsThatAreNone(t *testing.T) {
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		t.Errorf("sent %s %s", r.Method, r.URL)
		return reply(200, pageJSON), nil
	}))
	for _, id := range []string{"", ".", "..", "../content_import_sources/33", "1/2", "1?x", "1#", "1%2F2", "1\n", "é"} {
		if err := c.DeletePage(t.Context(), id); err == nil {
			t.Errorf("deleted page %q", id)
		}
		if _, err := c.Page(t.Context(), id); err == nil {
			t.Errorf("got page %q", id)
		}
	}
}
