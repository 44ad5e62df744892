package main

import "testing"

func TestGarbageBesideWhatIsKept(t *testing.T) {
	for kept, want := range map[uint64]int{0: 300, 4 << 20: 300, 8 << 20: 200, 16 << 20: 100, 20 << 20: 75, 32 << 20: 50, 1 << 40: 50} {
		if got := percentFor(kept); got != want {
			t.Errorf("%d MiB: %d %%, want %d", kept>>20, got, want)
		}
	}
}
