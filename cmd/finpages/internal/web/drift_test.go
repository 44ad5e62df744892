package web_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"finpages/ingest/verify"
)

// deleteInIntercom has somebody delete a page behind finpages' back.
func (w *world) deleteInIntercom(id string) {
	w.t.Helper()
	for _, p := range w.emu.Pages() {
		if p.ExternalID == id {
			req := httptest.NewRequest("DELETE", "/ai/external_pages/"+p.ID, nil)
			req.Header.Set("Authorization", "Bearer other")
			req.Header.Set("Intercom-Version", "2.16")
			answer := httptest.NewRecorder()
			if w.emu.ServeHTTP(answer, req); answer.Code == 200 {
				return
			}
		}
	}
	w.t.Fatalf("%s was not deleted", id)
}

// What verify finds is red everywhere, and no page says that Fin is up to date.
func TestDriftIsShown(t *testing.T) {
	w := newWorld(t, []string{"docs", "more"}, nil)
	w.put("docs", "a.md", "# A", "b.md", "# B", "c.md", "# C")
	w.put("more", "m.md", "# M")
	w.sync("docs")
	w.sync("more")
	w.deleteInIntercom("b.md")
	if _, err := w.service.Verify(t.Context(), "docs", verify.Options{}); err != nil {
		t.Fatal(err)
	}
	overview := w.get("/")
	w.want(overview, 200, `class="headline bad"`, "Fin is not up to date: it does not have what 1 of 2 sources sent.",
		"1 page is missing",
		"Fin does not have what was sent to it: 1 page is missing. To fix this: finpages verify --repair docs")
	w.want(w.get("/sources/docs"), 200, "To fix it: finpages verify --repair docs.",
		">b.md</bdi></a> <span class=\"hint\">missing</span>", "Missing in Fin")
	w.want(w.get("/sources/docs/page?id=b.md"), 200, "Why it is not in Fin", "Missing in Fin",
		"that it is missing in Intercom: finpages verify --repair docs")
	w.want(w.get("/api/v1/status"), 200, `"state":"drifted"`, `"missing":1`)
	w.sync("docs")
	w.want(w.get("/"), 200, `class="headline bad"`)
	if _, err := w.service.Verify(t.Context(), "docs", verify.Options{Repair: true}); err != nil {
		t.Fatal(err)
	}
	if after := w.get("/"); !strings.Contains(after.text, "Fin is up to date.") ||
		strings.Contains(after.text, "verify --repair") {
		t.Errorf("after the repair: %s", after.text)
	}
}
