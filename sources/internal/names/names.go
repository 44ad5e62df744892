// Package names keeps the names that a listing has met: a few bytes each, and a
// digest of all.
package names

import (
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
)

// Set has the slash paths of what lies in the folders that were read. It is made by
// one goroutine, and asked by any once it is made.
type Set struct {
	paths   []Hash
	folders []Hash // those that were read
	sums    [2]uint64

	sorting sync.Once
}

// Hash stands for a path.
type Hash uint64

// HashOf returns the hash of a path.
func HashOf(path string) Hash { return Hash(xxhash.Sum64String(path)) }

// Add adds a path, each once. kind tells files from folders and whatever else.
func (s *Set) Add(path Hash, kind uint64) {
	s.paths = append(s.paths, path)
	s.sums[0] += mixed(uint64(path) + kind)
	s.sums[1] += mixed(bits.RotateLeft64(uint64(path), 32) ^ ^kind)
}

// AddFolder notes that a folder was read; "" is the one at the top. It is among the paths,
// too, but for that.
func (s *Set) AddFolder(path Hash) { s.folders = append(s.folders, path) }

// mixed spreads the bits of a number: https://doi.org/10.1145/2714064.2660195
func mixed(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Digest is alike for sets of the same paths and kinds.
func (s *Set) Digest() string {
	text := binary.BigEndian.AppendUint64(nil, uint64(len(s.paths)))
	for _, sum := range s.sums {
		text = binary.BigEndian.AppendUint64(text, sum)
	}
	return hex.EncodeToString(text)
}

// Has tells whether something lies at a path; known is false where nobody has looked.
func (s *Set) Has(path string) (there, known bool) {
	if !fs.ValidPath(path) || path == "." {
		return false, false
	}
	s.sorting.Do(func() { slices.Sort(s.paths); slices.Sort(s.folders) })
	for at := path; ; {
		folder := ""
		if i := strings.LastIndexByte(at, '/'); i >= 0 {
			folder = at[:i]
		}
		_, isThere := slices.BinarySearch(s.paths, HashOf(at))
		if _, wasRead := slices.BinarySearch(s.folders, HashOf(folder)); wasRead {
			return isThere && at == path, at == path || !isThere
		}
		if folder == "" {
			return false, false
		}
		at = folder
	}
}

// Seen has the names that the first whole listing of a snapshot has met, and answers for
// it as sources.Namer. The zero Seen knows nothing.
type Seen struct{ set atomic.Pointer[Set] }

// Keep keeps names, if they are the first.
func (s *Seen) Keep(set *Set) { s.set.CompareAndSwap(nil, set) }

// IsKnown reports whether names were kept.
func (s *Seen) IsKnown() bool { return s.set.Load() != nil }

// Names is the digest of all names; "" if they are not known.
func (s *Seen) Names() string {
	if set := s.set.Load(); set != nil {
		return set.Digest()
	}
	return ""
}

// Saw is [Set.Has].
func (s *Seen) Saw(path string) (there, known bool) {
	if set := s.set.Load(); set != nil {
		return set.Has(path)
	}
	return false, false
}
