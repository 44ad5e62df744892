// Package costtest holds, without a clock, that what a parser takes grows with
// its input and not with the input's square.
package costtest

import (
	"runtime"
	"strings"
	"testing"
)

const (
	shortSize = 4 << 10
	longSize  = 4 * shortSize
	slack     = 8 << 20 // bytes, of tables and buffers that do not grow in step
)

// Check runs f on an input that is repeated up to two sizes: four times as much
// may allocate some four times as much.
func Check[T []byte | string](t *testing.T, input T, f func(T)) {
	t.Helper()
	CheckList(t, "", input, "", "", f)
}

// CheckList is Check for an item that is repeated with a separator, between a
// beginning and an end.
func CheckList[T []byte | string](t *testing.T, begin string, item T, separator, end string, f func(T)) {
	t.Helper()
	if len(item) == 0 {
		return
	}
	one := string(item[:min(len(item), shortSize)])
	list := func(size int) T {
		n := max(1, size/(len(one)+len(separator)))
		return T(begin + strings.TrimSuffix(strings.Repeat(one+separator, n), separator) + end)
	}
	short, long := list(shortSize), list(longSize)
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
