//go:build !linux

package transform

import "time"

// threadTime tells nothing: another system has no such clock.
func threadTime() func() (time.Duration, bool) {
	return func() (time.Duration, bool) { return 0, false }
}
