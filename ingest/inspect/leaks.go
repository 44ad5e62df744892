package inspect

import (
	"context"

	"finpages/state"
)

// Leak is a secret in a document of a source: where it is, not what.
type Leak struct {
	Source      string `json:"source"`
	Page        string `json:"page"`
	Rule        string `json:"rule"`
	Place       string `json:"place"`
	Fingerprint string `json:"fingerprint"`
	InFin       bool   `json:"in_fin"` // the page is in Fin, with the rule's name in place of the secret
}

// LeaksAll tells the secrets that the last runs found in the documents of the
// named sources, of all if none is named.
func (i *Inspector) LeaksAll(_ context.Context, names []string) ([]Leak, error) {
	names, err := i.Select(names)
	if err != nil {
		return nil, err
	}
	list := []Leak{}
	for _, name := range names {
		c, err := i.Lookup(name)
		if err != nil {
			return nil, err
		}
		err = i.State.View(name, func(tx *state.Tx) error {
			return tx.EachFlagged("", func(id string, n state.EntryFlags) error {
				if n&state.FlagLeaks == 0 {
					return nil
				}
				rec, _, err := tx.Entry(id)
				for _, l := range rec.Leaks {
					inFin := len(rec.Pages) > 0
					list = append(list, Leak{name, c.Leaks.Shown(id), l.Rule, l.Place, l.Fingerprint, inFin})
				}
				return err
			})
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}
