package emulator

import "slices"

// table holds rows in the order of their ids, which only grow, so that a page
// of a list is a slice of it, however many rows there are.
type table[T any] struct {
	ids  []int64
	rows []*T
	next int64 // the id of the next new row
}

func (t *table[T]) get(id int64) *T {
	if i, ok := slices.BinarySearch(t.ids, id); ok {
		return t.rows[i]
	}
	return nil
}

// put replaces the row with that id, or appends a new one: then id is not
// below next.
func (t *table[T]) put(id int64, row *T) {
	if i, ok := slices.BinarySearch(t.ids, id); ok {
		t.rows[i] = row
		return
	}
	t.ids = append(t.ids, id)
	t.rows = append(t.rows, row)
	t.next = id + 1
}

func (t *table[T]) delete(id int64) {
	if i, ok := slices.BinarySearch(t.ids, id); ok {
		t.ids = slices.Delete(t.ids, i, i+1)
		t.rows = slices.Delete(t.rows, i, i+1)
	}
}

// deleteFunc removes the rows for which match is true, and returns them.
func (t *table[T]) deleteFunc(match func(*T) bool) []*T {
	kept := table[T]{next: t.next}
	var removed []*T
	for i, row := range t.rows {
		if match(row) {
			removed = append(removed, row)
			continue
		}
		kept.ids = append(kept.ids, t.ids[i])
		kept.rows = append(kept.rows, row)
	}
	*t = kept
	return removed
}

// newest returns up to n rows, the newest first, without the first skip.
func (t *table[T]) newest(skip, n int) []*T {
	end := max(len(t.rows)-skip, 0)
	out := slices.Clone(t.rows[max(end-n, 0):end])
	slices.Reverse(out)
	return out
}
