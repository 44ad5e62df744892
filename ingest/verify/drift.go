package verify

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"time"

	"finpages/state"
)

// drift returns the findings of a verification by external_id. What a repair
// has taken over is known by then.
func (v *verifier) drift() map[string]state.Drift {
	found := map[string]state.Drift{}
	for _, id := range v.Missing {
		found[id] = state.Drift{Kind: state.DriftMissing}
	}
	for _, p := range v.Changed {
		found[p.ExternalID] = state.Drift{Kind: state.DriftChanged, Fields: p.Fields}
	}
	for _, id := range v.Orphaned {
		if !v.repairing {
			found[id] = state.Drift{Kind: state.DriftOrphaned}
		}
	}
	for _, id := range v.Duplicated {
		found[id] = state.Drift{Kind: state.DriftDuplicated}
	}
	return found
}

// remember makes the findings what is known of the source's drift. Pages that
// this verification could not ask for stay as they were.
func (v *verifier) remember() error {
	found, now := v.drift(), time.Now().UTC()
	return v.State.Update(v.Source, func(tx *state.Tx) error {
		drift := maps.Clone(found)
		var inStep []string
		err := tx.EachDrift(func(id string, before state.Drift) error {
			d, drifts := drift[id]
			switch {
			case drifts && d.Kind == before.Kind:
				d.Since, d.BeyondRepair = before.Since, before.BeyondRepair
				drift[id] = d
			case !drifts && (v.Unknown == 0 || v.intercomIDs[id] != ""):
				inStep = append(inStep, id)
			}
			return nil
		})
		for _, id := range slices.Sorted(maps.Keys(drift)) {
			d := drift[id]
			if d.Since.IsZero() {
				d.Since = now
			}
			err = errors.Join(err, tx.PutDrift(id, d))
		}
		for _, id := range inStep {
			err = errors.Join(err, tx.DeleteDrift(id))
		}
		return err
	})
}

// forgetMissing forgets that pages are missing which no document has any more: after a
// repair, nothing is to push them.
func (v *verifier) forgetMissing() error {
	return v.Update(func(tx *state.Tx) error {
		var gone []string
		err := tx.EachDrift(func(id string, d state.Drift) error {
			_, known, err := tx.Page(id)
			rec, _, err2 := tx.Entry(cmp.Or(v.entries[id], id))
			if d.Kind == state.DriftMissing && !known && !slices.Contains(rec.Pages, id) {
				gone = append(gone, id)
			}
			return errors.Join(err, err2)
		})
		for _, id := range gone {
			err = errors.Join(err, tx.DeleteDrift(id))
		}
		return err
	})
}
