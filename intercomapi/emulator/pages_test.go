package emulator_test

import (
	"fmt"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"finpages/intercomapi/emulator"
)

func TestUpsert(t *testing.T) {
	a := listen(t, emulator.Options{})
	source := a.source()
	made := a.post(source, "a.md", `"url":"https://docs.example.com/a"`)
	made.want(t, map[string]any{
		"type": "external_page", "title": "Title", "html": "<p>Text</p>", "locale": "en",
		"url": "https://docs.example.com/a", "external_id": "a.md", "source_id": float64(source),
		"ai_agent_availability": false, "ai_copilot_availability": false,
		"ai_sales_agent_availability": false, "fin_availability": false,
	})
	steps := []struct {
		name, more string
		want       map[string]any
	}{
		{"flags", `"ai_agent_availability":true,"ai_copilot_availability":true`, map[string]any{
			"ai_agent_availability": true, "ai_copilot_availability": true, "fin_availability": true}},
		{"flags absent stay", `"url":"https://docs.example.com/b"`, map[string]any{
			"ai_agent_availability": true, "ai_copilot_availability": true}},
		{"one flag off", `"ai_agent_availability":false`, map[string]any{
			"ai_agent_availability": false, "ai_copilot_availability": true, "fin_availability": false}},
		{"url absent stays", `"x":1`, map[string]any{"url": "https://docs.example.com/b"}},
		{"url empty goes", `"url":""`, map[string]any{"url": nil}},
		{"sales agent is not writable", `"ai_sales_agent_availability":true`, map[string]any{
			"ai_sales_agent_availability": false}},
	}
	for _, step := range steps {
		r := a.post(source, "a.md", step.more)
		maps.Copy(step.want, map[string]any{"id": made.id()})
		r.want(t, step.want)
		a.ok("GET", "/ai/external_pages/"+made.id(), "").want(t, step.want)
	}
	if other := a.post(a.source(), "a.md"); other.id() == made.id() {
		t.Error("the same external_id in another source is the same page")
	}
	if n := len(a.srv.Pages()); n != 2 {
		t.Errorf("%d pages, want 2", n)
	}
}

func TestTimestamps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := direct(t, emulator.Options{})
		source := a.source()
		start := float64(time.Now().Unix())
		a.post(source, "a.md").want(t, map[string]any{"created_at": start, "updated_at": start, "last_ingested_at": start})
		time.Sleep(time.Minute)
		later := start + 60
		a.post(source, "a.md").want(t, map[string]any{"created_at": start, "updated_at": later, "last_ingested_at": later})
		path := fmt.Sprintf("/ai/content_import_sources/%d", source)
		a.ok("PUT", path, `{"sync_behavior":"api","url":"https://b.example.com"}`).
			want(t, map[string]any{"created_at": start, "updated_at": later})
	})
}

func TestPutPage(t *testing.T) {
	a := listen(t, emulator.Options{})
	source := a.source()
	page := a.post(source, "a.md", `"ai_agent_availability":false,"ai_copilot_availability":false,"url":"https://docs.example.com/a"`)
	path := "/ai/external_pages/" + page.id()
	body := func(more string) string {
		return fmt.Sprintf(`{"title":"New","html":"","locale":"en","source_id":%d%s}`, source, more)
	}
	a.do("PUT", path, body("")).wantError(t, 400, "parameter_missing", "url")
	a.ok("PUT", path, body(`,"url":"https://docs.example.com/b"`)).want(t, map[string]any{
		"id": page.id(), "title": "New", "html": "", "url": "https://docs.example.com/b", "external_id": "a.md",
		"ai_agent_availability": true, "ai_copilot_availability": true})
	a.ok("PUT", path, body(`,"url":"https://docs.example.com/b","fin_availability":false`)).want(t, map[string]any{
		"ai_agent_availability": false, "ai_copilot_availability": false, "fin_availability": false})

	b := a.as("2.17")
	b.ok("PUT", path, body(`,"ai_sales_agent_availability":true,"fin_availability":true`)).want(t, map[string]any{
		"url": nil, "ai_agent_availability": false, "ai_copilot_availability": false, "ai_sales_agent_availability": true})

	a.post(source, "b.md")
	a.do("PUT", path, body(`,"url":"","external_id":"b.md"`)).wantError(t, 409, "conflict", "external_id")
	a.ok("PUT", path, body(`,"url":"","external_id":"c.md"`)).want(t,
		map[string]any{"id": page.id(), "external_id": "c.md"})
	if again := a.post(source, "a.md"); again.id() == page.id() {
		t.Error("the old external_id still names the page")
	}
}

