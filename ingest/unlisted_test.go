package ingest_test

import (
	"net/http"
	"net/url"
	"testing"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/ingest/verify"
	"finpages/intercomapi/emulator"
)

// unlistedWorld has 150 pages in Fin, of which Intercom lists only the newest 100.
func unlistedWorld(t *testing.T) *world {
	t.Helper()
	w := &world{ingesttest.NewOf(t, emulator.Options{ListReach: 100})}
	w.Fill(150)
	w.Sync()
	return w
}

// noLookups makes the API refuse what a page is looked up by.
func (w *world) noLookups() {
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.URL.Query().Has("external_id") {
			return &emulator.Fault{Status: 400, Body: `{"errors":[{"code":"parameter_invalid"}]}`}
		}
		return nil
	})
}

func TestAdoptionOfPagesThatAreNotListed(t *testing.T) {
	t.Run("looked up", func(t *testing.T) {
		w := unlistedWorld(t)
		w.LoseState()
		w.Emu.ClearRequests()
		w.WantCounts(w.Run(ingest.RunOptions{Plan: true}), "ok listed=150 unchanged=150")
		w.WantCounts(w.Sync(), "ok listed=150 unchanged=150")
		w.WantWrites()
		w.Emu.ClearRequests()
		w.Put("new.md", "# New")
		w.WantCounts(w.Sync(), "ok listed=151 unchanged=150 created=1")
		for _, r := range w.Emu.Requests() { // all is known now
			if query, _ := url.ParseQuery(r.Query); query.Has("external_id") {
				t.Errorf("asked for %s", r.Query)
			}
		}
	})
	t.Run("neither listed nor looked up", func(t *testing.T) {
		w := unlistedWorld(t)
		w.noLookups()
		w.LoseState()
		w.WantCounts(w.Sync(), "ok listed=150 unchanged=100 created=50")
		if n := len(w.Emu.Pages()); n != 150 {
			t.Errorf("%d pages in Fin", n)
		}
	})
}

func TestVerifyOfPagesThatAreNotListed(t *testing.T) {
	w := unlistedWorld(t)
	oldest := w.Emu.Pages()
	w.Tamper("DELETE", "/ai/external_pages/"+oldest[0].ID, "")
	w.Tamper("PUT", "/ai/external_pages/"+oldest[1].ID,
		`{"source_id":1,"title":"Changed","html":"","locale":"en","url":"`+oldest[1].URL+`"}`)
	v := w.Verify(verify.Options{})
	if v.Checked != 149 || v.Unlisted != 49 || v.Unknown != 0 || len(v.Missing) != 1 ||
		v.Missing[0] != oldest[0].ExternalID ||
		len(v.Changed) != 1 || v.Changed[0].ExternalID != oldest[1].ExternalID {
		t.Errorf("verification %+v", v)
	}
	w.noLookups()
	if v = w.Verify(verify.Options{}); v.Unknown != 50 || len(v.Missing) != 0 || v.Clean() || v.Error != "" {
		t.Errorf("verification %+v", v)
	}
}

// A page whose create was never answered is found behind the end of the list.
func TestALostCreateThatIsNotListed(t *testing.T) {
	w := &world{ingesttest.NewOf(t, emulator.Options{ListReach: 100})}
	w.Put("lost.md", "# Lost")
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost && r.URL.Path == "/ai/external_pages" {
			return &emulator.Fault{Cut: true, Effect: true}
		}
		return nil
	})
	w.Run(ingest.RunOptions{})
	w.Emu.Fail(nil)
	if n := len(w.Emu.Pages()); n != 1 {
		t.Fatalf("%d pages in Fin", n)
	}
	w.Remove("lost.md")
	w.Fill(150)
	w.Sync()
	for _, p := range w.Emu.Pages() {
		if p.ExternalID == "lost.md" {
			t.Error("the lost page is still in Fin")
		}
	}
}
