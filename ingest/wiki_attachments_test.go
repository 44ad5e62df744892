package ingest_test

import (
	"fmt"
	"slices"
	"testing"

	"finpages/sources/confluence"
	wikiemulator "finpages/sources/confluence/emulator"
)

// newWikiWithFiles is a small wiki: attachments of an open page, one of them
// unknown to the search, of a restricted one, and of one with an excluded label.
func newWikiWithFiles(t *testing.T, c wikiemulator.Config) (w *wikiWorld, visible []string) {
	w = newWikiWorldOf(t, c, func(o *confluence.Options) {
		o.Labels.Exclude, o.Attachments.On, o.Spaces = []string{"no-fin"}, true, []string{"OPS"}
	})
	for id, labels := range map[string][]string{"10": nil, "11": nil, "12": {"no-fin"}} {
		w.wiki.PutPage(wikiemulator.Page{ID: id, Space: "OPS", Title: "Page " + id, Storage: "<p>Text.</p>", Labels: labels})
	}
	for i := range 3 { // pages
		w.wiki.PutFile(wikiemulator.File{ID: fmt.Sprint(71 + i), Page: fmt.Sprint(10 + i), Name: "a.md", Body: []byte("# A\n\nText.")})
	}
	for i := range 26 { // more than come with a page
		w.wiki.PutFile(wikiemulator.File{ID: fmt.Sprint(80 + i), Page: "10", Name: fmt.Sprintf("%d.png", i), Body: []byte("png")})
	}
	w.wiki.PutFile(wikiemulator.File{ID: "75", Page: "10", Name: "b.md", Body: []byte("# B\n\nText.")})
	w.wiki.Restrict("11", "admins")
	return w, []string{"10", "att71", "att75"}
}

// An attachment comes and goes with its page.
func TestWikiAttachmentsFollowTheirPage(t *testing.T) {
	for name, c := range wikiFlavors() {
		t.Run(name, func(t *testing.T) {
			w, visible := newWikiWithFiles(t, c)
			w.Sync()
			if got := w.InFin(); !slices.Equal(got, visible) {
				t.Fatalf("in Fin: %q, want %q", got, visible)
			}
			if p := w.Page("att71"); p.Title != "Page 10: a.md" || p.URL != w.Page("10").URL {
				t.Errorf("%q at %q", p.Title, p.URL)
			}
			if n := len(w.Writes()); n != 3 {
				t.Errorf("%d writes", n)
			}
			w.Sync()
			w.WantWrites()
			w.wiki.PutFile(wikiemulator.File{ID: "71", Page: "10", Name: "a.md", Body: []byte("# A\n\nMore.")})
			w.Sync()
			w.WantWrites("POST att71")
			w.wiki.UnindexFile("75") // the search misses it, and it is still there
			w.Sync()
			w.WantWrites()
			w.wiki.Restrict("10", "admins")
			w.wiki.Restrict("11")
			w.Sync()
			if got := w.InFin(); slices.Contains(got, "att71") || !slices.Contains(got, "att72") {
				t.Errorf("in Fin: %q", got)
			}
			w.wiki.DeleteFile("72")
			w.Sync()
			if got := w.InFin(); slices.Contains(got, "att72") || !slices.Contains(got, "11") {
				t.Errorf("in Fin: %q", got)
			}
		})
	}
}

// Whichever request of a run is answered wrongly, no attachment leaves Fin that
// the wiki shows, and none comes that it does not.
func TestWikiSingleWrongAnswersWithAttachments(t *testing.T) {
	t.Parallel()
	for name, c := range wikiFlavors() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, visible := newWikiWithFiles(t, c)
			w.Sync()
			w.sweep(visible)
		})
	}
}
