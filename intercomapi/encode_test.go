package intercomapi_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"finpages/intercomapi"
	"finpages/sources/limits/costtest"
)

func version(v string) func(*intercomapi.Options) {
	return func(o *intercomapi.Options) { o.Version = v }
}

func TestEncode(t *testing.T) {
	yes, no := true, false
	full := intercomapi.PageRequest{
		SourceID: 7, ExternalID: "a/b.md", Title: `A & "B"`, HTML: "<p>x &amp; y</p>\u2028", URL: "https://h/?a=1&b=2",
		Locale: "en", AIAgent: true, AICopilot: false,
	}
	with := func(change func(*intercomapi.PageRequest)) intercomapi.PageRequest {
		p := full
		change(&p)
		return p
	}
	const head = `{"source_id":7,"external_id":"a/b.md","title":"A & \"B\"","html":"<p>x &amp; y</p>\u2028","url":"https://h/?a=1&b=2"`
	tests := []struct {
		name    string
		version string
		page    intercomapi.PageRequest
		want    string
		err     string // part of the error
	}{
		{"all fields", "2.16", full, head + `,"locale":"en","ai_agent_availability":true,"ai_copilot_availability":false}`, ""},
		{"oldest version", "2.14", full, head + `,"locale":"en","ai_agent_availability":true,"ai_copilot_availability":false}`, ""},
		{"newest version", "2.17", full, head + `,"locale":"en","ai_agent_availability":true,"ai_copilot_availability":false}`, ""},
		{"flags are always sent", "2.16", intercomapi.PageRequest{SourceID: 1, ExternalID: "x"},
			`{"source_id":1,"external_id":"x","title":"","html":"","locale":"en","ai_agent_availability":false,"ai_copilot_availability":false}`, ""},
		{"sales agent", "2.17", with(func(p *intercomapi.PageRequest) { p.AISalesAgent = &no }),
			head + `,"locale":"en","ai_agent_availability":true,"ai_copilot_availability":false,"ai_sales_agent_availability":false}`, ""},
		{"sales agent in Preview", "Preview", with(func(p *intercomapi.PageRequest) { p.AISalesAgent = &yes }),
			head + `,"locale":"en","ai_agent_availability":true,"ai_copilot_availability":false,"ai_sales_agent_availability":true}`, ""},
		{"sales agent too early", "2.16", with(func(p *intercomapi.PageRequest) { p.AISalesAgent = &yes }), "", "use version 2.17"},
		{"language", "2.17", with(func(p *intercomapi.PageRequest) { p.Locale = "pt-BR" }),
			head + `,"locale":"pt-BR","ai_agent_availability":true,"ai_copilot_availability":false}`, ""},
		{"language too early", "2.15", with(func(p *intercomapi.PageRequest) { p.Locale = "fr" }), "", "use locale en, or version 2.17"},
		{"no source", "2.16", with(func(p *intercomapi.PageRequest) { p.SourceID = 0 }), "", "no import source id"},
		{"no external id", "2.16", with(func(p *intercomapi.PageRequest) { p.ExternalID = "" }), "", "no external id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var sent []byte
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				sent, _ = io.ReadAll(r.Body)
				return reply(200, pageJSON), nil
			}), version(tt.version))
			got, err := c.Encode(tt.page)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want one of %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkEqual(t, string(got), tt.want)
			if _, err := c.UpsertPage(t.Context(), tt.page); err != nil || !bytes.Equal(sent, got) {
				t.Errorf("UpsertPage sent %s, %v", sent, err)
			}
		})
	}
}

func FuzzEncode(f *testing.F) {
	f.Add(int64(1), "a.md", "Title", "<p>&amp;</p>", "https://h/", true)
	f.Add(int64(9), "\x00\u2028", "\xff", "\\u003c</script>", "", false)
	f.Fuzz(func(t *testing.T, source int64, id, title, html, url string, flag bool) {
		c := newClient(t, nil)
		p := intercomapi.PageRequest{SourceID: source, ExternalID: id, Title: title, HTML: html, URL: url, AIAgent: flag}
		body, err := c.Encode(p)
		if err != nil {
			return
		}
		if again, _ := c.Encode(p); !bytes.Equal(body, again) {
			t.Fatalf("two encodings of one page:\n%s\n%s", body, again)
		}
		var back struct {
			Title, HTML, URL string
			Flag             bool `json:"ai_agent_availability"`
		}
		if err := json.Unmarshal(body, &back); err != nil {
			t.Fatal(err)
		}
		same := back.Title == title && back.HTML == html && back.URL == url
		if utf8.ValidString(title+html+url) && !same || back.Flag != flag {
			t.Fatalf("%+v became %s", p, body)
		}
		costtest.Check(t, html, func(s string) {
			_,
				_ = c.Encode(intercomapi.PageRequest{SourceID: 1, ExternalID: "a", HTML: s})
		})
	})
}

