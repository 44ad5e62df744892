package probe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"finpages/intercomapi"
	"finpages/intercomapi/emulator"
	"finpages/intercomapi/probe"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	token   = "good-token"
	address = "https://probe.example.com/only"
)

// serve starts an emulator and returns it with the options to probe it.
func serve(t *testing.T, o emulator.Options) (*emulator.Server, probe.Options) {
	t.Helper()
	o.Token = token
	emu, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(emu)
	transport := &http.Transport{}
	t.Cleanup(func() { transport.CloseIdleConnections(); srv.Close(); _ = emu.Close() })
	options := probe.Options{
		BaseURL: srv.URL, Version: "2.16", Token: func() (string, error) { return token, nil },
		ImportSource: address, MaxHTML: 256 << 10, ListTimeout: time.Millisecond, Transport: transport,
	}
	options.Client, err = intercomapi.New(intercomapi.Options{
		BaseURL: options.BaseURL, Version: options.Version, Token: options.Token, Transport: transport, RetryFor: -1,
	})
	if err != nil {
		t.Fatal(err)
	}
	return emu, options
}

// check returns what the report says of a check.
func check(t *testing.T, r probe.Report, name string) probe.Finding {
	t.Helper()
	for _, f := range r.Findings {
		if f.Check == name {
			return f
		}
	}
	t.Fatalf("no finding %q in %+v", name, r.Findings)
	return probe.Finding{}
}

// What an API does is found out, whatever it does, and nothing stays behind.
func TestProbe(t *testing.T) {
	const (
		look  = "source_id with external_id of a list"
		reach = "lists behind 10,000 pages"
		html  = "html as it comes back"
	)
	tests := []struct {
		name    string
		options emulator.Options
		fail    func(*http.Request) *emulator.Fault
		differ  int
		want    map[string]string // what was found, or the beginning of it
	}{
		{"as the newest description", emulator.Options{}, nil, 0, map[string]string{
			"rate limit": "1666 requests in a window", "versions accepted": "2.14, 2.15, 2.16, 2.17, Preview",
			"id of a page": "a string", html: "as it was sent", "update without url": "the page keeps its url",
			"per_page of a list": "obeyed, up to 150", look: "finds the page", reach: "refused: 400 bad_request",
			"new page in the list": "at once", "html in the list": "as the push was answered", "size of html": "256 KiB accepted; more was not tried",
			"POST after DELETE": "a new id", "DELETE of a page that is gone": "404 not_found",
		}},
		{"empty behind the last page", emulator.Options{Lists: emulator.ListsEmpty}, nil, 0, map[string]string{
			reach: "empty, with a count of 0",
		}},
		{"no end of the list", emulator.Options{Lists: emulator.ListsUnbounded}, nil, 0, map[string]string{
			reach: "answered like any other",
		}},
		{"no parameters", emulator.Options{Lists: emulator.ListsPlain}, nil, 1, map[string]string{
			"per_page of a list": "ignored", look: "ignored", reach: "answered like any other",
		}},
		{"other html", emulator.Options{NormalizeHTML: true}, nil, 0, map[string]string{html: "changed, "}},
		{"large pages are refused", emulator.Options{}, func(r *http.Request) *emulator.Fault {
			if r.ContentLength > 100<<10 {
				return &emulator.Fault{Status: 413}
			}
			return nil
		}, 0, map[string]string{"size of html": "64 KiB accepted, 256 KiB refused: 413"}},
		{"no rate headers and no words about deleted pages", emulator.Options{}, func(r *http.Request) *emulator.Fault {
			switch {
			case r.URL.Path == "/me":
				return &emulator.Fault{Status: 200, Body: `{"app":null}`}
			case r.Method == http.MethodDelete:
				return &emulator.Fault{Status: 200, Body: "{}", Effect: true}
			}
			return nil
		}, 3, map[string]string{
			"rate limit": "without X-RateLimit-Limit", "workspace of the token": "not named",
			"DELETE of a page that is gone": "200",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			emu, options := serve(t, tt.options)
			if tt.fail != nil {
				emu.Fail(tt.fail)
			}
			report, err := probe.Run(t.Context(), options)
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range tt.want {
				if f := check(t, report, name); !strings.HasPrefix(f.Found, want) {
					t.Errorf("%s: found %q, want %q", name, f.Found, want)
				}
			}
			if n := report.Differing(); n != tt.differ {
				t.Errorf("%d findings differ, want %d: %+v", n, tt.differ, report.Findings)
			}
			for _, f := range report.Findings {
				if f.Verdict == probe.Differs && f.Consequence == "" {
					t.Errorf("no consequence: %+v", f)
				}
			}
			checkShareable(t, report, options.BaseURL)
			if pages := emu.Pages(); len(pages) > 0 {
				t.Errorf("%d pages are left", len(pages))
			}
			if sources := emu.Sources(); len(sources) != 1 || sources[0].URL != address {
				t.Errorf("import sources %+v", sources)
			}
		})
	}
}

