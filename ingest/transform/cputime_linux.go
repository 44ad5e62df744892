package transform

import (
	"time"

	"golang.org/x/sys/unix"
)

// threadTime returns what tells the CPU time that the calling thread has taken,
// to any other. See clock_gettime(2), pthread_getcpuclockid(3).
func threadTime() func() (time.Duration, bool) {
	const perThread, scheduler = 4, 2
	clock := int32(^unix.Gettid()<<3 | perThread | scheduler)
	return func() (time.Duration, bool) {
		var at unix.Timespec
		if err := unix.ClockGettime(clock, &at); err != nil {
			return 0, false
		}
		return time.Duration(at.Nano()), true
	}
}
