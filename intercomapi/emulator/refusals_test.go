package emulator_test

import (
	"strings"
	"testing"

	"finpages/intercomapi/emulator"
)

func TestRefusedBodies(t *testing.T) {
	a := listen(t, emulator.Options{})
	source := a.source()
	const pages, sources = "/ai/external_pages", "/ai/content_import_sources"
	tests := []struct {
		name, path, body, code, field string
	}{
		{"empty", pages, ``, "parameter_invalid", ""},
		{"cut off", pages, `{"title":"a`, "parameter_invalid", ""},
		{"two values", pages, `{}{}`, "parameter_invalid", ""},
		{"not UTF-8", pages, "{\"title\":\"\xff\"}", "parameter_invalid", ""},
		{"an array", pages, `[]`, "type_mismatch", ""},
		{"null", pages, `null`, "type_mismatch", ""},
		{"too deep", pages, `{"x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, "parameter_invalid", ""},
		{"no source_id", pages, `{"title":"a","html":"","locale":"en","external_id":"a"}`, "parameter_missing", "source_id"},
		{"no title", pages, `{"source_id":1,"html":"","locale":"en","external_id":"a"}`, "parameter_missing", "title"},
		{"no html", pages, `{"source_id":1,"title":"a","locale":"en","external_id":"a"}`, "parameter_missing", "html"},
		{"no locale", pages, `{"source_id":1,"title":"a","html":"","external_id":"a"}`, "parameter_missing", "locale"},
		{"no external_id", pages, `{"source_id":1,"title":"a","html":"","locale":"en"}`, "parameter_missing", "external_id"},
		{"other case", pages, `{"source_id":1,"Title":"a","html":"","locale":"en","external_id":"a"}`, "parameter_missing", "title"},
		{"source_id a string", pages, pageJSON(source, "a", `"source_id":"1"`), "type_mismatch", "source_id"},
		{"source_id a fraction", pages, pageJSON(source, "a", `"source_id":1.5`), "type_mismatch", "source_id"},
		{"source_id huge", pages, pageJSON(source, "a", `"source_id":1e99`), "type_mismatch", "source_id"},
		{"title a number", pages, pageJSON(source, "a", `"title":1`), "type_mismatch", "title"},
		{"title null", pages, pageJSON(source, "a", `"title":null`), "type_mismatch", "title"},
		{"title blank", pages, pageJSON(source, "a", `"title":" "`), "parameter_invalid", "title"},
		{"external_id empty", pages, pageJSON(source, ""), "parameter_invalid", "external_id"},
		{"flag a string", pages, pageJSON(source, "a", `"ai_agent_availability":"true"`), "type_mismatch", "ai_agent_availability"},
		{"flag null", pages, pageJSON(source, "a", `"ai_copilot_availability":null`), "type_mismatch", "ai_copilot_availability"},
		{"locale fr", pages, pageJSON(source, "a", `"locale":"fr"`), "parameter_invalid", "locale"},
		{"url null", pages, pageJSON(source, "a", `"url":null`), "type_mismatch", "url"},
		{"url relative", pages, pageJSON(source, "a", `"url":"/docs/a"`), "parameter_invalid", "url"},
		{"url a script", pages, pageJSON(source, "a", `"url":"javascript:alert(1)"`), "parameter_invalid", "url"},
		{"source without behavior", sources, `{"url":"https://a.example.com"}`, "parameter_missing", "sync_behavior"},
		{"source not api", sources, `{"sync_behavior":"manual","url":"https://a.example.com"}`, "parameter_invalid", "sync_behavior"},
		{"source without url", sources, `{"sync_behavior":"api"}`, "parameter_missing", "url"},
		{"source url", sources, `{"sync_behavior":"api","url":"docs"}`, "parameter_invalid", "url"},
		{"source status", sources, `{"sync_behavior":"api","url":"https://a.example.com","status":"off"}`, "parameter_invalid", "status"},
		{"audiences", sources, `{"sync_behavior":"api","url":"https://a.example.com","audience_ids":["1"]}`, "type_mismatch", "audience_ids"},
		{"audiences of null", sources, `{"sync_behavior":"api","url":"https://a.example.com","audience_ids":[null]}`, "type_mismatch", "audience_ids"},
		{"apply", sources, `{"sync_behavior":"api","url":"https://a.example.com","apply_audience_to_existing_content":1}`, "type_mismatch", "apply_audience_to_existing_content"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a.do("POST", tt.path, tt.body).wantError(t, 400, tt.code, tt.field)
		})
	}
	if n := len(a.srv.Pages()); n != 0 {
		t.Errorf("%d pages came of it", n)
	}
}

func TestRefusedRequests(t *testing.T) {
	a := listen(t, emulator.Options{Token: "token"})
	if a.source() != 1 {
		t.Fatal("01 is to be a source's id but for its zero")
	}
	const pages = "/ai/external_pages"
	tests := []struct {
		name, method, path string
		header             []string
		status             int
		code, field        string
	}{
		{"no token", "GET", "/me", []string{"Authorization", ""}, 401, "unauthorized", ""},
		{"wrong token", "GET", "/me", []string{"Authorization", "Bearer tokens"}, 401, "unauthorized", ""},
		{"basic login", "GET", "/me", []string{"Authorization", "Basic token"}, 401, "unauthorized", ""},
		{"unknown path", "GET", "/articles", nil, 404, "not_found", ""},
		{"root", "GET", "/", nil, 404, "not_found", ""},
		{"trailing slash", "GET", pages + "/", nil, 404, "not_found", ""},
		{"below me", "GET", "/me/1", nil, 404, "not_found", ""},
		{"a path's name as id", "GET", pages + "/{id}", nil, 404, "not_found", ""},
		{"not a number", "GET", pages + "/abc", nil, 404, "not_found", ""},
		{"leading zero", "GET", "/ai/content_import_sources/01", nil, 404, "not_found", ""},
		{"wrong method", "PATCH", pages, nil, 405, "unsupported", ""},
		{"delete of all", "DELETE", "/ai/content_import_sources", nil, 405, "unsupported", ""},
		{"not JSON wanted", "GET", "/me", []string{"Accept", "text/html"}, 406, "unsupported", ""},
		{"form sent", "POST", pages, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "unsupported", ""},
		{"no content type", "POST", pages, []string{"Content-Type", ""}, 415, "unsupported", ""},
		{"page 0", "GET", pages + "?page=0", nil, 400, "parameter_invalid", "page"},
		{"page of letters", "GET", pages + "?page=x", nil, 400, "parameter_invalid", "page"},
		{"page too far to count", "GET", pages + "?page=99999999999999999999", nil, 400, "parameter_invalid", "page"},
		{"per_page below 0", "GET", pages + "?per_page=-1", nil, 400, "parameter_invalid", "per_page"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := a.do(tt.method, tt.path, "{}", tt.header...)
			r.wantError(t, tt.status, tt.code, tt.field)
			if limited := r.header.Get("X-RateLimit-Limit") != ""; limited != (tt.status != 401) {
				t.Errorf("rate limit headers there: %t", limited)
			}
		})
	}
}

func TestSourceHostFrom217(t *testing.T) {
	a := listen(t, emulator.Options{}).as("2.17")
	for host, ok := range map[string]bool{
		"docs.example.com": true, "docs.example.com:8443": true, "localhost": false, "wiki": false, "10.0.0.1": false,
		"[::1]": false, "wiki.corp": false, "wiki.internal.": false,
	} {
		r := a.do("POST", "/ai/content_import_sources", `{"sync_behavior":"api","url":"https://`+host+`/"}`)
		if (r.status == 200) != ok {
			t.Errorf("%s: %d", host, r.status)
		}
	}
}

func TestBodyTooLarge(t *testing.T) {
	a := listen(t, emulator.Options{})
	source := a.source()
	fits := pageJSON(source, "a", `"html":"`+strings.Repeat("x", 8<<20-200)+`"`)
	if r := a.do("POST", "/ai/external_pages", fits); r.status != 200 {
		t.Fatalf("below the cap: %d", r.status)
	}
	large := pageJSON(source, "a", `"html":"`+strings.Repeat("x", 9<<20)+`"`)
	a.do("POST", "/ai/external_pages", large).wantError(t, 413, "data_invalid", "")
}
