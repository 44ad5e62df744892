package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"

	"finpages/cmd/finpages/internal/firstgc"
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
	if firstgc.Percent > 0 {
		tuneCollector(firstgc.Percent)
	}
	return transform.NewPool(memory / 2)
}

// Bytes of garbage that may lie about while little else is in memory: at least, and
// where the collector would take much of the time otherwise.
const leastGarbage, mostGarbage = 16 << 20, 32 << 20

// tuneCollector has the garbage collector run seldom while a run keeps little, and
// early where it keeps much: by itself, it lets as much garbage lie about as is kept.
// Percent is what the collector has been told so far.
func tuneCollector(percent int) {
	garbage, before := uint64(leastGarbage), collectorUse{}
	var afterEach func(*[16]byte)
	afterEach = func(mark *[16]byte) {
		now := readCollector()
		garbage = garbageFor(garbage, now.collecting-before.collecting, now.working-before.working)
		before = now
		if want := percentFor(now.kept, garbage); want != percent {
			percent = want
			debug.SetGCPercent(want)
		}
		runtime.SetFinalizer(mark, afterEach)
	}
	runtime.SetFinalizer(new([16]byte), afterEach)
}

// garbageFor is how much garbage may lie about now, by the processor time since the
// last collection in seconds.
func garbageFor(before uint64, collecting, working float64) uint64 {
	const much, little, step = 0.08, 0.04, 4 << 20
	switch all := collecting + working; {
	case collecting > much*all:
		return min(before+step, mostGarbage)
	case collecting < little*all:
		return max(before-step, leastGarbage)
	}
	return before
}

// percentFor is how much garbage may lie about beside what is kept, in percent of that.
// Where much is kept, it is the least.
func percentFor(kept, garbage uint64) int {
	const least, most, step = 50, 300, 25
	const much = 24 << 20
	garbage = min(garbage, leastGarbage+2*(much-min(kept, much)))
	percent := int(100*garbage/max(kept, 1)) / step * step
	return min(max(percent, least), most)
}

// collectorUse is what the garbage collector has done so far.
type collectorUse struct {
	kept                uint64  // bytes that the last collection has left
	collecting, working float64 // seconds of processor time
}

func readCollector() collectorUse {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/cpu/classes/gc/total:cpu-seconds"},
		{Name: "/cpu/classes/user:cpu-seconds"}}
	metrics.Read(sample)
	return collectorUse{sample[0].Value.Uint64(), sample[1].Value.Float64(), sample[2].Value.Float64()}
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
