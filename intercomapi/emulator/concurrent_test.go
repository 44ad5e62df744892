package emulator_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"finpages/intercomapi/emulator"
)

// Everything at once, on pages that the goroutines share: the race detector
// looks on, and in the end each external_id is one page.
func TestConcurrentUse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	a := direct(t, emulator.Options{StateFile: file, Limit: 1e9})
	source := a.source()
	const workers, rounds, pages = 8, 60, 20
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			for round := range rounds {
				n := (worker*7 + round) % pages
				r := a.post(source, fmt.Sprint(n))
				switch round % 6 {
				case 0:
					a.do("DELETE", "/ai/external_pages/"+r.id(), "")
				case 1:
					a.do("GET", "/ai/external_pages?per_page=5&page=2", "")
				case 2:
					a.do("PUT", "/ai/external_pages/"+r.id(), pageJSON(source, fmt.Sprint(n), `"url":""`))
				case 3:
					a.srv.Fail(nil)
					a.srv.Pages()
				case 4:
					a.srv.Requests()
				}
			}
		})
	}
	wg.Wait()
	for n := range pages {
		a.post(source, fmt.Sprint(n))
	}
	seen := map[string]bool{}
	for _, p := range a.srv.Pages() {
		seen[p.ExternalID] = true
	}
	if got := len(a.srv.Pages()); got != pages || len(seen) != pages {
		t.Errorf("%d pages, %d external ids, want %d", got, len(seen), pages)
	}
	if got, want := len(a.srv.Requests()), 1+pages+workers*rounds*3/2; got != want {
		t.Errorf("%d requests logged, want %d", got, want)
	}
	if err := a.srv.Close(); err != nil {
		t.Fatal(err)
	}
	if got := len(newServer(t, emulator.Options{StateFile: file}).Pages()); got != pages {
		t.Errorf("%d pages after a restart", got)
	}
}
