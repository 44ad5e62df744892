package render

import (
	"slices"
	"strings"
)

const (
	maxWarnings    = 20
	maxWarningText = 200 // runes
)

// warnings are short sentences, each kept once.
type warnings struct {
	list []string
}

func (w *warnings) add(text string) {
	text = truncate(strings.Join(strings.Fields(text), " "), maxWarningText)
	switch {
	case slices.Contains(w.list, text) || len(w.list) >= maxWarnings:
	case len(w.list) == maxWarnings-1:
		w.list = append(w.list, "more warnings left out")
	default:
		w.list = append(w.list, text)
	}
}
