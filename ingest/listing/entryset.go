package listing

import (
	"hash/maphash"
	"slices"
	"sync"
)

// EntrySet holds entry IDs by 64 bits of hash, so that a run takes a few bytes an
// entry however long the IDs are. As long as they come in order, as most sources
// list them, that one is there twice is known without looking.
type EntrySet struct {
	seed   maphash.Seed
	last   string
	hashes []uint64            // of IDs that came in order
	others map[uint64]struct{} // of all, once one came out of order

	sorting sync.Once // of hashes, when they are first asked for
}

// NewEntrySet returns an empty set.
func NewEntrySet() *EntrySet { return &EntrySet{seed: maphash.MakeSeed()} }

// Add adds an ID; false if it was there. It is not called after Has, which may be
// called from any goroutine.
func (s *EntrySet) Add(id string) bool {
	hash := maphash.String(s.seed, id)
	if s.others == nil && (id > s.last || len(s.hashes) == 0) {
		s.hashes, s.last = append(s.hashes, hash), id
		return true
	}
	if s.others == nil {
		s.others = make(map[uint64]struct{}, len(s.hashes))
		for _, h := range s.hashes {
			s.others[h] = struct{}{}
		}
		s.hashes = nil
	}
	n := len(s.others)
	s.others[hash] = struct{}{}
	return len(s.others) > n
}

// Has reports whether an ID was added.
func (s *EntrySet) Has(id string) bool {
	hash := maphash.String(s.seed, id)
	if s.others != nil {
		_, ok := s.others[hash]
		return ok
	}
	s.sorting.Do(func() { slices.Sort(s.hashes) })
	_, ok := slices.BinarySearch(s.hashes, hash)
	return ok
}
