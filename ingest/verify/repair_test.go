package verify_test

import (
	"slices"
	"strings"
	"testing"

	"finpages/ingest/verify"
)

// retitle has somebody change all but the text of a page in Intercom.
func (w *world) retitle(id string) {
	p := w.Page(id)
	w.Tamper("POST", "/ai/external_pages", `{"source_id":1,"external_id":"`+id+`","title":"By hand","html":`+quoted(p.HTML)+
		`,"locale":"en","url":"https://evil.example.com","ai_agent_availability":false,"ai_copilot_availability":true}`)
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// A repair mends pages that have no document, too: those that undo brought back,
// and those whose deletes are held, but for text that is kept nowhere.
func TestRepairOfPagesWithoutADocument(t *testing.T) {
	w := newWorld(t)
	w.Fill(10)
	w.Sync()
	w.Remove("page-00.md", "page-01.md")
	w.Sync()
	for _, id := range []string{"page-00.md", "page-01.md"} {
		if _, err := w.Service().Undo(t.Context(), "docs", id); err != nil {
			t.Fatal(err)
		}
	}
	w.Remove("page-02.md", "page-03.md", "page-04.md", "page-05.md")
	w.WantCounts(w.Sync(), "held listed=4 unchanged=4 held=4")
	before := w.Emu.Pages()
	w.Edit("page-00.md")
	w.Tamper("DELETE", "/ai/external_pages/"+w.Page("page-01.md").ID, "")
	w.retitle("page-02.md")
	w.Edit("page-03.md")

	v := w.Verify(verify.Options{Repair: true})
	if v.Error != "" || len(v.Changed) != 3 || !slices.Equal(v.BeyondRepair, []string{"page-03.md"}) {
		t.Errorf("repair: %+v", v)
	}
	w.WantCounts(*v.Repair, "held listed=4 unchanged=4 held=4")
	for _, want := range before {
		got := w.Page(want.ExternalID)
		textLost := want.ExternalID == "page-03.md"
		if got.Title != want.Title || got.URL != want.URL || got.AIAgentAvailability != want.AIAgentAvailability ||
			(got.HTML == want.HTML) == textLost {
			t.Errorf("%s is %+v", want.ExternalID, got)
		}
	}
	w.wantDrift("drifted", "1 page was changed")
	const mend = "approve the deletes of the pages whose text was edited after their documents had gone, or put " +
		"the documents back"
	if d := w.status().Drift; d.BeyondRepair != 1 || d.Mend("docs") != mend {
		t.Errorf("%+v: %s", d, d.Mend("docs"))
	}
	if v = w.Verify(verify.Options{}); len(v.Changed) != 1 || strings.Join(v.Changed[0].Fields, " ") != "html" ||
		len(v.Missing) != 0 {
		t.Errorf("after the repair: %+v", v)
	}
	if d := w.status().Drift; d.BeyondRepair != 1 {
		t.Errorf("found again: %+v", d)
	}
	if _, err := w.Service().Approve(t.Context(), "docs", ""); err != nil {
		t.Fatal(err)
	}
	w.wantDrift("ok", "")
	w.WantInFin("page-00.md", "page-01.md", "page-06.md", "page-07.md", "page-08.md", "page-09.md")
}

// What other programs have in the import source is theirs to edit.
func TestForeignPagesThatChangeAreNoDrift(t *testing.T) {
	w := newWorld(t)
	w.Occupy("theirs")
	w.Put("a.md", "# A\n\ntext")
	w.Sync()
	w.retitle("theirs")
	v := w.Verify(verify.Options{Repair: true})
	if len(v.Changed) != 0 || v.Error != "" || w.Page("theirs").Title != "By hand" {
		t.Errorf("%+v", v)
	}
	w.wantDrift("held", "")
}
