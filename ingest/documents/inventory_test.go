package documents_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"finpages/ingest/documents"
	"finpages/state"
)

// Words of titles, with what is odd in other alphabets: upper and lower case
// that differ in length, letters that fold to ASCII, combining marks.
var titleWords = []string{"Refund", "REFUND", "größe", "GRÖSSE", "İstanbul", "\u212Aelvin", "日本語", "إعادة",
	"e\u0301clair", "100%", "a\xffb", "", "ǅ", "ſ"}

// randomState fills the world's state, and returns what an inventory should
// show: by ID, the texts that it is found by and what kind it is.
func (w *world) randomState(rnd *rand.Rand, n int) map[string]inventoryItem {
	w.T.Helper()
	want := map[string]inventoryItem{}
	err := w.DB.Update("docs", func(tx *state.Tx) error {
		clear(want)
		var held []string
		for range n {
			id := fmt.Sprintf("%s/%d", titleWords[rnd.IntN(len(titleWords))], rnd.IntN(10*n))
			it := inventoryItem{texts: []string{id}}
			rec := state.Entry{Revision: "r"}
			if it.inFin = rnd.IntN(5) > 0; it.inFin {
				err := errors.Join(tx.DeletePage(id), tx.DeleteDrift(id)) // as it may have been made before
				if err != nil {
					return err
				}
				p := state.Page{Entry: id, IntercomID: "7", URL: "https://h/" + titleWords[rnd.IntN(len(titleWords))],
					Title: titleWords[rnd.IntN(len(titleWords))] + " " + titleWords[rnd.IntN(len(titleWords))]}
				it.texts = append(it.texts, p.Title, p.URL)
				rec.Pages = []string{id}
				if err := tx.PutPage(id, p); err != nil {
					return err
				}
				if it.held = rnd.IntN(20) == 0; it.held {
					held = append(held, id)
				}
				if it.empty = rnd.IntN(20) == 0; it.empty {
					p.Empty = true
					if err := tx.PutPage(id, p); err != nil {
						return err
					}
				}
				if it.restored = rnd.IntN(20) == 0; it.restored {
					if err := tx.PutBroughtBack(id, state.BroughtBack{}); err != nil {
						return err
					}
				}
				if it.lossy = rnd.IntN(20) == 0; it.lossy {
					rec.Loss = &state.Loss{Lost: state.Lossy}
				}
				if it.drifted = rnd.IntN(20) == 0; it.drifted {
					if err := tx.PutDrift(id, state.Drift{Kind: state.DriftChanged}); err != nil {
						return err
					}
				}
			} else if err := errors.Join(tx.DeletePage(id), tx.DeleteDrift(id)); err != nil {
				return err
			}
			if it.problem = rnd.IntN(10) == 0; it.problem {
				rec.Refused = "why"
			}
			if err := tx.PutEntry(id, rec); err != nil {
				return err
			}
			want[id] = it
		}
		held = slices.DeleteFunc(held, func(id string) bool { return !want[id].held })
		slices.Sort(held)
		return tx.PutHold(state.Hold{ID: "h", Pages: slices.Compact(held)})
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return want
}

type inventoryItem struct {
	texts                []string
	inFin, held, problem bool

	empty, restored, lossy, drifted bool
}

func (it inventoryItem) shown(q documents.InventoryQuery) bool {
	kind := map[string]bool{documents.ShowAll: true, documents.ShowInFin: it.inFin, documents.ShowLeftOut: !it.inFin, documents.ShowProblems: it.problem, documents.ShowHeld: it.held,
		documents.ShowEmpty: it.empty, documents.ShowRestored: it.restored, documents.ShowLossy: it.lossy,
		documents.ShowDrifted: it.drifted}
	return kind[q.Show] && slices.ContainsFunc(it.texts, func(s string) bool {
		return strings.Contains(strings.ToLower(s), strings.ToLower(q.Text))
	})
}

// An inventory, put together of its parts, is what a look at everything finds:
// nothing is skipped, nothing comes twice.
func TestInventoriesAreWholeWhateverTheyAreCutInto(t *testing.T) {
	w := newWorld(t)
	rnd := rand.New(rand.NewPCG(7, 8))
	all := w.randomState(rnd, 3_000)
	service := w.Service()
	for _, show := range documents.Shows() {
		for _, text := range []string{"", "refund", "RÖSS", "größe", "k", "i̇", "istanbul", "日", "عاد", "0%", "s", "\xff",
			"nowhere", "h/ref"} {
			q := documents.InventoryQuery{Show: show, Text: text, Limit: []int{149, 1000, 100_000}[rnd.IntN(3)]}
			var want, got []string
			for id, it := range all {
				if it.shown(q) {
					want = append(want, id)
				}
			}
			slices.Sort(want)
			for total := (documents.Total{Partial: true}); total.Partial; { // it may take too long
				var err error
				if total, err = service.Count(t.Context(), "docs", q); err != nil || !total.Partial && total.Count != len(want) {
					t.Fatalf("%q %q: %d counted, want %d, %v", show, text, total.Count, len(want), err)
				}
			}
			for parts := 0; ; parts++ {
				inv, err := service.Inventory(t.Context(), "docs", q)
				if err != nil || parts > len(all) {
					t.Fatalf("%d parts, %v", parts, err)
				}
				for _, d := range inv.Documents {
					got = append(got, d.ID)
				}
				if q.After = inv.Next; q.After == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q %q by %d: %d documents, want %d", show, text, q.Limit, len(got), len(want))
			}
		}
	}
}

func TestAnInventoryGoesOnWhileTheStateChanges(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "# A", "b.md", "# B", "c.md", "# C", "d.md", "# D")
	w.Sync()
	service := w.Service()
	first, err := service.Inventory(t.Context(), "docs", documents.InventoryQuery{Limit: 2})
	if err != nil || len(first.Documents) != 2 || first.Next != "b.md" {
		t.Fatalf("%+v, %v", first, err)
	}
	w.Remove("b.md")
	w.Put("bb.md", "# BB")
	w.Sync()
	rest, err := service.Inventory(t.Context(), "docs", documents.InventoryQuery{Limit: 9, After: first.Next})
	var ids []string
	for _, d := range rest.Documents {
		ids = append(ids, d.ID)
	}
	if !slices.Equal(ids, []string{"bb.md", "c.md", "d.md"}) || rest.Next != "" || err != nil {
		t.Errorf("%q then %q, %v", ids, rest.Next, err)
	}
	if _, err := service.Inventory(t.Context(), "docs", documents.InventoryQuery{Show: "nonsense"}); err == nil {
		t.Error("an inventory shows nonsense")
	}
}
