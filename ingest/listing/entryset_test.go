package listing

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// Whatever the order of the IDs, the set has what was added, and knows what was
// there.
func TestEntrySet(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		ids := make([]string, rnd.IntN(50))
		for i := range ids {
			ids[i] = strconv.Itoa(rnd.IntN(60))
		}
		if rnd.IntN(2) == 0 {
			slices.Sort(ids)
		}
		if rnd.IntN(2) == 0 {
			ids = slices.Compact(ids)
		}
		s, want := NewEntrySet(), map[string]bool{}
		for _, id := range ids {
			if s.Add(id) == want[id] {
				t.Fatalf("%q in %q: %t", id, ids, want[id])
			}
			want[id] = true
		}
		for i := range 60 {
			if id := strconv.Itoa(i); s.Has(id) != want[id] {
				t.Fatalf("%q in %q: %t", id, ids, !want[id])
			}
		}
	}
}
