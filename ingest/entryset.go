package ingest

import "hash/maphash"

// entrySet holds entry IDs by 128 bits of hash, so that a run takes a few dozen
// bytes an entry however long the IDs are.
type entrySet struct {
	a, b maphash.Seed
	set  map[[2]uint64]struct{}
}

func newEntrySet() entrySet {
	return entrySet{maphash.MakeSeed(), maphash.MakeSeed(), map[[2]uint64]struct{}{}}
}

func (s entrySet) key(id string) [2]uint64 {
	return [2]uint64{maphash.String(s.a, id), maphash.String(s.b, id)}
}

// add adds an ID; false if it was there.
func (s entrySet) add(id string) bool {
	n := len(s.set)
	s.set[s.key(id)] = struct{}{}
	return len(s.set) > n
}

func (s entrySet) has(id string) bool {
	_, ok := s.set[s.key(id)]
	return ok
}
