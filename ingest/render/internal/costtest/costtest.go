// Package costtest holds, without a clock, that what a parser takes grows with
// its input and not with the input's square.
package costtest

import (
	"bytes"
	"runtime"
	"testing"
)

const (
	shortSize = 4 << 10
	longSize  = 4 * shortSize
	slack     = 8 << 20 // bytes, of tables and buffers that do not grow in step
)

// Check runs f on an input that is repeated up to two sizes: four times as much
// may allocate some four times as much.
func Check(t *testing.T, input []byte, f func([]byte)) {
	t.Helper()
	if len(input) == 0 {
		return
	}
	input = input[:min(len(input), shortSize)]
	long := bytes.Repeat(input, longSize/len(input))
	short := long[:shortSize/len(input)*len(input)]
	small := allocated(func() { f(short) })
	large := allocated(func() { f(long) })
	if large > 8*small+slack || large > uint64(len(long))*perByte+slack {
		t.Errorf("%d bytes allocate %d, %d bytes allocate %d", len(short), small, len(long), large)
	}
}

func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
