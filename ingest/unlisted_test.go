package ingest_test

import (
	"net/http"
	"net/url"
	"testing"

	"finpages/ingest"
	"finpages/ingest/verify"
	"finpages/intercomapi/emulator"
)

// unlistedWorld has 150 pages in Fin, of which Intercom lists only the newest 100.
func unlistedWorld(t *testing.T) *world {
	t.Helper()
	w := newWorldOf(t, emulator.Options{ListReach: 100})
	w.fill(150)
	w.sync()
	return w
}

// noLookups makes the API refuse what a page is looked up by.
func (w *world) noLookups() {
	w.emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.URL.Query().Has("external_id") {
			return &emulator.Fault{Status: 400, Body: `{"errors":[{"code":"parameter_invalid"}]}`}
		}
		return nil
	})
}

func (w *world) verify(opts verify.Options) verify.Verification {
	w.t.Helper()
	return verify.Run(w.t.Context(), w.engine, w.source(), opts)
}

func TestAdoptionOfPagesThatAreNotListed(t *testing.T) {
	t.Run("looked up", func(t *testing.T) {
		w := unlistedWorld(t)
		w.loseState()
		w.emu.ClearRequests()
		w.wantCounts(w.run(ingest.RunOptions{Plan: true}), "ok listed=150 unchanged=150")
		w.wantCounts(w.sync(), "ok listed=150 unchanged=150")
		w.wantWrites()
		w.emu.ClearRequests()
		w.put("new.md", "# New")
		w.wantCounts(w.sync(), "ok listed=151 unchanged=150 created=1")
		for _, r := range w.emu.Requests() { // all is known now
			if query, _ := url.ParseQuery(r.Query); query.Has("external_id") {
				t.Errorf("asked for %s", r.Query)
			}
		}
	})
	t.Run("neither listed nor looked up", func(t *testing.T) {
		w := unlistedWorld(t)
		w.noLookups()
		w.loseState()
		w.wantCounts(w.sync(), "ok listed=150 unchanged=100 created=50")
		if n := len(w.emu.Pages()); n != 150 {
			t.Errorf("%d pages in Fin", n)
		}
	})
}

func TestVerifyOfPagesThatAreNotListed(t *testing.T) {
	w := unlistedWorld(t)
	oldest := w.emu.Pages()
	w.tamper("DELETE", "/ai/external_pages/"+oldest[0].ID, "")
	w.tamper("PUT", "/ai/external_pages/"+oldest[1].ID, `{"source_id":1,"title":"Changed","html":"","locale":"en","url":"`+oldest[1].URL+`"}`)
	v := w.verify(verify.Options{})
	if v.Checked != 149 || v.Unlisted != 49 || v.Unknown != 0 || len(v.Missing) != 1 || v.Missing[0] != oldest[0].ExternalID ||
		len(v.Changed) != 1 || v.Changed[0].ExternalID != oldest[1].ExternalID {
		t.Errorf("verification %+v", v)
	}
	w.noLookups()
	if v = w.verify(verify.Options{}); v.Unknown != 50 || len(v.Missing) != 0 || v.Clean() || v.Error != "" {
		t.Errorf("verification %+v", v)
	}
}

// A page whose create was never answered is found behind the end of the list.
func TestALostCreateThatIsNotListed(t *testing.T) {
	w := newWorldOf(t, emulator.Options{ListReach: 100})
	w.put("lost.md", "# Lost")
	w.emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost && r.URL.Path == "/ai/external_pages" {
			return &emulator.Fault{Cut: true, Effect: true}
		}
		return nil
	})
	w.run(ingest.RunOptions{})
	w.emu.Fail(nil)
	if n := len(w.emu.Pages()); n != 1 {
		t.Fatalf("%d pages in Fin", n)
	}
	w.remove("lost.md")
	w.fill(150)
	w.sync()
	for _, p := range w.emu.Pages() {
		if p.ExternalID == "lost.md" {
			t.Error("the lost page is still in Fin")
		}
	}
}
