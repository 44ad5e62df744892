package transform

import (
	"context"
	"sync"

	"finpages/sources"
)

// maxFiles bounds how many paths are remembered.
const maxFiles = 1 << 16

// files remembers whether files are there, for which many documents ask of the same.
type files struct {
	mu    sync.Mutex
	there map[string]bool // by path
}

// exists is [sources.Prober.Exists]. Nothing is locked while the source is asked.
func (f *files) exists(ctx context.Context, p sources.Prober, path string) (bool, error) {
	f.mu.Lock()
	there, known := f.there[path]
	f.mu.Unlock()
	if known {
		return there, nil
	}
	there, err := p.Exists(ctx, path)
	if err != nil {
		return there, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.there) >= maxFiles {
		clear(f.there)
	}
	f.there[path] = there
	return there, nil
}