func TestSourceRequests(t *testing.T) {
	ids := []int64{5, 6}
	tests := []struct {
		name    string
		version string
		request intercomapi.ImportSourceRequest
		create  string
		update  string
		err     string
	}{
		{"url", "2.14", intercomapi.ImportSourceRequest{URL: "https://h/?a&b"},
			`{"sync_behavior":"api","url":"https://h/?a&b"}`, `{"sync_behavior":"api","url":"https://h/?a&b"}`, ""},
		{"all", "2.15", intercomapi.ImportSourceRequest{URL: "https://h", Status: "deactivated", AudienceIDs: ids, ApplyAudience: true},
			`{"sync_behavior":"api","url":"https://h","status":"deactivated","audience_ids":[5,6]}`,
			`{"sync_behavior":"api","url":"https://h","status":"deactivated","audience_ids":[5,6],"apply_audience_to_existing_content":true}`, ""},
		{"no audience", "2.16", intercomapi.ImportSourceRequest{URL: "https://h", AudienceIDs: []int64{}},
			`{"sync_behavior":"api","url":"https://h","audience_ids":[]}`, `{"sync_behavior":"api","url":"https://h","audience_ids":[]}`, ""},
		{"audience too early", "2.14", intercomapi.ImportSourceRequest{URL: "https://h", AudienceIDs: ids}, "", "", "use version 2.15"},
		{"no url", "2.16", intercomapi.ImportSourceRequest{}, "", "", "no url"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var sent []string
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				b, _ := io.ReadAll(r.Body)
				sent = append(sent, string(b))
				return reply(200, sourceJSON), nil
			}), version(tt.version))
			_, err := c.CreateImportSource(t.Context(), tt.request)
			_, err2 := c.UpdateImportSource(t.Context(), 33, tt.request)
			if tt.err != "" {
				if err == nil || err2 == nil || !strings.Contains(err.Error(), tt.err) || !strings.Contains(err2.Error(), tt.err) {
					t.Errorf("errors %v, %v, want ones of %q", err, err2, tt.err)
				}
				return
			}
			checkEqual(t, sent, []string{tt.create, tt.update})
		})
	}
}

func TestAnswers(t *testing.T) {
	yes := true
	hash := sha256.Sum256([]byte("<p>x</p>"))
	at := func(s int64) time.Time { return time.Unix(s, 0).UTC() }
	page := intercomapi.ExternalPage{
		ID: "21", SourceID: 44, ExternalID: "abc", Title: "T", HTML: "<p>x</p>", HTMLHash: hash,
		URL: "https://docs.example.com/abc", Locale: "en", AIAgent: true, AISalesAgent: &yes,
		CreatedAt: at(1734537273), UpdatedAt: at(1734537274), LastIngestedAt: at(1734537275),
	}
	source := intercomapi.ImportSource{
		ID: 33, URL: "https://docs.example.com", SyncBehavior: "api", Status: "active", AudienceIDs: []int64{5},
		CreatedAt: at(1734537259), UpdatedAt: at(1734537260), LastSyncedAt: at(1734537261),
	}
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) { return reply(200, anyAnswer(r)), nil }))
	gotPage, err := c.Page(t.Context(), "21")
	checkEqual(t, gotPage, page)
	checkEqual(t, err, nil)
	gotPage, err = c.UpsertPage(t.Context(), somePage)
	page.HTML = "" // only its hash is kept
	checkEqual(t, gotPage, page)
	checkEqual(t, err, nil)
	gotSource, err := c.ImportSource(t.Context(), 33)
	checkEqual(t, gotSource, source)
	checkEqual(t, err, nil)
	me, err := c.Me(t.Context())
	app := &intercomapi.App{IDCode: "abc123", Name: "Acme", Region: "EU"}
	checkEqual(t, me, intercomapi.Me{ID: "1", Name: "Ann", App: app})
	checkEqual(t, err, nil)
}

// Types differ between the description and what it describes; ids and times
// are taken as they come.
func TestOddAnswers(t *testing.T) {
	body := `{"id":21,"source_id":"44","external_id":7,"title":null,"html":null,"url":null,"created_at":"2024-12-18T00:00:00Z","updated_at":-1,"last_ingested_at":null}`
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) { return reply(200, body), nil }))
	p, err := c.Page(t.Context(), "21")
	checkEqual(t, p, intercomapi.ExternalPage{ID: "21", SourceID: 44, ExternalID: "7"})
	checkEqual(t, err, nil)

	body = `{"id":"33","url":"https://h","audience_ids":5}`
	s, err := c.ImportSource(t.Context(), 33)
	checkEqual(t, s, intercomapi.ImportSource{ID: 33, URL: "https://h", AudienceIDs: []int64{5}})
	checkEqual(t, err, nil)

	body = `{"type":"admin","id":"1","app":null}`
	me, err := c.Me(t.Context())
	checkEqual(t, me, intercomapi.Me{ID: "1"})
	checkEqual(t, err, nil)
}
