package decide

import "testing"

// The table of Prune, row by row, over all that can be met. A row says what it
// needs, in the order of the facts, and leaves the rest open.
func TestPrune(t *testing.T) {
	const yes, no, any = 'y', 'n', '.'
	rows := []struct {
		// listed owned failed refused adopted claimed restored failures mayExist held excluded part
		facts string
		want  PruneAction
	}{
		{"yy..........", Keep},
		{"y....y......", Keep},
		{"y.y.........", Keep},
		{"y..yy.......", Keep},
		{"y.....y....y", Keep},
		{"y...........", Remove},
		{"n...y..y.y..", StayHeld},
		{"n...y..y....", Wait},
		{"n.....y.....", Keep},
		{"n.........y.", Remove},
		{"n.......yy..", StayHeld},
		{"n.......y...", Wait},
		{"n...........", Remove},
	}
	used := make([]bool, len(rows))
	for bits := range 1 << 12 {
		on := func(i int) bool { return bits>>i&1 == 1 }
		f := PageFacts{on(0), on(1), on(2), on(3), on(4), on(5), on(6), on(7), on(8), on(9), on(10), on(11)}
		for r, row := range rows {
			fits := true
			for i, want := range row.facts {
				fits = fits && (want == any || want == yes && on(i) || want == no && !on(i))
			}
			if !fits {
				continue
			}
			used[r] = true
			if got := Prune(f); got != row.want {
				t.Errorf("%+v: %d, want %d by row %d", f, got, row.want, r)
			}
			break
		}
	}
	for r, used := range used {
		if !used {
			t.Errorf("row %d is never reached", r)
		}
	}
}

// Whatever is met, silence removes nothing: no page goes whose entry may exist.
func TestPruneProperties(t *testing.T) {
	for bits := range 1 << 12 {
		on := func(i int) bool { return bits>>i&1 == 1 }
		f := PageFacts{on(0), on(1), on(2), on(3), on(4), on(5), on(6), on(7), on(8), on(9), on(10), on(11)}
		if Prune(f) != Remove {
			continue
		}
		if f.Listed && (f.Owned || f.Failed || f.Claimed) || !f.Listed &&
			(f.MayExist && !f.Excluded || f.Restored || f.Adopted && f.Failures) {
			t.Errorf("%+v is removed", f)
		}
	}
}
