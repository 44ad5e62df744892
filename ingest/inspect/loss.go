package inspect

import (
	"cmp"
	"context"

	"finpages/state"
)

// Loss is what the pages of a document lack of it, and what else is wrong with them.
type Loss struct {
	Source    string  `json:"source"`
	Page      string  `json:"page"`      // the document's ID
	Lost      float64 `json:"lost"`      // share of the author's words that the pages lack, from 0 to 1
	Foreign   float64 `json:"foreign"`   // share of the pages' words that are not the author's, from 0 to 1
	Leftovers int     `json:"leftovers"` // pieces of syntax that readers see
	DeadLinks int     `json:"dead_links"`
	Images    int     `json:"images_without_text"`
	InFin     bool    `json:"in_fin"`
}

// LossAll tells what the pages of the named sources lack, of all if none is named:
// those documents whose pages lack nothing are left out.
func (i *Inspector) LossAll(ctx context.Context, names []string) ([]Loss, error) {
	names, err := i.Select(names)
	if err != nil {
		return nil, err
	}
	list := []Loss{}
	for _, name := range names {
		for from, more := "", true; more; {
			n := 0
			err := i.State.View(name, func(tx *state.Tx) error {
				more = false
				return tx.EachEntry(from, func(id string, rec state.Entry) error {
					if n++; n > lossBatch {
						from, more = id, true
						return state.Stop
					}
					if l := rec.Loss; l != nil {
						list = append(list, Loss{Source: name, Page: id, Lost: float64(l.Lost) / 10_000,
							Foreign: float64(l.Foreign) / 10_000, Leftovers: int(l.Leftovers),
							DeadLinks: int(l.DeadLinks), Images: int(l.Images), InFin: len(rec.Pages) > 0})
					}
					return nil
				})
			})
			if err != nil || ctx.Err() != nil {
				return nil, cmp.Or(err, context.Cause(ctx))
			}
		}
	}
	return list, nil
}

// lossBatch is how many records are looked at in one transaction.
const lossBatch = 4096
