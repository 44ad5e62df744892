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
	byID map[string]foundTool // by folder
}

// foundTool is the tool of a folder's documents.
type foundTool struct {
	name   string // "" if none shows
	asSeen bool   // as the names of the source tell, and the tool of the folder at its top
}

// at returns the tool of the documents in a folder.
func (t *tools) at(ctx context.Context, m Maker, p sources.Prober, dir string) (foundTool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if tool, known := t.byID[dir]; known {
		return tool, nil
	}
	above := 0
	var failed error
	tool, asSeen := "", true
	for at := dir; tool == ""; {
		tool = render.ToolAt(at, func(name string) bool {
			found, seen, err := m.exists(ctx, p, name)
			asSeen = asSeen && (seen || above > 0)
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
		return foundTool{}, failed
	}
	t.byID[dir] = foundTool{tool, asSeen}
	return t.byID[dir], nil
}
