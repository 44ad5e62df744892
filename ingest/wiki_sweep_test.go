package ingest_test

import (
	"fmt"
	"slices"
	"testing"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/sources/confluence"
	wikiemulator "finpages/sources/confluence/emulator"
)

// newSweptWiki is a world with a small wiki that has one of each: pages below
// others and below a folder, a restricted page, one with an excluded label, one
// that includes another, and a second space.
func newSweptWiki(t *testing.T, c wikiemulator.Config) (w *wikiWorld, visible []string) {
	w = newWikiWorldOf(t, c, func(o *confluence.Options) { o.Labels.Exclude = []string{"no-fin"} })
	put := func(id int, space, parent, storage string, labels ...string) {
		w.wiki.PutPage(wikiemulator.Page{ID: fmt.Sprint(id), Space: space, Parent: parent, Labels: labels,
			Title: fmt.Sprintf("Page %d", id), Storage: storage})
	}
	above := "10"
	if c.Cloud {
		above = "900"
		w.wiki.PutPage(wikiemulator.Page{ID: above, Space: "OPS", Kind: "folder", Title: "Folder"})
	}
	put(10, "OPS", "", "<p>Top.</p>")
	put(11, "OPS", above, "<p>Below.</p>")
	put(12, "OPS", above, "<p>Below, too.</p>")
	put(13, "OPS", "12", "<p>Own.</p>"+include("Page 11"))
	put(14, "OPS", "", "<p>Secret.</p>")
	put(15, "OPS", "", "<p>Marked.</p>", "no-fin")
	put(20, "HR", "", "<p>People.</p>")
	w.wiki.Restrict("14", "admins")
	w.wiki.Unindex("12") // so that it is asked for by itself
	return w, []string{"10", "11", "12", "13", "20"}
}

// sweep answers each request of a run wrongly, one at a time, and wants Fin to have
// the visible pages after each.
func (w *wikiWorld) sweep(visible []string) {
	w.T.Helper()
	w.wiki.Requests()
	w.Run(ingest.RunOptions{Full: true})
	requests := w.wiki.Requests()
	for at, request := range requests {
		for _, wrong := range wikiemulator.Wrongs() {
			w.wiki.AnswerWrong(at, wrong)
			r := w.Run(ingest.RunOptions{Full: true})
			if got := w.InFin(); !slices.Equal(got, visible) {
				w.T.Errorf("%s to %s?%s: in Fin: %q, want %q (%s)", wrong.Name, request.Path, request.Query.Encode(),
					got, visible, ingesttest.Counts(r))
			}
		}
	}
	w.T.Logf("%d requests, %d runs", len(requests), len(requests)*len(wikiemulator.Wrongs()))
}

// Whichever request of a run is answered wrongly, as to somebody else: nothing
// leaves Fin that the wiki shows, nothing comes that it does not, and the next
// run is as if nothing had been.
func TestWikiSingleWrongAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range wikiFlavors() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, visible := newSweptWiki(t, c)
			w.WantCounts(w.Sync(), "ok listed=5 excluded=2 created=5")
			w.sweep(visible)
			w.Run(ingest.RunOptions{Full: true}) // where the last was not asked for
			w.WantCounts(w.Sync(), "ok listed=5 excluded=2 unchanged=5")
		})
	}
}
