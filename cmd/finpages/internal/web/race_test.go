//go:build race

package web_test

import "time"

// slowest is how long a page may take where the race detector slows it down.
const slowest = time.Second
