package tally

import (
	"cmp"
	"slices"
	"strings"

	"finpages/state"
)

// Reasons counts entries by the reason why they are not in Fin.
type Reasons map[string]int

// maxReasons bounds the reasons that a report spells out.
const maxReasons = 50

// Add counts entries; too many different reasons become one.
func (c *Reasons) Add(reason string, n int) {
	if *c == nil {
		*c = Reasons{}
	}
	if _, met := (*c)[reason]; !met && len(*c) >= maxReasons {
		reason = "other reasons"
	}
	(*c)[reason] += n
}

// Total is how many entries were counted.
func (c Reasons) Total() (n int) {
	for _, count := range c {
		n += count
	}
	return n
}

// Sorted returns the reasons, the commonest first.
func (c Reasons) Sorted() (sorted []state.Withheld) {
	for reason, n := range c {
		sorted = append(sorted, state.Withheld{Reason: reason, Count: n})
	}
	slices.SortFunc(sorted, func(a, b state.Withheld) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return sorted
}

// PlainReason is a reason without the document that it was inherited from.
func PlainReason(reason string) string {
	plain, _, _ := strings.Cut(reason, " (inherited from ")
	return plain
}
