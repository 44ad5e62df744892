package ingest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"finpages/ingest/decide"
	"finpages/ingest/ingesttest"
	"finpages/ingest/render"
	"finpages/intercomapi/emulator"
)

// split is a world whose documents are cut at their headings.
func split(t *testing.T) *world {
	w := newWorld(t)
	w.Src.Split = render.Split{Level: 2}
	w.Src.Deletes.AlwaysAllow = 10
	return w
}

// guide is a document with sections of the names.
func guide(sections ...string) string {
	body := "# Guide\n\nIntro.\n"
	for _, s := range sections {
		body += "\n## " + s + "\n\nText of " + s + ".\n"
	}
	return body
}

func numberedSections(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("Section %02d", i))
	}
	return list
}

// A part that Intercom refuses costs the document nothing that Fin has: its other
// parts go in, and what it had stays until all of it can be pushed.
func TestARefusedPartKeepsWhatFinHas(t *testing.T) {
	w := split(t)
	w.Put("guide.md", guide("Install", "Use"))
	w.WantCounts(w.Sync(), "ok listed=1 created=3")
	w.FailWrites("guide.md#run", http.StatusUnprocessableEntity, `{"type":"error.list","errors":[{"code":"data_invalid","message":"no"}]}`)
	w.Put("guide.md", guide("Install", "Run", "Stop"))
	w.WantCounts(w.Sync(), "partial listed=1 created=1 failed=1")
	w.WantInFin("guide.md", "guide.md#install", "guide.md#stop", "guide.md#use")
	w.WantCounts(w.Sync(), "partial listed=1 failed=1")
	w.WantWrites()
	w.Emu.Fail(nil)
	w.Put("guide.md", guide("Install", "Run", "Stop")+"\nMore.\n") // not of what was refused
	w.WantCounts(w.Sync(), "partial listed=1 updated=1 failed=1")
	w.Put("guide.md", strings.ReplaceAll(guide("Install", "Run", "Stop"), "of Run", "to run"))
	w.WantCounts(w.Sync(), "ok listed=1 created=1 updated=1 deleted=1")
	w.WantInFin("guide.md", "guide.md#install", "guide.md#run", "guide.md#stop")
	w.WantCounts(w.Sync(), "ok listed=1 unchanged=1")
}

// While one part fails in a way that may pass, nothing that the document had is
// deleted. The next run goes on from there.
func TestAFailingPartIsTriedAgain(t *testing.T) {
	w := split(t)
	w.Put("guide.md", guide("Install", "Use"))
	w.Sync()
	w.FailWrites("guide.md#stop", http.StatusServiceUnavailable, "")
	w.Put("guide.md", guide("Run", "Stop"))
	w.Sync()
	w.WantInFin("guide.md", "guide.md#install", "guide.md#run", "guide.md#use")
	w.Emu.Fail(nil)
	w.Put("guide.md", guide("Stop"))
	w.Sync()
	w.WantInFin("guide.md", "guide.md#stop")
	w.WantCounts(w.Sync(), "ok listed=1 unchanged=1")
	w.WantWrites()
}

// Parts that vanish fall under the budget of the deletes, as documents do.
func TestVanishedPartsFallUnderTheBudget(t *testing.T) {
	w := split(t)
	w.Src.Deletes = decide.Deletes{MaxPercent: 20, MaxCount: 500, AlwaysAllow: 5}
	w.Put("guide.md", guide(numberedSections(12)...))
	w.WantCounts(w.Sync(), "ok listed=1 created=13")
	w.Put("guide.md", guide(numberedSections(4)...)+"\nShorter.\n")
	w.WantCounts(w.Sync(), "held listed=1 updated=1 held=8")
	w.WantCounts(w.Sync(), "held listed=1 unchanged=1 held=8")
	r, err := w.Service().Approve(t.Context(), "docs", "")
	if err != nil {
		t.Fatal(err)
	}
	w.WantCounts(r, "ok listed=1 unchanged=1 deleted=8")
	if len(w.InFin()) != 5 {
		t.Errorf("in Fin: %q", w.InFin())
	}
}

// Cutting otherwise loses no text: the deletes that it brings are no question of
// the budget.
func TestCuttingOtherwiseHoldsNothing(t *testing.T) {
	w := split(t)
	w.Src.Deletes = decide.Deletes{MaxPercent: 20, MaxCount: 500, AlwaysAllow: 5}
	w.Put("guide.md", guide(numberedSections(12)...))
	w.WantCounts(w.Sync(), "ok listed=1 created=13")
	w.Src.Split = render.Split{MaxBytes: 100}
	w.Sync()
	w.Src.Split = render.Split{}
	w.WantCounts(w.Sync(), "ok listed=1 updated=1 deleted=12")
	w.WantInFin("guide.md")
	w.WantCounts(w.Sync(), "ok listed=1 unchanged=1")
}

// The budget of the updates counts the parts; a document whose updates are held waits
// as a whole.
func TestUpdatesOfPartsFallUnderTheBudget(t *testing.T) {
	w := split(t)
	w.Src.Updates = decide.Updates{MaxPercent: 50}
	w.Put("guide.md", guide(numberedSections(120)...))
	w.WantCounts(w.Sync(), "ok listed=1 created=121")
	w.Put("guide.md", strings.ReplaceAll(guide(append(numberedSections(120), "New")...), "Text", "Words"))
	r := w.Sync()
	w.WantCounts(r, "held listed=1 held=120")
	w.WantWrites()
	if r.HeldUpdates != 120 {
		t.Errorf("%d updates held", r.HeldUpdates)
	}
	r, err := w.Service().Approve(t.Context(), "docs", "")
	if err != nil {
		t.Fatal(err)
	}
	w.WantCounts(r, "ok listed=1 created=1 updated=120")
}

// A document that may not be shown any more takes its parts along, those that wait
// for an approval, too.
func TestWithheldDocumentsTakeTheirPartsAlong(t *testing.T) {
	w := split(t)
	w.Src.Deletes = decide.Deletes{MaxPercent: 20, MaxCount: 500, AlwaysAllow: 1}
	w.Put("guide.md", guide(numberedSections(12)...), "other.md", "# Other\n\nText.")
	w.Sync()
	w.Put("guide.md", guide(numberedSections(4)...)+"\nShorter.\n")
	w.WantCounts(w.Sync(), "held listed=2 unchanged=1 updated=1 held=8")
	w.Put("guide.md", "---\nfin: false\n---\n"+guide(numberedSections(4)...))
	w.Sync()
	w.WantInFin("other.md")
}

// A part whose create was never answered is found and deleted when its document
// has lost it meanwhile.
func TestALostPartIsFound(t *testing.T) {
	w := split(t)
	w.Put("guide.md", guide("Install"))
	w.Sync()
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == http.MethodPost && strings.Contains(ingesttest.ReadBody(r), `"guide.md#use"`) {
			return &emulator.Fault{Cut: true, Effect: true}
		}
		return nil
	})
	w.Put("guide.md", guide("Install", "Use"))
	w.Sync()
	w.Emu.Fail(nil)
	w.Put("guide.md", guide("Install"))
	w.Sync()
	w.Sync()
	w.WantInFin("guide.md", "guide.md#install")
}
