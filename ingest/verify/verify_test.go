package verify_test

import (
	"slices"
	"strings"
	"testing"

	"finpages/ingest/verify"
)

func TestVerifyFindsAndMends(t *testing.T) {
	w := newWorld(t)
	w.Fill(5)
	w.Sync()
	edited := `{"source_id":1,"external_id":"page-01.md","title":"By hand","html":"<p>x</p>","url":"https://evil.example.com","locale":"en","ai_agent_availability":false,"ai_copilot_availability":true}`
	w.Tamper("POST", "/ai/external_pages", edited)
	w.Tamper("POST", "/ai/external_pages", strings.Replace(edited, "page-01.md", "orphan", 1))
	w.Tamper("DELETE", "/ai/external_pages/"+w.Page("page-02.md").ID, "")

	service := w.Service()
	v, err := service.Verify(t.Context(), "docs", verify.Options{})
	if err != nil || v.Clean() || !slices.Equal(v.Missing, []string{"page-02.md"}) ||
		!slices.Equal(v.Orphaned, []string{"orphan"}) ||
		len(v.Changed) != 1 || strings.Join(v.Changed[0].Fields, " ") != "ai_agent_availability html title url" {
		t.Fatalf("%+v, %v", v, err)
	}
	w.Emu.ClearRequests()
	w.WantWrites()

	v, err = service.Verify(t.Context(), "docs", verify.Options{Repair: true})
	if err != nil || v.Repair == nil {
		t.Fatalf("%+v, %v", v, err)
	}
	w.WantCounts(*v.Repair, "held listed=5 unchanged=3 created=1 updated=1 held=1")
	if _, err := service.Approve(t.Context(), "docs", ""); err != nil { // the orphan is nobody's: a person decides
		t.Fatal(err)
	}
	if p := w.Page("page-01.md"); p.Title != "Page 1" || !p.AIAgentAvailability {
		t.Errorf("mended %+v", p)
	}
	if v, _ = service.Verify(t.Context(), "docs", verify.Options{Source: true}); !v.Clean() || len(v.Plan.Changes) > 0 {
		t.Errorf("after the repair: %+v", v)
	}
	w.WantCounts(w.Sync(), "ok listed=5 unchanged=5")
}
