package ingest

import (
	"fmt"
	"slices"
	"strings"

	"finpages/ingest/transform"
	"finpages/sources"
	"finpages/state"
)

// prior is what was known of a source before the run.
type prior struct {
	run       uint64 // the number of this run
	pages     int    // in Intercom
	info      state.Info
	intents   map[string]state.Intent // by external_id
	retracted map[string]state.Retraction
	outByHand map[string]bool     // IDs of the entries whose pages were retracted
	partsOut  map[string][]string // by entry, the external_ids of its parts that were
	hold      state.Hold
	adopted   map[string]state.Page // by external_id; of a plan, which cannot write them down
}

// readPrior reads what the state knows of the source as a whole.
func (r *run) readPrior() (before prior, err error) {
	if err := r.State.CheckInPlace(); err != nil {
		return before, err
	}
	err = r.View(func(tx *state.Tx) (err error) {
		before.run, before.pages = tx.NextRun(), tx.CountPages()
		if before.info, err = tx.Info(); err != nil {
			return err
		}
		if before.intents, err = tx.Intents(); err != nil {
			return err
		}
		if before.retracted, err = tx.Retractions(); err != nil {
			return err
		}
		before.hold, _, err = tx.Hold()
		return err
	})
	before.outByHand = map[string]bool{}
	before.partsOut = map[string][]string{}
	for id, re := range before.retracted {
		if re.Part {
			before.partsOut[re.Entry] = append(before.partsOut[re.Entry], id)
		} else if re.Entry != "" {
			before.outByHand[re.Entry] = true
		}
	}
	return before, err
}

// isRetracted reports whether somebody keeps a page out of Fin, by its
// external_id or by the document that it is made from.
func (b *prior) isRetracted(page, entry string) bool {
	_, out := b.retracted[page]
	return out || b.outByHand[entry]
}

// withoutRetracted leaves out the parts of a document that somebody keeps out of Fin,
// and those that have what was such a part when the document was cut otherwise. It
// says why.
func (b *prior) withoutRetracted(
	document, entry string, parts []transform.Part,
) (kept []transform.Part, reason string) {
	out := b.partsOut[entry]
	if len(out) == 0 {
		return parts, ""
	}
	isPart := map[string]bool{}
	for _, part := range parts {
		isPart[transform.PartID(document, part.ID)] = true
	}
	for _, part := range parts {
		at := slices.IndexFunc(out, func(id string) bool {
			return id == transform.PartID(document, part.ID) || !isPart[id] && part.Holds(id[strings.LastIndexByte(id, '#')+1:])
		})
		if at >= 0 {
			reason = "retracted: its part " + out[at]
			continue
		}
		kept = append(kept, part)
	}
	return kept, reason
}

// isHeld reports whether the delete of a page waits for an approval.
func (b *prior) isHeld(page string) bool {
	_, held := slices.BinarySearch(b.hold.Pages, page)
	return held
}

// isIntended reports whether a write of one of an entry's pages was begun and
// its outcome is not known.
func (b *prior) isIntended(id string, rec state.Entry) bool {
	if len(b.intents) == 0 {
		return false
	}
	if _, ok := b.intents[id]; ok {
		return true
	}
	for _, p := range rec.Pages {
		if _, ok := b.intents[p]; ok {
			return true
		}
	}
	for _, in := range b.intents {
		if in.Entry == id {
			return true
		}
	}
	return false
}

// opened is the source as this run sees it.
type opened struct {
	snapshot sources.Snapshot
	maker    transform.Maker
	settings state.Hash // fingerprint of what decides, beside the documents, what is pushed
	budgeted state.Hash // the same of documents that went over a budget: they wait for a larger one, too
	revision string     // of the source as a whole; "" if it is not known
}

// open fixes the state of the source and the settings of this run.
func (r *run) open(before prior) (src opened, err error) {
	snap, err := r.src.Adapter.Open(r.Ctx)
	if err != nil {
		return src, fmt.Errorf("open source: %w", err)
	}
	r.AtEnd(func() {
		if err := snap.Close(); err != nil {
			r.Log.Warn("close source", "error", err)
		}
	})
	maker := transform.NewMaker(&r.src.Options, snap, before.info.ImportSource).
		Without(func(path string) bool { return before.isRetracted(path, path) || len(before.partsOut[path]) > 0 })
	src = opened{snapshot: snap, maker: maker}
	src.settings = maker.Fingerprint(r.Ctx, r.apiVersion)
	src.budgeted = maker.BudgetFingerprint(src.settings)
	if v, ok := snap.(sources.Revisioned); ok {
		src.revision = v.Revision()
	}
	return src, nil
}

// unchangedAsAWhole reports whether source and settings are those of the last
// clean run, and nothing is left to do.
func (r *run) unchangedAsAWhole(before prior, src opened) bool {
	return src.revision != "" && src.revision == before.info.CleanRevision &&
		before.info.CleanSettings == r.src.listingFingerprint(src.settings) &&
		len(before.intents) == 0 && !r.opts.Full && before.hold.ID == ""
}
