package ingest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"finpages/ingest/decide"
	"finpages/intercomapi"
	"finpages/state"
)

// findLost looks in Intercom for pages whose create was never answered, and
// whose entry is no longer there to be pushed again.
func (p *pruner) findLost() (found []decide.Deletion, err error) {
	lost, err := p.lostIntents()
	if err != nil || len(lost) == 0 {
		return nil, err
	}
	take := func(page intercomapi.ListedPage) {
		if in, ok := lost[page.ExternalID]; ok {
			found = append(found, decide.Deletion{ID: page.ExternalID, MustRemove: in.mustRemove,
				Page: state.Page{Entry: in.Entry, IntercomID: page.ID, Title: page.Title, URL: page.URL}})
			delete(lost, page.ExternalID)
		}
	}
	all := true
	for page, err := range p.Pages(p.prior.Info.ImportSource) {
		if errors.As(err, new(*intercomapi.ListLimitError)) {
			all, err = p.LookUpAll(p.prior.Info.ImportSource, slices.Sorted(maps.Keys(lost)),
				func(page intercomapi.ListedPage) error { take(page); return nil })
			if err != nil {
				return nil, fmt.Errorf("look up pages in Intercom: %w", intercomapi.Hinted(err))
			}
			break
		}
		if err != nil {
			return nil, err
		}
		take(page)
	}
	if !all {
		p.Log.Warn("pages whose push was never answered may be in Fin: Intercom neither lists them nor looks them up",
			"pages", len(lost))
		return found, nil
	}
	return found, p.Update(func(tx *state.Tx) (err error) {
		for id, in := range lost {
			if time.Since(in.Since) > lateEffect {
				err = errors.Join(err, tx.DeleteIntent(id))
			}
		}
		return err
	})
}

// lateEffect is how long a write that was never answered may still take effect.
const lateEffect = 5 * time.Minute

// lostIntent is a write that was never answered.
type lostIntent struct {
	state.Intent
	mustRemove bool // its entry must not be in Fin
}

func (p *pruner) lostIntents() (map[string]lostIntent, error) {
	lost := map[string]lostIntent{}
	if len(p.prior.Intents) == 0 {
		return lost, nil
	}
	err := p.View(func(tx *state.Tx) error {
		intents, err := tx.Intents()
		for id, in := range intents {
			if _, before := p.prior.Intents[id]; !before {
				continue
			}
			isLost, mustRemove, err := p.isLost(tx, id, in)
			if err != nil {
				return err
			}
			if isLost {
				lost[id] = lostIntent{in, mustRemove}
			}
		}
		return err
	})
	return lost, err
}

// isLost reports whether no entry is left that would push the page again, and
// whether its entry must not be in Fin.
func (p *pruner) isLost(tx *state.Tx, page string, in state.Intent) (lost, mustRemove bool, err error) {
	_, found, err := tx.Page(page)
	rec, recorded, err2 := tx.Entry(in.Entry)
	if err := errors.Join(err, err2); err != nil {
		return false, false, err
	}
	pushable := p.listing.Seen.Has(in.Entry) &&
		(slices.Contains(rec.Pages, page) || rec.Error != "" || rec.Refused != "")
	return !found && !pushable && !p.listing.MayHaveMissed(rec, recorded), rec.Withheld != "", nil
}
