//go:build race

package render_test

// The race detector makes hostile documents take minutes: with it they are
// small, and growth is left to a run without it (see the Makefile).
const (
	hostileSize   = 200
	growthMatters = false
	underRace     = true
)
