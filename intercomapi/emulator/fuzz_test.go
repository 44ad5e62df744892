package emulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"finpages/intercomapi/emulator"
	"finpages/sources/limits/costtest"

	"github.com/google/go-cmp/cmp"
)

// Whatever is posted, the answer is a page, or an error list with a status of
// its own kind; and only what was answered as a page is one.
func FuzzUpsert(f *testing.F) {
	for _, body := range []string{
		``, `{}`, `null`, `[1]`, `{"source_id":1e999}`, `{"title":"\ud800"}`, "{\"html\":\"\x00\"}",
		pageJSON(1, "a.md"), pageJSON(2, "a.md"),
		pageJSON(1, "a.md", `"url":"https://[::1"`, `"ai_agent_availability":true`),
		pageJSON(1, "a.md", `"title":{"a":[]}`, `"title":"twice"`),
	} {
		f.Add(body, "2.16")
		f.Add(body, "2.17")
	}
	f.Fuzz(func(t *testing.T, body, version string) {
		a := direct(t, emulator.Options{})
		a.source()
		req := httptest.NewRequest("POST", "/ai/external_pages", strings.NewReader(body))
		req.Header = http.Header{
			"Authorization": {"Bearer x"}, "Content-Type": {"application/json"}, "Intercom-Version": {version},
		}
		w := httptest.NewRecorder()
		a.srv.ServeHTTP(w, req)
		var got struct{ Type, ID, Title string }
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || !utf8.Valid(w.Body.Bytes()) {
			t.Fatalf("%d %q: %v", w.Code, w.Body, err)
		}
		pages := a.srv.Pages()
		switch {
		case w.Code == 200 && got.Type == "external_page":
			if len(pages) != 1 || pages[0].ID != got.ID || pages[0].Title != got.Title || got.Title == "" {
				t.Errorf("answered %s, holds %+v", w.Body, pages)
			}
		case (w.Code == 400 || w.Code == 404) && got.Type == "error.list":
			if len(pages) != 0 {
				t.Errorf("refused, but holds %+v", pages)
			}
		default:
			t.Errorf("%d %s", w.Code, w.Body)
		}
		costtest.CheckList(t, `{"html":[`, body, ",", "]}", func(s string) {
			req := req.Clone(t.Context())
			req.Body = io.NopCloser(strings.NewReader(s))
			a.srv.ServeHTTP(httptest.NewRecorder(), req)
		})
	})
}

// A state file is refused, or what it gave is what it holds after a rewrite.
func FuzzStateFile(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte(`{"format":"finpages emulator state","version":1,"next_source":1,"next_page":100001,"sources":[],"pages":0}`))
	f.Add([]byte(`{"format":"finpages emulator state","version":1,"next_source":2,"next_page":100002,"sources":[{"id":1}],"pages":1}
{"id":"100001","source_id":1,"external_id":"a"}`))
	f.Add([]byte(`{"format":"finpages emulator state","version":1,"next_source":9223372036854775807,"sources":[null],"pages":-1}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		file := filepath.Join(t.TempDir(), "state.json")
		begin := `{"format":"finpages emulator state","version":1,"next_source":2,"next_page":100002,"sources":[{"id":1}],"pages":1}`
		costtest.CheckList(t, begin+"\n", raw, "\n", "", func(b []byte) {
			if srv := open(t, file, b); srv != nil {
				_ = srv.Close()
			}
		})
		srv := open(t, file, raw)
		if srv == nil {
			return
		}
		a := direct(t, emulator.Options{})
		a.srv = srv
		a.http = &http.Client{Transport: transport{srv}}
		a.post(a.source(), "new")
		if err := srv.Close(); err != nil {
			t.Fatal(err)
		}
		again := newServer(t, emulator.Options{StateFile: file})
		if diff := cmp.Diff(srv.Pages(), again.Pages()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(srv.Sources(), again.Sources()); diff != "" {
			t.Error(diff)
		}
	})
}

// open is an emulator with a state file of this text; nil if it refuses it.
func open(t *testing.T, file string, state []byte) *emulator.Server {
	t.Helper()
	if err := os.WriteFile(file, state, 0o600); err != nil {
		t.Fatal(err)
	}
	srv, err := emulator.New(emulator.Options{StateFile: file})
	if err != nil {
		return nil
	}
	return srv
}

// Control: any rule is refused or set, and the API answers on, or not at all.
func FuzzFaultRule(f *testing.F) {
	f.Add(`{"status":502,"body":"x","headers":{"A b":"c\n"}}`)
	f.Add(`{"cut":"after","percent":50,"seed":7,"times":1}`)
	f.Add(`{"truncate":1,"status":204,"body":"x"}`)
	f.Fuzz(func(t *testing.T, rule string) {
		if strings.Contains(rule, "hang") || strings.Contains(rule, "delay") || strings.Contains(rule, "slow") {
			t.Skip("would wait")
		}
		a := direct(t, emulator.Options{})
		req := httptest.NewRequest("POST", "/_emulator/faults", strings.NewReader(rule))
		req.RemoteAddr, req.Host = "127.0.0.1:1", "localhost"
		w := httptest.NewRecorder()
		a.srv.ServeHTTP(w, req)
		if w.Code != 204 && w.Code != 400 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		_, _ = a.try("GET", "/me", "")
		costtest.CheckList(t, `{"body":[`, rule, ",", "]}", func(s string) {
			req := req.Clone(t.Context())
			req.Body = io.NopCloser(strings.NewReader(s))
			a.srv.ServeHTTP(httptest.NewRecorder(), req)
		})
	})
}
