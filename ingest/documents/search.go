package documents

import (
	"context"
	"time"
)

// Matches are what a search found in a source.
type Matches struct {
	Source string `json:"source"`
	Inventory
}

// searchAllTime is how long a search through several sources takes at most.
const searchAllTime = 200 * time.Millisecond

// Search looks through sources, in their order, for documents by ID, title and
// address, and returns up to limit of each source that has any, or that there was no
// time to look through to its end.
func (f *Finder) Search(ctx context.Context, sources []string, text string, limit int) ([]Matches, error) {
	found, ends := []Matches{}, time.Now().Add(searchAllTime)
	for _, name := range sources {
		if _, err := f.Lookup(name); err != nil {
			return found, err
		}
		inv, err := f.inventory(ctx, name, InventoryQuery{Text: text, Limit: limit}, ends)
		if err != nil {
			return found, err
		}
		if len(inv.Documents) > 0 || inv.Partial {
			found = append(found, Matches{name, inv})
		}
	}
	return found, nil
}
