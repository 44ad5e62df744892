package emulator_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"finpages/intercomapi/emulator"
)

// Each fault is set once by the hook and once over HTTP, and hits one upsert.
func TestFaults(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	tests := []struct {
		name   string
		fault  emulator.Fault
		json   string
		status int // 0: no answer
		body   string
		broken bool // the answer is cut short
		effect bool
	}{
		{"gateway", emulator.Fault{Status: 502, Body: "<html>Bad Gateway</html>"},
			`"status":502,"body":"<html>Bad Gateway</html>"`, 502, "<html>Bad Gateway</html>", false, false},
		{"answer lost behind a gateway", emulator.Fault{Status: 504, Effect: true},
			`"status":504,"effect":true`, 504, "", false, true},
		{"headers", emulator.Fault{Status: 429, Header: http.Header{"Retry-After": {"7"}}},
			`"status":429,"headers":{"retry-after":"7"}`, 429, "", false, false},
		{"cut before", emulator.Fault{Cut: true}, `"cut":"before"`, 0, "", true, false},
		{"cut after", emulator.Fault{Cut: true, Effect: true}, `"cut":"after"`, 0, "", true, true},
		{"truncated", emulator.Fault{Truncate: 20}, `"truncate":20`, 200, `{"type":"external_pa`, true, true},
		{"truncated fault", emulator.Fault{Status: 500, Body: long, Truncate: 5000},
			`"status":500,"body":"` + long + `","truncate":5000`, 500, long[:5000], true, false},
		{"slow", emulator.Fault{Slow: time.Microsecond, Status: 200, Body: long},
			`"slow":"1us","status":200,"body":"` + long + `"`, 200, long, false, false},
		{"slow and truncated", emulator.Fault{Slow: time.Microsecond, Status: 500, Body: long, Truncate: 100},
			`"slow":"1us","status":500,"body":"` + long + `","truncate":100`, 500, long[:100], true, false},
		{"delay", emulator.Fault{Delay: time.Microsecond}, `"delay":"1us"`, 200, "", false, true},
	}
	for _, tt := range tests {
		hook := func(a *api) {
			a.srv.Fail(func(r *http.Request) *emulator.Fault {
				if r.Method != "POST" {
					return nil
				}
				return &tt.fault
			})
		}
		control := func(a *api) {
			rule := `{"match":{"method":"post","path":"/ai/external_pages"},"times":1,` + tt.json + `}`
			if r := a.do("POST", "/_emulator/faults", rule, "Authorization", ""); r.status != 204 {
				a.t.Fatalf("set fault: %d %s", r.status, r.body)
			}
		}
		for name, set := range map[string]func(*api){"hook": hook, "http": control} {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				a := listen(t, emulator.Options{})
				source := a.source()
				set(a)
				r, err := a.try("POST", "/ai/external_pages", pageJSON(source, "a.md"))
				if (err != nil) != tt.broken || r.status != tt.status {
					t.Errorf("%d, %v", r.status, err)
				}
				if tt.body != "" && r.body != tt.body {
					t.Errorf("body is %q", r.body)
				}
				if want := tt.fault.Header.Get("Retry-After"); r.header.Get("Retry-After") != want {
					t.Errorf("Retry-After is not %q", want)
				}
				if limited := r.header.Get("X-RateLimit-Limit") != ""; limited != (tt.status != 0 && tt.fault.Status == 0) {
					t.Errorf("rate limit headers there: %t", limited)
				}
				if effect := len(a.srv.Pages()) == 1; effect != tt.effect {
					t.Errorf("took effect: %t", effect)
				}
				log := a.srv.Requests()
				if last := log[len(log)-1]; last.ExternalID != "a.md" || last.Status != tt.status {
					t.Errorf("logged as %+v", last)
				}
				a.srv.Fail(nil)
				a.post(source, "a.md")
			})
		}
	}
}

