package confluence

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	maxNotes = 100 // bounds the list that a hostile page could make us keep
	maxNames = 50  // bounds the names of macros; the rest are counted as others
)

const nameless = "without a name"

// tally counts the macros that could not be shown, by their names.
type tally map[string]*missed

type missed struct {
	count int
	empty int // those of them that left no text
}

// add counts one more of the name, or of others, and returns its counter.
func (t tally) add(name string) *missed {
	if t[name] == nil && len(t) >= maxNames {
		name = "others"
	}
	if t[name] == nil {
		t[name] = &missed{}
	}
	t[name].count++
	return t[name]
}

// warnings tells of each name once, in the order of names.
func (t tally) warnings(warn func(format string, args ...any), what string, fate func(*missed) string) {
	for _, name := range slices.Sorted(maps.Keys(t)) {
		times := ""
		if n := t[name].count; n > 1 {
			times = fmt.Sprintf(" (%d times)", n)
		}
		warn("%s %q%s: %s", what, strings.ToValidUTF8(firstRunes(name, 80), ""), times, fate(t[name]))
	}
}
