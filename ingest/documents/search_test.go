package documents_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/ingest/documents"
	"finpages/ingest/fulltext"
	"finpages/ingest/leaks"
	"finpages/ingest/operate"
	"finpages/ingest/transform"
)

// withIndex gives the world an index of words.
func (w *world) withIndex() *operate.Service {
	w.T.Helper()
	x, err := fulltext.Open(filepath.Join(w.T.TempDir(), "words.db"), fulltext.Options{})
	if err != nil {
		w.T.Fatal(err)
	}
	w.T.Cleanup(func() { x.Close() })
	w.Engine.Index = x
	return w.Service()
}

// wantFound checks what a search finds: the IDs, those that only the text has with a
// star, and what it says of the rest.
func (w *world) wantFound(s *operate.Service, text, want string) {
	w.T.Helper()
	all, err := s.Search(w.T.Context(), s.Names(), text, 10)
	if err != nil {
		w.T.Fatal(err)
	}
	var got []string
	for _, m := range all {
		for _, d := range m.Documents {
			if d.InText {
				d.ID += "*"
			}
			got = append(got, d.ID)
		}
		if m.Partly {
			got = append(got, "partly")
		}
		if m.Unindexed > 0 {
			got = append(got, "unindexed")
		}
	}
	slices.Sort(got)
	if g := strings.Join(got, " "); g != want {
		w.T.Errorf("%q finds %q, want %q", text, g, want)
	}
}

func TestPagesAreFoundByWhatFinGets(t *testing.T) {
	w := newWorld(t)
	s := w.withIndex()
	w.Src.Leaks = transform.Leaks{Mode: transform.HoldLeaks, Detector: leaks.New()}
	const secret = "ghp_Zx9Kq2Lm8Vn4Rt6Yw1Ba3Cd5Ef7Gh0Ij2KlM"
	w.Put("refunds.md", "# Money\n\nWe refund within thirty days.", "ship.md", "# Shipping\n\nTwo days. Refundable.",
		"draft.md", "---\ndraft: true\n---\n# Draft\n\nWe refund nobody.", "leak.md", "# Token\n\nrefund with "+secret)
	w.Sync()
	w.wantFound(s, "refund", "refunds.md ship.md*")
	w.wantFound(s, "thirty DAYS", "refunds.md*")
	w.wantFound(s, "money refund", "refunds.md*")
	w.wantFound(s, "how long is thirty", "partly refunds.md*")
	w.wantFound(s, secret, "")
	if x, err := s.Explain(t.Context(), "docs", "money"); err != nil ||
		!strings.Contains(strings.Join(x.Reasons, "; "), `perhaps refunds.md is meant: "Money"`) {
		t.Errorf("by its title: %+v, %v", x.Reasons, err)
	}
	plan, err := s.Run(t.Context(), "docs", ingest.RunOptions{Plan: true, Full: true})
	if err != nil || len(plan.LeftOut) != 2 || plan.LeftOut[0].ID != "draft.md" || plan.LeftOut[1].ID != "leak.md" ||
		!strings.Contains(plan.LeftOut[1].Reason, "secret") {
		t.Errorf("a plan leaves out %+v, %v", plan.LeftOut, err)
	}
	w.wantFound(s, "nobody", "")
	w.Put("refunds.md", "# Money\n\nWe keep it.")
	w.Sync()
	w.wantFound(s, "thirty", "")
	w.wantFound(s, "keep", "refunds.md*")
	if _, err := s.Undo(t.Context(), "docs", "refunds.md"); err != nil {
		t.Fatal(err)
	}
	w.wantFound(s, "thirty", "refunds.md*")
	if _, err := s.Retract(t.Context(), "docs", "refunds.md"); err != nil {
		t.Fatal(err)
	}
	w.wantFound(s, "thirty", "")
	w.Put("ship.md", "# Shipping\n\nTwo days with "+secret)
	w.Sync()
	w.wantFound(s, "refundable", "")
	w.wantFound(s, "two", "")
}

// Whatever the index lacks comes from Intercom, as long as that is what was pushed.
func TestTheIndexIsFilled(t *testing.T) {
	for _, name := range []string{"few", "many"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Fill(map[string]int{"few": 3, "many": 103}[name])
			w.Put("a.md", "# A\n\nAll apples.", "b.md", "# B\n\nAll berries.", "c.md", "# C\n\nAll cherries.")
			w.Sync() // without an index
			w.Tamper("POST", "/ai/external_pages", `{"source_id":1,"external_id":"c.md","title":"C",`+
				`"locale":"en","html":"<p>All crushed</p>"}`)
			s := w.withIndex()
			w.wantFound(s, "all", "unindexed")
			w.Emu.ClearRequests()
			if err := s.Indexer().Fill(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.WantWrites()
			w.wantFound(s, "all", "a.md* b.md* unindexed")
			w.wantFound(s, "crushed", "unindexed")
			w.Put("a.md", "# A\n\nAll acorns.")
			w.Engine.Index = nil // as if another replica ran it
			w.Sync()
			w.wantFound(s, "all", "b.md* unindexed")
			w.Remove("b.md")
			w.Sync()
			w.Engine.Index = s.Index
			w.wantFound(s, "berries", "") // it knows of it, but Fin does not have it
			if err := s.Indexer().Fill(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.wantFound(s, "acorns", "a.md* unindexed")
			if n, err := s.Index.Count("docs"); err != nil || n != len(w.InFin())-1 {
				t.Errorf("%d indexed, %v", n, err)
			}
			w.Emu.ClearRequests()
			if err := s.Indexer().Fill(t.Context()); err != nil || len(w.Emu.Requests()) > 1 {
				t.Errorf("filled once more: %v, %v", w.Emu.Requests(), err)
			}
		})
	}
}

func TestListsHoldWhatMatchesByWords(t *testing.T) {
	w := newWorld(t)
	s := w.withIndex()
	w.Put("a.md", "# A\n\nApples.", "apples.md", "# B", "c.md", "# C\n\nApples and pears.", "d.md", "# D\n\nPears.")
	w.Sync()
	for text, want := range map[string]string{"apple": "a.md* apples.md c.md*", "pears apples": "c.md*", "appel": "",
		"how many pears": ""} {
		q := documents.InventoryQuery{Text: text, Limit: 2}
		var got []string
		for {
			inv, err := s.Inventory(t.Context(), "docs", q)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range inv.Documents {
				if d.InText {
					d.ID += "*"
				}
				got = append(got, d.ID)
			}
			if q.After = inv.Next; q.After == "" {
				break
			}
		}
		total, err := s.Count(t.Context(), "docs", q)
		if g := strings.Join(got, " "); g != want || err != nil || total.Count != len(got) {
			t.Errorf("%q lists %q of %d, want %q; %v", text, g, total.Count, want, err)
		}
	}
}