func TestDelete(t *testing.T) {
	a := listen(t, emulator.Options{})
	source, other := a.source(), a.source()
	page := a.post(source, "a.md")
	path := "/ai/external_pages/" + page.id()
	a.ok("DELETE", path, "").want(t, map[string]any{"id": page.id(), "html": "", "title": "Title"})
	for _, method := range []string{"GET", "DELETE", "PUT"} {
		a.do(method, path, `{}`).wantError(t, 404, "not_found", "")
	}
	if again := a.post(source, "a.md"); again.id() == page.id() {
		t.Error("a deleted page got its id back")
	}
	kept := a.post(other, "a.md")

	path = fmt.Sprintf("/ai/content_import_sources/%d", source)
	if r := a.do("DELETE", path, ""); r.status != 204 || r.body != "" {
		t.Errorf("delete source: %d %q", r.status, r.body)
	}
	for _, method := range []string{"GET", "DELETE", "PUT"} {
		a.do(method, path, `{}`).wantError(t, 404, "not_found", "")
	}
	if pages := a.srv.Pages(); len(pages) != 1 || pages[0].ID != kept.id() {
		t.Errorf("pages left: %+v", pages)
	}
	a.do("POST", "/ai/external_pages", pageJSON(source, "a.md")).wantError(t, 404, "not_found", "source_id")
	if a.source() == source {
		t.Error("a deleted source's id came back")
	}
}

func TestSource(t *testing.T) {
	a := listen(t, emulator.Options{})
	const path = "/ai/content_import_sources"
	id := a.source()
	if again := a.source(); again == id {
		t.Error("a second source with the same url is the same source")
	}
	item := fmt.Sprintf("%s/%d", path, id)
	tests := []struct{ body, audiences string }{
		{`"audience_ids":7`, `[7]`},
		{`"status":"deactivated"`, `[7]`},
		{`"audience_ids":[1,2],"apply_audience_to_existing_content":true`, `[1 2]`},
		{`"audience_ids":null`, `[]`},
		{`"audience_ids":[3]`, `[3]`},
		{`"audience_ids":[]`, `[]`},
	}
	for _, tt := range tests {
		r := a.ok("PUT", item, `{"sync_behavior":"api","url":"https://b.example.com",`+tt.body+`}`)
		if got := fmt.Sprint(r.fields["audience_ids"]); got != tt.audiences {
			t.Errorf("%s gives %s, want %s", tt.body, got, tt.audiences)
		}
	}
	a.ok("GET", item, "").want(t, map[string]any{
		"status": "deactivated", "url": "https://b.example.com", "type": "content_import_source", "sync_behavior": "api"})
	for _, behavior := range []string{"automated", "automatic", "manual"} {
		a.do("PUT", item, `{"sync_behavior":"`+behavior+`","url":"https://b.example.com"}`).
			wantError(t, 400, "parameter_invalid", "sync_behavior")
	}
}

func TestVersions(t *testing.T) {
	a := listen(t, emulator.Options{})
	source := a.source()
	sourcePath := fmt.Sprintf("/ai/content_import_sources/%d", source)
	pagePath := "/ai/external_pages/" + a.post(source, "a.md").id()
	tests := []struct {
		version                          string
		audiences, readsSales, isNewKind bool
	}{
		{"", false, false, false},
		{"2.14", false, false, false},
		{"2.15", true, false, false},
		{"2.16", true, true, false},
		{"2.17", true, true, true},
		{"Preview", true, true, true},
		{"Unstable", true, true, true},
	}
	for _, tt := range tests {
		v := a.as(tt.version)
		if _, has := v.ok("GET", sourcePath, "").fields["audience_ids"]; has != tt.audiences {
			t.Errorf("%q: audience_ids there: %t", tt.version, has)
		}
		if _, has := v.ok("GET", pagePath, "").fields["ai_sales_agent_availability"]; has != tt.readsSales {
			t.Errorf("%q: ai_sales_agent_availability there: %t", tt.version, has)
		}
		french := v.do("POST", "/ai/external_pages",
			pageJSON(source, "fr", `"locale":"fr"`, `"ai_sales_agent_availability":true`))
		if tt.isNewKind {
			french.want(t, map[string]any{"locale": "fr", "ai_sales_agent_availability": true})
		} else {
			french.wantError(t, 400, "parameter_invalid", "locale")
		}
	}
	for _, version := range []string{"2.99", "2", "latest", "2.16.1"} {
		a.as(version).do("GET", "/me", "").wantError(t, 400, "intercom_version_invalid", "")
	}
}

func TestMe(t *testing.T) {
	a := listen(t, emulator.Options{Workspace: emulator.Workspace{IDCode: "abc", Name: "Acme", Region: "EU"}})
	app := a.ok("GET", "/me", "").fields["app"].(map[string]any)
	if app["id_code"] != "abc" || app["name"] != "Acme" || app["region"] != "EU" {
		t.Errorf("app is %v", app)
	}
}