// Over a real connection the server has to notice that the client is gone:
// else closing it would wait for ever.
func TestHang(t *testing.T) {
	a := listen(t, emulator.Options{})
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	a.srv.Fail(func(*http.Request) *emulator.Fault {
		leave()
		return &emulator.Fault{Hang: true}
	})
	r := a.request("POST", "/ai/external_pages", "{}").WithContext(ctx)
	if _, err := a.http.Do(r); !errors.Is(err, context.Canceled) {
		t.Errorf("hung request: %v", err)
	}
}

func TestHangAndDelayEndWithTheClient(t *testing.T) {
	faults := map[*emulator.Fault]int{
		{Hang: true}:               0,
		{Hang: true, Effect: true}: 1,
		{Delay: time.Hour}:         0,
		{Status: 200, Slow: time.Hour, Body: "x", Effect: true}: 1,
	}
	for fault, pages := range faults {
		synctest.Test(t, func(t *testing.T) {
			a := direct(t, emulator.Options{})
			source := a.source()
			a.srv.Fail(func(*http.Request) *emulator.Fault { return fault })
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			start := time.Now()
			_, err := a.http.Do(a.request("POST", "/ai/external_pages", pageJSON(source, "a.md")).WithContext(ctx))
			if err == nil || time.Since(start) != time.Minute {
				t.Errorf("%+v: %v after %v", fault, err, time.Since(start))
			}
			if n := len(a.srv.Pages()); n != pages {
				t.Errorf("%+v: %d pages", fault, n)
			}
		})
	}
}

func TestHookReadsTheBody(t *testing.T) {
	a := listen(t, emulator.Options{})
	source := a.source()
	a.srv.Fail(func(r *http.Request) *emulator.Fault {
		if body, _ := io.ReadAll(r.Body); strings.Contains(string(body), "bad.md") {
			return &emulator.Fault{Status: 422}
		}
		return nil
	})
	if r := a.do("POST", "/ai/external_pages", pageJSON(source, "bad.md")); r.status != 422 {
		t.Errorf("bad page: %d", r.status)
	}
	a.post(source, "good.md")
}

func TestFaultTimesAndPercent(t *testing.T) {
	a := listen(t, emulator.Options{})
	struck := func(rule string) (numbers string) {
		a.do("DELETE", "/_emulator/faults", "")
		if r := a.do("POST", "/_emulator/faults", rule); r.status != 204 {
			t.Fatalf("%s: %d %s", rule, r.status, r.body)
		}
		for range 200 {
			numbers += fmt.Sprintf("%d", a.do("GET", "/me", "").status/500)
		}
		return numbers
	}
	if got := struck(`{"status":503,"times":3}`); got != "111"+strings.Repeat("0", 197) {
		t.Errorf("three times: %s", got)
	}
	if got := struck(`{"status":503,"match":{"path":"/ai/"}}`); strings.Contains(got, "1") {
		t.Errorf("another path: %s", got)
	}
	first := struck(`{"status":503,"percent":30,"seed":1}`)
	if n := strings.Count(first, "1"); n < 30 || n > 90 {
		t.Errorf("30 percent of 200 is %d", n)
	}
	if again := struck(`{"status":503,"percent":30,"seed":1}`); again != first {
		t.Error("the same seed hit other requests")
	}
	if other := struck(`{"status":503,"percent":30,"seed":2}`); other == first {
		t.Error("another seed hit the same requests")
	}
}

func TestRefusedFaults(t *testing.T) {
	a := listen(t, emulator.Options{})
	for _, rule := range []string{
		``, `{}`, `[]`, `{"status":99}`, `{"status":600}`, `{"body":"x"}`, `{"headers":{"a":"b"}}`, `{"cut":"maybe"}`,
		`{"status":500,"percent":101}`, `{"status":500,"percent":-1}`, `{"status":500,"times":-1}`, `{"truncate":-1}`,
		`{"delay":"fast"}`, `{"delay":1}`, `{"delay":"-1s"}`, `{"status":500,"tiems":2}`, `{"status":500}{}`, `{"times":2}`,
		`{"status":500,"body":"` + strings.Repeat("x", 2<<20) + `"}`,
	} {
		a.do("POST", "/_emulator/faults", rule).wantError(t, 400, "parameter_invalid", "")
	}
	a.ok("GET", "/me", "")
}
