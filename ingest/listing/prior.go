package listing

import (
	"slices"
	"strings"

	"finpages/ingest/destination"
	"finpages/ingest/transform"
	"finpages/state"
)

// Prior is what was known of a source before the run.
type Prior struct {
	Run              uint64 // the number of this run
	Pages            int    // in Intercom
	Info             state.Info
	Intents          map[string]state.Intent // by external_id
	Retracted        map[string]state.Retraction
	retractedEntries map[string]bool     // IDs of the entries whose pages were retracted
	retractedParts   map[string][]string // by entry, the external_ids of its parts that were
	Hold             state.Hold
	Adopted          map[string]state.Page // by external_id; of a plan, which cannot write them down
}

// ReadPrior reads what the state knows of the source as a whole.
func ReadPrior(s *destination.Session) (before Prior, err error) {
	if err := s.State.CheckInPlace(); err != nil {
		return before, err
	}
	err = s.View(func(tx *state.Tx) (err error) {
		before.Run, before.Pages = tx.NextRun(), tx.CountPages()
		if before.Info, err = tx.Info(); err != nil {
			return err
		}
		if before.Intents, err = tx.Intents(); err != nil {
			return err
		}
		if before.Retracted, err = tx.Retractions(); err != nil {
			return err
		}
		before.Hold, _, err = tx.Hold()
		return err
	})
	before.retractedEntries = map[string]bool{}
	before.retractedParts = map[string][]string{}
	for id, re := range before.Retracted {
		if re.Part {
			before.retractedParts[re.Entry] = append(before.retractedParts[re.Entry], id)
		} else if re.Entry != "" {
			before.retractedEntries[re.Entry] = true
		}
	}
	return before, err
}

// IsRetracted reports whether somebody keeps a page out of Fin, by its
// external_id or by the document that it is made from.
func (b *Prior) IsRetracted(page, entry string) bool {
	_, out := b.Retracted[page]
	return out || b.retractedEntries[entry]
}

// WithoutRetracted leaves out the parts of a document that somebody keeps out of Fin,
// and those that have what was such a part when the document was cut otherwise. It
// says why.
func (b *Prior) WithoutRetracted(
	document, entry string, parts []transform.Part,
) (kept []transform.Part, reason string) {
	out := b.retractedParts[entry]
	if len(out) == 0 {
		return parts, ""
	}
	isPart := map[string]bool{}
	for _, part := range parts {
		isPart[transform.PartID(document, part.ID)] = true
	}
	for _, part := range parts {
		at := slices.IndexFunc(out, func(id string) bool {
			return id == transform.PartID(document, part.ID) ||
				!isPart[id] && part.Holds(id[strings.LastIndexByte(id, '#')+1:])
		})
		if at >= 0 {
			reason = "retracted: its part " + out[at]
			continue
		}
		kept = append(kept, part)
	}
	return kept, reason
}

// isIntended reports whether a write of one of an entry's pages was begun and
// its outcome is not known.
func (b *Prior) isIntended(id string, rec state.Entry) bool {
	if len(b.Intents) == 0 {
		return false
	}
	if _, ok := b.Intents[id]; ok {
		return true
	}
	for _, p := range rec.Pages {
		if _, ok := b.Intents[p]; ok {
			return true
		}
	}
	for _, in := range b.Intents {
		if in.Entry == id {
			return true
		}
	}
	return false
}
