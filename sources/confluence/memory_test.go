package confluence_test

import (
	"fmt"
	"runtime"
	"testing"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"
)

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestMemoryOfALargeWiki(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("lists 20,000 pages, which takes long with -short and -race")
	}
	flavors(t, func(t *testing.T, w *wiki) {
		const pages, spaces = 20_000, 30
		var keys []string
		for s := range spaces {
			keys = append(keys, fmt.Sprintf("S%d", s))
		}
		for i := range pages {
			w.PutPage(emulator.Page{
				Space: keys[i%spaces], Title: fmt.Sprintf("How to do the thing number %d without breaking it", i),
				Storage: "<p>x</p>", Labels: []string{"docs", "howto"},
			})
		}
		src := w.source(func(o *confluence.Options) { o.Spaces = keys })
		snap, err := src.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		before, most, n := heap(), uint64(0), 0
		l, err := snap.List(t.Context(), func(sources.Entry) error {
			if n++; n%5000 == 1 {
				most = max(most, heap())
			}
			return nil
		})
		if err != nil || len(l.Incomplete) > 0 || n != pages {
			t.Fatalf("%d entries, %v, %v", n, err, l.Incomplete)
		}
		requests := len(w.Requests())
		t.Logf("%d bytes a page, %d requests", (most-min(before, most))/pages, requests)
		if most > before+100<<20 {
			t.Errorf("the listing holds %d MB", (most-before)>>20)
		}
		perPage := map[bool]int{true: 250, false: 200}[w.config.Cloud]
		if bound := pages/perPage + 3*spaces; requests > bound {
			t.Errorf("%d requests, want at most %d", requests, bound)
		}
	})
}
