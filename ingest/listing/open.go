package listing

import (
	"fmt"

	"finpages/ingest/destination"
	"finpages/ingest/transform"
	"finpages/sources"
	"finpages/state"
)

// Opened is the source as this run sees it.
type Opened struct {
	Snapshot sources.Snapshot
	Maker    transform.Maker
	Settings state.Hash // fingerprint of what decides, beside the documents, what is pushed
	Budgeted state.Hash // the same of documents that went over a budget: they wait for a larger one, too
	Revision string     // of the source as a whole; "" if it is not known
}

// Open fixes the state of the source and the settings of a run, until the session
// is closed. apiVersion is that of Intercom.
func Open(
	s *destination.Session, adapter sources.Source, options *transform.Options, apiVersion string, before Prior,
) (src Opened, err error) {
	snap, err := adapter.Open(s.Ctx)
	if err != nil {
		return src, fmt.Errorf("open source: %w", err)
	}
	s.AtEnd(func() {
		if err := snap.Close(); err != nil {
			s.Log.Warn("close source", "error", err)
		}
	})
	isRetracted := func(path string) bool {
		return before.IsRetracted(path, path) || len(before.retractedParts[path]) > 0
	}
	maker := transform.NewMaker(options, snap, before.Info.ImportSource).Without(isRetracted)
	src = Opened{Snapshot: snap, Maker: maker}
	src.Settings = maker.Fingerprint(s.Ctx, apiVersion)
	src.Budgeted = maker.BudgetFingerprint(src.Settings)
	if v, ok := snap.(sources.Revisioned); ok {
		src.Revision = v.Revision()
	}
	return src, nil
}
