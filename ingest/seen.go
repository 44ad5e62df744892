package ingest

import "hash/maphash"

// seenSet holds entry IDs by 128 bits of hash, so that a run takes a few dozen
// bytes an entry however long the IDs are.
type seenSet struct {
	a, b maphash.Seed
	set  map[[2]uint64]struct{}
}

func newSeenSet() seenSet {
	return seenSet{maphash.MakeSeed(), maphash.MakeSeed(), map[[2]uint64]struct{}{}}
}

func (s seenSet) key(id string) [2]uint64 {
	return [2]uint64{maphash.String(s.a, id), maphash.String(s.b, id)}
}

func (s seenSet) add(id string) { s.set[s.key(id)] = struct{}{} }

func (s seenSet) has(id string) bool {
	_, ok := s.set[s.key(id)]
	return ok
}
