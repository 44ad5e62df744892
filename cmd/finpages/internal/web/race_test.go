//go:build race

package web_test

import "time"

// slowest is no measure where the race detector slows everything down.
const slowest = time.Minute

// huge is how many pages a source has at most: the race detector is slow.
const huge = 10_000
