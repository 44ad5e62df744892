package web_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"finpages/ingest/documents"
	"finpages/ingest/fulltext"
	"finpages/state"
)

// hugeWorld has three sources of n pages: one as it should be, one whose pages
// are all held, and one whose pages are all refused.
func hugeWorld(t testing.TB, n int) (w *world, paths []string) {
	w = newWorld(t, []string{"docs", "held", "refused"}, nil)
	for _, source := range []string{"docs", "held", "refused"} {
		w.fillState(source, n)
		w.addRuns(source, 100)
	}
	w.holdAll("held", n)
	w.refuseAll("refused", n)
	middle := url.QueryEscape(fmt.Sprintf("guide/page-%06d.md", n/2))
	far := url.QueryEscape(fmt.Sprintf("guide/page-%06d.md", n-10))
	last := fmt.Sprint("thing+", n-10)
	return w, []string{
		"/", "/readyz", "/metrics", "/api/v1/status?source=docs", "/api/v1/sources/docs/history?limit=20", "/api/v1/sources/docs/deleted", "/api/v1/sources/docs/inventory?limit=1000",
		"/sources/docs", "/sources/docs?after=" + middle, "/sources/docs?after=" + far, "/sources/docs?text=" + last, "/sources/docs?text=xyzzy",
		"/sources/docs?text=x%C3%BCzzy", "/sources/docs?show=out", "/sources/docs?show=problems", "/sources/docs?show=held", "/sources/docs/deleted",
		"/sources/docs/page?id=" + far, "/sources/docs/page?id=never-was.md", "/sources/docs/page?id=" + url.QueryEscape("https://docs.example.com/nowhere"),
		"/sources/held", "/sources/held?show=held&text=xyzzy", "/sources/held/page?id=" + far, "/sources/refused", "/sources/refused?show=problems&text=xyzzy", "/sources/refused/page?id=" + far,
	}
}

func TestLargeSources(t *testing.T) {
	const n = 10_000
	w, paths := hugeWorld(t, n)
	for _, path := range paths {
		w.want(w.get(path), 200)
	}
	if found := w.all("docs", documents.InventoryQuery{Text: fmt.Sprint("Thing ", n-10), Limit: 50}); len(found) != 1 {
		t.Errorf("the search found %q", found)
	}
}

// Each page and answer is to take less than 200 ms.
func BenchmarkHugeSources(b *testing.B) {
	w, paths := hugeWorld(b, 100_000)
	for _, path := range paths {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				w.want(w.get(path), 200)
			}
		})
	}
}

// Each page and answer is to take less than 300 ms with 100,000 pages in 20 sources.
func BenchmarkManySources(b *testing.B) {
	const sources, pages = 20, 5000
	var names []string
	for i := range sources {
		names = append(names, fmt.Sprintf("source-%02d", i))
	}
	w := newWorld(b, names, nil)
	for _, name := range names {
		w.fillState(name, pages)
		w.addRuns(name, 100)
		w.indexAll(name, pages)
	}
	for _, path := range []string{"/", "/attention", "/audit", "/search?text=thing+4990", "/search?text=word777", "/search?text=common",
		"/search?text=hing", "/search?text=xyzzy", "/search?text=what+is+common+about+word777", "/api/v1/search?text=common&limit=1000", "/api/v1/status", "/metrics",
		"/sources/source-07", "/sources/source-07?text=common", "/sources/source-07?text=word777", "/sources/source-07/deleted",
		"/sources/source-07/page?id=guide/page-002500.md", "/search?text=word777&format=csv", "/search?text=common&format=json",
	} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				w.want(w.get(path), 200)
			}
		})
	}
}

// indexAll indexes what fillState has made.
func (w *world) indexAll(source string, n int) {
	for i := range n {
		text := fmt.Sprintf("<p>A common word%d of page-%d.", i%1000, i)
		for k := range 100 {
			text += fmt.Sprintf(" w%d", (i*k)%7919)
		}
		p := fulltext.Page{ID: fmt.Sprintf("guide/page-%06d.md", i), Title: fmt.Sprintf("How to do thing %d", i), HTML: text}
		if err := w.service.Index.Put(source, p); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) holdAll(source string, n int) {
	hold := state.Hold{ID: "h", Since: time.Now()}
	for i := range n {
		hold.Pages = append(hold.Pages, fmt.Sprintf("guide/page-%06d.md", i))
	}
	if err := w.db.Update(source, func(tx *state.Tx) error { return tx.PutHold(hold) }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) refuseAll(source string, n int) {
	err := w.db.Update(source, func(tx *state.Tx) error {
		for i := range n {
			id := fmt.Sprintf("guide/page-%06d.md", i)
			if err := tx.PutEntry(id, state.Entry{Pages: []string{id}, Refused: "push page: 422 too odd",
				Since: time.Now()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
