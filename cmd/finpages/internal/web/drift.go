package web

import "finpages/ingest/inspect"

// driftText says how Fin differs from what was pushed, and the mend.
func (c card) driftText() string {
	return "Fin does not have what was sent to it: " + c.Drift.Words() + ". To fix this: " + c.Drift.Mend(c.Name)
}

// DriftShown returns the pages that differ and are spelt out.
func (c card) DriftShown() []inspect.DriftedPage {
	return c.Drift.Pages[:min(len(c.Drift.Pages), shownHeld)]
}

// DriftMore tells how many of them are not.
func (c card) DriftMore() int {
	d := c.Drift
	return max(d.Missing+d.Orphaned+d.Duplicated+d.Changed-shownHeld, 0)
}
