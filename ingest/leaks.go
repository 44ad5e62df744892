package ingest

import (
	"context"
	"errors"

	"finpages/ingest/leaks"
	"finpages/ingest/transform"
	"finpages/state"
)

func leakRecords(found []leaks.Finding) (list []state.Leak) {
	for _, f := range found {
		list = append(list, state.Leak(f))
	}
	return list
}

// logLeaks tells of the secrets in a document.
func (r *run) logLeaks(id string, m transform.Made) {
	if len(m.Leaks) > 0 {
		id = r.src.Leaks.Detector.Quoted(context.Background(), id, id)
	}
	for _, f := range m.Leaks {
		r.Log.Warn("a document seems to hold a secret",
			"external_id", id, "rule", f.Rule, "place", f.Place, "fingerprint", f.Fingerprint,
			"kept out", m.Withheld != "")
	}
}

// countFlagged brings the metrics of secrets and of lossy pages up to this run.
func (r *run) countFlagged() {
	err := r.View(func(tx *state.Tx) error {
		counts, err := tx.CountLeaks()
		lossy, err2 := tx.CountLossy()
		retracted, err3 := tx.Retractions()
		if err = errors.Join(err, err2, err3); err == nil {
			r.Metrics.Retracted(r.Source, len(retracted))
			r.Metrics.Leaks(r.Source, counts)
			r.Metrics.Lossy(r.Source, lossy)
		}
		return err
	})
	if err != nil {
		r.Log.Warn("count secrets in documents, and what pages lack", "error", err)
	}
}
