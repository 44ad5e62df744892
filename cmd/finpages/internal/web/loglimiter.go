package web

import (
	"log/slog"
	"sync"
	"time"
)

// logLimitTime is how long refusals of one kind are only counted after one is
// logged.
const logLimitTime = time.Minute

// logLimiter keeps refused requests from filling the log: the first of each
// source and fault is logged at once, and the number of the others a minute
// later.
type logLimiter struct {
	what    string // is refused, such as webhook
	mu      sync.Mutex
	counted map[refused]int // that were not logged
}

// refused is a kind of refused request.
type refused struct{ source, fault string }

// warn logs a refused request, or counts it.
func (l *logLimiter) warn(log *slog.Logger, source, fault, from string) {
	kind := refused{source, fault}
	if l.count(kind) {
		return
	}
	log.Warn("a "+l.what+" was refused: "+fault, "source", source, "from", from)
	time.AfterFunc(logLimitTime, func() {
		if n := l.reset(kind); n > 0 {
			log.Warn(count(n, "more "+l.what+" was", "more "+l.what+"s were")+" refused in the last minute: "+fault,
				"source", source, "more", n)
		}
	})
}

// count counts a refusal if one of its kind was logged within the last minute.
func (l *logLimiter) count(kind refused) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, logged := l.counted[kind]
	if logged {
		l.counted[kind] = n + 1
		return true
	}
	if l.counted == nil {
		l.counted = map[refused]int{}
	}
	l.counted[kind] = 0
	return false
}

// reset returns how many were counted, and lets the next one be logged.
func (l *logLimiter) reset(kind refused) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.counted[kind]
	delete(l.counted, kind)
	return n
}