// checkShareable looks for what a report must not hold.
func checkShareable(t *testing.T, r probe.Report, base string) {
	t.Helper()
	var text bytes.Buffer
	if err := r.Write(&text); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{token, address, base, "emulator"} {
		if strings.Contains(text.String()+string(data), secret) {
			t.Errorf("the report holds %q:\n%s", secret, &text)
		}
	}
}

// A list that shows other html than the push was answered with is told.
func TestProbeOfOtherHTMLInTheList(t *testing.T) {
	for html, want := range map[string]string{`,"html":"other"`: "other", "": "not there"} {
		emu, options := serve(t, emulator.Options{})
		emu.Fail(func(r *http.Request) *emulator.Fault {
			if r.URL.Query().Get("external_id") != "finpages-probe-page" {
				return nil
			}
			page := emu.Pages()[0]
			return &emulator.Fault{Status: http.StatusOK, Body: fmt.Sprintf(
				`{"data":[{"id":%q,"source_id":%d,"external_id":%q%s}],"total_count":1}`, page.ID, page.SourceID, page.ExternalID, html)}
		})
		report, err := probe.Run(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		if f := check(t, report, "html in the list"); f.Found != want || f.Verdict != probe.Differs || f.Consequence == "" {
			t.Errorf("finding %+v", f)
		}
	}
}

// However a probe ends, it leaves no page; pages that a probe left when it was
// killed are removed by the next one.
func TestInterruptedProbe(t *testing.T) {
	emu, options := serve(t, emulator.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.ContentLength < 100<<10 {
			return nil
		}
		cancel() // while a page is made
		return &emulator.Fault{Effect: true, Cut: true}
	})
	report, err := probe.Run(ctx, options)
	if err == nil || len(report.Findings) == 0 || len(emu.Pages()) > 0 {
		t.Errorf("%d pages left, findings %+v, error %v", len(emu.Pages()), report.Findings, err)
	}
}

// An import source that somebody uses, and a workspace that is not the one in
// the config, are left alone.
func TestProbeKeepsOut(t *testing.T) {
	emu, options := serve(t, emulator.Options{})
	other := options
	other.Workspace = "other"
	if _, err := probe.Run(t.Context(), other); err == nil || len(emu.Sources()) > 0 {
		t.Errorf("error %v, import sources %+v", err, emu.Sources())
	}
	source, err := options.Client.CreateImportSource(t.Context(), intercomapi.ImportSourceRequest{URL: address + "/"})
	if err != nil {
		t.Fatal(err)
	}
	ours := intercomapi.PageRequest{SourceID: source.ID, ExternalID: "guide.md", Title: "Guide"}
	if _, err := options.Client.UpsertPage(t.Context(), ours); err != nil {
		t.Fatal(err)
	}
	emu.ClearRequests()
	if _, err := probe.Run(t.Context(), options); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("error %v", err)
	}
	for _, r := range emu.Requests() {
		if r.Method != http.MethodGet {
			t.Errorf("sent %s %s", r.Method, r.Path)
		}
	}
	options.ImportSource = "probe.example.com"
	if _, err := probe.Run(t.Context(), options); err == nil {
		t.Error("an address without scheme is taken")
	}
}
