package main

import (
	"os"
	"runtime/debug"

	"finpages/ingest/transform"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// defaultMemory is what finpages may use where nothing limits it.
const defaultMemory = 1 << 30

// renderPool returns the memory for documents: half of what finpages may use.
// The rest is for all else, and for what the garbage collector has yet to find:
// it works harder from three quarters of the memory on. The last quarter is for
// what it does not know, such as files that are mapped, and converters.
func renderPool(configured int64) *transform.Pool {
	memory, known := memoryLimit(configured)
	if known && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory / 4 * 3)
	}
	return transform.NewPool(memory / 2)
}

// memoryLimit returns how many bytes finpages may use, and whether somebody
// has said so: the config, GOMEMLIMIT or the cgroup.
func memoryLimit(configured int64) (bytes int64, known bool) {
	if configured > 0 {
		return configured, true
	}
	if os.Getenv("GOMEMLIMIT") != "" {
		if bytes = debug.SetMemoryLimit(-1); bytes < 1<<50 { // it may be "off"
			return bytes, true
		}
	}
	if limit, err := memlimit.FromCgroup(); err == nil && limit < 1<<50 {
		return int64(limit), true
	}
	return defaultMemory, false
}
