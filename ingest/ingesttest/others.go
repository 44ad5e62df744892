package ingesttest

import (
	"fmt"
	"net/http"
	"strings"

	"finpages/ingest/render"
	"finpages/ingest/verify"
)

// Tamper changes Intercom's pages behind finpages' back.
func (w *World) Tamper(method, path, body string) {
	w.T.Helper()
	req, err := http.NewRequest(method, w.Server.URL+path, strings.NewReader(body))
	if err != nil {
		w.T.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer other-app")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Intercom-Version", "2.16")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.T.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode >= 300 {
		w.T.Fatalf("%s %s: %s", method, path, resp.Status)
	}
}

// Occupy has another program push pages into the import source.
func (w *World) Occupy(ids ...string) {
	w.T.Helper()
	w.Tamper("POST", "/ai/content_import_sources", fmt.Sprintf(`{"sync_behavior":"api","url":%q}`, Root))
	for _, id := range ids {
		w.Tamper("POST", "/ai/external_pages", fmt.Sprintf(`{"source_id":1,"external_id":%q,"title":%q,"html":"<p>x</p>",`+
			`"locale":"en","ai_agent_availability":true,"ai_copilot_availability":true}`, id, "Of another: "+id))
	}
}

// Edit has somebody change a page in Intercom.
func (w *World) Edit(id string) {
	p := w.Page(id)
	w.Tamper("PUT", "/ai/external_pages/"+p.ID,
		`{"source_id":1,"title":"By hand","html":"<p>By hand</p>","locale":"en","url":"`+p.URL+`"}`)
}

// Verify compares Intercom with the state.
func (w *World) Verify(opts verify.Options) verify.Verification {
	w.T.Helper()
	return verify.Run(w.T.Context(), w.Engine, w.Source(), opts)
}

// SetPageURL changes the addresses that documents have, to the pattern after Root.
func (w *World) SetPageURL(pattern string) {
	w.T.Helper()
	tmpl, err := render.ParseURLTemplate(Root + pattern)
	if err != nil {
		w.T.Fatal(err)
	}
	w.Src.PageURLText, w.Src.PageURL = Root+pattern, tmpl
}
