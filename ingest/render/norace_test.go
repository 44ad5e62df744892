//go:build !race

package render_test

// hostileSize is the size of the smaller of two hostile documents, in units: the
// bound of what Markdown's parser is given at once.
const (
	hostileSize   = 2_000
	growthMatters = true
	underRace     = false
)
