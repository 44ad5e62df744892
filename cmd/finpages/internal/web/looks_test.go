package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"finpages/ingest"
	"finpages/ingest/tally"
	"finpages/intercomapi/emulator"
	"finpages/state"
)

func TestGoodAndEarlyDays(t *testing.T) {
	w := newWorld(t, nil, nil)
	p := newPerson(w)
	p.visit("/")
	p.see("No sources are configured yet.")
	p.look("no-sources")

	w.configure("handbook", "guides")
	w.put("handbook", "refunds.md", "# Refunds", "shipping.md", "# Shipping")
	w.put("guides", "start.md", "# Getting started")
	p.visit("/")
	p.see("The first sync of 2 of 2 sources has not finished yet.")
	p.look("never-synced")

	w.sync("handbook")
	w.sync("guides")
	p.visit("/")
	p.see("Fin is up to date.")
	p.see("Every source has been listed completely since")
	p.look("all-well")
}

func TestARunIsShownWhileItGoesOn(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	p := newPerson(w)
	for i := range 40 {
		w.put("docs", fmt.Sprintf("page-%02d.md", i), fmt.Sprintf("# Page %d", i))
	}
	release := make(chan struct{})
	w.emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == "POST" && strings.Contains(r.URL.Path, "external_pages") {
			<-release
		}
		return nil
	})
	p.visit("/")
	w.trigger("docs")
	p.see("of 40 changed documents done")
	p.look("syncing")
	p.visit("/sources/docs")
	p.see("of 40 changed documents done")
	p.look("syncing-source")
	p.visit("/sources/docs/page?id=page-01.md")
	p.look("syncing-document")
	close(release)
	w.runs.Wait()
}

func TestARefusedTokenIsTold(t *testing.T) {
	w := newWorld(t, []string{"handbook", "guides"}, nil)
	p := newPerson(w)
	w.put("handbook", "refunds.md", "# Refunds")
	w.sync("handbook")
	w.emu.Fail(func(*http.Request) *emulator.Fault {
		return &emulator.Fault{Status: 401, Body: `{"type":"error.list","errors":[{"code":"unauthorized","message":"Access Token Invalid"}]}`}
	})
	w.put("handbook", "refunds.md", "# Refunds\n\nnew")
	w.sync("handbook")
	w.sync("guides")
	p.visit("/")
	p.see("the last sync of 2 of 2 sources failed")
	p.see("Fin keeps its 1 page.")
	p.look("token-refused")
}

func TestLongAndForeignNamesFit(t *testing.T) {
	long := strings.Repeat("a-very-long-name-without-a-space", 6)
	w := newWorld(t, []string{"docs", long}, nil)
	p := newPerson(w)
	deep := strings.Repeat("nested/", 40) + strings.Repeat("x", 300) + ".md"
	pages := map[string]state.Page{
		deep:           {Title: strings.Repeat("Donaudampfschifffahrtsgesellschaftskapitän", 12), URL: "https://docs.example.com/" + strings.Repeat("y", 900)},
		"arabic.md":    {Title: "كيفية إعادة المنتج خلال 30 يومًا", URL: site + "arabic.md"},
		"hebrew.md":    {Title: "איך מחזירים מוצר (Refund)", URL: site + "hebrew.md"},
		"\u202egnp.md": {Title: "\u202eReversed by a control character"},
		"emoji.md":     {Title: "👩‍👩‍👧‍👦 Families & <b>markup</b> “quotes”"},
	}
	for _, source := range []string{"docs", long} {
		err := w.db.Update(source, func(tx *state.Tx) error {
			var held []string
			for id, page := range pages {
				page.Entry, page.IntercomID, page.Pushed = id, "17", time.Now().Add(-50*time.Hour)
				if err := tx.PutPage(id, page); err != nil {
					return err
				}
				rec := state.Entry{Pages: []string{id}}
				if id == deep {
					rec.Refused, rec.Since = "push page: "+strings.Repeat("z", 500), time.Now()
				}
				if err := tx.PutEntry(id, rec); err != nil {
					return err
				}
			}
			held = append(held, deep)
			if err := tx.PutRetraction("arabic.md", state.Retraction{Since: time.Now()}); err != nil {
				return err
			}
			if err := tx.PutInfo(state.Info{Listed: 5000,
				Incomplete: []string{deep + ": " + strings.Repeat("e", 400)}}); err != nil {
				return err
			}
			return tx.PutHold(state.Hold{ID: "h", Pages: held, Reason: strings.Repeat("r", 300), Since: time.Now()})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	p.visit("/")
	p.look("long-overview")
	p.visit("/sources/" + long)
	p.look("long-source")
	p.visit("/sources/docs/page?id=" + deep)
	p.see("This source is large")
	p.look("long-document")
	p.visit("/sources/docs/page?id=hebrew.md")
	p.look("foreign-document")
}

func TestAHugeSourceIsShown(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.fillState("docs", 10_000)
	w.addRuns("docs", 60)
	p := newPerson(w)
	p.visit("/sources/docs")
	p.see("How to do thing 0")
	p.look("huge-source")
	p.click(".paging a", "Back to the beginning")
	p.visit("/sources/docs?text=thing+7777&after=guide%2Fpage-007000.md") // near, as a search ends after a while
	p.see("How to do thing 7777")
	p.visit("/sources/docs/page?id=guide%2Fpage-007777.md")
	p.see("This source is large")
	p.look("huge-document")
}

// addRuns gives a source a history of all kinds of runs.
func (w *world) addRuns(source string, n int) {
	w.t.Helper()
	began := time.Now().Add(-time.Duration(n) * 15 * time.Minute)
	err := w.db.Update(source, func(tx *state.Tx) error {
		for i := range n {
			at := began.Add(time.Duration(i) * 15 * time.Minute).UTC()
			report := ingest.Report{Name: source, Result: []ingest.Result{ingest.OK, ingest.OK, ingest.Partial, ingest.OK,
				ingest.Held, ingest.Failed}[i%6], Started: at,
				Complete: true, Listed: 100_000, Created: i * i % 97, Updated: i * 37 % 1213, Deleted: i % 5, Duration: float64(i*i%400) + .25, Run: uint64(i + 1)}
			if report.Result == ingest.Failed {
				report.Error = "list pages of space OPS: GET https://wiki.example.com/rest/api/content: 503 Service " +
					"Unavailable: try again later"
			}
			for j := range 1000 {
				report.Errors = append(report.Errors, tally.PageError{ExternalID: fmt.Sprintf("guide/page-%06d.md", j),
					Error: strings.Repeat("why ", 30)})
			}
			if _, err := tx.AddRun(state.Run{Started: at, Finished: at.Add(time.Minute), Report: mustJSON(report)}); err != nil {
				return err
			}
		}
		return tx.PutInfo(state.Info{Listed: 100_000, LastComplete: time.Now().Add(-15 * time.Minute), ImportSource: 7})
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
