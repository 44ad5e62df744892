package indexer_test

import (
	"context"
	"net/http"
	"path/filepath"
	"sync"
	"testing"

	"finpages/ingest/fulltext"
	"finpages/ingest/indexer"
	"finpages/ingest/ingesttest"
	"finpages/intercomapi/emulator"
)

// world is one whose pages were pushed without an index, and the index.
type world struct {
	*ingesttest.World
	index   *fulltext.Index
	indexer *indexer.Indexer
}

func newWorld(t *testing.T) world {
	t.Helper()
	w := world{World: ingesttest.New(t)}
	w.Put("a.md", "# A\n\nAll apples.", "b.md", "# B\n\nAll berries.")
	w.Sync()
	index, err := fulltext.Open(filepath.Join(t.TempDir(), "words.db"), fulltext.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { index.Close() })
	w.index, w.Engine.Index = index, index
	w.indexer = w.Service().Indexer()
	return w
}

// wantIndexed fills the index, and wants it to have as many pages of the sources.
func (w world) wantIndexed(want map[string]int) {
	w.T.Helper()
	if err := w.indexer.Fill(w.T.Context()); err != nil {
		w.T.Error(err)
	}
	for source, n := range want {
		if got, err := w.index.Count(source); err != nil || got != n {
			w.T.Errorf("%d pages of %s are indexed, want %d: %v", got, source, n, err)
		}
	}
}

// What is not pushed, or not any more, leaves the index.
func TestWhatIsGoneLeavesTheIndex(t *testing.T) {
	w := newWorld(t)
	for _, source := range []string{"docs", "removed"} {
		if err := w.index.Put(source, fulltext.Page{ID: "gone.md", HTML: "<p>All gone"}); err != nil {
			t.Fatal(err)
		}
		if err := w.index.Flush(source); err != nil {
			t.Fatal(err)
		}
	}
	w.wantIndexed(map[string]int{"docs": 2, "removed": 0})
}

// A page whose text in Fin is not what was pushed is asked for once by a process.
func TestAPageIsAskedForOnce(t *testing.T) {
	w := newWorld(t)
	w.Tamper("POST", "/ai/external_pages", `{"source_id":1,"external_id":"b.md","title":"B",`+
		`"locale":"en","html":"<p>Another text"}`)
	w.wantIndexed(map[string]int{"docs": 1})
	w.Emu.ClearRequests()
	w.wantIndexed(map[string]int{"docs": 1})
	if asked := w.Emu.Requests(); len(asked) > 0 {
		t.Errorf("asked once more: %v", asked)
	}
	w.indexer = w.Service().Indexer()
	w.wantIndexed(map[string]int{"docs": 1})
	if asked := w.Emu.Requests(); len(asked) == 0 {
		t.Error("another indexer asks for nothing")
	}
}

// Errors are told. What all pages share ends the filling, and is over the next time;
// what a page has of its own costs that page alone.
func TestFillingTellsOfErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		fault  emulator.Fault
		then   int // pages that are indexed once Intercom answers again
		shared bool
	}{
		"forbidden":       {emulator.Fault{Status: http.StatusForbidden}, 2, true},
		"unauthorized":    {emulator.Fault{Status: http.StatusUnauthorized}, 2, true},
		"rate limit":      {emulator.Fault{Status: http.StatusTooManyRequests}, 2, true},
		"server error":    {emulator.Fault{Status: http.StatusBadGateway}, 2, true},
		"no answer":       {emulator.Fault{Cut: true}, 2, true},
		"unreadable":      {emulator.Fault{Status: http.StatusOK, Body: "{"}, 0, false},
		"invalid request": {emulator.Fault{Status: http.StatusUnprocessableEntity}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			var mu sync.Mutex
			asked := map[string]bool{}
			w.Emu.Fail(func(r *http.Request) *emulator.Fault {
				mu.Lock()
				defer mu.Unlock()
				asked[r.URL.Path] = true
				return &tt.fault
			})
			err := w.indexer.Fill(t.Context())
			mu.Lock()
			if err == nil || (len(asked) == 1) != tt.shared {
				t.Errorf("asked for %d pages: %v", len(asked), err)
			}
			mu.Unlock()
			w.Emu.Fail(nil)
			w.wantIndexed(map[string]int{"docs": tt.then})
		})
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.indexer.Run(ctx)
	w.Engine.Index = nil
	without := w.Service().Indexer()
	without.Run(t.Context()) // has nothing to do, ever
	if err := without.Fill(t.Context()); err != nil {
		t.Error(err)
	}
}
