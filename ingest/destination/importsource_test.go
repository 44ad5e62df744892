package destination_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/ingest/decide"
	"finpages/ingest/ingesttest"
	"finpages/ingest/verify"
	"finpages/intercomapi/emulator"
	"finpages/state"
)

func TestADeletedImportSourceIsNotMadeAnewInSilence(t *testing.T) {
	w := newWorld(t)
	w.Fill(3)
	first := w.Sync().ImportSource
	w.Tamper("DELETE", "/ai/content_import_sources/1", "")
	r := w.Run(ingest.RunOptions{})
	if r.Result != ingest.Failed || !strings.Contains(r.Error, "was deleted in Intercom") ||
		!strings.Contains(r.Error, "verify --repair docs") {
		t.Errorf("report %+v", r)
	}
	w.WantInFin()
	if err := w.DB.Update("docs", func(tx *state.Tx) error {
		return tx.PutRetraction("page-02.md", state.Retraction{})
	}); err != nil {
		t.Fatal(err)
	}
	v, err := w.Service().Verify(t.Context(), "docs", verify.Options{Repair: true})
	if err != nil || v.Repair == nil || v.Repair.Created != 2 || v.Repair.ImportSource == first {
		t.Errorf("%+v, %v", v, err)
	}
	w.WantInFin("page-00.md", "page-01.md") // what was retracted stays out
}

// However an adoption is interrupted, nothing of the import source is left behind.
func TestAnInterruptedAdoption(t *testing.T) {
	w := newWorld(t)
	w.Src.Deletes = decide.Deletes{MaxPercent: 100, MaxCount: 1000, AlwaysAllow: 1000}
	w.Fill(300)
	w.Sync()
	w.LoseState()
	for i := range 150 {
		w.Remove(w.InFin()[2*i])
	}
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.URL.Query().Get("page") == "3" {
			return &emulator.Fault{Status: 500}
		}
		return nil
	})
	if r := w.Run(ingest.RunOptions{}); r.Result != ingest.Failed {
		t.Errorf("adopted from half a list: %s", ingesttest.Counts(r))
	}
	w.Emu.Fail(nil)
	w.WantCounts(w.Sync(), "held listed=150 unchanged=150 held=150")
}

func TestADeactivatedImportSourceStops(t *testing.T) {
	w := newWorld(t)
	w.Fill(1)
	w.Sync()
	w.Tamper("PUT", "/ai/content_import_sources/1",
		`{"sync_behavior":"api","url":"`+ingesttest.Root+`","status":"deactivated"}`)
	w.Put("page-00.md", "# changed")
	if r := w.Run(ingest.RunOptions{}); r.Result != ingest.Failed ||
		!strings.Contains(r.Error, "is deactivated in Intercom") {
		t.Errorf("report %+v", r)
	}
	w.WantWrites()
}

func TestTheImportSourceIsFoundFarDownTheList(t *testing.T) {
	w := newWorld(t)
	w.Fill(1)
	w.Tamper("POST", "/ai/content_import_sources", `{"sync_behavior":"api","url":"HTTPS://Docs.example.com/"}`)
	for range 120 {
		w.Tamper("POST", "/ai/content_import_sources", `{"sync_behavior":"api","url":"https://other.example.com"}`)
	}
	if r := w.Sync(); r.ImportSource != 1 || r.Created != 1 {
		t.Errorf("report %+v", r)
	}
	if n := len(w.Emu.Sources()); n != 121 {
		t.Errorf("%d import sources", n)
	}
}

func TestTheImportSourceIsCreatedOnce(t *testing.T) {
	w := newWorld(t)
	w.Fill(1)
	w.Emu.Fail(func(r *http.Request) *emulator.Fault { // the answer to the create is lost
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "import_sources") {
			return &emulator.Fault{Cut: true, Effect: true}
		}
		return nil
	})
	w.Sync()
	w.Emu.Fail(nil)
	w.Sync()
	if n := len(w.Emu.Sources()); n != 1 {
		t.Errorf("%d import sources", n)
	}
}

func TestChangesOfTheImportSourceAreCarriedOver(t *testing.T) {
	w := newWorld(t)
	w.Fill(1)
	w.Sync()
	w.Src.ImportSource.URL = "https://moved.example.com"
	w.Src.ImportSource.AudienceIDs = []int64{7, 5}
	w.Sync()
	s := w.Emu.Sources()[0]
	if s.URL != "https://moved.example.com" || !slices.Equal(s.AudienceIDs, []int64{7, 5}) &&
		!slices.Equal(s.AudienceIDs, []int64{5, 7}) {
		t.Errorf("import source %+v", s)
	}
	w.Sync()
	for _, r := range w.Emu.Requests() {
		if r.Method != http.MethodGet {
			t.Errorf("%s %s on an unchanged config", r.Method, r.Path)
		}
	}
}
