package transform

import (
	"context"
	"path"
	"sync"

	"finpages/ingest/render"
	"finpages/sources"
)

// maxAbove is how many folders above the source's own are looked at for the
// settings of a documentation tool.
const maxAbove = 3

// tools finds out which documentation tool's settings lie beside documents or
// above them.
type tools struct {
	mu   sync.Mutex
	byID map[string]string // the tool, by folder
}

// at returns the tool of the documents in a folder; "" if none shows.
func (t *tools) at(ctx context.Context, p sources.Prober, dir string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if tool, known := t.byID[dir]; known {
		return tool, nil
	}
	above := 0
	var failed error
	tool := ""
	for at := dir; tool == ""; {
		tool = render.ToolAt(at, func(name string) bool {
			found, err := p.Exists(ctx, name)
			if err != nil && failed == nil {
				failed = err
			}
			return found
		})
		if at == "." || above > 0 {
			if above++; above > maxAbove {
				break
			}
			at = path.Join(at, "..")
			continue
		}
		at = path.Dir(at)
	}
	if failed != nil {
		return "", failed
	}
	t.byID[dir] = tool
	return tool, nil
}
