package ingest

import "testing"

// The table of fate, row by row, over all that can be met. A row says what it
// needs, in the order of the facts, and leaves the rest open.
func TestFate(t *testing.T) {
	const yes, no, any = 'y', 'n', '.'
	rows := []struct {
		// listed owned failed refused adopted claimed restored failures missable held excluded
		facts string
		want  fate
	}{
		{"yy.........", keep},
		{"y....y.....", keep},
		{"y.y........", keep},
		{"y..yy......", keep},
		{"y..........", remove},
		{"n...y..y.y.", stayHeld},
		{"n...y..y...", wait},
		{"n.....y....", keep},
		{"n.........y", remove},
		{"n.......yy.", stayHeld},
		{"n.......y..", wait},
		{"n..........", remove},
	}
	used := make([]bool, len(rows))
	for bits := range 1 << 11 {
		on := func(i int) bool { return bits>>i&1 == 1 }
		f := pageFacts{on(0), on(1), on(2), on(3), on(4), on(5), on(6), on(7), on(8), on(9), on(10)}
		for r, row := range rows {
			fits := true
			for i, want := range row.facts {
				fits = fits && (want == any || want == yes && on(i) || want == no && !on(i))
			}
			if !fits {
				continue
			}
			used[r] = true
			if got := f.fate(); got != row.want {
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
func TestFateProperties(t *testing.T) {
	for bits := range 1 << 11 {
		on := func(i int) bool { return bits>>i&1 == 1 }
		f := pageFacts{on(0), on(1), on(2), on(3), on(4), on(5), on(6), on(7), on(8), on(9), on(10)}
		if f.fate() != remove {
			continue
		}
		if f.listed && (f.owned || f.failed || f.claimed) || !f.listed && (f.missable && !f.excluded || f.restored || f.adopted && f.failures) {
			t.Errorf("%+v is removed", f)
		}
	}
}
