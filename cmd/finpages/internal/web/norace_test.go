//go:build !race

package web_test

import "time"

// slowest is how long a page may take.
const slowest = 200 * time.Millisecond
