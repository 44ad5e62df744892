package emulator_test

import (
	"bufio"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"finpages/intercomapi/emulator"

	"github.com/google/go-cmp/cmp"
)

func TestRequestLog(t *testing.T) {
	a := listen(t, emulator.Options{})
	source := a.source()
	page := a.post(source, "a.md")
	a.do("PUT", "/ai/external_pages/"+page.id(), "{}")
	a.do("POST", "/ai/external_pages", "{", "Authorization", "")
	a.do("POST", "/ai/external_pages", `{"external_id":5}`)
	a.ok("DELETE", "/ai/external_pages/"+page.id(), "")
	a.ok("GET", "/ai/external_pages?page=2", "")

	var log []emulator.Request
	r := a.do("GET", "/_emulator/requests", "", "Authorization", "")
	if err := json.Unmarshal([]byte(r.body), &log); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a.srv.Requests(), log); diff != "" {
		t.Errorf("Requests and /_emulator/requests differ: %s", diff)
	}
	for i := range log {
		if log[i].Time.IsZero() {
			t.Error("no time")
		}
		log[i].Time = a.srv.Requests()[0].Time
	}
	at := log[0].Time
	item := "/ai/external_pages/" + page.id()
	want := []emulator.Request{
		{Number: 1, Time: at, Method: "POST", Path: "/ai/content_import_sources", Status: 200},
		{Number: 2, Time: at, Method: "POST", Path: "/ai/external_pages", Status: 200, ExternalID: "a.md"},
		{Number: 3, Time: at, Method: "PUT", Path: item, Status: 400, ExternalID: "a.md"},
		{Number: 4, Time: at, Method: "POST", Path: "/ai/external_pages", Status: 401},
		{Number: 5, Time: at, Method: "POST", Path: "/ai/external_pages", Status: 400},
		{Number: 6, Time: at, Method: "DELETE", Path: item, Status: 200, ExternalID: "a.md"},
		{Number: 7, Time: at, Method: "GET", Path: "/ai/external_pages", Query: "page=2", Status: 200},
	}
	if diff := cmp.Diff(want, log); diff != "" {
		t.Error(diff)
	}

	if r := a.do("DELETE", "/_emulator/requests", ""); r.status != 204 || len(a.srv.Requests()) != 0 {
		t.Errorf("clear: %d, %d left", r.status, len(a.srv.Requests()))
	}
	a.ok("GET", "/me", "")
	if log := a.srv.Requests(); len(log) != 1 || log[0].Number != 8 {
		t.Errorf("after clear: %+v", log)
	}
}

func TestRequestLogIsBounded(t *testing.T) {
	srv := newServer(t, emulator.Options{})
	const more = 100_010
	req := httptest.NewRequest("GET", "/"+strings.Repeat("x", 10_000), nil)
	for range more {
		srv.ServeHTTP(httptest.NewRecorder(), req)
	}
	log := srv.Requests()
	if len(log) != 100_000 || log[0].Number != 11 || log[len(log)-1].Number != more {
		t.Errorf("%d requests, %d to %d", len(log), log[0].Number, log[len(log)-1].Number)
	}
	if n := len(log[0].Path); n > 512 {
		t.Errorf("a path of %d bytes is kept", n)
	}
}

func TestExportPages(t *testing.T) {
	a := listen(t, emulator.Options{})
	source := a.source()
	a.post(source, "a.md", `"url":"https://docs.example.com/a"`, `"ai_agent_availability":true`)
	a.post(source, "b.md", `"html":"<p>1 < 2</p>\n\u2028"`)
	r := a.do("GET", "/_emulator/pages", "", "Authorization", "")
	var pages []emulator.Page
	for lines := bufio.NewScanner(strings.NewReader(r.body)); lines.Scan(); {
		var p emulator.Page
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		pages = append(pages, p)
	}
	if diff := cmp.Diff(a.srv.Pages(), pages); diff != "" || len(pages) != 2 || pages[1].HTML != "<p>1 < 2</p>\n\u2028" {
		t.Errorf("%+v %s", pages, diff)
	}
	if got := a.srv.Sources(); len(got) != 1 || got[0].ID != source || got[0].URL != "https://docs.example.com" {
		t.Errorf("sources %+v", got)
	}
}

func TestControlIsForThisMachine(t *testing.T) {
	srv := newServer(t, emulator.Options{Token: "secret"})
	tests := []struct {
		peer, host, token string
		status            int
	}{
		{"127.0.0.1:5000", "127.0.0.1:8089", "", 200},
		{"[::1]:5000", "[::1]:8089", "", 200},
		{"[::ffff:127.0.0.1]:5000", "localhost", "", 200},
		{"127.0.0.1:5000", "evil.example.com:8089", "", 401},
		{"192.0.2.1:5000", "localhost:8089", "", 401},
		{"192.0.2.1:5000", "localhost:8089", "wrong", 401},
		{"192.0.2.1:5000", "emulator:8089", "secret", 200},
	}
	for _, tt := range tests {
		req := httptest.NewRequest("GET", "/_emulator/requests", nil)
		req.RemoteAddr, req.Host = tt.peer, tt.host
		if tt.token != "" {
			req.Header.Set("Authorization", "Bearer "+tt.token)
		}
		w := httptest.NewRecorder()
		srv.ServeHTTP(w, req)
		if w.Code != tt.status {
			t.Errorf("%+v: %d", tt, w.Code)
		}
	}
	w := httptest.NewRecorder()
	req := httptest.NewRequest("GET", "/_emulator/nothing", nil)
	req.RemoteAddr, req.Host = "127.0.0.1:1", "localhost"
	if srv.ServeHTTP(w, req); w.Code != 404 {
		t.Errorf("unknown control path: %d", w.Code)
	}
}
