//go:build !race

package web_test

import "time"

// slowest is how long a page may take.
const slowest = 200 * time.Millisecond

// huge is how many pages a source has at most: the race detector is slow.
const huge = 100_000
