package state

import "time"

// DriftKind is how a page in Intercom differs from its record.
type DriftKind string

// The kinds of drift.
const (
	DriftMissing    DriftKind = "missing"    // Intercom lacks a page that the state has
	DriftOrphaned   DriftKind = "orphaned"   // Intercom has a page that the state lacks
	DriftDuplicated DriftKind = "duplicated" // Intercom has it more than once
	DriftChanged    DriftKind = "changed"    // somebody else changed it
)

// DriftKinds returns all kinds.
func DriftKinds() []DriftKind {
	return []DriftKind{DriftMissing, DriftOrphaned, DriftDuplicated, DriftChanged}
}

// Drift is a page that a verification found to be other than it was pushed, and
// that has not been mended since.
type Drift struct {
	Kind   DriftKind `cbor:"1,keyasint"`
	Fields []string  `cbor:"2,keyasint,omitempty"` // of a changed page
	Since  time.Time `cbor:"3,keyasint"`           // when a verification first found it

	BeyondRepair bool `cbor:"4,keyasint,omitempty"` // its text was edited, and is kept nowhere
}

var driftBucket = []byte("drift")

// Drift returns how a page differs by its external_id; false if it does not, as
// far as is known.
func (t *Tx) Drift(page string) (Drift, bool, error) {
	return read[Drift](t, driftBucket, []byte(page))
}

// PutDrift notes that a page differs.
func (t *Tx) PutDrift(page string, d Drift) error { return t.put(driftBucket, []byte(page), d) }

// DeleteDrift notes that a page is as it was pushed.
func (t *Tx) DeleteDrift(page string) error { return t.kv.delete(driftBucket, []byte(page)) }

// EachDrift calls f for the pages that differ, in the order of their external_ids.
func (t *Tx) EachDrift(f func(page string, d Drift) error) error {
	return stopped(each(t, driftBucket, "", f))
}

// CountDrift returns how many pages differ.
func (t *Tx) CountDrift() int { return t.count(driftBucket) }

// CountDriftByKind counts the pages that differ by how they do.
func (t *Tx) CountDriftByKind() (map[DriftKind]int, error) {
	counts := map[DriftKind]int{}
	return counts, t.EachDrift(func(_ string, d Drift) error {
		counts[d.Kind]++
		return nil
	})
}
