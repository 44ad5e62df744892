// Package firstgc puts off the first garbage collection. When the program starts, its
// libraries make tables of some megabytes, and stay far below what a run may take; to
// look through them would cost a fifth of what a short command takes in all.
//
// Packages are initialized in the order of their paths, as soon as what they import is.
// So this one, which imports little, comes before all of other modules.
package firstgc

import (
	"os"
	"runtime/debug"
)

// Percent is how much garbage may lie about from the start, in percent of what is kept; 0
// where the environment says so.
var Percent = setPercent(300)

func setPercent(percent int) int {
	if os.Getenv("GOGC") != "" {
		return 0
	}
	debug.SetGCPercent(percent)
	return percent
}
