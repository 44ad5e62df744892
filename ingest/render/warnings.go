package render

import (
	"fmt"
	"slices"

	"finpages/sources"
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
	text = truncate(plainText(text), maxWarningText)
	switch {
	case slices.Contains(w.list, text) || len(w.list) >= maxWarnings:
	case len(w.list) == maxWarnings-1:
		w.list = append(w.list, "more warnings left out")
	default:
		w.list = append(w.list, text)
	}
}

// noText says that a wiki's page has no text, and what it may have lost.
func (w *warnings) noText() error {
	if len(w.list) == 0 {
		return fmt.Errorf("the page has no text (%w)", sources.ErrNoDocument)
	}
	return fmt.Errorf("the page has no text; %s (%w)", w.list[0], sources.ErrNoDocument)
}
