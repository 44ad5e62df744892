package main

import "testing"

func TestGarbageBesideWhatIsKept(t *testing.T) {
	for kept, want := range map[uint64]int{0: 300, 4 << 20: 300, 8 << 20: 200, 16 << 20: 100, 20 << 20: 75, 32 << 20: 50, 1 << 40: 50} {
		if got := percentFor(kept, leastGarbage); got != want {
			t.Errorf("%d MiB: %d %%, want %d", kept>>20, got, want)
		}
	}
	for kept, want := range map[uint64]int{8 << 20: 300, 16 << 20: 200, 20 << 20: 100, 24 << 20: 50, 32 << 20: 50} {
		if got := percentFor(kept, mostGarbage); got != want {
			t.Errorf("%d MiB, where more may lie about: %d %%, want %d", kept>>20, got, want)
		}
	}
	garbage := uint64(leastGarbage)
	for _, c := range []struct {
		collecting, working float64 // seconds
		want                uint64  // MiB
	}{{0, 0, 16}, {1, 99, 16}, {20, 80, 20}, {20, 80, 24}, {6, 94, 24}, {1, 1, 28}, {1, 1, 32}, {1, 1, 32}, {1, 99, 28}} {
		if garbage = garbageFor(garbage, c.collecting, c.working); garbage != c.want<<20 {
			t.Errorf("collecting %.0f s, else %.0f s: %d MiB, want %d", c.collecting, c.working, garbage>>20, c.want)
		}
	}
}
