package transform

import (
	"context"
	"strings"
	"sync"

	"finpages/sources"
	"finpages/state"

	"github.com/cespare/xxhash/v2"
)

// IDs is a digest of the IDs of a listing, in any order.
type IDs [2]uint64

// Add adds an ID.
func (d *IDs) Add(id string) {
	hash := xxhash.Sum64String(id)
	d[0] += hash
	d[1] += (hash ^ hash>>29) * 0xbf58476d1ce4e5b9
}

// seen is what the names of a source were when it was listed.
type seen struct {
	mu    sync.Mutex
	ids   IDs
	names state.Hash // of all that documents may depend on by names; zero if it is not known
}

// See fixes, once the source was listed in full, what its names are, and returns a
// hash of these. What documents depend on by names alone leads to the same where the hash
// is the same. It is zero for a source that cannot tell.
func (m Maker) See(ctx context.Context, ids IDs) state.Hash {
	n, ok := m.snapshot.(sources.Namer)
	if !ok {
		return state.Hash{}
	}
	digest := n.Names()
	tool, err := m.toolAt(ctx, ".") // which lies above the source, where the names do not tell
	if digest == "" || err != nil {
		return state.Hash{}
	}
	m.seen.mu.Lock()
	defer m.seen.mu.Unlock()
	m.seen.ids, m.seen.names = ids, state.HashOf(digest, ids[0], ids[1], tool)
	return m.seen.names
}

// hash returns what See did.
func (s *seen) hash() state.Hash {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.names
}

// isListed reports whether the source was listed with the IDs.
func (s *seen) isListed(ids IDs) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.names != state.Hash{} && s.ids == ids
}

// exists tells whether the source has a file at a path, and whether that is what its
// names tell. Those who have seen it need not look.
func (m Maker) exists(ctx context.Context, p sources.Prober, path string) (there, asSeen bool, err error) {
	n, ok := p.(sources.Namer)
	var known bool
	if ok {
		if there, known = n.Saw(path); there && known {
			return true, true, nil
		}
	}
	if at := strings.LastIndexByte(path, '/'); known && at > 0 { // nothing lies in a folder that is not there
		if isThere, known := n.Saw(path[:at]); known && !isThere {
			if isThere, _, err := m.exists(ctx, p, path[:at]); !isThere && err == nil {
				return false, true, nil
			}
		}
	}
	there, err = m.files.exists(ctx, p, path)
	return there, known && !there && err == nil, err
}

// mayExist is exists, but that what cannot be looked at may be there. The error is that
// of ctx.
func (m Maker) mayExist(ctx context.Context, p sources.Prober, path string) (there, asSeen bool, err error) {
	there, asSeen, err = m.exists(ctx, p, path)
	if err == nil || ctx.Err() != nil {
		return there, asSeen, err
	}
	return true, false, nil
}
